import { describe, expect, it } from 'vitest';

import { barDefect } from '#core/bars.ts';
import type { Bar } from '#core/bars.ts';

const bar = (changes: Partial<Bar> = {}): Bar => ({
  start: 0,
  open: 10,
  high: 11,
  low: 9,
  close: 10.5,
  volume: 100,
  ...changes,
});

describe('a bar', () => {
  it.each<[string, Partial<Bar>]>([
    ['an ordinary one', {}],
    ['one price all along', { open: 10, high: 10, low: 10, close: 10 }],
    ['prices of less than a dollar', { open: 0.5, high: 0.6, low: 0.4, close: 0.5 }],
    ['no volume', { volume: 0 }],
    ['fractional volume', { volume: 0.5 }],
  ])('has no defect: %s', (_, changes) => {
    expect(barDefect(bar(changes))).toBeNull();
  });

  it.each<[string, Partial<Bar>, RegExp]>([
    ['a price that is no number', { close: NaN }, /prices/],
    ['an infinite price', { high: Infinity }, /prices/],
    ['a price of zero', { low: 0 }, /prices/],
    ['a negative price', { open: -1 }, /prices/],
    ['a negative volume', { volume: -1 }, /volume/],
    ['a volume that is no number', { volume: NaN }, /volume/],
    ['a high below the close', { high: 10.2 }, /enclose/],
    ['a low above the open', { low: 10.1 }, /enclose/],
    ['high and low swapped', { high: 9, low: 11 }, /enclose/],
  ])('has a defect: %s', (_, changes, defect) => {
    expect(barDefect(bar(changes))).toMatch(defect);
  });
});

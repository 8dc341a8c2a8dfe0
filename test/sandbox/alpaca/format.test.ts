import { describe, expect, it } from 'vitest';

import { parseUsd } from '#core/money.ts';
import { parseInstant } from '#core/session.ts';
import { decimal, instant, newYorkInstantText, ratio } from '#sandbox/alpaca/wire/format.ts';

describe('what goes over the wire', () => {
  it.each([
    ['10', '10'],
    ['100', '100'],
    ['0', '0'],
    ['362.40', '362.4'],
    ['-102.72', '-102.72'],
    ['7.1831', '7.1831'],
    ['0.000001', '0.000001'],
  ])('writes %s as %s, without trailing zeros', (amount, text) => {
    expect(decimal(parseUsd(amount))).toBe(text);
  });

  it.each([
    [-0.124385462, '-0.12438546'],
    [0.1, '0.1'],
    [0, '0'],
    [-0.000000001, '0'],
    [Number.NaN, '0'],
  ])('writes the ratio %d as %s', (value, text) => {
    expect(ratio(value)).toBe(text);
  });

  it.each([
    ['2025-11-25T14:30:00Z', '2025-11-25T14:30:00Z', '2025-11-25T09:30:00-05:00'],
    ['2025-07-01T13:30:05Z', '2025-07-01T13:30:05Z', '2025-07-01T09:30:05-04:00'],
    ['2025-07-01T02:00:00.25Z', '2025-07-01T02:00:00.250Z', '2025-06-30T22:00:00-04:00'],
  ])('writes the instant %s in UTC and with the offset of New York', (text, utc, newYork) => {
    const at = parseInstant(text);
    expect([instant(at), newYorkInstantText(at)]).toEqual([utc, newYork]);
  });
});

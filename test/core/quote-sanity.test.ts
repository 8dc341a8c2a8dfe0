import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { quoteDefect } from '#core/quote-sanity.ts';

const defect = (price: Usd, reference: Usd) =>
  quoteDefect({ symbol: ticker('NVDA'), price, reference }, DEFAULT_PARAMETERS.absurdMovePercent);

describe('the price of a position', () => {
  it.each([
    ['where it was', '100', '100'],
    ['a little lower', '97.50', '100'],
    ['just short of a fifth lower', '80.01', '100'],
    ['just short of a fifth higher', '119.99', '100'],
    ['below a dollar', '0.0412', '0.0400'],
    ['at the lowest there is', '0.000001', '0.000001'],
  ])('is believed %s', (_, price, reference) => {
    expect(defect(parseUsd(price), parseUsd(reference))).toBeNull();
  });

  it.each([
    ['80', '100', 'the price of NVDA is 20.0 % away from where it was last'],
    ['120', '100', 'the price of NVDA is 20.0 % away from where it was last'],
    ['0.01', '100', 'the price of NVDA is 100.0 % away from where it was last'],
    ['0', '100', 'the price of NVDA is no price: 0'],
    ['-1', '100', 'the price of NVDA is no price: -1000000'],
    ['100', '0', 'there is nothing to hold the price of NVDA against'],
  ])('of %s after %s is not', (price, reference, words) => {
    expect(defect(parseUsd(price), parseUsd(reference))).toBe(words);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('is none when it is %d', (price) => {
    expect(defect(price as Usd, parseUsd('100'))).toBe(`the price of NVDA is no price: ${price}`);
  });
});

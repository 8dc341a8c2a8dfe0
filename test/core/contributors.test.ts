import { describe, expect, it } from 'vitest';

import { worstContributors } from '#core/contributors.ts';
import type { Contributor } from '#core/contributors.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';

const of = (symbol: string, pnl: string): Contributor => ({
  symbol: ticker(symbol),
  pnl: parseUsd(pnl),
});

describe('the contributors to a fall', () => {
  it('are the three that cost most, the worst first, each with all it did', () => {
    const results = [
      of('NVDA', '-300'),
      of('AAPL', '-50'),
      of('NVDA', '-200'),
      of('TSLA', '-400'),
      of('AMD', '-60'),
      of('XOM', '80'),
    ];
    expect(worstContributors(results, [])).toEqual([
      of('NVDA', '-500'),
      of('TSLA', '-400'),
      of('AMD', '-60'),
    ]);
  });

  it('are measured from the open where they were held overnight', () => {
    const results = [of('NVDA', '-300'), of('AAPL', '100')];
    const atOpen = [of('NVDA', '-280'), of('AAPL', '150')];
    expect(worstContributors(results, atOpen)).toEqual([of('AAPL', '-50'), of('NVDA', '-20')]);
  });

  it('are none when nothing cost anything, and in the order of their names when they cost alike', () => {
    expect(worstContributors([of('NVDA', '0'), of('AAPL', '1')], [])).toEqual([]);
    expect(worstContributors([of('NVDA', '-1'), of('AAPL', '-1')], [])).toEqual([
      of('AAPL', '-1'),
      of('NVDA', '-1'),
    ]);
  });
});

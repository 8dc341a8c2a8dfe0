import { describe, expect, it } from 'vitest';

import { parseUsd } from '#core/money.ts';
import { tradeRange } from '#core/trade-range.ts';
import { plannedTrade } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import { anIntent } from '#test/support/intents.ts';

/** 10 shares from 100.00 to a price, R = 2.00 a share. */
const flat = (exit: string, changes: Partial<Trade> = {}, side: 'long' | 'short' = 'long') => ({
  ...plannedTrade(anIntent({ side })),
  entryQuantity: 10,
  entryValue: parseUsd('1000'),
  exitQuantity: 10,
  exitValue: parseUsd(exit),
  ...changes,
});

describe('how far a trade went', () => {
  it.each<[string, Trade, [string, number], [string, number]]>([
    ['by the bars', flat('1020', prices('104', '97')), ['-30', -1.5], ['40', 2]],
    [
      'of a short, the other way',
      flat('980', prices('96', '103'), 'short'),
      ['-30', -1.5],
      ['40', 2],
    ],
    [
      'by its exit, where no bar shows it',
      flat('1050', prices('104', '99')),
      ['-10', -0.5],
      ['50', 2.5],
    ],
    ['by its exit against it', flat('970'), ['-30', -1.5], ['0', 0]],
    ['never below its entry', flat('1020', prices('104', '101')), ['0', 0], ['40', 2]],
  ])('is measured %s', (_, trade, [worst, worstR], [best, bestR]) => {
    expect(tradeRange(trade)).toEqual({
      worst: { pnl: parseUsd(worst), r: worstR },
      best: { pnl: parseUsd(best), r: bestR },
    });
  });

  it('is not known before it is flat', () => {
    expect(tradeRange(flat('500', { exitQuantity: 5 }))).toBeNull();
  });
});

function prices(best: string, worst: string): Partial<Trade> {
  return { bestPrice: parseUsd(best), worstPrice: parseUsd(worst) };
}

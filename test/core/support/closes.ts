import { begunClose } from '#core/close.ts';
import type { Close } from '#core/close.ts';
import { clientOrderIdOf, closeIdOf, ticker, tradeId } from '#core/ids.ts';
import type { ClientOrderId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';

const TRADE = tradeId('2025-11-26-1030-NVDA');
const CLOSE = closeIdOf(TRADE, 1);

/** A closing of all 100 NVDA, long, asked for at 0, unless told otherwise. */
export const aClose = (changes: Partial<Close> = {}): Close => ({
  ...begunClose({
    id: CLOSE,
    tradeId: TRADE,
    symbol: ticker('NVDA'),
    side: 'long',
    reason: 'manual_close',
    quantity: 100,
    keep: 0,
    decisionPrice: parseUsd('100.00'),
    atMarket: false,
    requestedBy: 'ada',
    requestedAt: 0,
  }),
  ...changes,
});

/** The id of the n-th order of that closing. */
export const closeOrderId = (kind: 'exit' | 'keep' | 'rescue', n: number): ClientOrderId =>
  clientOrderIdOf({ of: 'close', tradeId: TRADE, closeId: CLOSE, kind, n });

import type { EntryIntent, ScaleOut } from '#core/decision.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { addUsd, parseUsd, subtractUsd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import { asSessionDate, parseInstant } from '#core/session.ts';

interface IntentShape {
  readonly symbol?: string;
  readonly side?: PositionSide;
  readonly quantity?: number;
  readonly limit?: string;
  readonly stopDistance?: string;
  readonly targetDistance?: string;
  readonly decidedAt?: string;
  readonly scaleOut?: ScaleOut;
}

/** An entry intent for tests: 10 NVDA at 100.00, stop 2 below, target 5 above, unless told otherwise. */
export function anIntent(shape: IntentShape = {}): EntryIntent {
  const { symbol = 'NVDA', side = 'long', quantity = 10, limit = '100.00' } = shape;
  const decidedAt = parseInstant(shape.decidedAt ?? '2025-11-26T15:30:00Z');
  const limitPrice = parseUsd(limit);
  const risk = parseUsd(shape.stopDistance ?? '2.00');
  const reward = parseUsd(shape.targetDistance ?? '5.00');
  const id = entryTradeId(asSessionDate('2025-11-26'), decidedAt, ticker(symbol));
  const isLong = side === 'long';
  return {
    tradeId: id,
    clientOrderId: entryClientOrderId(id),
    symbol: ticker(symbol),
    side,
    quantity,
    decisionPrice: limitPrice,
    bracket: {
      limitPrice,
      stopPrice: isLong ? subtractUsd(limitPrice, risk) : addUsd(limitPrice, risk),
      targetPrice: isLong ? addUsd(limitPrice, reward) : subtractUsd(limitPrice, reward),
      regime: 'trending',
      isVolatile: false,
      stopAtrs: 2,
      targetAtrs: 5,
    },
    scaleOut: shape.scaleOut ?? null,
    size: {
      equity: parseUsd('100000.00'),
      riskBps: 100,
      riskBudget: parseUsd('1000.00'),
      riskPerShare: risk,
      sharesByRisk: Math.floor(parseUsd('1000.00') / risk),
      cappedBy: 'notional',
      shares: quantity,
    },
    confidence: 81,
    decidedAt,
  };
}

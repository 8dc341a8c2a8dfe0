import type { BracketPlan, EntryIntent, ScaleOut } from './decision.ts';
import { clientOrderIdOf, purposeOf } from './ids.ts';
import type { ClientOrderId } from './ids.ts';
import { micros, roundToTick } from './money.ts';
import type { Usd } from './money.ts';
import { isLive, signOf } from './order.ts';
import type { BrokerOrder, PositionSide } from './order.ts';
import type { StrategyParameters } from './parameters.ts';

/**
 * The part of an entry that leaves early, at a multiple of R from the entry's limit; null where the target
 * does not lie beyond it, or the position is too small to have two parts.
 */
export function planScaleOut(
  side: PositionSide,
  { limitPrice, stopPrice, targetPrice }: BracketPlan,
  shares: number,
  { scaleOutPercent, scaleOutAtR }: StrategyParameters,
): ScaleOut | null {
  const quantity = Math.floor((shares * scaleOutPercent) / 100);
  if (quantity < 1 || quantity >= shares) return null;
  const away = signOf(side);
  const risk = Math.abs(limitPrice - stopPrice);
  const early = roundToTick(micros(Math.round(limitPrice + away * scaleOutAtR * risk)), 'nearest');
  const isBetween = away * (targetPrice - early) > 0 && away * (early - limitPrice) > 0;
  return isBetween && early > 0 ? { quantity, targetPrice: early } : null;
}

/** One of the brackets that an entry is made of. */
export interface BracketPart {
  readonly clientOrderId: ClientOrderId;
  readonly quantity: number;
  readonly targetPrice: Usd;
}

/** The brackets of an entry, the one that runs to the full target first. */
export function bracketParts(intent: EntryIntent): readonly [BracketPart, ...BracketPart[]] {
  const { tradeId, quantity, scaleOut, bracket, clientOrderId } = intent;
  const runner: BracketPart = {
    clientOrderId,
    quantity: quantity - (scaleOut?.quantity ?? 0),
    targetPrice: bracket.targetPrice,
  };
  if (scaleOut === null) return [runner];
  const id = clientOrderIdOf({ of: 'trade', tradeId, kind: 'scale' });
  return [runner, { clientOrderId: id, ...scaleOut }];
}

/** Whether an order is the bracket of the part that leaves early, and takes that part's profit by itself. */
export const isEarlyBracket = ({
  clientOrderId,
  status,
  filledQuantity,
}: Pick<BrokerOrder, 'clientOrderId' | 'status' | 'filledQuantity'>): boolean =>
  purposeOf(clientOrderId)?.kind === 'scale' && (isLive(status) || filledQuantity > 0);

import { formatNumber, formatPrice } from '#core/number-words.ts';
import { signOf } from '#core/order.ts';
import type { ScaleOutMode } from '#core/trade.ts';
import type { EntryCard } from '#ports/trade-cards.ts';

const HOW = {
  resting: 'Each went to the broker with a bracket of its own.',
  watched:
    'The broker took one bracket only, so the bot watches for the first price and closes the part then.',
  none: 'The first part is no longer waited for.',
} as const satisfies Record<ScaleOutMode, string>;

/** Where the first part of a position leaves, and where the rest does. */
export function scaleOutLines({ intent, scaleOut: mode, lateMs }: EntryCard): readonly string[] {
  const { scaleOut, quantity, side, bracket } = intent;
  if (scaleOut === null) return [];
  const risk = (bracket.limitPrice - bracket.stopPrice) * signOf(side);
  const reward = (scaleOut.targetPrice - bracket.limitPrice) * signOf(side);
  const first = `${formatPrice(scaleOut.targetPrice)} (${formatNumber(reward / risk, 1)} R)`;
  const part =
    scaleOut.quantity * 2 === quantity
      ? `Half (${formatNumber(scaleOut.quantity)})`
      : `${formatNumber(scaleOut.quantity)} of ${formatNumber(quantity)}`;
  const rest = formatNumber(quantity - scaleOut.quantity);
  const plan = `🪜 ${part} leaves at ${first}, the other ${rest} at ${formatPrice(bracket.targetPrice)}.`;
  // Of late news nobody knows what still waits.
  return [lateMs === null ? `${plan} ${HOW[mode]}` : plan];
}

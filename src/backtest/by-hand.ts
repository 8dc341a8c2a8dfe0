import { applyControl } from '#core/control.ts';
import { acknowledgeDrawdown } from '#core/drawdown.ts';
import type { EpochMs } from '#core/session.ts';
import { heldShares } from '#core/trade.ts';

import type { Desk } from './desk.ts';
import { settle } from './follow-orders.ts';
import type { HandAct } from './recording.ts';
import { cancelOrders, closeAtPrice } from './send-orders.ts';

/** Lets happen what people did before an instant or, with `included`, at it too. */
export function actByHand(desk: Desk, until: EpochMs, included: boolean): void {
  const { acts } = desk;
  for (let [act] = acts; act !== undefined; [act] = acts) {
    if (included ? act.at > until : act.at >= until) return;
    acts.shift();
    carryOut(desk, act);
  }
}

function carryOut(desk: Desk, act: HandAct): void {
  if (act.kind === 'control') steer(desk, act);
  else closeByHand(desk, act);
}

function steer(
  desk: Desk,
  { control, cancels, at }: Extract<HandAct, { readonly kind: 'control' }>,
): void {
  // Who resumes knows of the limit that was reached.
  const drawdown = desk.ladder.state();
  if (control.status === 'active' && drawdown !== null) {
    desk.ladder.set(acknowledgeDrawdown(drawdown));
  }
  // What was closed then is among the acts, each at its own price.
  desk.control = applyControl(control, { type: 'flat', at }) ?? control;
  for (const live of desk.live.values()) {
    if (!cancels.includes(live.trade.id)) continue;
    cancelOrders(desk, live, at, (role) => role === 'entry');
    settle(desk, live);
  }
}

/** Nothing is closed that a leg has ended already. */
function closeByHand(
  desk: Desk,
  { tradeId, symbol, quantity, price, reason, at }: Extract<HandAct, { readonly kind: 'close' }>,
): void {
  const live = desk.live.get(symbol);
  if (live === undefined || live.trade.id !== tradeId) return;
  const held = heldShares(live.trade);
  if (held === 0 || live.isClosing) return;
  closeAtPrice(desk, live, { quantity: Math.min(quantity, held), reason, at, price });
}

import type { Close } from '#core/close.ts';
import type { CloseId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import { liveGroups } from '#core/order-tree.ts';
import type { BrokerOrder } from '#core/order.ts';
import { isStop, protectionOf } from '#core/protection.ts';
import type { EpochMs } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { Rejection } from '#ports/broker.ts';
import type { AlarmCard } from '#ports/cards.ts';
import type { ClosingCard, StopDoubt } from '#ports/trade-cards.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { orderHorizon } from '../order-horizon.ts';
import { readHoldings } from './close-view.ts';
import { closingCard, closingCardKey } from './closing-card.ts';
import { placeRescue } from './place-close-orders.ts';
import type { Ordered } from './place-close-orders.ts';
import { pauseOf, restOf } from './rest.ts';

/**
 * A closing cannot go on for now: a stop goes back in for whatever is left, and the channel hears of it each
 * time, until it is solved.
 */
export async function fail(context: AppContext, close: Close, why: string): Promise<Close> {
  const stop = await rescue(context, close);
  const { clock, systemClock } = context;
  const at = clock.now();
  const retryInMs = await pauseOf(context, { ...close, failures: close.failures + 1 });
  const stuck = await fenced(context, async (tx) => {
    const current = (await tx.lockClose(close.id)) ?? close;
    const failures = current.failures + 1;
    const next: Close = {
      ...current,
      phase: 'stuck',
      phaseSince: systemClock.now(),
      failures,
      lastFailure: why,
    };
    await tx.saveClose(next);
    await tx.enqueueCard(closingCardKey(next), stuckCard(next, retryInMs, stop, at));
    const key = `stuck:${next.id}:${failures}:${next.phaseSince}`;
    await tx.enqueueCard(key, alarmOf(next, retryInMs, stop, at));
    return next;
  });
  await context.reached('close.stuck');
  await context.wakeOutbox();
  return stuck;
}

/** One that an error has broken off counts as stuck, wherever it was: it would else be tried again unheard. */
export async function failBrokenOff(context: AppContext, id: CloseId): Promise<void> {
  const close = await context.ledger.close(id);
  if (close === null || close.phase === 'done') return;
  await fail(context, close, 'an error in the bot itself, of which its log tells more');
}

/** Puts a stop in for a stuck closing whose shares have none any more, and says so. */
export async function protectStuck(context: AppContext, id: CloseId): Promise<void> {
  const close = await context.ledger.close(id);
  if (close?.phase !== 'stuck') return;
  const stop = await rescue(context, close);
  const { clock, systemClock } = context;
  const at = clock.now();
  const retryInMs = Math.max(0, await restOf(context, close));
  await context.ledger.transaction(async (tx) => {
    // Its message must not go on telling of a stop that was gone, or of none.
    await tx.enqueueCard(closingCardKey(close), stuckCard(close, retryInMs, stop, at));
    const key = `stuck:${id}:${close.failures}:${systemClock.now()}`;
    await tx.enqueueCard(key, alarmOf(close, retryInMs, stop, at));
  });
  await context.wakeOutbox();
}

function stuckCard(
  close: Close,
  retryInMs: number,
  { price: stopPrice, doubt }: Rescue,
  at: EpochMs,
): ClosingCard {
  const { failures, lastFailure } = close;
  const why = lastFailure ?? 'no reason known';
  const progress = { phase: 'stuck', why, retryInMs, stopPrice, failures } as const;
  return closingCard(close, doubt === undefined ? progress : { ...progress, doubt }, at);
}

function alarmOf(close: Close, retryInMs: number, { words }: Rescue, at: EpochMs): AlarmCard {
  const again = Math.round(retryInMs / 1_000);
  return {
    kind: 'alarm',
    title: `${close.symbol} is not closed: ${close.lastFailure}`,
    text: `${words} The closing (${close.reason}) is tried again in ${again} s. Look at the broker if it matters now.`,
    repeat: Math.max(0, close.failures - 1),
    tradeId: close.tradeId,
    at,
  };
}

interface Rescue {
  readonly price: Usd | null;
  readonly doubt?: StopDoubt;
  readonly words: string;
}

/** Sees to it that the shares left behind have a live stop. */
async function rescue(context: AppContext, close: Close): Promise<Rescue> {
  try {
    const { symbol } = close;
    const { position, orders } = await readHoldings(context, symbol, orderHorizon(context));
    if (position === null) {
      return { price: null, doubt: 'no-shares', words: 'No shares are left.' };
    }
    const { isProtected, stopPrice, liveStopQuantity } = protectionOf(position, orders);
    if (isProtected && !isDying(orders)) {
      return { price: stopPrice, words: 'Its stop is live at the broker.' };
    }
    if (isProtected) {
      const words = 'Its stop is live, but is being cancelled: once it is gone, another goes in.';
      return { price: stopPrice, words };
    }
    const { side, quantity, currentPrice: price, available } = position;
    // Of a part that was to leave, the shares that stay may have theirs already.
    const uncovered = quantity - liveStopQuantity;
    if (available < uncovered) {
      return {
        price: null,
        words: `Orders that are not protective hold its shares: NO live stop covers all ${quantity}.`,
      };
    }
    const placed = await placeRescue(context, close, { side, quantity: uncovered, price });
    return placed === null
      ? { price: null, words: 'NO stop could be placed: its shares are not protected.' }
      : { price: placed, words: 'A stop for all its shares is back in.' };
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return {
      price: null,
      doubt: 'unseen',
      words: 'The broker cannot be read: whether a stop protects it is not known.',
    };
  }
}

/** Whether a stop is on its way out. */
const isDying = (orders: readonly BrokerOrder[]): boolean =>
  liveGroups(orders).some(
    ({ root, live }) =>
      live.some(isStop) && [root, ...live].some(({ status }) => status === 'pending_cancel'),
  );

/** Objections that pass by themselves within moments: the closing looks again. */
const PASSING: readonly Rejection['code'][] = [
  'insufficient-quantity',
  'rate-limited',
  'not-an-exit',
  // Somebody's order on the other side: it is seen, and cancelled, at the next look.
  'wash-trade',
];

/** Where a closing stands after an order of it: the broker's no may mean that it cannot go on for now. */
export async function afterOrder(
  context: AppContext,
  { close, rejection }: Ordered,
): Promise<Close> {
  if (rejection === null) return close;
  // It may still get there: with another one beside it the shares would leave twice. The stop holds them now.
  if (rejection.kind === 'unknown') {
    return fail(context, close, `nobody knows what became of its order: ${rejection.message}`);
  }
  const { code, message } = rejection;
  const { fillMs, clearMs } = context.closeTactics;
  const isPatient = context.systemClock.now() - close.phaseSince < clearMs + fillMs;
  if (PASSING.includes(code) && isPatient) {
    await context.pause(fillMs);
    return close;
  }
  const why = code === 'halted' ? 'trading in it is halted' : `the broker refused it: ${message}`;
  return fail(context, close, why);
}

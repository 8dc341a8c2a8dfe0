import type { EpochMs } from '#core/session.ts';
import type { DeliveredCard } from '#ports/cards.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { EditOutcome, MessageId, Posting } from '#ports/notifier.ts';
import type { OutboxCard } from '#ports/outbox.ts';

import { afterDelivery } from './after-delivery.ts';
import { kindsLeftOut, settingOf } from './card-setting.ts';
import { threadOf } from './card-thread.ts';
import type { AppContext } from './context.ts';
import { gatherFlood } from './gather-flood.ts';
import { tendPins } from './pins.ts';
import { chartFor } from './reports/card-chart.ts';
import { fileFor } from './reports/card-file.ts';

const LONGEST_PAUSE_MS = 60_000;
/** Where a person has to mend something first, asking often only adds to what Discord holds against us. */
const LONGEST_PAUSE_WHILE_DOWN_MS = 300_000;
/** A channel that takes nothing for so long was unreachable, and a card that waits for so long is late. */
const LATE_MS = 120_000;

/**
 * Delivers all cards that wait, in the order of core/delivery-order.ts, up to the first that has to wait
 * longer. Only one process does at a time; a second one returns at once, and the first delivers for it.
 */
export async function deliverOutbox(context: AppContext): Promise<void> {
  const { outbox } = context.ledger;
  let isOurs: boolean;
  do {
    isOurs = await outbox.exclusively(async () => {
      // Asked for anew after each card: what has become urgent meanwhile goes first.
      while (await deliverNext(context));
      await tendPins(context);
    });
    // Whoever was turned away after the last look, before the lock was free, counts on one more.
  } while (isOurs && (await nextDue(context)) !== null);
}

/** Returns whether there may be more to do now. */
async function deliverNext(context: AppContext): Promise<boolean> {
  const { outbox } = context.ledger;
  const next = await nextDue(context);
  if (next === null) return false;
  if (await isLeftOut(context, next)) {
    await outbox.leftOut(next.sequence);
    return true;
  }
  const since = await outbox.outage();
  if (since !== null && (await announceReturn(context, next, since))) return true;
  if (await gatherFlood(context, next)) return true;
  return deliver(context, next, since);
}

/** What follows a card that has to wait waits too: the channel is a log, and logs have an order. */
async function nextDue({ ledger, systemClock }: AppContext): Promise<OutboxCard | null> {
  const [next] = await ledger.outbox.pending(1);
  if (next === undefined) return null;
  return next.retryAt === null || next.retryAt <= systemClock.now() ? next : null;
}

/** A message that is there is edited all the same: it must not go on telling what is over. */
const isLeftOut = async (
  { cardSettings, ledger }: AppContext,
  { key, card }: OutboxCard,
): Promise<boolean> =>
  settingOf(cardSettings, card) === 'off' && (await ledger.outbox.messageOf(key)) === null;

/** After a long outage the first thing to get through says that there was one. Returns whether it was queued now. */
async function announceReturn(
  { ledger, systemClock }: AppContext,
  { card, attempts }: OutboxCard,
  since: EpochMs,
): Promise<boolean> {
  const now = systemClock.now();
  if (card.kind === 'channel-outage' || now - since < LATE_MS) return false;
  // How long it was, and what waits, is filled in when it is told.
  const word = { kind: 'channel-outage', since, until: now, events: 0 } as const;
  return ledger.outbox.announceOutage(`channel-outage:${since}`, word, attempts);
}

/** Returns false when the card has to be tried again later. */
async function deliver(
  context: AppContext,
  item: OutboxCard,
  outage: EpochMs | null,
): Promise<boolean> {
  const { outbox } = context.ledger;
  try {
    const shown = await shownBy(context, item);
    const message = await postOrEdit(context, item, shown);
    await afterDelivery(context, item.card, message);
    await outbox.delivered(item.sequence, item.key, message, context.clock.now());
    return true;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    context.telemetry.cardDelivered('failed');
    context.log.warn(
      { card: item.key, error: error.message, permanent: error.permanent },
      'a card was not delivered',
    );
    const now = context.systemClock.now();
    const retryAt = error.permanent ? null : now + pauseAfter(context, item);
    await outbox.failed(item.sequence, error.message, retryAt);
    // A channel that refuses a card for what it is has been reached.
    if (error.permanent) await outbox.setOutage(null);
    else if (outage === null) await outbox.setOutage(now);
    return error.permanent;
  }
}

/** What a message is to show, and where. */
interface Shown {
  readonly card: DeliveredCard;
  readonly posting: Posting;
}

async function shownBy(context: AppContext, item: OutboxCard): Promise<Shown> {
  const posting = {
    thread: await threadOf(context, item.card),
    image: await chartFor(context, item.card),
    file: await fileFor(context, item.card),
  };
  return { card: await asDelivered(context, item), posting };
}

/** The card with what is only known when it is told. */
async function asDelivered(
  { ledger, systemClock, cardSettings }: AppContext,
  { card, waitedMs }: OutboxCard,
): Promise<DeliveredCard> {
  if (card.kind === 'channel-outage') {
    const events = (await ledger.outbox.waitingMessages(kindsLeftOut(cardSettings))) - 1;
    return { ...card, until: systemClock.now(), events };
  }
  return waitedMs < LATE_MS ? card : { ...card, waitedMs };
}

async function postOrEdit(context: AppContext, item: OutboxCard, shown: Shown): Promise<MessageId> {
  const { ledger, telemetry } = context;
  const existing = await ledger.outbox.messageOf(item.key);
  if (existing !== null && (await edit(context, existing, shown)) === 'edited') {
    telemetry.cardDelivered('edited');
    return existing;
  }
  // The chat would answer a post of the same key with the message that is gone.
  const key = existing === null ? item.key : `${item.key} after ${existing}`;
  const message = await postOrFind(context, item, shown, key);
  if (item.mayExist) await bringUpToDate(context, item.key, shown, message);
  telemetry.cardDelivered('posted');
  return message;
}

/** Written down before it is done: a post that nobody heard of is looked for before there is another. */
async function postOrFind(
  { ledger, notifier }: AppContext,
  { sequence, mayExist }: OutboxCard,
  { card, posting }: Shown,
  key: string,
): Promise<MessageId> {
  const earlier = mayExist ? await notifier.find(key, posting.thread) : null;
  if (earlier !== null) return earlier;
  await ledger.outbox.trying(sequence);
  return notifier.post(card, key, posting);
}

/**
 * A post may have been answered with the message of an earlier one, of which only the reply was lost,
 * and which shows an older card.
 */
async function bringUpToDate(
  context: AppContext,
  key: string,
  shown: Shown,
  message: MessageId,
): Promise<void> {
  // Should the edit fail, the next attempt edits this message, whether the chat still knows the key or not.
  await context.ledger.outbox.posted(key, message, context.clock.now());
  if ((await edit(context, message, shown)) === 'edited') return;
  throw new DeliveryError('the message was deleted while it was posted', { permanent: false });
}

const edit = (
  { notifier }: AppContext,
  message: MessageId,
  { card, posting }: Shown,
): Promise<EditOutcome> => notifier.edit(message, card, posting.image, posting.file);

function pauseAfter({ notifier }: AppContext, { attempts }: OutboxCard): number {
  const longest = notifier.state() === 'down' ? LONGEST_PAUSE_WHILE_DOWN_MS : LONGEST_PAUSE_MS;
  return Math.min(1_000 * 2 ** attempts, longest);
}

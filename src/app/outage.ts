import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { OutageCard } from '#ports/cards.ts';

import type { AppContext } from './context.ts';

/** So long it may pass by itself without a word. */
const PATIENCE_MS = MINUTE_MS;

/** An outage that has begun. */
interface Outage {
  readonly why: string;
  /** By the exchange's time, which the channel is told. */
  readonly since: EpochMs;
  /** By the system's: how long people have waited. */
  readonly seenAt: EpochMs;
}

/** What is remembered from one look to the next; what the channel was told is in the outbox. */
export interface OutageMemory {
  current: Outage | null;
}

export const createOutageMemory = (): OutageMemory => ({ current: null });

/**
 * Tells when the bot has been blind for more than a minute while the market is open, and when it sees again:
 * one message, also where the process ended in between.
 */
export async function watchOutage(context: AppContext): Promise<void> {
  const { outages, clock, systemClock } = context;
  const why = await blindness(context);
  if (why === null) {
    outages.current = null;
    return tellRecovery(context);
  }
  const outage = (outages.current ??= { why, since: clock.now(), seenAt: systemClock.now() });
  if (systemClock.now() - outage.seenAt > PATIENCE_MS) await tellOutage(context, outage);
}

/** Why the bot does not see, in a sentence; null when it does. The streams may be up without the broker. */
async function blindness({ sight, broker }: AppContext): Promise<string | null> {
  const why = sight.blindness();
  if (why !== null) return why;
  try {
    await broker.account();
    return null;
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return `The broker does not answer (${error.message}).`;
  }
}

async function tellOutage(context: AppContext, { why, since }: Outage): Promise<void> {
  const { ledger, clock } = context;
  // What the channel was told of already goes on.
  if ((await openCard(context)) !== null || !(await isInSession(context))) return;
  const card: OutageCard = { kind: 'outage', why, since, until: null, at: clock.now() };
  await ledger.transaction((tx) => tx.enqueueCard(keyOf(since), card));
  await context.wakeOutbox();
}

async function tellRecovery(context: AppContext): Promise<void> {
  const open = await openCard(context);
  if (open === null) return;
  const { ledger, clock } = context;
  const now = clock.now();
  const card: OutageCard = { ...open, until: now, at: now };
  await ledger.transaction((tx) => tx.enqueueCard(keyOf(open.since), card));
  await context.wakeOutbox();
}

const keyOf = (since: EpochMs): string => `outage:${since}`;

/** The outage that the channel was told of last, while it is not over. */
async function openCard({ ledger }: AppContext): Promise<OutageCard | null> {
  const card = (await ledger.outbox.latest('outage'))?.card;
  return card?.kind === 'outage' && card.until === null ? card : null;
}

/** A calendar that cannot be read is part of the trouble: better told than not. */
async function isInSession({ calendar, clock }: AppContext): Promise<boolean> {
  const now = clock.now();
  try {
    const session = await calendar.currentOrNext(now);
    return session !== null && now >= session.open;
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return true;
  }
}

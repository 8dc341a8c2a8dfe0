import { applyControl, DRAWDOWN_WATCH } from '#core/control.ts';
import type { ControlEvent, ControlState } from '#core/control.ts';
import { acknowledgeDrawdown } from '#core/drawdown.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import type { Usd } from '#core/money.ts';
import { newYorkDate, toIso } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { ControlCard, ControlChange } from '#ports/cards.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { fenced } from './fenced.ts';
import { signatureOf } from './signature.ts';

export interface HaltWish {
  readonly by: string;
  /** The chat's id of the person; none of what the bot wants by itself. */
  readonly personId?: string | undefined;
  readonly reason: string;
  /** session: until the next session opens. Null: until someone resumes. */
  readonly until: 'session' | EpochMs | null;
  /** Whether every position is closed as well. */
  readonly flatten: boolean;
}

/** The state after the wish, and whether the wish changed it. */
export interface ControlOutcome {
  readonly control: ControlState;
  readonly hasChanged: boolean;
}

/**
 * Opens nothing any more, from this moment on; with `flatten`, closes every position too, which the position
 * guard carries out, whoever asked for it and however often the process ends meanwhile. Halting twice for
 * the same reason is halting once. Throws LeaseLostError when another process trades the account.
 */
export async function halt(context: AppContext, wish: HaltWish): Promise<ControlOutcome> {
  const at = context.clock.now();
  const until = wish.until === 'session' ? await nextOpen(context, at) : wish.until;
  const { by, reason, flatten } = wish;
  const event = { type: flatten ? 'flatten' : 'halt', by, reason, at, until } as const;
  const outcome = await change(context, event, { personId: wish.personId });
  if (outcome.hasChanged) await context.wakeGuard();
  return outcome;
}

interface ResumeWish {
  readonly by: string;
  readonly personId?: string | undefined;
  readonly reason: string;
  /** What the person saw who resumes; when it is not so any more, nothing changes. */
  readonly seen?: SeenHalt;
}

/** A halt as a person was asked about it. */
interface SeenHalt {
  /** How often the control state had been written. */
  readonly writes: number;
  readonly letsDayBe: boolean;
  readonly movesPeak: boolean;
}

/** What resuming does to the limits of the drawdown. */
export interface ResumeEffects {
  /** The day's limit was reached, and does not halt again in this session. */
  readonly letsDayBe: boolean;
  /** What the fall from the peak is measured from anew; null when it stays. */
  readonly newPeak: Usd | null;
}

export const resumeEffects = (
  before: DrawdownState | null,
  after: DrawdownState | null,
  at: EpochMs,
): ResumeEffects => ({
  // A breach of an earlier day is over with that day.
  letsDayBe: before?.sessionDate === newYorkDate(at) && after?.day.level !== before.day.level,
  newPeak: after !== null && after.peak !== before?.peak ? after.peakEquity : null,
});

/**
 * Lets positions be opened again. A breach of the day's drawdown is let be for the rest of the session, and
 * after one from the peak the fall is measured anew from the equity of the last reading: who resumes knows of
 * both, and the card says it. While everything is being closed nothing changes.
 */
export const resume = (
  context: AppContext,
  { by, personId, reason, seen }: ResumeWish,
): Promise<ControlOutcome> =>
  // Not between a reading of the drawdown and what is written down of it.
  context.bySymbol.run(DRAWDOWN_WATCH, async () => {
    const drawdown = await context.ledger.drawdownState();
    const event = { type: 'resume', by, reason, at: context.clock.now() } as const;
    return change(context, event, { personId, drawdown, seen });
  });

const isAsSeen = (writes: number, { letsDayBe, newPeak }: ResumeEffects, seen: SeenHalt): boolean =>
  writes === seen.writes && letsDayBe === seen.letsDayBe && (newPeak !== null) === seen.movesPeak;

/**
 * Ends a halt whose time has come, and has the guard go on with a closing of everything. Called often:
 * nothing happens while there is nothing to do.
 */
export async function tendControl(context: AppContext): Promise<void> {
  const control = await context.ledger.controlState();
  if (control.status === 'flattening') await context.wakeGuard();
  const expiry = { type: 'expire', at: context.clock.now() } as const;
  if (applyControl(control, expiry) !== null) await change(context, expiry);
}

/** Notes that nothing is left to close. */
export const noteFlat = (context: AppContext): Promise<ControlOutcome> =>
  change(context, { type: 'flat', at: context.clock.now() });

/** The open of the session that comes next; null when the calendar does not know it: until someone resumes. */
export async function nextOpen({ calendar }: AppContext, at: EpochMs): Promise<EpochMs | null> {
  const session = await calendar.currentOrNext(at);
  if (session === null || session.open > at) return session?.open ?? null;
  return (await calendar.after(session.date))?.open ?? null;
}

interface Behind {
  readonly personId?: string | undefined;
  /** Of a resume: the drawdown as it is, and what the person saw. */
  readonly drawdown?: DrawdownState | null;
  readonly seen?: SeenHalt | undefined;
}

async function change(
  context: AppContext,
  event: ControlEvent,
  { personId, drawdown = null, seen }: Behind = {},
): Promise<ControlOutcome> {
  context.lease.assertHeld();
  const isSessionOpen = await isInSession(context, event.at);
  const outcome = await fenced(context, async (tx) => {
    const after = event.type === 'resume' && drawdown ? acknowledgeDrawdown(drawdown) : drawdown;
    const effects = resumeEffects(drawdown, after, event.at);
    if (seen !== undefined) {
      const control = await tx.lockControl();
      if (!isAsSeen(await tx.controlWrites(), effects, seen)) return { control, hasChanged: false };
    }
    const written = await writeControl(tx, event, personId);
    if (!written.hasChanged) return written;
    if (after !== null && after !== drawdown) await tx.saveDrawdown(after);
    const session = isSessionOpen === null ? {} : { isSessionOpen };
    await tellControl(tx, event, { written, effects: { ...effects, ...session } });
    return written;
  });
  if (outcome.hasChanged) await context.wakeOutbox();
  return outcome;
}

interface Told {
  readonly written: Written;
  readonly effects?: Pick<ControlCard, 'letsDayBe' | 'newPeak' | 'isSessionOpen'>;
}

/** Tells the channel of a change within its transaction, on the card that is pinned while nothing may be opened. */
export const tellControl = (
  tx: LedgerTransaction,
  event: ControlEvent,
  { written, effects = { letsDayBe: false, newPeak: null } }: Told,
): Promise<void> =>
  tx.enqueueCard(`control:${written.changes}`, {
    kind: 'control',
    ...wordsOf(event, written),
    control: written.control,
    ...effects,
    at: event.at,
  });

/** Null where the calendar cannot be read: a broker that does not answer keeps nobody from halting. */
async function isInSession({ calendar, log }: AppContext, at: EpochMs): Promise<boolean | null> {
  try {
    const session = await calendar.on(newYorkDate(at));
    return session !== null && at >= session.open && at < session.close;
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    log.warn({ error: error.message }, 'the calendar cannot be read; the control state is changed');
    return null;
  }
}

interface Written extends ControlOutcome {
  readonly before: ControlState;
  /** How often the state was changed so far. */
  readonly changes: number;
}

/** Changes the control state within a transaction, with its row in the audit log. */
export async function writeControl(
  tx: LedgerTransaction,
  event: ControlEvent,
  personId?: string,
): Promise<Written> {
  const before = await tx.lockControl();
  const control = applyControl(before, event);
  if (control === null) {
    // Nothing changes, but who was asked before whether to resume must not be taken at that word.
    if (event.type === 'halt' || event.type === 'flatten') await tx.saveControl(before);
    return { before, control: before, hasChanged: false, changes: 0 };
  }
  const changes = await tx.saveControl(control);
  const { reason } = 'by' in event ? event : control;
  const { actor, named } = signatureOf('by' in event ? event.by : 'system', personId);
  await tx.audit({
    at: event.at,
    actor,
    action: `control ${event.type}`,
    outcome: 'done',
    details: {
      ...named,
      from: before.status,
      to: control.status,
      reason,
      until: control.until === null ? 'someone resumes' : toIso(control.until),
    },
  });
  return { before, control, hasChanged: true, changes };
}

function wordsOf(
  event: ControlEvent,
  { before, control }: Written,
): Pick<ControlCard, 'change' | 'by' | 'reason'> {
  const { by } = 'by' in event ? event : control;
  return { change: changeOf(event, before, control), by, reason: control.reason };
}

function changeOf(event: ControlEvent, before: ControlState, after: ControlState): ControlChange {
  switch (event.type) {
    case 'halt':
    case 'flatten':
      if (before.status === after.status) {
        return before.until === after.until ? 'joined' : 'prolonged';
      }
      return after.status === 'flattening' ? 'flattening' : 'halted';
    case 'flat':
      return 'flat';
    case 'resume':
      return 'resumed';
    case 'expire':
      return 'expired';
    default:
      return event satisfies never;
  }
}

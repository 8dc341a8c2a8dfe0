import { applyControl } from '#core/control.ts';
import type { ControlEvent, ControlState } from '#core/control.ts';
import { acknowledgeDrawdown } from '#core/drawdown.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import { toIso } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { ControlCard, ControlChange } from '#ports/cards.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { fenced } from './fenced.ts';

/** Whose name stands on what the drawdown ladder does. */
export const DRAWDOWN_WATCH = 'drawdown watch';

export interface HaltWish {
  readonly by: string;
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
 * guard carries out, whoever asked for it and however often the process ends meanwhile. Halting twice is
 * halting once. Throws LeaseLostError when another process trades the account.
 */
export async function halt(context: AppContext, wish: HaltWish): Promise<ControlOutcome> {
  const at = context.clock.now();
  const until = wish.until === 'session' ? await nextOpen(context, at) : wish.until;
  const { by, reason, flatten } = wish;
  const event = { type: flatten ? 'flatten' : 'halt', by, reason, at, until } as const;
  const outcome = await change(context, event);
  if (outcome.hasChanged) await context.wakeGuard();
  return outcome;
}

interface ResumeWish {
  readonly by: string;
  readonly reason: string;
}

/**
 * Lets positions be opened again. A breach of the day's drawdown is let be for the rest of the session, and
 * after one from the peak the fall is measured anew from the equity of the last reading: who resumes knows of
 * both, and the card says it. While everything is being closed nothing changes.
 */
export const resume = (context: AppContext, { by, reason }: ResumeWish): Promise<ControlOutcome> =>
  // Not between a reading of the drawdown and what is written down of it.
  context.bySymbol.run(DRAWDOWN_WATCH, async () => {
    const before = await context.ledger.drawdownState();
    return change(context, { type: 'resume', by, reason, at: context.clock.now() }, before);
  });

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

async function change(
  context: AppContext,
  event: ControlEvent,
  drawdown: DrawdownState | null = null,
): Promise<ControlOutcome> {
  context.lease.assertHeld();
  const outcome = await fenced(context, async (tx) => {
    const written = await writeControl(tx, event);
    if (!written.hasChanged) return written;
    const after = event.type === 'resume' && drawdown ? acknowledgeDrawdown(drawdown) : drawdown;
    if (after !== null && after !== drawdown) await tx.saveDrawdown(after);
    const card: ControlCard = {
      kind: 'control',
      ...wordsOf(event, written),
      control: written.control,
      letsDayBe: after?.day.level !== drawdown?.day.level,
      newPeak: after !== null && after.peak !== drawdown?.peak ? after.peakEquity : null,
      at: event.at,
    };
    await tx.enqueueCard(`control:${written.changes}`, card);
    return written;
  });
  if (outcome.hasChanged) await context.wakeOutbox();
  return outcome;
}

interface Written extends ControlOutcome {
  readonly before: ControlState;
  /** How often the state was changed so far. */
  readonly changes: number;
}

/** Changes the control state within a transaction, with its row in the audit log. */
export async function writeControl(tx: LedgerTransaction, event: ControlEvent): Promise<Written> {
  const before = await tx.lockControl();
  const control = applyControl(before, event);
  if (control === null) return { before, control: before, hasChanged: false, changes: 0 };
  const changes = await tx.saveControl(control);
  const { by, reason } = 'by' in event ? event : control;
  await tx.audit({
    at: event.at,
    actor: 'by' in event ? by : 'system',
    action: `control ${event.type}`,
    outcome: 'done',
    details: {
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
  const { by, reason } = 'by' in event ? event : control;
  return { change: changeOf(event, before, control), by, reason };
}

function changeOf(event: ControlEvent, before: ControlState, after: ControlState): ControlChange {
  switch (event.type) {
    case 'halt':
    case 'flatten':
      if (before.status === after.status) return 'prolonged';
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

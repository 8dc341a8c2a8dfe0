import type { Account } from '#core/account.ts';
import type { Close } from '#core/close.ts';
import type { ControlState } from '#core/control.ts';
import type { DrawdownView } from '#core/decision.ts';
import { drawdownView } from '#core/drawdown.ts';
import { gainPercent } from '#core/equity-curve.ts';
import { addUsd, subtractUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Mode } from '#ports/cards.ts';
import type { CycleRecord } from '#ports/ledger.ts';
import type { OpenPositionLine } from '#ports/report-cards.ts';

import type { AppContext } from '../context.ts';
import { impedimentsOf } from '../impediments.ts';
import { readPositions } from '../positions.ts';
import { flowsOf, openingEquity } from './equity.ts';

/** What `/status` and the readiness page tell. */
export interface StatusReport {
  readonly mode: Mode;
  readonly control: ControlState;
  readonly now: EpochMs;
  /** Today's session, or the next one. */
  readonly session: Session | null;
  readonly isOpen: boolean;
  readonly equity: Usd;
  /** Since the close of the session before; null when neither broker nor ledger knows of it. */
  readonly dayPnl: Usd | null;
  readonly dayPnlPercent: number | null;
  /** Deposits less withdrawals since then, which are no part of it. */
  readonly dayFlows: Usd;
  readonly positions: readonly OpenPositionLine[];
  readonly protectedPositions: number;
  readonly pendingEntries: number;
  readonly lastCycle: CycleRecord | null;
  readonly cycles: number;
  readonly intents: number;
  readonly outboxBacklog: number;
  /** Why no entry is made just now, a sentence each. */
  readonly impediments: readonly string[];
  /** Closings that are not done. */
  readonly closes: readonly Close[];
  /** How often legs were cancelled or replaced today without a lawful reason. */
  readonly interferenceToday: number;
  readonly drawdown: DrawdownReport;
}

/** How far equity has fallen by the last reading that can be trusted, and how far it may. */
export interface DrawdownReport extends DrawdownView {
  /** Of the last reading; null before the first. */
  readonly measuredAt: EpochMs | null;
  /** In per cent, positive. */
  readonly dailyLimitPercent: number;
  readonly peakLimitPercent: number;
}

/** The state of things right now: broker's figures for quantity and money, the ledger's for the rest. */
export async function statusReport(context: AppContext): Promise<StatusReport> {
  const { broker, ledger, calendar, clock } = context;
  const now = clock.now();
  const [account, positions, control, session, lastCycle, cycles, intents, outboxBacklog, trades] =
    await Promise.all([
      broker.account(),
      readPositions(context),
      ledger.controlState(),
      calendar.currentOrNext(now),
      ledger.lastCycle(),
      ledger.cycleCount(),
      ledger.intentCount(),
      ledger.outbox.backlog(),
      ledger.unfinishedTrades(),
    ]);
  const [impediments, closes, interferenceToday, drawdown, day] = await Promise.all([
    impedimentsOf(context),
    ledger.openCloses(),
    ledger.interferenceCount(newYorkDate(now)),
    drawdownReport(context, now),
    dayResult(context, account, now),
  ]);
  return {
    mode: context.mode,
    control,
    now,
    session,
    isOpen: session !== null && now >= session.open && now < session.close,
    equity: account.equity,
    ...day,
    positions,
    protectedPositions: positions.filter(({ isProtected }) => isProtected).length,
    pendingEntries: trades.filter(({ status }) => status === 'planned' || status === 'submitted')
      .length,
    lastCycle,
    cycles,
    intents,
    outboxBacklog,
    impediments,
    closes,
    interferenceToday,
    drawdown,
  };
}

async function dayResult(
  context: AppContext,
  account: Account,
  now: EpochMs,
): Promise<Pick<StatusReport, 'dayPnl' | 'dayPnlPercent' | 'dayFlows'>> {
  const date = newYorkDate(now);
  const [opening, dayFlows] = await Promise.all([
    openingEquity(context, date, account),
    flowsOf(context, date),
  ]);
  if (opening === null) return { dayPnl: null, dayPnlPercent: null, dayFlows };
  const dayPnl = subtractUsd(account.equity, addUsd(opening, dayFlows));
  return { dayPnl, dayPnlPercent: gainPercent(dayPnl, opening, dayFlows), dayFlows };
}

async function drawdownReport(
  { ledger, parameters }: AppContext,
  now: EpochMs,
): Promise<DrawdownReport> {
  const state = await ledger.drawdownState();
  return {
    ...drawdownView(state, newYorkDate(now)),
    measuredAt: state?.at ?? null,
    dailyLimitPercent: parameters.dailyDrawdownPercent,
    peakLimitPercent: parameters.peakDrawdownPercent,
  };
}

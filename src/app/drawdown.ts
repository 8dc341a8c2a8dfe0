import type { Position } from '#core/account.ts';
import { worstContributors } from '#core/contributors.ts';
import type { Contributor } from '#core/contributors.ts';
import { DRAWDOWN_WATCH } from '#core/control.ts';
import type { ControlEvent, ControlState } from '#core/control.ts';
import type { DrawdownView } from '#core/decision.ts';
import type { DrawdownEvent, DrawdownScope } from '#core/drawdown-ladder.ts';
import { drawdownView, followDrawdown } from '#core/drawdown.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import { addDays, newYorkDate, startOfDay } from '#core/session.ts';
import type { Session } from '#core/session.ts';
import { realizedSoFar } from '#core/trade.ts';
import type { DrawdownCard } from '#ports/cards.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';
import type { SessionOpen } from '#ports/risk-store.ts';

import type { AppContext } from './context.ts';
import { nextOpen, tellControl, writeControl } from './control.ts';
import { assumedNotice, outageBegins, outageEnds, watchedSession } from './drawdown-outage.ts';
import { readDrawdown } from './drawdown-reading.ts';
import type { Sighting } from './drawdown-reading.ts';
import { fenced } from './fenced.ts';

/**
 * Looks how far equity has fallen, tells the channel of each threshold that is crossed, and halts at a limit.
 * While nothing can be trusted, or no session runs, it is what it was.
 *
 * @returns what the trading rules see of it. Throws LeaseLostError when another process trades the account.
 */
export async function watchDrawdown(context: AppContext): Promise<DrawdownView> {
  const session = await watchedSession(context);
  if (session !== null) {
    return context.bySymbol.run(DRAWDOWN_WATCH, () => look(context, session));
  }
  return drawdownView(await context.ledger.drawdownState(), newYorkDate(context.clock.now()));
}

async function look(context: AppContext, session: Session): Promise<DrawdownView> {
  const { ledger, parameters, drawdownMemory } = context;
  context.lease.assertHeld();
  const before = await ledger.drawdownState();
  const sighting = await readDrawdown(context, session, before);
  if (sighting.kind === 'untrusted') {
    drawdownMemory.why = sighting.why;
    await noteUntrusted(context, before, sighting);
    return drawdownView(before, session.date);
  }
  drawdownMemory.why = null;
  const { state, events } = followDrawdown(before, sighting.reading, parameters);
  if (state === null) return drawdownView(before, session.date);
  await writeDown(context, session, { before, state, events, sighting });
  return drawdownView(state, session.date);
}

/** Nothing is measured; but cash that has moved is remembered, and a long outage is told. */
async function noteUntrusted(
  context: AppContext,
  before: DrawdownState | null,
  { why, cash }: Extract<Sighting, { readonly kind: 'untrusted' }>,
): Promise<void> {
  context.log.warn({ why }, 'the drawdown cannot be measured now; it is what it was');
  if (before !== null && cash && cash.movedSince !== before.cash.movedSince) {
    await fenced(context, (tx) => tx.saveDrawdown({ ...before, cash }));
  }
  const outage = await outageBegins(context, before);
  if (outage === null) return;
  await fenced(context, (tx) => tx.enqueueCard(outage.key, outage.card));
  await context.wakeOutbox();
}

interface Looked {
  readonly before: DrawdownState | null;
  readonly state: DrawdownState;
  readonly events: readonly DrawdownEvent[];
  readonly sighting: Extract<Sighting, { readonly kind: 'trusted' }>;
}

async function writeDown(
  context: AppContext,
  session: Session,
  { before, state, events, sighting: { positions, assumed } }: Looked,
): Promise<void> {
  const { ledger } = context;
  const isFirst = before?.sessionDate !== state.sessionDate;
  // Nothing else asks for them, and most readings tell nothing.
  const results = isFirst || events.length > 0 ? await resultsOf(context, positions, session) : [];
  const atOpen = (await ledger.sessionOpen(session.date))?.results ?? [];
  const contributors = worstContributors(results, atOpen);
  const news: News = { state, events, contributors, openPositions: positions.length };
  const outage = await outageEnds(context, before, state);
  const notices = [
    ...(outage === null ? [] : [outage]),
    ...(assumed === null ? [] : [assumedNotice(assumed, state.at)]),
  ];
  await fenced(context, async (tx) => {
    if (isFirst) await tx.insertSessionOpen(openOf(state, results));
    await tx.noteDeepest(state.sessionDate, state.deepestPercent);
    for (const { key, card } of notices) await tx.enqueueCard(key, card);
    for (const event of events) await tell(context, tx, event, news);
    await tx.saveDrawdown(state);
  });
  if (events.length + notices.length > 0) await context.wakeOutbox();
  // A breach may have everything closed, and cancels the entries that still work.
  if (events.length > 0) await context.wakeGuard();
}

interface Result extends Contributor {
  /** Of a trade that still holds shares. */
  readonly isOpen: boolean;
}

interface News {
  readonly state: DrawdownState;
  readonly events: readonly DrawdownEvent[];
  readonly contributors: readonly Contributor[];
  readonly openPositions: number;
}

/** What the session is measured from. What was there before a late start's first reading is part of its fall. */
function openOf(
  { sessionDate, at, flows, equity, openingEquity, deepestPercent }: DrawdownState,
  results: readonly Result[],
): SessionOpen {
  const isAtOpen = openingEquity === equity;
  return {
    sessionDate,
    equity: openingEquity,
    flows,
    at,
    deepestPercent,
    results: isAtOpen
      ? results.filter(({ isOpen }) => isOpen).map(({ symbol, pnl }) => ({ symbol, pnl }))
      : [],
  };
}

/** What each trade of today has brought, realized and unrealized. */
async function resultsOf(
  { ledger }: AppContext,
  positions: readonly Position[],
  { date }: Session,
): Promise<readonly Result[]> {
  const today = { from: startOfDay(date), until: startOfDay(addDays(date, 1)) };
  const [closed, unfinished] = await Promise.all([
    ledger.closedTrades(today),
    ledger.unfinishedTrades(),
  ]);
  return [
    ...closed.map(({ symbol, pnl }) => ({ symbol, pnl, isOpen: false })),
    ...unfinished.map((trade) => ({
      symbol: trade.intent.symbol,
      pnl: realizedSoFar(trade),
      isOpen: true,
    })),
    ...positions.map(({ symbol, unrealizedPnl: pnl }) => ({ symbol, pnl, isOpen: true })),
  ];
}

async function tell(
  context: AppContext,
  tx: LedgerTransaction,
  event: DrawdownEvent,
  news: News,
): Promise<void> {
  const { type, scope } = event;
  const control =
    type === 'breached' ? await haltAt(context, tx, scope, news.state) : await tx.controlState();
  const step =
    type === 'warning'
      ? `${event.ofLimitPercent}`
      : type === 'beyond'
        ? `${type} ${event.limits}`
        : type;
  const key = `drawdown:${scope}:${step}:${news.state.at}`;
  await tx.enqueueCard(key, cardOf(context, event, news, control));
}

/** Halts for what was breached: the day until the next session opens, the peak until someone resumes. */
async function haltAt(
  context: AppContext,
  tx: LedgerTransaction,
  scope: DrawdownScope,
  state: DrawdownState,
): Promise<ControlState> {
  const { parameters } = context;
  const { at } = state;
  const { percent, limitPercent } = figuresOf(context, scope, state);
  const from = scope === 'day' ? 'since the session’s open' : 'from its peak';
  const event: ControlEvent = {
    type: parameters.drawdownPolicy === 'flatten' ? 'flatten' : 'halt',
    by: DRAWDOWN_WATCH,
    reason: `equity fell ${Math.abs(percent ?? 0).toFixed(2)} % ${from}; the limit is ${limitPercent} %`,
    at,
    until: scope === 'day' ? await nextOpen(context, at) : null,
  };
  const written = await writeControl(tx, event);
  const { before, control, hasChanged } = written;
  // A halt has a card of its own, which is pinned and would go on telling its old end.
  if (hasChanged && before.status !== 'active') await tellControl(tx, event, { written });
  if (!hasChanged) {
    await tx.audit({
      at,
      actor: DRAWDOWN_WATCH,
      action: `drawdown ${scope} breached`,
      outcome: 'done',
      details: { percent: String(percent), control: control.status },
    });
  }
  return control;
}

interface Figures {
  /** Zero or negative. */
  readonly percent: number | null;
  readonly limitPercent: number;
}

function figuresOf(
  { parameters }: Pick<AppContext, 'parameters'>,
  scope: DrawdownScope,
  state: DrawdownState,
): Figures {
  const { dailyPercent, peakPercent } = drawdownView(state, state.sessionDate);
  return scope === 'day'
    ? { percent: dailyPercent, limitPercent: parameters.dailyDrawdownPercent }
    : { percent: peakPercent, limitPercent: parameters.peakDrawdownPercent };
}

function cardOf(
  context: AppContext,
  event: DrawdownEvent,
  { state, contributors, openPositions }: News,
  control: ControlState,
): DrawdownCard {
  const { percent, limitPercent } = figuresOf(context, event.scope, state);
  const isDay = event.scope === 'day';
  return {
    kind: 'drawdown',
    event,
    equity: state.equity,
    baseEquity: isDay ? state.openingEquity : state.peakEquity,
    baseAt: isDay ? null : state.peakAt,
    percent: percent ?? 0,
    limitPercent,
    contributors,
    policy: context.parameters.drawdownPolicy,
    control,
    openPositions,
    at: state.at,
  };
}

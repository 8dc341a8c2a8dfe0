import { barDefect } from '#core/bars.ts';
import type { Bar } from '#core/bars.ts';
import { createEma } from '#core/indicators/ema.ts';
import { lastBarEnd, MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { CandlesChart, ChartAverage } from '#ports/charts.ts';

import type { AppContext } from '../context.ts';

/** What is to be seen of a symbol. */
export interface CandlesView extends Pick<CandlesChart, 'symbol' | 'title' | 'position' | 'fills'> {
  /** The session of the first bar shown. */
  readonly session: Session;
  /** No bar that ends after it. */
  readonly until: EpochMs;
}

/** So many sessions before the first one that is shown: from there on the averages are warm. */
const SESSIONS_BEFORE = 3;
/** More bars than this would be thinner than a pixel each. */
const MOST_BARS = 390;

/**
 * A symbol's settled bars with the averages that the signal is made of; null when there is no bar. The
 * newest are shown where there are too many. Throws BrokerError when they cannot be read.
 */
export async function candlesOf(
  context: AppContext,
  { symbol, session, until, ...rest }: CandlesView,
): Promise<CandlesChart | null> {
  const { barMinutes, emaFast, emaSlow } = context.parameters;
  const all = await readBars(context, { symbol, session, until });
  const first = Math.max(
    all.findIndex(({ start }) => start >= session.open),
    all.length - MOST_BARS,
  );
  const bars = all.slice(first).filter(({ start }) => start >= session.open);
  if (bars.length === 0) return null;
  const average = (period: number): ChartAverage => ({
    period,
    values: averagesOf(all, period).slice(-bars.length),
  });
  const averages = { fast: average(emaFast), slow: average(emaSlow) };
  return { kind: 'candles', symbol, barMinutes, bars, averages, ...rest };
}

async function readBars(
  { marketData, calendar, clock, parameters: { barMinutes } }: AppContext,
  { symbol, session, until }: Pick<CandlesView, 'symbol' | 'session' | 'until'>,
): Promise<readonly Bar[]> {
  const settled = lastBarEnd(Math.min(until, clock.now()), barMinutes);
  const sessions = await calendar.endingWith(session.date, SESSIONS_BEFORE + 1);
  const from = sessions[0]?.open ?? session.open;
  if (settled <= from) return [];
  const bars = await marketData.bars({ symbols: [symbol], barMinutes, from, until: settled });
  return (bars.get(symbol) ?? []).filter(
    (bar) => barDefect(bar) === null && bar.start + barMinutes * MINUTE_MS <= settled,
  );
}

/** The average after each bar; null until it is warm. */
export function averagesOf(bars: readonly Bar[], period: number): readonly (number | null)[] {
  const averages = new Float64Array(bars.length);
  createEma(period).push(
    Float64Array.from(bars, ({ close }) => close),
    averages,
  );
  return Array.from(averages, (value) => (Number.isNaN(value) ? null : value));
}

/** The session that is running, or the last one: at this instant there is something to be seen of it. */
export async function sessionToShow(
  { calendar }: Pick<AppContext, 'calendar'>,
  at: EpochMs,
): Promise<Session | null> {
  const next = await calendar.currentOrNext(at);
  if (next === null || next.open < at) return next;
  return calendar.before(next.date);
}

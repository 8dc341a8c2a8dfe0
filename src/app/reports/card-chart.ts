import { micros } from '#core/money.ts';
import { addDays, lastBarEnd, newYorkDate, startOfDay } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';
import type { BacktestCard } from '#ports/backtest-card.ts';
import type { Card } from '#ports/cards.ts';
import type { CandlesChart, ChartAverage, ChartImage, ChartSpec } from '#ports/charts.ts';
import type { DigestCard, WeeklyCard } from '#ports/report-cards.ts';

import type { AppContext } from '../context.ts';
import { averagesOf } from './candles.ts';
import { storyUntil, tradeMarks, tradeStory } from './trade-story.ts';

/** A card waits no longer for its picture: facts, process and all. */
const PATIENCE_MS = 3_000;

/**
 * The picture that belongs to a card; null for those without one, and whenever there is any trouble: a
 * picture must never keep a card back. The facts are gathered at delivery, since a card holds none.
 */
export async function chartFor(context: AppContext, card: Card): Promise<ChartImage | null> {
  const spec = specOf(context, card);
  if (spec === null) return null;
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    context.log.warn({ card: card.kind }, 'a card goes without its picture, which took too long');
    late.resolve(null);
  }, PATIENCE_MS);
  try {
    return await Promise.race([draw(context, spec), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function draw(
  { charts, log }: AppContext,
  spec: () => Promise<ChartSpec | null>,
): Promise<ChartImage | null> {
  try {
    const chart = await spec();
    const result = chart && (await charts.render(chart));
    return result?.ok === true ? result.image : null;
  } catch (error) {
    log.warn({ error: String(error) }, 'a card goes without its picture');
    return null;
  }
}

/** How to gather a picture's facts; null for a card without one. */
function specOf(context: AppContext, card: Card): (() => Promise<ChartSpec | null>) | null {
  if (card.kind === 'exit') {
    const { tradeId, closedAt } = card.trade;
    return () => candles(context, tradeId, closedAt);
  }
  if (card.kind === 'digest') return () => equityCurve(context, card);
  if (card.kind === 'weekly') return async () => daysOf(card);
  if (card.kind === 'backtest') {
    return card.progress.status === 'done' ? () => playedEquity(context, card) : null;
  }
  if (card.kind !== 'entry' || card.progress.status !== 'filled') return null;
  const { tradeId } = card.intent;
  const { at } = card.progress;
  return () => candles(context, tradeId, at);
}

async function playedEquity(
  { ledger }: AppContext,
  { id, request: { from, to } }: BacktestCard,
): Promise<ChartSpec | null> {
  const files = await ledger.backtestFiles(id);
  if (files === null) return null;
  const title = `BACKTEST ${from} to ${to}`;
  return { kind: 'equity', title, points: files.curve, sessionOpen: null, haltsAt: null };
}

const daysOf = ({ from, to, days }: WeeklyCard): ChartSpec => ({
  kind: 'performance',
  title: `Week of ${from} to ${to}`,
  days,
});

/** Bars before the entry, so that one sees where it came from. */
const BARS_BEFORE = 36;
const MOST_BARS = 160;
/** Of the first day's averages, the bars before it have to be there too. */
const DAYS_BEFORE = 5;

/** The trade as it stood at an instant: nothing that came after it is shown. */
async function candles(
  context: AppContext,
  id: Trade['id'],
  at: EpochMs,
): Promise<CandlesChart | null> {
  const { ledger, marketData, parameters } = context;
  const trade = await ledger.trade(id);
  if (trade === null || trade.openedAt === null) return null;
  const { barMinutes, emaFast, emaSlow } = parameters;
  const { symbol, side } = trade.intent;
  const from = startOfDay(addDays(newYorkDate(trade.openedAt), -DAYS_BEFORE));
  const until = lastBarEnd(at, barMinutes);
  const [story, read] = await Promise.all([
    tradeStory(context, trade),
    marketData.bars({ symbols: [symbol], barMinutes, from, until }),
  ]);
  const bars = read.get(symbol) ?? [];
  const { openedAt } = trade;
  const entryBar = bars.findLastIndex(({ start }) => start <= openedAt);
  const first = Math.max(0, entryBar - BARS_BEFORE, bars.length - MOST_BARS);
  const average = (period: number): ChartAverage => ({
    period,
    values: averagesOf(bars, period).slice(first),
  });
  return {
    kind: 'candles',
    symbol,
    title: `${symbol} ${side}, ${trade.entryQuantity} shares`,
    barMinutes,
    bars: bars.slice(first),
    averages: { fast: average(emaFast), slow: average(emaSlow) },
    ...tradeMarks(storyUntil(story, at)),
  };
}

/** The session's readings between its opening and its close. */
async function equityCurve(
  { ledger, calendar, parameters }: AppContext,
  card: DigestCard,
): Promise<ChartSpec | null> {
  const { date, openingEquity, closingEquity } = card;
  const session = await calendar.on(date);
  if (session === null) return null;
  const readings = await ledger.equityPoints(date);
  const inside = readings.filter(({ at }) => at > session.open && at < session.close);
  const points = [
    { at: session.open, equity: openingEquity },
    ...inside.map(({ at, equity }) => ({ at, equity })),
    { at: session.close, equity: closingEquity },
  ];
  const limit = micros(Math.round(openingEquity * (1 - parameters.dailyDrawdownPercent / 100)));
  const halfway = (openingEquity + limit) / 2;
  return {
    kind: 'equity',
    title: `Session of ${date}`,
    points,
    sessionOpen: openingEquity,
    // Far from it the line would only make the curve flat.
    haltsAt: points.some(({ equity }) => equity <= halfway) ? limit : null,
  };
}

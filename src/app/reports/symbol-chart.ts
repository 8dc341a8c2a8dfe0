import type { Ticker } from '#core/ids.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { CandlesChart } from '#ports/charts.ts';

import type { AppContext } from '../context.ts';
import { refuseStrange } from '../known-symbols.ts';
import { candlesOf, sessionToShow } from './candles.ts';
import { tradeMarks, tradeStory } from './trade-story.ts';
import type { TradeReport } from './trade-story.ts';

/** What `/chart` tells beside its picture. */
export interface SymbolChartReport {
  readonly kind: 'symbol-chart';
  readonly symbol: Ticker;
  /** The session that is running, or the last one; null when the calendar knows none. */
  readonly session: Session | null;
  /** Null without a settled bar. */
  readonly prices: SessionPrices | null;
  /** The newest trade in the symbol, where the session saw it. */
  readonly story: TradeReport | null;
}

/** Prices in plain dollars, as bars are. */
interface SessionPrices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly bars: number;
  /** End of the last bar. */
  readonly at: EpochMs;
}

/**
 * A symbol's session so far. Throws BrokerError when the bars cannot be read, and UserError for a stock that
 * the broker does not know.
 */
export async function symbolChart(
  context: AppContext,
  symbol: Ticker,
): Promise<{ readonly report: SymbolChartReport; readonly chart: CandlesChart | null }> {
  await refuseStrange(context, symbol);
  const session = await sessionToShow(context, context.clock.now());
  if (session === null) {
    return {
      report: { kind: 'symbol-chart', symbol, session, prices: null, story: null },
      chart: null,
    };
  }
  const story = await storyWithin(context, symbol, session);
  const chart = await candlesOf(context, {
    symbol,
    title: titleOf(symbol, story),
    session,
    until: session.close,
    ...(story === null ? { position: null, fills: [] } : marksWithin(story, session)),
  });
  const prices = chart && pricesOf(chart);
  return { report: { kind: 'symbol-chart', symbol, session, prices, story }, chart };
}

async function storyWithin(
  { ledger }: AppContext,
  symbol: Ticker,
  { open, close }: Session,
): Promise<TradeReport | null> {
  const trade = await ledger.lastTradeIn(symbol);
  if (trade === null || trade.openedAt === null || trade.openedAt >= close) return null;
  const endedBefore = trade.status === 'closed' && (trade.closedAt ?? 0) < open;
  return endedBefore ? null : tradeStory({ ledger }, trade);
}

/** Of a trade that was held over night, what lies before the session is not in its picture. */
function marksWithin(story: TradeReport, { open }: Session): ReturnType<typeof tradeMarks> {
  const { position, fills } = tradeMarks(story);
  return { position, fills: fills.filter(({ at }) => at >= open) };
}

const titleOf = (symbol: Ticker, story: TradeReport | null): string =>
  story === null
    ? symbol
    : `${symbol} ${story.trade.intent.side}, ${story.trade.entryQuantity} shares`;

function pricesOf({ bars, barMinutes }: CandlesChart): SessionPrices | null {
  const [first] = bars;
  const last = bars.at(-1);
  if (first === undefined || last === undefined) return null;
  return {
    open: first.open,
    high: Math.max(...bars.map(({ high }) => high)),
    low: Math.min(...bars.map(({ low }) => low)),
    close: last.close,
    bars: bars.length,
    at: last.start + barMinutes * MINUTE_MS,
  };
}

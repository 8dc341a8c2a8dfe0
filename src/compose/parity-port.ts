import { createDailyHistory } from '#app/daily-history.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import { DEFAULT_OPTIONS, SANDBOX_FILLS } from '#backtest/options.ts';
import { readDay } from '#backtest/parity/recorded-day.ts';
import type { RecordedDay } from '#backtest/parity/recorded-day.ts';
import { parityOf } from '#backtest/parity/replay-day.ts';
import type { ReplayMarket } from '#backtest/parity/replay-day.ts';
import { columnsOfBars } from '#core/bar-columns.ts';
import { barDefect } from '#core/bars.ts';
import type { Bar, BarColumns } from '#core/bars.ts';
import type { Session } from '#core/session.ts';
import { featureSessions } from '#core/warm-up.ts';
import type { Broker } from '#ports/broker.ts';
import type { Mode } from '#ports/cards.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { MarketData } from '#ports/market-data.ts';
import type { Parity } from '#ports/parity.ts';

interface Options {
  readonly mode: Mode;
  readonly ledger: Ledger;
  readonly broker: Pick<Broker, 'calendar'>;
  readonly marketData: Pick<MarketData, 'bars' | 'dailyBars'>;
}

/** Plays recorded days again on the bars that the bot itself would read of them. */
export const createParity = (options: Options): Parity => ({
  of: async (date) => {
    const day = await readDay(options.ledger, date);
    return day === null ? null : parityOf(day, await marketOf(options, day));
  },
});

/** Read as the bot did in the morning: features that begin elsewhere are others in their last bits. */
async function marketOf(
  { mode, broker, marketData }: Options,
  { first, trades }: RecordedDay,
): Promise<ReplayMarket> {
  const { session, parameters } = first;
  const { barMinutes } = parameters;
  const sessions = await createSessionCalendar(broker).endingWith(
    session.date,
    featureSessions(parameters) + 1,
  );
  const watched = first.symbols.map(({ symbol }) => symbol);
  const symbols = [...new Set([...watched, ...trades.map(({ trade }) => trade.intent.symbol)])];
  const from = sessions[0]?.open ?? session.open;
  const [bars, daily] = await Promise.all([
    marketData.bars({ symbols, barMinutes, from, until: session.close }),
    createDailyHistory(marketData, parameters).before(session.date, symbols),
  ]);
  return {
    sessions,
    bars: new Map(symbols.map((symbol) => [symbol, settled(bars.get(symbol) ?? [], sessions)])),
    daily,
    fills: mode === 'SANDBOX' ? SANDBOX_FILLS : DEFAULT_OPTIONS.fills,
  };
}

/** The bars that the features take in: without defect, and within a session. */
function settled(bars: readonly Bar[], sessions: readonly Session[]): BarColumns {
  const kept = bars.filter(
    (bar) =>
      barDefect(bar) === null &&
      sessions.some(({ open, close }) => bar.start >= open && bar.start < close),
  );
  return columnsOfBars(kept);
}

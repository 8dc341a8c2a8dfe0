import { barRefusal } from '#core/bar-refusal.ts';
import { barAt } from '#core/bars.ts';
import type { BarColumns } from '#core/bars.ts';
import type { Decision } from '#core/decision.ts';
import { computeFeatureColumns, featuresAt } from '#core/feature-columns.ts';
import { entryWindow } from '#core/filters/market.ts';
import type { BarPrices } from '#core/open-trade.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { createVolumeProfile } from '#core/volume-profile.ts';
import { daysOfView } from '#core/warm-up.ts';
import type { ParityReport } from '#ports/parity.ts';

import { createAgenda } from '../agenda.ts';
import { createDailyViews } from '../daily-views.ts';
import type { PreparedSymbol } from '../desk.ts';
import type { BacktestMarket } from '../market.ts';
import { DEFAULT_OPTIONS } from '../options.ts';
import type { FillModel } from '../options.ts';
import { prepareMarket } from '../prepare.ts';
import type { HandAct } from '../recording.ts';
import { startBacktest } from '../run-backtest.ts';
import { handsOf } from './by-hand.ts';
import { compareDays } from './compare.ts';
import type { DayBook, DaySignal } from './compare.ts';
import { createFillLog, recordedFills, recordedSignals } from './day-book.ts';
import type { RecordedDay } from './recorded-day.ts';
import { startingStateOf } from './starting-state-of.ts';

/**
 * What a recorded day is played again on: bars from the session on with which the day's features began, of the
 * watched symbols in their order and then of those that are held besides, and the days before of each.
 */
export interface ReplayMarket extends Pick<BacktestMarket, 'bars' | 'sessions'> {
  readonly daily: NonNullable<BacktestMarket['daily']>;
  readonly fills: FillModel;
}

/** Plays a recorded day again and compares. A pure function of what was recorded and of the bars. */
export function parityOf(day: RecordedDay, market: ReplayMarket): ParityReport {
  const { first, cycles, trades } = day;
  const fills = recordedFills(day);
  const hands = handsOf(day, fills);
  return compareDays(
    {
      session: first.session,
      barMinutes: first.parameters.barMinutes,
      barEnds: new Set(cycles.map(({ barEnd }) => barEnd)),
      signals: recordedSignals(day),
      fills,
      byHand: hands.deeds,
      statuses: new Map(trades.map(({ trade }) => [trade.id, trade.status])),
    },
    replay(day, market, hands.acts),
  );
}

/** The day as the backtest has it. */
function replay(day: RecordedDay, market: ReplayMarket, byHand: readonly HandAct[]): DayBook {
  const { session, parameters, account, sectors, symbols } = day.first;
  const { barMinutes } = parameters;
  const prepared = prepareMarket({ ...market, barMinutes }, parameters);
  const names = new Set(symbols.map(({ symbol }) => symbol));
  const watched = prepared.symbols.filter(({ symbol }) => names.has(symbol));
  const start = startingStateOf(day, (symbol) =>
    pricesOf(market.bars.get(symbol), barMinutes * MINUTE_MS),
  );
  const decided = new Map<string, Decision>();
  const log = createFillLog();
  const run = startBacktest(
    prepared,
    parameters,
    {
      ...DEFAULT_OPTIONS,
      fills: market.fills,
      marginMultiplier: account.shortingEnabled ? DEFAULT_OPTIONS.marginMultiplier : 1,
      notShortable: new Set(
        symbols.flatMap(({ symbol, asset }) => (asset?.shortable === false ? [symbol] : [])),
      ),
      sectors,
      tradeFrom: session.date,
      // Who resumed in life is among the acts.
      afterPeakHalt: 'stay',
      recording: {
        start,
        byHand,
        observer: {
          onDecisions(barEnd, decisions) {
            for (const decision of decisions) decided.set(`${barEnd} ${decision.symbol}`, decision);
          },
          onFill(tradeId, as, fill) {
            log.add(fill.orderId, { ...fill, tradeId, as });
          },
        },
      },
    },
    {
      agenda: createAgenda({ ...prepared, symbols: watched }, parameters, session.date),
      views: createDailyViews(prepared, daysOfView(parameters)),
    },
  );
  while (run.next());
  return {
    signals: watched.flatMap((history) =>
      signalsOf(day, history, { sessions: market.sessions, from: start.at, decided }),
    ),
    fills: log.fills(),
  };
}

function pricesOf(columns: BarColumns | undefined, barMs: number): readonly BarPrices[] {
  if (columns === undefined) return [];
  return Array.from(columns.start, (start, row) => {
    const { high, low, close } = barAt(columns, row);
    return { start, end: start + barMs, high, low, close };
  });
}

interface Decided {
  readonly sessions: readonly Session[];
  readonly from: EpochMs;
  readonly decided: ReadonlyMap<string, Decision>;
}

/** What became of a symbol at each of its bars: by the bars alone, or else as it was decided. */
function signalsOf(
  { first: { session, parameters } }: RecordedDay,
  { symbol, bars, days }: PreparedSymbol,
  { sessions, from, decided }: Decided,
): readonly DaySignal[] {
  const features = computeFeatureColumns(bars, sessions, parameters);
  const profile = createVolumeProfile(days, parameters);
  const question = {
    window: entryWindow(session, parameters),
    parameters,
    profile: () => profile,
  };
  const signals: DaySignal[] = [];
  for (let row = 0; row < bars.start.length; row += 1) {
    const at = featuresAt(features, row);
    const { barEnd } = at;
    if (barEnd <= from) continue;
    const refusal = barRefusal(at, question);
    const decision = refusal === null ? decided.get(`${barEnd} ${symbol}`) : undefined;
    signals.push({ barEnd, symbol, ...(decision ? verdictOf(decision) : byBars(refusal)) });
  }
  return signals;
}

type Verdict = Pick<DaySignal, 'outcome' | 'intent'>;

function verdictOf(decision: Decision): Verdict {
  if (decision.kind === 'enter') return { outcome: 'entered', intent: decision.intent };
  return { outcome: decision.kind === 'refused' ? decision.by : 'no-signal', intent: null };
}

const byBars = (refusal: ReturnType<typeof barRefusal>): Verdict => ({
  outcome: refusal ?? 'no-signal',
  intent: null,
});

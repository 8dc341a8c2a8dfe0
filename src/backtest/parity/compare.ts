import type { EntryIntent } from '#core/decision.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import { formatUsd, micros, timesShares } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { slippageBps } from '#core/trade-math.ts';
import type { TradeStatus } from '#core/trade.ts';
import type {
  DayFill,
  HandDeed,
  NumberDifference,
  ParityDifference,
  ParityReport,
  ParityVerdict,
  SignalOutcome,
  Slippage,
} from '#ports/parity.ts';

/** What was decided about a symbol at a bar. */
export interface DaySignal {
  readonly barEnd: EpochMs;
  readonly symbol: Ticker;
  readonly outcome: SignalOutcome;
  /** Of one that was entered. */
  readonly intent: EntryIntent | null;
}

/** A day as it was recorded, or as it is played again. */
export interface DayBook {
  readonly signals: readonly DaySignal[];
  readonly fills: readonly DayFill[];
}

/** A recorded day, with what only the record knows. */
export interface RecordedBook extends DayBook {
  readonly session: Session;
  readonly barMinutes: number;
  /** Ends of the bars that were decided. */
  readonly barEnds: ReadonlySet<EpochMs>;
  readonly byHand: readonly HandDeed[];
  /** What became of the trades that were intended. */
  readonly statuses: ReadonlyMap<TradeId, TradeStatus>;
}

/** Lists where a recorded day and the same day played again differ. A pure function. */
export function compareDays(recorded: RecordedBook, replayed: DayBook): ParityReport {
  const signals = compareSignals(recorded, replayed);
  const fills = compareFills(recorded, replayed);
  const differences = [...signals.differences, ...fills.differences].toSorted(byTime);
  return {
    date: recorded.session.date,
    verdict: verdictOf(differences),
    signals: signals.equal,
    fills: fills.pairs.length,
    slippage: slippageOf(fills.pairs),
    barsWithoutCycle: barCount(recorded) - recorded.barEnds.size,
    differences,
    byHand: recorded.byHand,
  };
}

/** What an entry may cost by slippage at most, in hundredths of a per cent: the strategy's own target. */
const SLIPPAGE_BPS = 5;

const isSlippage = (one: ParityDifference): boolean =>
  one.kind === 'fill-price' && Math.abs(one.bps) <= SLIPPAGE_BPS;

function verdictOf(differences: readonly ParityDifference[]): ParityVerdict {
  if (differences.length === 0) return 'identical';
  return differences.every(isSlippage) ? 'as-tested' : 'different';
}

const barCount = ({ session, barMinutes }: RecordedBook): number =>
  Math.ceil((session.close - session.open) / (barMinutes * MINUTE_MS));

const timeOf = (difference: ParityDifference): EpochMs =>
  'fill' in difference ? difference.fill.at : difference.barEnd;

const byTime = (one: ParityDifference, other: ParityDifference): number =>
  timeOf(one) - timeOf(other);

interface SignalComparison {
  readonly equal: number;
  readonly differences: readonly ParityDifference[];
}

function compareSignals(recorded: RecordedBook, replayed: DayBook): SignalComparison {
  const now = new Map(replayed.signals.map((signal) => [keyOf(signal), signal]));
  const pairs: SignalPair[] = recorded.signals.map((signal) => ({
    recorded: signal,
    // Without a bar the backtest has nothing to look at.
    replayed: now.get(keyOf(signal)) ?? { ...signal, outcome: 'freshness', intent: null },
  }));
  const before = new Set(recorded.signals.map(keyOf));
  for (const signal of replayed.signals) {
    if (before.has(keyOf(signal))) continue;
    const outcome = recorded.barEnds.has(signal.barEnd) ? 'no-signal' : 'no-cycle';
    pairs.push({ recorded: { ...signal, outcome, intent: null }, replayed: signal });
  }
  const all = pairs.map((pair) => ({ ...pair, difference: differenceOf(pair) }));
  return {
    equal: all.filter((one) => one.difference === null && isSignal(one.recorded.outcome)).length,
    differences: all.flatMap(({ difference }) => difference ?? []),
  };
}

interface SignalPair {
  readonly recorded: DaySignal;
  readonly replayed: DaySignal;
}

const keyOf = ({ barEnd, symbol }: Pick<DaySignal, 'barEnd' | 'symbol'>): string =>
  `${barEnd} ${symbol}`;

/** What bad or missing data refuses was never looked at for a signal. */
const isSignal = (outcome: SignalOutcome): boolean =>
  !['no-signal', 'no-cycle', 'warm-up', 'freshness'].includes(outcome);

function differenceOf({ recorded, replayed }: SignalPair): ParityDifference | null {
  const { barEnd, symbol, outcome } = recorded;
  if (outcome === 'entered' && replayed.outcome === 'entered') {
    const numbers = numbersOf(recorded.intent, replayed.intent);
    return numbers.length === 0 ? null : { kind: 'signal-numbers', barEnd, symbol, numbers };
  }
  if (outcome === replayed.outcome) return null;
  if (outcome === 'entered') {
    return { kind: 'signal-extra', barEnd, symbol, replayed: replayed.outcome };
  }
  if (replayed.outcome === 'entered') {
    return { kind: 'signal-missed', barEnd, symbol, recorded: outcome };
  }
  const matters = isSignal(outcome) || (outcome !== 'no-cycle' && isSignal(replayed.outcome));
  if (!matters) return null;
  return {
    kind: 'signal-refused',
    barEnd,
    symbol,
    recorded: outcome,
    replayed: replayed.outcome,
  };
}

const NUMBERS: Readonly<Record<NumberDifference['name'], (intent: EntryIntent) => string>> = {
  side: ({ side }) => side,
  shares: ({ quantity }) => String(quantity),
  price: ({ decisionPrice }) => formatUsd(decisionPrice),
  limit: ({ bracket }) => formatUsd(bracket.limitPrice),
  stop: ({ bracket }) => formatUsd(bracket.stopPrice),
  target: ({ bracket }) => formatUsd(bracket.targetPrice),
  'scale-out': ({ scaleOut }) =>
    scaleOut === null ? 'none' : `${scaleOut.quantity} at ${formatUsd(scaleOut.targetPrice)}`,
  confidence: ({ confidence }) => String(confidence),
};

function numbersOf(
  recorded: EntryIntent | null,
  replayed: EntryIntent | null,
): readonly NumberDifference[] {
  if (recorded === null || replayed === null) return [];
  // The table's keys are its own names.
  const names = Object.keys(NUMBERS) as NumberDifference['name'][];
  return names
    .map((name) => ({ name, recorded: NUMBERS[name](recorded), replayed: NUMBERS[name](replayed) }))
    .filter((number) => number.recorded !== number.replayed);
}

interface Pair {
  readonly recorded: DayFill;
  readonly replayed: DayFill;
}

interface FillComparison {
  readonly pairs: readonly Pair[];
  readonly differences: readonly ParityDifference[];
}

function compareFills(recorded: RecordedBook, replayed: DayBook): FillComparison {
  const before = byRole(recorded.fills);
  const now = byRole(replayed.fills);
  const byHand = new Set(recorded.byHand.flatMap((deed) => ('fill' in deed ? [deed.fill] : [])));
  const pairs: Pair[] = [];
  const differences: ParityDifference[] = [];
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const matched = pairUp(recorded, before.get(key) ?? [], now.get(key) ?? []);
    pairs.push(...matched.pairs);
    for (const fill of matched.extra) {
      if (!byHand.has(fill)) differences.push({ kind: 'fill-extra', fill });
    }
    for (const fill of matched.missed) {
      const status = recorded.statuses.get(fill.tradeId) ?? null;
      differences.push({ kind: 'fill-missed', fill, status });
    }
  }
  differences.push(...pairs.flatMap((pair) => pairDifferences(recorded, pair)));
  return { pairs, differences };
}

/** Those of the same bar and size belong together; the others in order of time. */
function pairUp(day: RecordedBook, recorded: readonly DayFill[], replayed: readonly DayFill[]) {
  const missed = [...replayed];
  const pairs: Pair[] = [];
  const take = (fill: DayFill, index: number): boolean => {
    const [other] = index < 0 ? [] : missed.splice(index, 1);
    if (other !== undefined) pairs.push({ recorded: fill, replayed: other });
    return other !== undefined;
  };
  const isSame = (one: DayFill, other: DayFill): boolean =>
    barOf(day, one.at) === barOf(day, other.at) && one.quantity === other.quantity;
  const left = recorded.filter(
    (fill) =>
      !take(
        fill,
        missed.findIndex((other) => isSame(fill, other)),
      ),
  );
  const extra = left.filter((fill) => !take(fill, missed.length > 0 ? 0 : -1));
  return { pairs, missed, extra };
}

/** Fills of a trade that mean the same, in order of time. */
function byRole(fills: readonly DayFill[]): ReadonlyMap<string, readonly DayFill[]> {
  const ordered = fills.toSorted(
    (one, other) => one.at - other.at || one.quantity - other.quantity,
  );
  return Map.groupBy(ordered, ({ tradeId, as }) => `${tradeId} ${as}`);
}

function pairDifferences(
  day: RecordedBook,
  { recorded, replayed }: Pair,
): readonly ParityDifference[] {
  const differences: ParityDifference[] = [];
  const bars = barOf(day, recorded.at) - barOf(day, replayed.at);
  if (bars !== 0) differences.push({ kind: 'fill-late', fill: recorded, bars });
  if (recorded.quantity !== replayed.quantity) {
    differences.push({ kind: 'fill-quantity', fill: recorded, replayed: replayed.quantity });
  }
  if (recorded.price !== replayed.price) {
    const bps = slippageBps(recorded.side, recorded.price, replayed.price);
    const usd = costOf({ recorded, replayed });
    differences.push({ kind: 'fill-price', fill: recorded, replayed: replayed.price, bps, usd });
  }
  return differences;
}

/** Which bar of the session an instant lies in; a bar's end belongs to it. */
const barOf = ({ session, barMinutes }: RecordedBook, at: EpochMs): number =>
  Math.ceil((at - session.open) / (barMinutes * MINUTE_MS));

/** How much more the recorded shares cost than at the replayed price, or how much less they brought. */
const costOf = ({ recorded, replayed }: Pair): Usd =>
  timesShares(
    micros((recorded.side === 'buy' ? 1 : -1) * (recorded.price - replayed.price)),
    recorded.quantity,
  );

function slippageOf(pairs: readonly Pair[]): Slippage {
  let [usd, value] = [0, 0];
  for (const pair of pairs) {
    usd += costOf(pair);
    value += timesShares(pair.replayed.price, pair.recorded.quantity);
  }
  return { usd: micros(usd), bps: value === 0 ? 0 : (10_000 * usd) / value };
}

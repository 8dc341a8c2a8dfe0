/** What docs/rules.md lets a signal do: every filter in its order, the bracket and the size. */
import type { BacktestOptions } from '#backtest/options.ts';
import type { DailyBar, EntryFilterName } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

import { buyingPowerOf, equityOf, onTick, oneTickBeyond, signOf, valueOf } from './account.ts';
import type { Book, Plan } from './account.ts';
import { correlationOf, isNearNode } from './days.ts';
import { sumOf } from './readings.ts';
import type { ReadBar, Reading } from './readings.ts';
import { isAtLimit, isFlattenTime } from './risk.ts';
import type { Risk } from './risk.ts';

/** All that a bar's decisions have in common. */
export interface World {
  readonly at: EpochMs;
  readonly session: Session;
  readonly book: Book;
  readonly risk: Risk;
  readonly days: ReadonlyMap<Ticker, readonly DailyBar[]>;
  readonly parameters: StrategyParameters;
  readonly options: BacktestOptions;
}

interface Asked {
  readonly world: World;
  readonly symbol: Ticker;
  readonly side: 'long' | 'short';
  readonly reading: Reading;
  readonly confidence: number;
  /** Of this bar, so far. */
  readonly plans: readonly Plan[];
}

export type Verdict = Plan | 'no-signal' | EntryFilterName;

export function decideSymbol(
  world: World,
  symbol: Ticker,
  { reading, signal }: ReadBar,
  plans: readonly Plan[],
): Verdict {
  if (!Object.values(reading).every((figure: number) => Number.isFinite(figure))) return 'warm-up';
  if (signal === null) return 'no-signal';
  const confidence = confidenceOf(signal, reading);
  const asked = { world, symbol, side: signal, reading, confidence, plans };
  for (const [name, refuses] of FILTERS) if (refuses(asked)) return name;
  const plan = planOf(asked);
  if (plan === null || plan.shares < 1) return 'size';
  const { allowShort } = world.parameters;
  const { notShortable, marginMultiplier } = world.options;
  const maySell = allowShort && !notShortable.has(symbol) && marginMultiplier > 1;
  return signal === 'long' || maySell ? plan : 'broker';
}

const FILTERS: readonly (readonly [EntryFilterName, (asked: Asked) => boolean])[] = [
  ['entry-window', isOutsideWindow],
  ['confidence', ({ confidence, world }) => confidence < world.parameters.confidenceThreshold],
  ['trend-15m', ({ side, reading }) => signOf(side) * (reading.trendFast - reading.trendSlow) < 0],
  [
    'volume-profile',
    ({ symbol, reading, world }) =>
      !isNearNode(world.days.get(symbol)!, reading.close, world.parameters),
  ],
  ['one-position', (asked) => openOf(asked).includes(asked.symbol)],
  ['cooldown', isCoolingDown],
  ['control', ({ world }) => world.risk.status !== 'active'],
  ['drawdown', ({ world }) => isAtLimit(world.risk)],
  ['position-cap', (asked) => openOf(asked).length >= asked.world.parameters.maxOpenPositions],
  ['sector', isSectorFull],
  ['correlation', isAlike],
];

/** Symbols that are held, or will be once the entries of this bar fill. */
const openOf = ({ world, plans }: Asked): readonly Ticker[] => [
  ...world.book.positions.map(({ plan }) => plan.symbol),
  ...plans.map(({ symbol }) => symbol),
];

function isOutsideWindow({ world: { at, session, parameters } }: Asked): boolean {
  const { noEntryFirstMinutes, noEntryLastMinutes } = parameters;
  const isEarly = at < session.open + noEntryFirstMinutes * MINUTE_MS;
  const isLate = at > session.close - noEntryLastMinutes * MINUTE_MS;
  return isEarly || isLate || isFlattenTime(session, at, parameters);
}

/** None up to one end of a range, all from the other one on. */
const points = (most: number, [from, to]: readonly [number, number], value: number): number =>
  value > from ? most * Math.min(1, (value - from) / (to - from)) : 0;

/** The points of src/core/confidence.ts, to a tenth. */
function confidenceOf(side: 'long' | 'short', reading: Reading): number {
  const away = signOf(side);
  const sum = sumOf([
    points(25, [10, 30], reading.adx),
    points(20, [0, 0.3], (away * (reading.emaFast - reading.emaSlow)) / reading.atr),
    points(25, [0, 20], away * (reading.plusDi - reading.minusDi)),
    points(15, [0.5, 1.5], reading.relativeVolume),
    away * (reading.close - reading.vwap) >= 0 ? 15 : 0,
  ]);
  return Math.round(sum * 10) / 10;
}

/** A stop that ended a trade without a profit keeps its symbol away, and several of them everything. */
function isCoolingDown({ symbol, world: { at, book, parameters } }: Asked): boolean {
  const { cooldownMinutes, streakStopOuts, streakWindowMinutes, streakPauseMinutes } = parameters;
  const stopOuts = book.closed.filter(
    ({ exitReason, pnl }) =>
      (exitReason === 'stop_loss' || exitReason === 'emergency_stop') && pnl <= 0,
  );
  const isWithin = (then: EpochMs, minutes: number): boolean => at < then + minutes * MINUTE_MS;
  const isOwn = stopOuts.some(
    (trade) => trade.symbol === symbol && isWithin(trade.closedAt, cooldownMinutes),
  );
  const times = stopOuts.map(({ closedAt }) => closedAt).toSorted((a, b) => a - b);
  const isStreak = times.some((last, i) => {
    const first = times[i + 1 - streakStopOuts];
    const isOne = first !== undefined && last <= first + streakWindowMinutes * MINUTE_MS;
    return isOne && isWithin(last, streakPauseMinutes);
  });
  return isOwn || isStreak;
}

function isSectorFull(asked: Asked): boolean {
  const { world, symbol } = asked;
  const sectorOf = (each: Ticker): string => world.options.sectors.get(each) ?? 'unknown';
  const open = openOf(asked);
  const same = open.filter((each) => sectorOf(each) === sectorOf(symbol)).length;
  // 0.28 of 25 is 7, also where the product of the two is a hair above it.
  return open.length > 0 && same + 1e-9 >= world.parameters.maxSectorShare * open.length;
}

function isAlike(asked: Asked): boolean {
  const { world, symbol } = asked;
  return openOf(asked).some((other) => {
    const value = correlationOf(world.days.get(symbol)!, world.days.get(other)!, world.parameters);
    return value === null || value > world.parameters.maxCorrelation;
  });
}

function planOf(asked: Asked): Plan | null {
  const { world, symbol, side, reading, confidence } = asked;
  const { parameters, at } = world;
  const away = signOf(side);
  const inward = side === 'long' ? 'down' : 'up';
  const [stopAtrs, targetAtrs] = distancesOf(reading, parameters);
  const through = reading.close * (1 + (away * parameters.entryLimitBps) / 10_000);
  const limit = onTick(Math.round(through * 1e6), inward);
  const place = (atrs: number, way: 'down' | 'up' | 'nearest'): number =>
    onTick(Math.round(limit + atrs * reading.atr * 1e6), way);
  const tick = oneTickBeyond(limit);
  const stop = furtherOf(-away, place(-away * stopAtrs, inward), limit - away * tick);
  const target = furtherOf(away, place(away * targetAtrs, 'nearest'), limit + away * tick);
  if (Math.min(stop, target) <= 0) return null;
  const risk = Math.abs(limit - stop);
  const [shares, riskBudget] = sizeOf(asked, limit, risk);
  return {
    symbol,
    side,
    shares,
    early: earlyPart({ away, limit, target, risk }, shares, parameters),
    limit,
    stop,
    target,
    risk,
    riskBudget,
    decisionPrice: Math.round(reading.close * 1e6),
    decidedAt: at,
    confidence,
  };
}

/** The one that lies further in a direction. */
const furtherOf = (away: number, one: number, other: number): number =>
  away > 0 ? Math.max(one, other) : Math.min(one, other);

function distancesOf(
  { adx, atr, atrAverage }: Reading,
  parameters: StrategyParameters,
): readonly [number, number] {
  const factor = atr > atrAverage ? parameters.volatileFactor : 1;
  const [stop, target] =
    adx > parameters.trendingAdx
      ? [parameters.trendingStopAtrs, parameters.trendingTargetAtrs]
      : adx < parameters.choppyAdx
        ? [parameters.choppyStopAtrs, parameters.choppyTargetAtrs]
        : [parameters.stopAtrs, parameters.targetAtrs];
  return [stop * factor, target * factor];
}

function earlyPart(
  { away, limit, target, risk }: Record<'away' | 'limit' | 'target' | 'risk', number>,
  shares: number,
  { scaleOutPercent, scaleOutAtR }: StrategyParameters,
): Plan['early'] {
  const part = Math.floor((shares * scaleOutPercent) / 100);
  const early = onTick(Math.round(limit + away * scaleOutAtR * risk), 'nearest');
  const isBetween = away * (early - limit) > 0 && away * (target - early) > 0 && early > 0;
  return part >= 1 && part < shares && isBetween ? { shares: part, target: early } : null;
}

/** Whole shares that the risk, a position, all positions and the buying power leave room for. */
function sizeOf({ world, plans }: Asked, limit: number, risk: number): readonly [number, number] {
  const { book, parameters, options } = world;
  const equity = Math.max(0, equityOf(book));
  const part = (bps: number): number => Number((BigInt(equity) * BigInt(bps)) / 10_000n);
  const positions = sumOf(book.positions.map((position) => Math.abs(valueOf(book, position))));
  const planned = sumOf(plans.map((plan) => plan.limit * plan.shares));
  const buyingPower = buyingPowerOf(book, options.marginMultiplier);
  const riskBudget = part(riskOf(book, parameters));
  const rooms = [
    riskBudget / risk,
    part(parameters.maxPositionBps) / limit,
    (part(parameters.maxExposureBps) - positions - planned) / limit,
    (buyingPower - planned) / limit,
  ];
  return [Math.max(0, Math.floor(Math.min(...rooms))), riskBudget];
}

/** In hundredths of a per cent, by the wins among the last trades. */
function riskOf({ closed }: Book, parameters: StrategyParameters): number {
  const { riskBps, winRateTrades, winRateMinTrades } = parameters;
  const last = closed.slice(-winRateTrades);
  if (parameters.sizing === 'fixed' || last.length < winRateMinTrades) return riskBps;
  const wins = 100 * last.filter(({ pnl }) => pnl > 0).length;
  if (wins > parameters.topWinRatePercent * last.length) return parameters.topRiskBps;
  if (wins > parameters.goodWinRatePercent * last.length) return parameters.goodRiskBps;
  return wins < parameters.poorWinRatePercent * last.length ? parameters.poorRiskBps : riskBps;
}

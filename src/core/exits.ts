import type { OpenTrade, Snapshot } from './decision.ts';
import type { Ticker, TradeId } from './ids.ts';
import { usdToNumber } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import type { StrategyParameters } from './parameters.ts';
import { lastBarEnd, MINUTE_MS, startOfDay } from './session.ts';
import type { EpochMs, Session } from './session.ts';
import { trailedStop } from './trailing-stop.ts';

/** What a rule stands on; prices in dollars. */
export type ExitNumbers = Readonly<Record<string, number | null>>;

/** What the exit rules want done with an open trade. */
export type ExitIntent =
  | {
      readonly kind: 'close';
      readonly tradeId: TradeId;
      readonly symbol: Ticker;
      readonly reason: 'end_of_day' | 'time_exit';
      readonly numbers: ExitNumbers;
    }
  | {
      readonly kind: 'move-stop';
      readonly tradeId: TradeId;
      readonly symbol: Ticker;
      readonly from: Usd;
      readonly to: Usd;
      readonly numbers: ExitNumbers;
    };

/** What the exit rules see of a snapshot. */
export type ExitView = Pick<
  Snapshot,
  'barEnd' | 'session' | 'control' | 'openTrades' | 'parameters'
>;

/**
 * What is to be done with the open trades at a bar's end, by settled bars alone: at most one thing a trade,
 * in the order of the trades. A pure function: a backtest on the same bars decides the same.
 *
 * The first that applies wins:
 *
 * 1. `emergency_stop`: the position guard's, at once and by the broker's orders; not decided here.
 * 2. `risk_limit`: while trading is being flattened everything is closed elsewhere, and nothing is decided
 *    here; a stop that were moved then would be in the way of the closing.
 * 3. `end_of_day`: needs no price, so a missing bar does not keep it away.
 * 4. `time_exit`.
 * 5. The trailing stop.
 *
 * Target, stop and scale-out rest at the broker and act within the bar, before any of these; none of these
 * touches them, except that a closing takes all of the trade's orders with it. 4 and 5 need the very bar.
 */
export function decideExits(view: ExitView): readonly ExitIntent[] {
  const { session, barEnd, control, openTrades, parameters } = view;
  if (control.status === 'flattening') return [];
  if (openTrades.length === 0) return [];
  const isDayOver = flattenRule(session, barEnd, parameters);
  const intents: ExitIntent[] = [];
  for (const trade of openTrades) {
    const intent =
      endOfDay(trade, view, isDayOver) ?? timeExit(trade, view) ?? trailingStop(trade, view);
    if (intent !== null) intents.push(intent);
  }
  return intents;
}

type FlattenFigures = Pick<StrategyParameters, 'endOfDay' | 'flattenMinutes' | 'barMinutes'>;

/**
 * Whether a session's trades must be closed by now: at the last bar end that lies no later than
 * `flattenMinutes` before its close, and ever after. With 5-minute bars and 5 minutes that is at 15:55, with
 * 15-minute bars at 15:45, and on a half-day as long before its own close.
 */
export const isFlattenDue = (session: Session, at: EpochMs, figures: FlattenFigures): boolean =>
  at >= flattenFrom(session, figures);

/** The first instant at which they must be; never where trades are held over night. */
export function flattenFrom(session: Session, figures: FlattenFigures): EpochMs {
  const { endOfDay: atEnd, barMinutes, flattenMinutes } = figures;
  if (atEnd === 'hold') return Number.POSITIVE_INFINITY;
  const barMs = barMinutes * MINUTE_MS;
  // At an earlier instant, another bar will end in time.
  return lastBarEnd(session.close - flattenMinutes * MINUTE_MS - barMs, barMinutes) + barMs;
}

/**
 * Which trades the end-of-day rule closes at an instant in a session, or before it. One that was opened on
 * an earlier day should be gone already, by a bot that slept over the close: it is due at once.
 */
export function flattenRule(
  session: Session,
  at: EpochMs,
  figures: FlattenFigures,
): (trade: Pick<OpenTrade, 'openedAt'>) => boolean {
  if (figures.endOfDay === 'hold') return () => false;
  if (isFlattenDue(session, at, figures)) return () => true;
  // What was opened since the session's open needs no look at the calendar.
  return ({ openedAt }) => openedAt < session.open && openedAt < startOfDay(session.date);
}

/**
 * When a rule that goes by time may close a trade for the first time: at an earlier bar's end of the session none
 * does.
 */
export function closesFrom(
  { openedAt }: Pick<OpenTrade, 'openedAt'>,
  session: Session,
  figures: FlattenFigures & Pick<StrategyParameters, 'timeExitMinutes'>,
): EpochMs {
  const { endOfDay: atEnd, timeExitMinutes } = figures;
  const old =
    timeExitMinutes === 0 ? Number.POSITIVE_INFINITY : openedAt + timeExitMinutes * MINUTE_MS;
  if (atEnd === 'hold') return old;
  // Of an earlier day: it should be gone already.
  if (openedAt < session.open) return Math.min(old, session.open);
  return Math.min(old, flattenFrom(session, figures));
}

function endOfDay(
  trade: OpenTrade,
  { session, barEnd, parameters }: ExitView,
  isDayOver: ReturnType<typeof flattenRule>,
): ExitIntent | null {
  if (!isDayOver(trade)) return null;
  const { id, symbol, openedAt } = trade;
  const numbers = {
    minutesToClose: (session.close - barEnd) / MINUTE_MS,
    flattenMinutes: parameters.flattenMinutes,
    ageMinutes: (barEnd - openedAt) / MINUTE_MS,
  };
  return { kind: 'close', tradeId: id, symbol, reason: 'end_of_day', numbers };
}

/** A trade that is old and has gone nowhere, either way; 0 minutes turn the rule off. */
function timeExit(trade: OpenTrade, { barEnd, parameters }: ExitView): ExitIntent | null {
  const { id, symbol, side, openedAt, entryPrice, lastClose } = trade;
  const { timeExitMinutes, timeExitPercent } = parameters;
  if (timeExitMinutes === 0 || lastClose === null) return null;
  const ageMs = barEnd - openedAt;
  const percent = (100 * signOf(side) * (lastClose - entryPrice)) / entryPrice;
  if (ageMs < timeExitMinutes * MINUTE_MS || Math.abs(percent) >= timeExitPercent) return null;
  const numbers = {
    ageMinutes: ageMs / MINUTE_MS,
    timeExitMinutes,
    pnlPercent: percent,
    timeExitPercent,
  };
  return { kind: 'close', tradeId: id, symbol, reason: 'time_exit', numbers };
}

function trailingStop(trade: OpenTrade, { parameters }: ExitView): ExitIntent | null {
  const to = trailedStop(trade, parameters);
  if (to === null) return null;
  const { id, symbol, side, entryPrice, riskPerShare, stopPrice, bestPrice, lastClose } = trade;
  const numbers = {
    bestPrice: usdToNumber(bestPrice),
    bestR: (signOf(side) * (bestPrice - entryPrice)) / riskPerShare,
    riskPerShare: usdToNumber(riskPerShare),
    close: lastClose === null ? null : usdToNumber(lastClose),
    lockedInR: (signOf(side) * (to - entryPrice)) / riskPerShare,
  };
  return { kind: 'move-stop', tradeId: id, symbol, from: stopPrice, to, numbers };
}

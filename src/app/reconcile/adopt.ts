import type { Position } from '#core/account.ts';
import { entryClientOrderId, entryTradeId } from '#core/ids.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import { micros, roundToTick, timesShares, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { liveGroups } from '#core/order-tree.ts';
import { exitSideOf, signOf } from '#core/order.ts';
import type { BrokerOrder } from '#core/order.ts';
import { protectionOf } from '#core/protection.ts';
import { lastBarEnd, MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { plannedTrade } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import { BrokerError } from '#ports/broker.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { orderHorizon } from '../order-horizon.ts';
import { saveWithLegs } from '../save-orders.ts';

/** A trade's id tells the minute: the newest that no other trade in the symbol has. */
async function freeTradeId(
  { ledger }: Pick<AppContext, 'ledger'>,
  at: EpochMs,
  symbol: Ticker,
): Promise<TradeId> {
  const id = entryTradeId(newYorkDate(at), at, symbol);
  return (await ledger.trade(id)) === null ? id : freeTradeId({ ledger }, at - MINUTE_MS, symbol);
}

/**
 * Makes a position a trade of the ledger, opened now at its average price, with the orders that protect it.
 *
 * @param note what is written down together with it
 */
export async function adopt(
  context: AppContext,
  position: Position,
  note: (tx: LedgerTransaction, trade: Trade) => Promise<void>,
): Promise<Trade> {
  const at = context.clock.now();
  const id = await freeTradeId(context, at, position.symbol);
  const { exits, ...legs } = await legsFor(context, position);
  const trade = adoptedTrade(position, { id, at, ...legs });
  await fenced(context, async (tx) => {
    await tx.insertAdopted(trade);
    // Whatever protects it already is the trade's from now on, with its fills.
    for (const order of exits) await saveWithLegs(tx, order, id);
    await note(tx, trade);
  });
  return trade;
}

interface Plan {
  readonly id: TradeId;
  readonly at: EpochMs;
  readonly stopPrice: Usd;
  readonly targetPrice: Usd;
  readonly ruleRisk: Usd;
}

/** Nobody decided on it: it has no confidence, and its size no arithmetic. */
function adoptedTrade(
  { symbol, side, quantity, averageEntryPrice }: Position,
  { id, at, stopPrice, targetPrice, ruleRisk }: Plan,
): Trade {
  const price = roundToTick(averageEntryPrice, 'nearest');
  const plan = { regime: 'between', isVolatile: false, stopAtrs: 0, targetAtrs: 0 } as const;
  const trade = plannedTrade({
    tradeId: id,
    clientOrderId: entryClientOrderId(id),
    symbol,
    side,
    quantity,
    decisionPrice: price,
    bracket: { limitPrice: price, stopPrice, targetPrice, ...plan },
    scaleOut: null,
    size: {
      equity: ZERO_USD,
      riskBps: 0,
      riskBudget: ZERO_USD,
      riskPerShare: micros(Math.max(ruleRisk, Math.abs(price - stopPrice))),
      sharesByRisk: quantity,
      cappedBy: null,
      shares: quantity,
    },
    confidence: 0,
    decidedAt: at,
  });
  return {
    ...trade,
    status: 'open',
    origin: 'adopted',
    entryQuantity: quantity,
    entryValue: timesShares(averageEntryPrice, quantity),
    openedAt: at,
  };
}

/** Without a live stop and without an ATR, the stop stands this far from the price, in per cent. */
const FALLBACK_PERCENT = 3;

interface Legs {
  readonly stopPrice: Usd;
  readonly targetPrice: Usd;
  /** What the rules would risk a share: a stop that stood at break-even would make an R of nothing. */
  readonly ruleRisk: Usd;
  /** Live orders that would sell its shares, or buy them back. */
  readonly exits: readonly BrokerOrder[];
}

/** Where its stop and target belong: where they are, or by the rules of an entry made now. */
async function legsFor(context: AppContext, position: Position): Promise<Legs> {
  const { broker, parameters } = context;
  const { symbol, side, currentPrice } = position;
  const orders = await broker.urgent.ordersSince(orderHorizon(context), [symbol]);
  const protection = protectionOf(position, orders);
  const away = signOf(side);
  const range =
    (await atrOf(context, position)) ??
    (currentPrice * FALLBACK_PERCENT) / 100 / parameters.stopAtrs;
  const at = (atrs: number): Usd =>
    roundToTick(micros(Math.max(100, Math.round(currentPrice + away * atrs * range))), 'nearest');
  return {
    stopPrice: protection.stopPrice ?? at(-parameters.stopAtrs),
    targetPrice: protection.targetPrice ?? at(parameters.targetAtrs),
    ruleRisk: micros(Math.max(1, Math.round(parameters.stopAtrs * range))),
    exits: liveGroups(orders)
      // Where they hang on an entry, it is the legs that count.
      .flatMap(({ root, live }) => (root.side === exitSideOf(side) ? [root] : live))
      // What has filled in part has sold shares that this trade never had.
      .filter((order) => order.side === exitSideOf(side) && order.filledQuantity === 0),
  };
}

/** In micro-dollars; null where no features can be had: a position is taken over, and closed, without them too. */
async function atrOf(context: AppContext, { symbol }: Position): Promise<number | null> {
  try {
    return await readAtr(context, symbol);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    context.log.warn({ symbol, error: error.message }, 'a position is adopted without its ATR');
    return null;
  }
}

async function readAtr(
  { features, calendar, clock, parameters }: AppContext,
  symbol: Ticker,
): Promise<number | null> {
  const now = clock.now();
  const session = await calendar.on(newYorkDate(now));
  if (session === null) return null;
  const all = await features.at(lastBarEnd(now, parameters.barMinutes), session, [symbol]);
  const atr = all.get(symbol)?.atr ?? Number.NaN;
  return Number.isFinite(atr) ? atr * 1_000_000 : null;
}

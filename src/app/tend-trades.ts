import { keepsWaiting } from '#core/close.ts';
import type { ControlState } from '#core/control.ts';
import type { Features, OpenTrade } from '#core/decision.ts';
import { decideExits } from '#core/exits.ts';
import type { ExitIntent } from '#core/exits.ts';
import type { Ticker } from '#core/ids.ts';
import { usdFromNumber } from '#core/money.ts';
import { followPrice, openTradeOf } from '#core/open-trade.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';

import { closeByRule } from './close/close-by-rule.ts';
import type { AppContext } from './context.ts';
import { fenced } from './fenced.ts';
import { moveStop } from './move-stop.ts';
import { surely } from './surely.ts';

/** A bar that has ended, and the trades as the ledger has them. */
export interface TendedBar {
  readonly session: Session;
  readonly barEnd: EpochMs;
  readonly control: ControlState;
  readonly trades: readonly Trade[];
  /** Of at least the symbols that are held; their bars are in the feature store. */
  readonly features: ReadonlyMap<Ticker, Features | null>;
}

/**
 * Sees to the trades that hold shares, at a bar's end: follows their prices, asks the exit rules, and has
 * done what they want. Closings are written down here and go on beside the cycle. What goes wrong with one
 * trade is logged, stops neither the others nor the entries, and is tried again at the next bar.
 *
 * @returns what the exits were decided on.
 * @throws LeaseLostError when another process trades the account by now.
 */
export async function tendTrades(
  context: AppContext,
  bar: TendedBar,
): Promise<readonly OpenTrade[]> {
  const openTrades = await openTradesAt(context, bar);
  const intents = decideExits({ ...bar, openTrades, parameters: context.parameters });
  if (intents.length > 0) await carryOut(context, intents);
  return openTrades;
}

/** The trades that hold shares, with the prices since their entries followed up to this bar. */
async function openTradesAt(
  context: AppContext,
  { trades, features, barEnd }: TendedBar,
): Promise<readonly OpenTrade[]> {
  const open: OpenTrade[] = [];
  for (const trade of trades) {
    if (openTradeOf(trade, null) === null) continue;
    const { symbol } = trade.intent;
    const followed = await surely(context, symbol, () => follow(context, trade));
    const last = features.get(symbol) ?? null;
    const close = last?.barEnd === barEnd ? usdFromNumber(last.close) : null;
    const tended = openTradeOf(followed ?? trade, close);
    if (tended !== null) open.push(tended);
  }
  return open;
}

/** Writes down the best and the worst price since the entry, where a bar has changed them. */
async function follow(context: AppContext, trade: Trade): Promise<Trade> {
  const bars = context.features.barsSince(trade.intent.symbol, trade.openedAt ?? 0);
  const excursion = followPrice(trade, bars);
  if (excursion === null) return trade;
  const { best: bestPrice, worst: worstPrice } = excursion;
  if (bestPrice === trade.bestPrice && worstPrice === trade.worstPrice) return trade;
  await fenced(context, async (tx) => {
    // Fills may have been booked since it was read.
    const newest = await tx.lockTrade(trade.id);
    if (newest !== null) await tx.saveTrade({ ...newest, bestPrice, worstPrice });
  });
  return { ...trade, bestPrice, worstPrice };
}

async function carryOut(context: AppContext, intents: readonly ExitIntent[]): Promise<void> {
  const closes = await context.ledger.openCloses();
  const due = intents.filter(({ kind, symbol }) => {
    const close = closes.find((one) => one.symbol === symbol) ?? null;
    // A closing has the symbol's orders in hand; to move a stop now would be in its way.
    return close === null || (kind === 'close' && !keepsWaiting(close));
  });
  await Promise.all(
    due.map((intent) => surely(context, intent.symbol, () => carryOutOne(context, intent))),
  );
}

async function carryOutOne(context: AppContext, intent: ExitIntent): Promise<void> {
  const { log } = context;
  const rule = intent.kind === 'close' ? intent.reason : 'trailing_stop';
  log.info({ trade: intent.tradeId, rule, ...intent.numbers }, 'an exit rule applies');
  if (intent.kind === 'close') return closeByRule(context, intent);
  const outcome = await moveStop(context, intent.tradeId, intent.to);
  if (outcome.kind !== 'moved') {
    log.warn({ trade: intent.tradeId, outcome }, 'a stop was not moved; the next bar tries again');
  }
  return undefined;
}

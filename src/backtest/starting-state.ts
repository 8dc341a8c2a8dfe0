import type { Ticker } from '#core/ids.ts';
import type { Holding, OpeningBalance } from '#core/matching/portfolio.ts';
import { micros, usdFromNumber } from '#core/money.ts';
import { signOf } from '#core/order.ts';
import { heldShares } from '#core/trade.ts';

import type { Desk, PreparedSymbol } from './desk.ts';
import type { PreparedMarket } from './prepare.ts';
import type { StartingState, StartingTrade } from './recording.ts';
import { liveTrade, protect } from './send-orders.ts';

/** What the account brings along. */
export const openingBalanceOf = ({
  trades,
  foreign,
  lastEquity,
}: StartingState): OpeningBalance => ({
  holdings: [...trades.flatMap(holdingOf), ...foreign],
  lastEquity,
});

function holdingOf({ trade }: StartingTrade): readonly Holding[] {
  const { intent, entryValue, entryQuantity, openedAt } = trade;
  const held = heldShares(trade);
  if (held <= 0 || openedAt === null) return [];
  const sign = signOf(intent.side);
  // Shares that have left took their part of the cost with them.
  const cost = Math.round((entryValue * held) / entryQuantity);
  return [
    { symbol: intent.symbol, quantity: sign * held, costBasis: micros(sign * cost), openedAt },
  ];
}

/**
 * Takes up the trades of the starting state with their orders, as they stood.
 *
 * @throws RangeError on a trade in a symbol that the market does not have.
 */
export function takeUp(
  desk: Desk,
  { symbols }: Pick<PreparedMarket, 'symbols'>,
  state: StartingState,
  firstSlot: number,
): void {
  const bySymbol = new Map<Ticker, PreparedSymbol>(symbols.map((one) => [one.symbol, one]));
  for (const starting of state.trades) {
    const { symbol } = starting.trade.intent;
    const history = bySymbol.get(symbol);
    if (history === undefined) throw new RangeError(`the market has no bars of ${symbol}`);
    const row = history.slots.findLastIndex((slot) => slot < firstSlot);
    const close = history.bars.close[row];
    if (close !== undefined) desk.exchange.markToMarket(symbol, usdFromNumber(close));
    takeUpOne(desk, history, { starting, row, at: state.at });
  }
}

function takeUpOne(
  desk: Desk,
  history: PreparedSymbol,
  { starting: { trade, exits }, row, at }: TakenUp,
): void {
  const live = liveTrade(history, trade, row);
  desk.live.set(trade.intent.symbol, live);
  for (const exit of exits) protect(desk, live, { ...exit, at });
}

interface TakenUp {
  readonly starting: StartingTrade;
  readonly row: number;
  readonly at: number;
}

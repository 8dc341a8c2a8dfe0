import type { Position } from '#core/account.ts';
import { isRestingPart, keepsWaiting } from '#core/close.ts';
import type { Close } from '#core/close.ts';
import type { Ticker } from '#core/ids.ts';
import { micros } from '#core/money.ts';
import { liveGroups } from '#core/order-tree.ts';
import type { BrokerOrder } from '#core/order.ts';
import { signOf } from '#core/order.ts';
import { protectionOf } from '#core/protection.ts';
import type { Trade } from '#core/trade.ts';
import type { ForeignItem } from '#ports/ledger.ts';

import type { CloseLine } from '../confirm/preview.ts';
import type { AppContext } from '../context.ts';
import { orderHorizon } from '../order-horizon.ts';

/** A position at the broker: one that a person may have closed, or one that has to stay, with the reason and the cure. */
export type Closable =
  | { readonly kind: 'closable'; readonly position: Position; readonly trade: Trade }
  | { readonly kind: 'left'; readonly position: Position; readonly why: string };

/**
 * How much of a position is to leave: a closing of all of it takes the place of a part's that is stuck. everything:
 * as where all is flattened, which takes along what somebody has added to a trade's shares.
 */
export type Extent = 'part' | 'all' | 'everything';

/** What the ledger says about the positions. */
interface Books {
  readonly extent: Extent;
  readonly trades: readonly Trade[];
  readonly foreign: readonly ForeignItem[];
  /** Those that another one has to wait for. */
  readonly closes: readonly Close[];
}

/** Every position at the broker, sorted by whether it may be closed. Throws BrokerError when it cannot be read. */
export async function readClosables(
  context: AppContext,
  extent: Extent = 'all',
): Promise<readonly Closable[]> {
  const { broker, ledger } = context;
  const [positions, trades, foreign, closes] = await Promise.all([
    broker.urgent.positions(),
    ledger.unfinishedTrades(),
    ledger.foreignItems(),
    ledger.openCloses(),
  ]);
  const inTheWay = closes.filter((close) => extent === 'part' || keepsWaiting(close));
  const books = { extent, trades, foreign, closes: inTheWay };
  return positions.map((position) => classify(position, books));
}

function classify(position: Position, { extent, trades, foreign, closes }: Books): Closable {
  const { symbol } = position;
  const left = (why: string): Closable => ({ kind: 'left', position, why });
  const close = closes.find((one) => one.symbol === symbol);
  if (close !== undefined) return left(`a closing of it is under way already: ${describe(close)}`);
  const stranger = foreign.find((item) => item.kind === 'position' && item.symbol === symbol);
  const trade = trades.find(({ status, intent }) => status === 'open' && intent.symbol === symbol);
  if (trade === undefined) {
    return left('it is none of the bot’s. An admin decides about it with /foreign');
  }
  if (stranger !== undefined && extent !== 'everything') {
    return left(
      `${stranger.quantity} of its shares are none of the bot’s. See /foreign, or put it right at the broker`,
    );
  }
  return { kind: 'closable', position, trade };
}

/** A closing in words: what leaves, who asked, and where it stands. */
function describe(close: Close): string {
  const { quantity, requestedBy, phase, attempt, failures, lastFailure } = close;
  const where = {
    queued: 'it waits for the open',
    clearing: 'its orders are being cancelled',
    exiting: `exit order ${attempt} is at the broker`,
    stuck: `stuck ${failures}× (${lastFailure ?? 'no reason known'}), and tried again by itself${isRestingPart(close) ? ': only all of it may be closed instead' : ''}`,
    done: 'done',
  } as const satisfies Record<Close['phase'], string>;
  return `${quantity} shares, asked for by ${requestedBy}; ${where[phase]}. Its message in the channel follows it`;
}

/** What a person should know of a position before closing so many shares of it. */
export async function closeLines(
  context: AppContext,
  wishes: readonly { readonly position: Position; readonly quantity: number }[],
): Promise<readonly CloseLine[]> {
  if (wishes.length === 0) return [];
  const symbols = wishes.map(({ position }) => position.symbol);
  const orders = await context.broker.urgent.ordersSince(orderHorizon(context), symbols);
  return wishes.map(({ position, quantity }) =>
    lineOf(position, quantity, ordersOf(orders, position.symbol)),
  );
}

const ordersOf = (orders: readonly BrokerOrder[], symbol: Ticker): readonly BrokerOrder[] =>
  orders.filter((order) => order.symbol === symbol);

function lineOf(position: Position, quantity: number, orders: readonly BrokerOrder[]): CloseLine {
  const { symbol, side, averageEntryPrice: entryPrice, currentPrice } = position;
  return {
    symbol,
    side,
    quantity,
    keep: position.quantity - quantity,
    entryPrice,
    currentPrice,
    pnl: micros(signOf(side) * (currentPrice - entryPrice) * quantity),
    stopPrice: protectionOf(position, orders).stopPrice,
    liveOrders: liveGroups(orders).reduce((sum, { live }) => sum + live.length, 0),
  };
}

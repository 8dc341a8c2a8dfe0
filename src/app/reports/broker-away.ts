import type { Close } from '#core/close.ts';
import type { ControlState } from '#core/control.ts';
import type { Ticker } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';
import { averagePrice } from '#core/trade-math.ts';
import { heldShares } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import { BrokerError } from '#ports/broker.ts';
import type { Mode } from '#ports/cards.ts';

import type { AppContext } from '../context.ts';

/** A trade's shares by the fills that are booked; where they are now, only the broker knows. */
export interface BookedPosition {
  readonly symbol: Ticker;
  readonly side: PositionSide;
  readonly quantity: number;
  readonly entryPrice: Usd;
  /** Where the stop was put last. */
  readonly stopPrice: Usd;
  readonly openedAt: EpochMs | null;
}

/** What `/status` can tell while the broker does not answer: what the ledger knows. */
export interface BrokerAwayReport {
  readonly kind: 'broker-away';
  readonly mode: Mode;
  readonly control: ControlState;
  readonly now: EpochMs;
  readonly positions: readonly BookedPosition[];
  /** Closings that are not done. */
  readonly closes: readonly Close[];
}

type Context = Pick<AppContext, 'mode' | 'ledger' | 'clock' | 'log'>;

/** What was asked for; while the broker does not answer, what the ledger knows: whoever asks then needs it most. */
export async function orBrokerAway<Told>(
  context: Context,
  ask: () => Promise<Told>,
): Promise<Told | BrokerAwayReport> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    context.log.warn({ error: error.message }, 'the ledger answers instead of the broker');
    return brokerAwayReport(context);
  }
}

async function brokerAwayReport({ mode, ledger, clock }: Context): Promise<BrokerAwayReport> {
  const [control, trades, closes] = await Promise.all([
    ledger.controlState(),
    ledger.unfinishedTrades(),
    ledger.openCloses(),
  ]);
  const positions = trades.filter((trade) => heldShares(trade) > 0).map(bookedPosition);
  return { kind: 'broker-away', mode, control, now: clock.now(), positions, closes };
}

function bookedPosition(trade: Trade): BookedPosition {
  const { intent, entryValue, entryQuantity, stopPrice, openedAt } = trade;
  return {
    symbol: intent.symbol,
    side: intent.side,
    quantity: heldShares(trade),
    entryPrice: averagePrice(entryValue, entryQuantity),
    stopPrice,
    openedAt,
  };
}

import type { ControlStatus } from '#core/control.ts';
import type { Ticker } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';

import type { ResumeEffects } from '../control.ts';
import type { StatusReport } from '../reports/status.ts';

/** One position, or a part of it, that is to be closed. */
export interface CloseLine {
  readonly symbol: Ticker;
  readonly side: PositionSide;
  /** Shares to leave, and those to stay protected. */
  readonly quantity: number;
  readonly keep: number;
  readonly entryPrice: Usd;
  readonly currentPrice: Usd;
  /** Of the shares that leave, at the price now. */
  readonly pnl: Usd;
  /** Where the live stop stands; null when none covers the position. */
  readonly stopPrice: Usd | null;
  /** Live orders of the symbol, all of which are cancelled first. */
  readonly liveOrders: number;
}

/** Whether the exchange trades, and if not, when it does again. */
export interface MarketHours {
  readonly isOpen: boolean;
  readonly opensAt: EpochMs | null;
}

/** What a person sees before confirming. */
export type Preview =
  | {
      readonly kind: 'close';
      readonly line: CloseLine;
      readonly atMarket: boolean;
      readonly market: MarketHours;
    }
  | {
      readonly kind: 'close-all';
      readonly lines: readonly CloseLine[];
      /** Positions that stay as they are, with the reason. */
      readonly left: readonly { readonly symbol: Ticker; readonly why: string }[];
      readonly atMarket: boolean;
      readonly market: MarketHours;
      /** Whether new entries go on meanwhile. */
      readonly control: ControlStatus;
    }
  | {
      readonly kind: 'flatten';
      /** When the halt that stays after it ends; null: when someone resumes. */
      readonly until: EpochMs | null;
      /** Null when the broker does not tell just now. */
      readonly open: {
        readonly lines: readonly CloseLine[];
        /** Positions that have a closing already, or are none of the bot's, with the reason. */
        readonly left: readonly { readonly symbol: Ticker; readonly why: string }[];
        readonly market: MarketHours;
      } | null;
    }
  | ({
      readonly kind: 'resume';
      /** As things stand, with the halt that is to end. */
      readonly status: StatusReport;
      /** Trades closed since it was halted. */
      readonly closedSince: { readonly count: number; readonly pnl: Usd };
    } & ResumeEffects)
  | { readonly kind: 'words'; readonly text: string };

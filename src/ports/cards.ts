import type { Contributor } from '#core/contributors.ts';
import type { ControlState } from '#core/control.ts';
import type { DrawdownEvent } from '#core/drawdown-ladder.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs, Session } from '#core/session.ts';

import type { BacktestCard } from './backtest-card.ts';
import type { SummaryCard, DigestCard, WeeklyCard, ParityCard } from './report-cards.ts';
import type { StudyCard } from './study-card.ts';
import type {
  EntryCard,
  ExitCard,
  ScaledOutCard,
  ClosingCard,
  RepairedCard,
  StopMovedCard,
} from './trade-cards.ts';

export type Mode = 'SANDBOX' | 'PAPER' | 'LIVE';

/** What the bot says of itself when it starts. */
export interface StartedCard {
  readonly kind: 'started';
  readonly version: string;
  readonly mode: Mode;
  readonly feed: string;
  /** Without credentials: "embedded PostgreSQL", "PostgreSQL at db.example:5432". */
  readonly database: string;
  readonly queue: string;
  /** Address of the channel's page, in the sandbox. */
  readonly page: string | null;
  readonly watchlist: readonly Ticker[];
  readonly equity: Usd;
  readonly session: Session | null;
  readonly openPositions: number;
  readonly protectedPositions: number;
  /** Whether entries may be made, and who said so; missing on cards of earlier versions. */
  readonly control?: ControlState;
  /** What the comparison of broker and ledger found, a sentence each; entries wait while there is any. */
  readonly findings: readonly string[];
  /** How cash differs from what the ledger makes of it; null when it does not. No entry waits for that. */
  readonly cashNote: string | null;
  /** Symbols with too few daily bars for the rules: no entries in them yet. */
  readonly shortHistory: readonly Ticker[];
  /** What is to be said of a walk-forward of these parameters, without a full stop; missing for nothing. */
  readonly readinessNote?: string;
  /** Fills that happened while nobody listened, and are booked now. */
  readonly lateFills: number;
  /** Closings that an earlier run left unfinished, and that go on. */
  readonly resumedCloses: number;
  /** Whether an earlier run's ledger was found. */
  readonly continued: boolean;
  readonly at: EpochMs;
}

/** Something people should know of that asks nothing of them, or that is over. */
export interface NoticeCard {
  readonly kind: 'notice';
  readonly tone: 'good' | 'warning';
  readonly title: string;
  readonly text: string;
  readonly at: EpochMs;
}

/** Something has gone wrong that a person should know of. */
export interface AlarmCard {
  readonly kind: 'alarm';
  readonly title: string;
  /** What happened, what protects the positions meanwhile, and what to do. */
  readonly text: string;
  /** How often it was told before: it is told again, louder, until it is solved. */
  readonly repeat: number;
  /** The trade it is about, where it is about one: the trade's cards stay in order. */
  readonly tradeId?: TradeId;
  readonly at: EpochMs;
}

/** A threshold of the drawdown was crossed, one way or the other. */
export interface DrawdownCard {
  readonly kind: 'drawdown';
  readonly event: DrawdownEvent;
  readonly equity: Usd;
  /** What the fall is measured from, with what was paid in or out since; of the peak, when it was. */
  readonly baseEquity: Usd;
  readonly baseAt: EpochMs | null;
  /** Of it, in per cent, zero or negative. */
  readonly percent: number;
  /** The limit and its warnings, in per cent, positive. */
  readonly limitPercent: number;
  /** Symbols that cost most since the open, the worst first. */
  readonly contributors: readonly Contributor[];
  /** What a breach does to open positions. */
  readonly policy: 'keep' | 'flatten';
  /** As it is after it. */
  readonly control: ControlState;
  readonly openPositions: number;
  readonly at: EpochMs;
}

/** The bot did not see what happens for a while: the order stream, the market data or the broker was away. */
export interface OutageCard {
  readonly kind: 'outage';
  /** What is away, in a sentence. */
  readonly why: string;
  readonly since: EpochMs;
  /** Null while it lasts. */
  readonly until: EpochMs | null;
  readonly at: EpochMs;
}

/** What became of the right to open positions. */
export type ControlChange =
  | 'halted'
  /** It was halted already, and ends later now. */
  | 'prolonged'
  /** It was halted already, and one more reason stands beside the first. */
  | 'joined'
  | 'flattening'
  | 'flat'
  | 'resumed'
  | 'expired';

/** Somebody halted or resumed, or a halt came to its end. */
export interface ControlCard {
  readonly kind: 'control';
  readonly change: ControlChange;
  /** Who asked for it; of what comes by itself, the bot. */
  readonly by: string;
  /** All that the state is for after it. */
  readonly reason: string;
  /** As it is after it. */
  readonly control: ControlState;
  /** What a resume did to the drawdown: the day's breach is let be; the peak is measured anew from there. */
  readonly letsDayBe: boolean;
  readonly newPeak: Usd | null;
  /** Whether a session runs at the moment of it; an older card does not say. */
  readonly isSessionOpen?: boolean;
  readonly at: EpochMs;
}

/** The first word after a time in which the channel took no card. */
export interface ChannelOutageCard {
  readonly kind: 'channel-outage';
  /** From the first attempt that failed to the one that succeeded; by the system's clock. */
  readonly since: EpochMs;
  readonly until: EpochMs;
  /** How many messages have waited for it. */
  readonly events: number;
}

/** What is told in one message with others of its kind when there is a flood of them. */
export type BatchedCard = NoticeCard | StopMovedCard;

/** A flood of one kind in one message, oldest first. */
export interface BatchCard {
  readonly kind: 'batch';
  readonly members: readonly { readonly key: string; readonly card: BatchedCard }[];
}

/** Everything that the channel can show of itself: typed facts, rendered by the Discord adapter alone. */
export type Card =
  | StartedCard
  | EntryCard
  | ExitCard
  | ScaledOutCard
  | SummaryCard
  | ClosingCard
  | RepairedCard
  | StopMovedCard
  | AlarmCard
  | NoticeCard
  | DrawdownCard
  | ControlCard
  | OutageCard
  | WeeklyCard
  | DigestCard
  | ParityCard
  | ChannelOutageCard
  | BacktestCard
  | StudyCard
  | BatchCard;

/** A card as it is delivered. */
export type DeliveredCard = Card & {
  /** How long it had to wait for its delivery, where that was too long to pass over. */
  readonly waitedMs?: number;
};

import type { SessionDate } from '#core/session.ts';

import { instant, usd } from '../columns.ts';
import { date, doublePrecision, integer, pgTable } from '../drizzle.ts';

/** What each session came to, against the targets; how each figure is measured is in daily-metrics.ts. */
export const sessionMetrics = pgTable('session_metrics', {
  sessionDate: date('session_date', { mode: 'string' }).$type<SessionDate>().primaryKey(),
  /** Trades that were closed in the session, and those of them with a profit. */
  closedTrades: integer('closed_trades').notNull(),
  wins: integer('wins').notNull(),
  /** Realized by them, before fees. */
  pnl: usd('pnl').notNull(),
  /** Wins over closed trades, 0–1, with its 95 % Wilson interval; null without a trade. */
  winRate: doublePrecision('win_rate'),
  winRateLow: doublePrecision('win_rate_low'),
  winRateHigh: doublePrecision('win_rate_high'),
  /** Sum of profits over sum of losses; null without a loss. */
  profitFactor: doublePrecision('profit_factor'),
  /** Mean result in multiples of R, with its 95 % t interval, and how many closed trades have an R. */
  averageR: doublePrecision('average_r'),
  averageRLow: doublePrecision('average_r_low'),
  averageRHigh: doublePrecision('average_r_high'),
  averageRTrades: integer('average_r_trades').notNull(),
  /** Deepest fall of equity from the session's highest point before it, in per cent, never negative. */
  drawdownPercent: doublePrecision('drawdown_percent'),
  /**
   * How much worse than the decision price entries were filled, mean of the trades entered in the session
   * in hundredths of a per cent (negative: better), with its 95 % t interval and their number.
   */
  slippageBps: doublePrecision('slippage_bps'),
  slippageBpsLow: doublePrecision('slippage_bps_low'),
  slippageBpsHigh: doublePrecision('slippage_bps_high'),
  enteredTrades: integer('entered_trades').notNull(),
  /** Legs of brackets that ended for no reason of ours. */
  interference: integer('interference').notNull(),
  /** Trades that were entered or closed in the session. */
  tradesTouchable: integer('trades_touchable').notNull(),
  /** By the exchange's time; later than the session's digest where a late fill changed the figures. */
  computedAt: instant('computed_at').notNull(),
});

import type { Decision, FilterResult, EntryFilterName, Features } from '#core/decision.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { PositionSide } from '#core/order.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { readDecisionRecord } from '#core/read-decision-record.ts';
import { addDays, newYorkDate, startOfDay } from '#core/session.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';
import { changesFor } from '#core/why.ts';
import type { Change } from '#core/why.ts';
import type { StoredDecision } from '#ports/decisions.ts';

import type { AppContext } from '../context.ts';

/** Why there is nothing to tell of a symbol at a time. */
export type NothingStored =
  | 'never-decided'
  | 'not-watched'
  | 'pruned'
  | 'not-yet'
  | 'no-cycle'
  | 'unreadable';

/** What `/why` tells: facts, which the Discord adapter puts into words. */
export type WhyReport =
  | {
      readonly kind: 'nothing';
      readonly symbol: Ticker;
      /** The time that was asked for; null: the last bar. */
      readonly at: EpochMs | null;
      readonly why: NothingStored;
      readonly keepDecisionsDays: number;
    }
  | WhyDecision;

export interface WhyDecision {
  readonly kind: Decision['kind'];
  readonly symbol: Ticker;
  /** The time that was asked for, which may be some bars later; null: the last bar. */
  readonly at: EpochMs | null;
  readonly sessionDate: SessionDate;
  /** The bar that it was decided on. */
  readonly barEnd: EpochMs;
  readonly features: Features | null;
  readonly side: PositionSide | null;
  readonly confidence: number | null;
  readonly filters: readonly FilterResult[];
  /** After the one that refused; not asked. */
  readonly notAsked: readonly EntryFilterName[];
  /** Numbers of filters were too long to be kept. */
  readonly isCut: boolean;
  readonly parameters: StrategyParameters;
  /** What would have to change for a trade. */
  readonly changes: readonly Change[];
  /** What became of it; null unless it was to enter, and when trading was halted in that very moment. */
  readonly trade: Trade | null;
}

/** Why a symbol was traded or not, at the last bar until an instant; without one at the last bar there is. */
export async function whyReport(
  context: AppContext,
  symbol: Ticker,
  at: EpochMs | null,
): Promise<WhyReport> {
  const { ledger, clock, parameters, keepDecisionsDays } = context;
  const last = await ledger.lastDecidedSession();
  const nothing = (why: NothingStored) =>
    ({ kind: 'nothing', symbol, at, why, keepDecisionsDays }) as const;
  if (last === null) return nothing('never-decided');
  if (at !== null && at > clock.now()) return nothing('not-yet');
  const date = at === null ? last : newYorkDate(at);
  if (date < addDays(newYorkDate(clock.now()), -keepDecisionsDays)) return nothing('pruned');
  const stored = await ledger.decisionAt(date, symbol, at ?? startOfDay(addDays(date, 1)));
  if (stored === null) return nothing(await whyNothing(context, { symbol, at, date }));
  const used = (await ledger.parametersOf(date, stored.barEnd)) ?? parameters;
  const decision = tell(stored, used);
  if (decision === null) return nothing('unreadable');
  const trade = stored.tradeId === null ? null : await ledger.trade(stored.tradeId);
  return { ...decision, at, trade };
}

interface Asked {
  readonly symbol: Ticker;
  readonly at: EpochMs | null;
  readonly date: SessionDate;
}

async function whyNothing(
  { watchlist, ledger }: AppContext,
  { symbol, at, date }: Asked,
): Promise<NothingStored> {
  if (!watchlist.includes(symbol)) return 'not-watched';
  const cycles = await ledger.storedCycles(date);
  const ranBefore = cycles.some((barEnd) => at === null || barEnd <= at);
  // A cycle ran without it: it has joined the watchlist since.
  return ranBefore ? 'not-watched' : 'no-cycle';
}

function tell(
  { symbol, kind, sessionDate, barEnd, record }: StoredDecision,
  parameters: StrategyParameters,
): Omit<WhyDecision, 'at' | 'trade'> | null {
  const evidence = readDecisionRecord(record, symbol);
  if (evidence === null) return null;
  const { features, side, confidence, filters, isCut } = evidence;
  const asked = new Set(filters.map(({ filter }) => filter));
  const isRefused = kind === 'refused';
  return {
    kind,
    symbol,
    sessionDate,
    barEnd,
    features,
    side,
    confidence,
    filters,
    notAsked: isRefused ? ENTRY_FILTERS.filter((filter) => !asked.has(filter)) : [],
    isCut,
    parameters,
    changes: changesFor({ kind, evidence }, parameters),
  };
}

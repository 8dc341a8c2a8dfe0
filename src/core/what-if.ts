import { confidenceTotal } from './confidence.ts';
import type {
  BracketPlan,
  FilterResult,
  ScaleOut,
  SizeArithmetic,
  RuleView,
  SymbolSnapshot,
} from './decision.ts';
import { DATA_FILTERS, SIGNAL_FILTERS } from './filters.ts';
import { answerOf } from './filters/question.ts';
import type { PositionSide } from './order.ts';
import { planEntry } from './plan-entry.ts';
import { planScaleOut } from './scale-out.ts';
import { openBook } from './sizing.ts';

/** What an entry on one side would be at this bar, whether or not there is a signal for it. */
export interface WhatIf {
  readonly side: PositionSide;
  /** Null where the data cannot be judged, or no bracket can stand at it. */
  readonly plan: {
    readonly bracket: BracketPlan;
    readonly size: SizeArithmetic;
    readonly scaleOut: ScaleOut | null;
  } | null;
  /** All filters, also those after one that refuses; the signal's only where the data can be judged. */
  readonly filters: readonly FilterResult[];
}

/**
 * The bracket and the size that a symbol would be entered with on a side, by the very rules that decide,
 * and what every filter says to it. Nothing is taken from the book by it.
 */
export function whatIf(snapshot: RuleView, of: SymbolSnapshot, side: PositionSide): WhatIf {
  const { features } = of;
  const data = DATA_FILTERS.map((filter) => answerOf(filter, { snapshot, features }));
  if (features === null || data.some(({ passed }) => !passed)) {
    return { side, plan: null, filters: data };
  }
  const book = openBook(snapshot);
  const plan = planEntry(snapshot, book, { side, features });
  const signal = { side, confidence: confidenceTotal(side, features) };
  const question = { snapshot, symbol: of, features, signal, book, plan: () => plan };
  const { parameters } = snapshot;
  return {
    side,
    plan: plan && {
      ...plan,
      scaleOut: planScaleOut(side, plan.bracket, plan.size.shares, parameters),
    },
    filters: [...data, ...SIGNAL_FILTERS.map((filter) => answerOf(filter, question))],
  };
}

import type {
  BracketPlan,
  EntryFilterName,
  Features,
  FilterResult,
  SizeArithmetic,
  RuleView,
  SymbolSnapshot,
} from '../decision.ts';
import type { Signal } from '../signal.ts';
import type { Book } from '../sizing.ts';

/** One reason not to enter, and how it is found out; what it stands on is told apart, since a backtest wants none of it. */
export interface EntryFilter<Question> {
  readonly name: EntryFilterName;
  readonly passes: (question: Question) => boolean;
  readonly numbers: (question: Question) => FilterResult['numbers'];
}

/** A filter's answer with its numbers, as a decision keeps it. */
export const answerOf = <Question>(
  { name, passes, numbers }: EntryFilter<Question>,
  question: Question,
): FilterResult => ({ filter: name, passed: passes(question), numbers: numbers(question) });

/** Before there is a direction: whether the data can be judged at all. */
export interface DataQuestion {
  readonly snapshot: Pick<RuleView, 'barEnd'>;
  readonly features: Features | null;
}

/** Once there is one: what the market alone decides about it, whatever is held. */
export interface SignalQuestion {
  readonly snapshot: Pick<RuleView, 'barEnd' | 'session' | 'parameters'>;
  readonly features: Features;
  readonly signal: Signal;
}

/** What is held and may be done, besides. */
export interface EntryQuestion extends SignalQuestion {
  readonly snapshot: RuleView;
  readonly symbol: SymbolSnapshot;
  readonly book: Book;
  /** Made when it is asked for first; null when no bracket can stand at these features. */
  readonly plan: () => EntryPlan | null;
}

/** The bracket of an entry, and its size. */
export interface EntryPlan {
  readonly bracket: BracketPlan;
  readonly size: SizeArithmetic;
}

import type {
  BracketPlan,
  EntryFilterName,
  Features,
  FilterResult,
  SizeArithmetic,
  Snapshot,
  SymbolSnapshot,
} from '../decision.ts';
import type { Signal } from '../signal.ts';
import type { Book } from '../sizing.ts';

/** What a filter says. Its numbers are made when they are asked for: a backtest wants none of them. */
export interface Verdict extends Pick<FilterResult, 'passed'> {
  readonly numbers: () => FilterResult['numbers'];
}

/** One reason not to enter, and how it is found out. */
export interface EntryFilter<Question> {
  readonly name: EntryFilterName;
  readonly ask: (question: Question) => Verdict;
}

/** A filter's answer with its numbers, as a decision keeps it. */
export function answerOf<Question>(
  { name, ask }: EntryFilter<Question>,
  question: Question,
): FilterResult {
  const { passed, numbers } = ask(question);
  return { filter: name, passed, numbers: numbers() };
}

/** Before there is a direction: whether the data can be judged at all. */
export interface DataQuestion {
  readonly snapshot: Pick<Snapshot, 'barEnd'>;
  readonly features: Features | null;
}

/** Once there is one: what the market alone decides about it, whatever is held. */
export interface SignalQuestion {
  readonly snapshot: Pick<Snapshot, 'barEnd' | 'session' | 'parameters'>;
  readonly features: Features;
  readonly signal: Signal;
}

/** What is held and may be done, besides. */
export interface EntryQuestion extends SignalQuestion {
  readonly snapshot: Snapshot;
  readonly symbol: SymbolSnapshot;
  readonly book: Book;
  /** Null when no bracket can stand at these features. */
  readonly plan: { readonly bracket: BracketPlan; readonly size: SizeArithmetic } | null;
}

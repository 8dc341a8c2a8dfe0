import { planBracket } from './bracket-plan.ts';
import type { Features, RuleView } from './decision.ts';
import type { EntryPlan } from './filters/question.ts';
import type { PositionSide } from './order.ts';
import { sizeEntry } from './sizing.ts';
import type { Book } from './sizing.ts';

/** The bracket of an entry at these features, with its size; null when none can stand. */
export function planEntry(
  snapshot: RuleView,
  book: Book,
  { side, features }: { readonly side: PositionSide; readonly features: Features },
): EntryPlan | null {
  const bracket = planBracket(side, features, snapshot.parameters);
  return bracket && { bracket, size: sizeEntry(snapshot, book, bracket) };
}

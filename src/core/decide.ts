import type {
  Decision,
  EntryFilterName,
  EntryIntent,
  Features,
  FilterResult,
  Outcome,
  RuleView,
  SymbolSnapshot,
} from './decision.ts';
import { ACCOUNT_FILTERS, DATA_FILTERS, SIGNAL_FILTERS } from './filters.ts';
import type { EntryFilter, EntryPlan, EntryQuestion } from './filters/question.ts';
import { entryClientOrderId, entryTradeId } from './ids.ts';
import { usdFromNumber } from './money.ts';
import { planEntry } from './plan-entry.ts';
import { planScaleOut } from './scale-out.ts';
import { signalOf } from './signal.ts';
import type { Signal } from './signal.ts';
import { openBook, takeIntent } from './sizing.ts';
import type { Book } from './sizing.ts';

/**
 * One decision for each symbol of the snapshot, in its order. A pure function: the same snapshot gives
 * the same intents with the same ids, live and replayed. What one symbol takes of exposure and buying power
 * is gone for those after it, which also have it beside them in the count of positions, in its sector and in
 * their correlations. Bad data is refused with its numbers, never thrown at the caller.
 */
export const decide = (snapshot: RuleView): readonly Decision[] =>
  decideEach(snapshot, (of, book) => {
    const filters: FilterResult[] = [];
    const { outcome, signal } = judge(snapshot, of, {
      book,
      filters: SIGNAL_FILTERS,
      kept: filters,
    });
    const evidence = {
      features: of.features,
      side: signal?.side ?? null,
      confidence: signal?.confidence ?? null,
      filters,
    };
    return { ...outcome, evidence };
  });

/**
 * The same decisions without what they stand on, for whoever decides about years of bars: about symbols whose bars
 * refuse nothing, which is asked before; see bar-refusal.ts.
 */
export const decideBriefly = (snapshot: RuleView): readonly Outcome[] =>
  decideEach(
    snapshot,
    (of, book) => judge(snapshot, of, { book, filters: ACCOUNT_FILTERS, kept: null }).outcome,
  );

function decideEach<Decided extends Outcome>(
  snapshot: RuleView,
  decideOn: (of: SymbolSnapshot, book: Book) => Decided,
): readonly Decided[] {
  const book = openBook(snapshot);
  return snapshot.symbols.map((of) => {
    const decided = decideOn(of, book);
    if (decided.kind === 'enter') takeIntent(book, decided.intent);
    return decided;
  });
}

interface Judgement {
  readonly outcome: Outcome;
  readonly signal: Signal | null;
}

interface Bench {
  readonly book: Book;
  /** Those of a signal that are asked. */
  readonly filters: readonly EntryFilter<EntryQuestion>[];
  /** Takes the answers of all filters up to and including the one that refuses; null for nobody. */
  readonly kept: FilterResult[] | null;
}

function judge(snapshot: RuleView, of: SymbolSnapshot, { book, filters, kept }: Bench): Judgement {
  const { symbol, features } = of;
  const unfit = refusedBy(DATA_FILTERS, { snapshot, features }, kept);
  // Without features the first filter refuses already; the compiler cannot know.
  if (features === null || unfit !== null) {
    return { outcome: { kind: 'refused', symbol, by: unfit ?? 'warm-up' }, signal: null };
  }
  const signal = signalOf(features, snapshot.parameters);
  if (signal === null) return { outcome: { kind: 'no-signal', symbol }, signal };
  const question = questionOf(snapshot, { of, features, signal, book });
  return { outcome: answer(question, filters, kept), signal };
}

interface Asked {
  readonly of: SymbolSnapshot;
  readonly features: Features;
  readonly signal: Signal;
  readonly book: Book;
}

function questionOf(snapshot: RuleView, { of, features, signal, book }: Asked): EntryQuestion {
  // Most filters can refuse without it.
  let plan: EntryPlan | null | undefined;
  return {
    snapshot,
    symbol: of,
    features,
    signal,
    book,
    plan() {
      if (plan === undefined) plan = planEntry(snapshot, book, { side: signal.side, features });
      return plan;
    },
  };
}

function answer(
  question: EntryQuestion,
  filters: readonly EntryFilter<EntryQuestion>[],
  kept: FilterResult[] | null,
): Outcome {
  const { symbol } = question.symbol;
  const by = refusedBy(filters, question, kept);
  const plan = by === null ? question.plan() : null;
  // Without a plan the filter of the size has refused; the compiler cannot know that either.
  if (plan === null) return { kind: 'refused', symbol, by: by ?? 'size' };
  return { kind: 'enter', symbol, intent: intentOf(question, plan) };
}

/** The first filter that refuses, or null. */
function refusedBy<Question>(
  filters: readonly EntryFilter<Question>[],
  question: Question,
  kept: FilterResult[] | null,
): EntryFilterName | null {
  for (const filter of filters) {
    const passed = filter.passes(question);
    kept?.push({ filter: filter.name, passed, numbers: filter.numbers(question) });
    if (!passed) return filter.name;
  }
  return null;
}

function intentOf(
  { snapshot, symbol: { symbol }, features, signal }: EntryQuestion,
  { bracket, size }: EntryPlan,
): EntryIntent {
  const tradeId = entryTradeId(snapshot.session.date, snapshot.barEnd, symbol);
  return {
    tradeId,
    clientOrderId: entryClientOrderId(tradeId),
    symbol,
    side: signal.side,
    quantity: size.shares,
    decisionPrice: usdFromNumber(features.close),
    bracket,
    scaleOut: planScaleOut(signal.side, bracket, size.shares, snapshot.parameters),
    size,
    confidence: signal.confidence,
    decidedAt: snapshot.barEnd,
  };
}

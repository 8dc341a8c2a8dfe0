import { planBracket } from './bracket-plan.ts';
import type {
  Decision,
  EntryFilterName,
  EntryIntent,
  FilterResult,
  Outcome,
  Snapshot,
  SymbolSnapshot,
} from './decision.ts';
import { ACCOUNT_FILTERS, DATA_FILTERS, SIGNAL_FILTERS } from './filters.ts';
import type { EntryFilter, EntryQuestion } from './filters/question.ts';
import { entryClientOrderId, entryTradeId } from './ids.ts';
import { usdFromNumber } from './money.ts';
import { planScaleOut } from './scale-out.ts';
import { signalOf } from './signal.ts';
import type { Signal } from './signal.ts';
import { openBook, sizeEntry, takeIntent } from './sizing.ts';
import type { Book } from './sizing.ts';

/**
 * One decision for each symbol of the snapshot, in its order. A pure function: the same snapshot gives
 * the same intents with the same ids, live and replayed. What one symbol takes of exposure and buying power
 * is gone for those after it, which also have it beside them in the count of positions, in its sector and in
 * their correlations. Bad data is refused with its numbers, never thrown at the caller.
 */
export const decide = (snapshot: Snapshot): readonly Decision[] =>
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
      confidence: signal?.confidence.total ?? null,
      filters,
    };
    return { ...outcome, evidence };
  });

/**
 * The same decisions without what they stand on, for whoever decides about years of bars: about symbols whose bars
 * refuse nothing, which is asked before; see bar-refusal.ts.
 */
export const decideBriefly = (snapshot: Snapshot): readonly Outcome[] =>
  decideEach(
    snapshot,
    (of, book) => judge(snapshot, of, { book, filters: ACCOUNT_FILTERS, kept: null }).outcome,
  );

function decideEach<Decided extends Outcome>(
  snapshot: Snapshot,
  decideOn: (of: SymbolSnapshot, book: Book) => Decided,
): readonly Decided[] {
  const book = openBook(snapshot);
  return snapshot.symbols.map((of) => {
    const decided = decideOn(of, book);
    if (decided.kind === 'enter') takeIntent(book, decided.intent);
    return decided;
  });
}

interface Bench {
  readonly book: Book;
  /** Those of a signal that are asked. */
  readonly filters: readonly EntryFilter<EntryQuestion>[];
  /** Takes the answers of all filters up to and including the one that refuses; null for nobody. */
  readonly kept: FilterResult[] | null;
}

interface Judgement {
  readonly outcome: Outcome;
  readonly signal: Signal | null;
}

function judge(snapshot: Snapshot, of: SymbolSnapshot, { book, filters, kept }: Bench): Judgement {
  const { symbol, features } = of;
  const unfit = refusedBy(DATA_FILTERS, { snapshot, features }, kept);
  // Without features the first filter refuses already; the compiler cannot know.
  if (features === null || unfit !== null) {
    return { outcome: { kind: 'refused', symbol, by: unfit ?? 'warm-up' }, signal: null };
  }
  const signal = signalOf(features, snapshot.parameters);
  if (signal === null) return { outcome: { kind: 'no-signal', symbol }, signal };
  const bracket = planBracket(signal.side, features, snapshot.parameters);
  const plan = bracket && { bracket, size: sizeEntry(snapshot, book, bracket) };
  const question = { snapshot, symbol: of, features, signal, book, plan };
  const by = refusedBy(filters, question, kept);
  // Likewise without a plan, which the filter of the size refuses.
  if (plan === null || by !== null) {
    return { outcome: { kind: 'refused', symbol, by: by ?? 'size' }, signal };
  }
  return { outcome: { kind: 'enter', symbol, intent: intentOf(question, plan) }, signal };
}

/** The first filter that refuses, or null. */
function refusedBy<Question>(
  filters: readonly EntryFilter<Question>[],
  question: Question,
  kept: FilterResult[] | null,
): EntryFilterName | null {
  for (const filter of filters) {
    const { passed, numbers } = filter.ask(question);
    kept?.push({ filter: filter.name, passed, numbers: numbers() });
    if (!passed) return filter.name;
  }
  return null;
}

function intentOf(
  { snapshot, symbol: { symbol }, features, signal }: EntryQuestion,
  { bracket, size }: NonNullable<EntryQuestion['plan']>,
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
    confidence: signal.confidence.total,
    decidedAt: snapshot.barEnd,
  };
}

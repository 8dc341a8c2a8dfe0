import { planBracket } from './bracket-plan.ts';
import type {
  Decision,
  EntryFilterName,
  EntryIntent,
  FilterResult,
  Snapshot,
  SymbolSnapshot,
} from './decision.ts';
import { DATA_FILTERS, SIGNAL_FILTERS } from './filters.ts';
import type { EntryFilter, EntryQuestion } from './filters/question.ts';
import { entryClientOrderId, entryTradeId } from './ids.ts';
import { usdFromNumber } from './money.ts';
import { planScaleOut } from './scale-out.ts';
import { signalOf } from './signal.ts';
import { openBook, sizeEntry, takeIntent } from './sizing.ts';
import type { Book } from './sizing.ts';

/**
 * One decision for each symbol of the snapshot, in its order. A pure function: the same snapshot gives
 * the same intents with the same ids, live and replayed. What one symbol takes of exposure and buying power
 * is gone for those after it, which also have it beside them in the count of positions, in its sector and in
 * their correlations. Bad data is refused with its numbers, never thrown at the caller.
 */
export function decide(snapshot: Snapshot): readonly Decision[] {
  const book = openBook(snapshot);
  return snapshot.symbols.map((symbol) => {
    const decision = decideSymbol(snapshot, symbol, book);
    if (decision.kind === 'enter') takeIntent(book, decision.intent);
    return decision;
  });
}

function decideSymbol(snapshot: Snapshot, of: SymbolSnapshot, book: Book): Decision {
  const { symbol, features } = of;
  const data = askInOrder(DATA_FILTERS, { snapshot, features });
  // Without features the first filter refuses already; the compiler cannot know.
  if (features === null || data.refusedBy !== null) {
    const evidence = { features, side: null, confidence: null, filters: data.results };
    return { kind: 'refused', symbol, by: data.refusedBy ?? 'warm-up', evidence };
  }
  const signal = signalOf(features, snapshot.parameters);
  if (signal === null) {
    const evidence = { features, side: null, confidence: null, filters: data.results };
    return { kind: 'no-signal', symbol, evidence };
  }
  const bracket = planBracket(signal.side, features, snapshot.parameters);
  const plan = bracket && { bracket, size: sizeEntry(snapshot, book, bracket) };
  const question = { snapshot, symbol: of, features, signal, book, plan };
  const { results, refusedBy } = askInOrder(SIGNAL_FILTERS, question);
  const evidence = {
    features,
    side: signal.side,
    confidence: signal.confidence.total,
    filters: [...data.results, ...results],
  };
  // Likewise without a plan, which the filter of the size refuses.
  if (plan === null || refusedBy !== null) {
    return { kind: 'refused', symbol, by: refusedBy ?? 'size', evidence };
  }
  return { kind: 'enter', symbol, intent: intentOf(question, plan), evidence };
}

interface Answers {
  /** Up to and including the filter that refused. */
  readonly results: readonly FilterResult[];
  readonly refusedBy: EntryFilterName | null;
}

function askInOrder<Question>(
  filters: readonly EntryFilter<Question>[],
  question: Question,
): Answers {
  const results: FilterResult[] = [];
  for (const { name, ask } of filters) {
    const verdict = ask(question);
    results.push({ filter: name, ...verdict });
    if (!verdict.passed) return { results, refusedBy: name };
  }
  return { results, refusedBy: null };
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

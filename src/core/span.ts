import type { EpochMs } from './session.ts';

/** From an instant on, and before another. */
export interface Span {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** All of them and one more, those that touch as one, oldest first. */
export function addSpan(spans: readonly Span[], added: Span): readonly Span[] {
  if (added.until <= added.from) return spans;
  const apart = spans.filter(({ from, until }) => until < added.from || from > added.until);
  const touching = spans.filter((span) => !apart.includes(span));
  const joined = {
    from: Math.min(added.from, ...touching.map(({ from }) => from)),
    until: Math.max(added.until, ...touching.map(({ until }) => until)),
  };
  return [...apart, joined].toSorted((left, right) => left.from - right.from);
}

/** Whether a span lies within one of others that do not touch. */
export const isCovered = (spans: readonly Span[], { from, until }: Span): boolean =>
  spans.some((span) => span.from <= from && until <= span.until);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addSpan, isCovered } from '#core/span.ts';
import type { Span } from '#core/span.ts';

const span = fc
  .tuple(fc.nat(40), fc.nat(12))
  .map(([from, length]): Span => ({ from, until: from + length }));

describe('spans of time', () => {
  it('that touch become one', () => {
    const spans = [
      { from: 0, until: 2 },
      { from: 6, until: 8 },
    ];
    expect(addSpan(spans, { from: 2, until: 6 })).toEqual([{ from: 0, until: 8 }]);
    expect(addSpan(spans, { from: 3, until: 5 })).toHaveLength(3);
    expect(addSpan(spans, { from: 4, until: 4 })).toEqual(spans);
  });

  it('cover exactly what was added, oldest first and apart', () => {
    fc.assert(
      fc.property(fc.array(span), (added) => {
        const spans = added.reduce<readonly Span[]>(addSpan, []);
        const isAdded = (at: number) => added.some(({ from, until }) => from <= at && at < until);
        for (let at = 0; at < 60; at += 1) {
          expect(isCovered(spans, { from: at, until: at + 1 })).toBe(isAdded(at));
        }
        const ends = spans.flatMap(({ from, until }) => [from, until]);
        expect(ends).toEqual([...new Set(ends)].toSorted((left, right) => left - right));
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';

import { readinessOf } from '#core/readiness.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2025, 10, 28);
const word = (days: number, hasPassed = true) => ({
  hasPassed,
  sentence: hasPassed ? 'better than luck' : 'worse than not trading',
  at: NOW - days * DAY,
});
const override = (days: number) => ({ by: 'Ann', reason: 'a try', at: NOW - days * DAY });

describe('the readiness of parameters', () => {
  it.each([
    ['a word of today', word(0), null, 'ready'],
    ['a word of 90 days ago', word(90), null, 'ready'],
    ['a word of 91 days ago', word(91), null, 'unready'],
    ['a failed word', word(0, false), null, 'unready'],
    ['no word', null, null, 'unready'],
    ['no word, overridden', null, override(0), 'overridden'],
    ['a failed word, overridden', word(0, false), override(90), 'overridden'],
    ['an old word, overridden', word(91), override(1), 'overridden'],
    ['no word, overridden 91 days ago', null, override(91), 'unready'],
    ['a word of today, overridden before', word(0), override(5), 'ready'],
  ])('%s', (_, known, given, kind) => {
    expect(readinessOf(known, given, NOW).kind).toBe(kind);
  });

  it.each([
    [null, 'no walk-forward has recommended these parameters'],
    [word(3, false), 'the last walk-forward of these parameters says: worse than not trading'],
    [word(100), 'the last walk-forward of these parameters is of 2025-08-20, older than 90 days'],
  ])('says what is wrong', (known, why) => {
    expect(readinessOf(known, null, NOW)).toEqual({ kind: 'unready', why });
  });
});

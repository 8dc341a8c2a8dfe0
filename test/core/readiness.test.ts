import { describe, expect, it } from 'vitest';

import { readinessOf } from '#core/readiness.ts';
import { asSessionDate, newYorkDate } from '#core/session.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2025, 10, 28);
const word = (days: number, hasPassed = true) => ({
  hasPassed,
  sentence: hasPassed ? 'better than luck' : 'worse than not trading',
  at: NOW - days * DAY,
  to: newYorkDate(NOW - days * DAY),
  isOfThisVersion: true,
  misfit: null,
});
const MISFIT = { ...word(0), misfit: 'was played without NVDA' };
const ON_OLD_BARS = { ...word(0), to: asSessionDate('2025-08-20') };
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
    ['a word of today on bars of 100 days ago', ON_OLD_BARS, null, 'unready'],
    ['a word of today that is of something else', MISFIT, null, 'unready'],
    ['a word of today by another version', { ...word(0), isOfThisVersion: false }, null, 'ready'],
  ])('%s', (_, known, given, kind) => {
    expect(readinessOf(known === null ? [] : [known], given, NOW).kind).toBe(kind);
  });

  it('goes by the last word that is of what trades', () => {
    expect(readinessOf([MISFIT, word(5), word(3, false)], null, NOW)).toEqual({
      kind: 'ready',
      word: word(5),
    });
    const failed = { ...MISFIT, hasPassed: false };
    expect(readinessOf([failed, word(5)], null, NOW).kind).toBe('ready');
    expect(readinessOf([word(3, false), word(5)], null, NOW).kind).toBe('unready');
  });

  it.each([
    [null, 'no walk-forward has recommended these parameters'],
    [word(3, false), 'the last walk-forward of these parameters says: worse than not trading'],
    [MISFIT, 'the last walk-forward of these parameters was played without NVDA'],
    [
      ON_OLD_BARS,
      'the last walk-forward of these parameters was played on bars up to 2025-08-20, older than 90 days',
    ],
    [word(100), 'the last walk-forward of these parameters is of 2025-08-20, older than 90 days'],
  ])('says what is wrong', (known, why) => {
    expect(readinessOf(known === null ? [] : [known], null, NOW)).toEqual({ kind: 'unready', why });
  });
});

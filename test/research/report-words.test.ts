import { describe, expect, it } from 'vitest';

import { asSessionDate } from '#core/session.ts';
import { lookAheadWords } from '#research/report/words.ts';

const at = asSessionDate('2025-11-25');

describe('what is said of the look-ahead check', () => {
  it.each([
    [1, 0, 'nothing changes in the 1 trade before'],
    [7, 0, 'nothing changes in the 7 trades before'],
    [1, 1, 'there is a change in 1 of 1 trade; do not trust this result'],
    [7, 2, 'there is a change in 2 of 7 trades; do not trust this result'],
  ])('reads well of %i trades with %i changed', (trades, differing, words) => {
    const [short, long] = lookAheadWords({ at, trades, differing });
    expect(short).toBe(differing === 0 ? 'none' : 'SEEN');
    expect(long).toBe(`with the bars cut off at 2025-11-25 ${words}`);
  });
});

import fc from 'fast-check';
import { describe, it } from 'vitest';

import { live, randomLife } from './random-life.ts';

/** `npm run soak` asks for more. */
const RUNS = Number(process.env['SAFETY_RUNS'] ?? 50);
/** A sequence takes about half a second; a slow machine gets its time. */
const LONGEST_MS = 10_000;

describe('whatever happens', () => {
  it(
    'no intent becomes two orders, no position stands without a stop for long, no bracket is touched without a reason',
    async () => {
      await fc.assert(
        fc.asyncProperty(randomLife, (happenings) => live(happenings)),
        {
          numRuns: RUNS,
          endOnFailure: process.env['SAFETY_SHRINK'] === undefined,
        },
      );
    },
    Math.max(120_000, RUNS * LONGEST_MS),
  );
});

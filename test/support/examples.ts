import fc from 'fast-check';

/*
 * The same random examples in each run, so that what has passed passes again and a failure is about the change;
 * `npm run soak` draws new ones, and a number takes those of a run that failed.
 */
const SEED = process.env['EXAMPLES_SEED'] ?? '1';
fc.configureGlobal(SEED === 'new' ? {} : { seed: Number(SEED) });

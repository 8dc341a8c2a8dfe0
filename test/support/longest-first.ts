import { join } from 'node:path';

import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Beginnings of paths within the tests' folder: the files that start or live through the most. */
const LONGEST_FIRST = [
  'safety/crash',
  'e2e/process',
  'e2e/sandbox',
  'safety/',
  'e2e/',
  'adapters/discord/confirm',
  'sandbox/discord/page',
  'backtest/',
  'faults/',
  'app/',
  'compose/',
  'commands/',
  'adapters/',
] as const;

const TESTS = join(import.meta.dirname, '../');

function rank({ moduleId }: TestSpecification): number {
  const path = moduleId.replace(TESTS, '');
  const place = LONGEST_FIRST.findIndex((beginning) => path.startsWith(beginning));
  return place === -1 ? LONGEST_FIRST.length : place;
}

/** Begins with the longest files, so that no worker is left with one of them when the others have ended. */
export class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((left, right) => rank(left) - rank(right)));
  }
}

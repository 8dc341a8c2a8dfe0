import { basename, dirname } from 'node:path';

import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

const module = process.env['MUTATED_MODULE'] ?? '';
const namesakes = [basename(module, '.ts'), basename(dirname(module))].map(
  (name) => `${name}.test.ts`,
);
const isNamesake = ({ moduleId }: TestSpecification): number =>
  Number(namesakes.includes(basename(moduleId)));

/** Asks the tests of the module's own name, or its folder's, first: they are the ones to notice. */
class NamesakeFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = files.toSorted((left, right) => isNamesake(right) - isNamesake(left));
    return Promise.resolve(sorted);
  }
}

/** The core alone: without a database, in threads that end with their process, and nothing kept between runs. */
export default defineConfig({
  cacheDir: '.cache',
  test: {
    include: ['test/core/**/*.test.ts'],
    setupFiles: ['test/support/examples.ts'],
    // A busy machine must not pass for a test that has noticed something.
    testTimeout: 60_000,
    reporters: ['dot'],
    bail: 1,
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    sequence: { sequencer: NamesakeFirst },
  },
});

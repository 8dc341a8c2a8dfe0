import { defineConfig } from 'vitest/config';

import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/examples.ts'],
    // Modules are loaded, and compiled to fast code, once a worker and not once a file: they keep no state
    // that a test could leave behind, and what a test changes for itself it puts back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // A busy machine is no reason to fail: it takes several times as long as the slowest of them take here.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 20_000 } },
    // Each waits a third of its time, for databases and clocks: three keep two cores at work.
    maxWorkers: 3,
    // Of tests that run beside each other within a file.
    maxConcurrency: 2,
  },
});

import { defineConfig } from 'vitest/config';

import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Modules are loaded, and compiled to fast code, once a worker and not once a file: they keep no state
    // that a test could leave behind, and what a test changes for itself it puts back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // A busy machine is no reason to fail: these end what hangs, and tell nothing about speed.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    // Of tests that run beside each other within a file.
    maxConcurrency: 2,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A busy machine is no reason to fail.
    expect: { poll: { timeout: 10_000 } },
    maxWorkers: 2,
    // Of tests that run beside each other within a file.
    maxConcurrency: 2,
  },
});

import type { About } from '#app/about.ts';

/** What a bot of the tests tells of itself. */
export const ABOUT: About = {
  version: '0.0.0',
  runtime: 'Node of the tests',
  database: 'PostgreSQL of the tests',
  queue: 'no queue',
  settings: [{ name: 'rules.emaFast', value: '9' }],
  recentErrors: () => [],
};

import { expect } from 'vitest';

import { decide } from '#core/decide.ts';
import type { Decision, EntryFilterName, Features, Snapshot } from '#core/decision.ts';

import { snapshot, symbolSnapshot } from './snapshots.ts';

/** The decision on a world of one symbol. */
export const decideOne = (at: Snapshot): Decision => {
  const [decision, ...more] = decide(at);
  expect(more).toEqual([]);
  return decision!;
};

/** NVDA with these features, and otherwise the world as given. */
export const withFeatures = (at: Features | null, changes: Partial<Snapshot> = {}): Snapshot =>
  snapshot({ symbols: [symbolSnapshot('NVDA', { features: at })], ...changes });

/** What a filter stood on; undefined when it was not asked. */
export const numbersOf = (decision: Decision, name: EntryFilterName) =>
  decision.evidence.filters.find(({ filter }) => filter === name)?.numbers;

export const intentOf = (decision: Decision) =>
  decision.kind === 'enter' ? decision.intent : null;

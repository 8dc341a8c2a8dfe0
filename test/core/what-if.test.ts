import { describe, expect, it } from 'vitest';

import { ENTRY_FILTERS } from '#core/decision.ts';
import type { Snapshot } from '#core/decision.ts';
import { whatIf } from '#core/what-if.ts';

import { decideOne, intentOf, withFeatures as at } from './support/deciding.ts';
import { account, features, shortFeatures, snapshot } from './support/snapshots.ts';

const asked = (side: 'long' | 'short', of: Snapshot = snapshot()) =>
  whatIf(of, of.symbols[0]!, side);
const refusing = (what: ReturnType<typeof whatIf>) =>
  what.filters.filter(({ passed }) => !passed).map(({ filter }) => filter);

describe('what an entry would be', () => {
  it.each([
    ['long', features()],
    ['short', shortFeatures()],
  ] as const)('is what a %s decision comes to where there is a signal', (side, of) => {
    const seen = at(of);
    const { bracket, size, scaleOut } = intentOf(decideOne(seen))!;
    expect(asked(side, seen)).toMatchObject({ side, plan: { bracket, size, scaleOut } });
    expect(refusing(asked(side, seen))).toEqual([]);
  });

  it('is told of the other side as well, with its own bracket', () => {
    const { plan } = asked('short');
    expect(plan!.bracket.stopPrice).toBeGreaterThan(plan!.bracket.limitPrice);
    expect(plan!.bracket.targetPrice).toBeLessThan(plan!.bracket.limitPrice);
    expect(refusing(asked('short'))).toEqual(['confidence', 'trend-15m']);
  });

  it('is told without a signal', () => {
    const none = features({ barsSinceCrossUp: 40 });
    const seen = at(none);
    expect(decideOne(seen).kind).toBe('no-signal');
    expect(asked('long', seen).plan).not.toBeNull();
    expect(refusing(asked('long', seen))).toEqual([]);
  });

  it('asks every filter, in order, also after one that refuses', () => {
    const seen = snapshot({ impediments: ['blind'], account: account({ equity: 0 as never }) });
    const what = asked('long', seen);
    expect(what.filters.map(({ filter }) => filter)).toEqual(ENTRY_FILTERS);
    expect(refusing(what)).toEqual(['readiness', 'size']);
  });

  it.each([
    ['without data', null, ['warm-up', 'freshness']],
    ['on data of another bar', features({ barEnd: 0 }), ['freshness']],
    ['on figures that are none', features({ atr: Number.NaN }), ['warm-up']],
  ])('is nothing %s', (_title, of, filters) => {
    const seen = at(of);
    const what = asked('long', seen);
    expect(what.plan).toBeNull();
    expect(refusing(what)).toEqual(filters);
    expect(what.filters).toHaveLength(2);
  });

  it('is no bracket where none can stand', () => {
    const seen = at(features({ atr: 1_000 }));
    expect(asked('long', seen).plan).toBeNull();
    expect(refusing(asked('long', seen))).toContain('size');
  });
});

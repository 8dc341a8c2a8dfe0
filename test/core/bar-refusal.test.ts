import fc from 'fast-check';
import { expect, it } from 'vitest';

import { barRefusal } from '#core/bar-refusal.ts';
import { decide } from '#core/decide.ts';
import type { Decision, Features } from '#core/decision.ts';
import { createFeatureEngine } from '#core/features.ts';
import { entryWindow } from '#core/filters/market.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { Session } from '#core/session.ts';
import { createVolumeProfile } from '#core/volume-profile.ts';

import { dailyBarsAround } from '../support/daily-bars.ts';
import { walkBars } from './support/bars.ts';
import { snapshot, symbolSnapshot } from './support/snapshots.ts';

/** What of a decision the bars alone have decided. */
function byBars(decision: Decision): ReturnType<typeof barRefusal> {
  if (decision.kind === 'no-signal') return 'no-signal';
  if (decision.kind === 'enter') return null;
  const asked = ['warm-up', 'entry-window', 'confidence', 'trend-15m', 'volume-profile'];
  return asked.includes(decision.by) ? decision.by : null;
}

const NVDA = ticker('NVDA');

/** What the bars alone come to, and a decision, where the volume of the days before lies around a price. */
function both(features: Features, session: Session, volumeAt: number) {
  const { barEnd } = features;
  const days = dailyBarsAround(NVDA, volumeAt);
  const symbols = [{ ...symbolSnapshot('NVDA'), features }];
  const world = { ...snapshot({ barEnd, session, symbols }), daily: new Map([[NVDA, days]]) };
  const [decision] = decide(world);
  const window = entryWindow(session, DEFAULT_PARAMETERS);
  const profile = createVolumeProfile(days, DEFAULT_PARAMETERS);
  const question = { window, parameters: DEFAULT_PARAMETERS, profile: () => profile };
  return [barRefusal(features, question), byBars(decision!)] as const;
}

it('says of each bar of a market what a decision says', () => {
  const engine = createFeatureEngine(DEFAULT_PARAMETERS);
  const seen = new Set<string | null>();
  for (const { bar, session } of walkBars({ seed: 4, sessions: 30 })) {
    const volumeAt = Math.round(bar.close / 10) * 10;
    const [refusal, decided] = both(engine.push(bar, session), session, volumeAt);
    expect(refusal).toBe(decided);
    seen.add(refusal);
  }
  expect(seen).toEqual(
    new Set([
      'confidence',
      'entry-window',
      'no-signal',
      'trend-15m',
      'volume-profile',
      'warm-up',
      null,
    ]),
  );
});

it('says the same of features that are no figures', () => {
  const { session } = snapshot();
  const figure = fc.oneof(
    fc.double({ min: 0, max: 200, noNaN: true }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0),
  );
  const names = Object.keys(symbolSnapshot('NVDA').features ?? {}) as (keyof Features)[];
  fc.assert(
    fc.property(
      fc.array(figure, { minLength: names.length, maxLength: names.length }),
      fc.integer({ min: 1, max: 78 }),
      (figures, bar) => {
        const features = Object.fromEntries(names.map((name, at) => [name, figures[at]]));
        const barEnd = session.open + bar * 300_000;
        const [refusal, decided] = both(
          { ...features, barEnd } as unknown as Features,
          session,
          50,
        );
        expect(refusal).toBe(decided);
      },
    ),
  );
});

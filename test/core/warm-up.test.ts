import { expect, it } from 'vitest';

import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { daysOfView, featureSessions, warmUpSessions } from '#core/warm-up.ts';

it.each([
  ['the volume profile', { volumeProfileDays: 90, correlationDays: 60 }, 90],
  [
    'the correlation, with the close before its first return',
    { volumeProfileDays: 20, correlationDays: 60 },
    61,
  ],
])('decisions look as far back as %s asks for, and the warm-up begins before', (_, looks, days) => {
  expect(daysOfView(looks)).toBe(days);
  expect(warmUpSessions({ ...DEFAULT_PARAMETERS, ...looks })).toBe(days + 10);
});

it.each([
  [{}, 10],
  [{ barMinutes: 15 }, 10],
  [{ emaSlow: 200 }, 61],
  [{ emaSlow: 50, trendBarMinutes: 60 }, 66],
  [{ adxPeriod: 100, barMinutes: 15 }, 61],
  [{ atrPeriod: 100, atrAveragePeriod: 200 }, 22],
  [{ relativeVolumePeriod: 200, barMinutes: 15 }, 10],
] as const)('features begin so far back with %j: %i sessions', (changes, sessions) => {
  const parameters = { ...DEFAULT_PARAMETERS, ...changes };
  expect(featureSessions(parameters)).toBe(sessions);
  expect(warmUpSessions(parameters)).toBeGreaterThanOrEqual(sessions);
});

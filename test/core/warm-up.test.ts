import { expect, it } from 'vitest';

import { daysOfView, warmUpSessions } from '#core/warm-up.ts';

it.each([
  ['the volume profile', { volumeProfileDays: 90, correlationDays: 60 }, 90],
  [
    'the correlation, with the close before its first return',
    { volumeProfileDays: 20, correlationDays: 60 },
    61,
  ],
])('decisions look as far back as %s asks for, and the warm-up begins before', (_, looks, days) => {
  expect(daysOfView(looks)).toBe(days);
  expect(warmUpSessions(looks)).toBe(days + 10);
});

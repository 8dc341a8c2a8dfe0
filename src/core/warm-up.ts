import type { StrategyParameters } from './parameters.ts';

type Looks = Pick<StrategyParameters, 'volumeProfileDays' | 'correlationDays'>;

/** How many days before a session its decisions look at: a return takes two closes. */
export const daysOfView = ({ volumeProfileDays, correlationDays }: Looks): number =>
  Math.max(volumeProfileDays, correlationDays + 1);

/**
 * A symbol's days are its last ones with a bar, so that days without one may lie among them. As many sessions are
 * also what features begin back in life (see the feature store), so that theirs are always within.
 */
const SPARE_SESSIONS = 10;

/** Sessions before the first one that is traded, so that its decisions see all that they look at. */
export const warmUpSessions = (parameters: Looks): number =>
  daysOfView(parameters) + SPARE_SESSIONS;

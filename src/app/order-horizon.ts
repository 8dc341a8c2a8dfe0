import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { AppContext } from './context.ts';

/** The broker cancels orders after 90 days, so none that lives is older. */
const OLDEST_ORDER_MS = 91 * 24 * 60 * MINUTE_MS;

/** No order that was created before this instant may still live. */
export const orderHorizon = ({ clock }: Pick<AppContext, 'clock'>): EpochMs =>
  clock.now() - OLDEST_ORDER_MS;

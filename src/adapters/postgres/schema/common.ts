import type { Ticker } from '#core/ids.ts';
import type { SessionDate } from '#core/session.ts';

import { date, text } from '../drizzle.ts';

export const symbol = () => text('symbol').$type<Ticker>().notNull();

export const sessionDate = () =>
  date('session_date', { mode: 'string' }).$type<SessionDate>().notNull();

import { computeFeatureColumns } from '#core/feature-columns.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { columnsOf, sessionsOf, walkBars } from '../core/support/bars.ts';

/** A worker that keeps one core busy with the history of one symbol, over and over, until it is ended. */
const SESSIONS = 250;

const rows = walkBars({ seed: 7, sessions: SESSIONS });
const bars = columnsOf(rows);
const sessions = sessionsOf(rows);
for (;;) computeFeatureColumns(bars, sessions, DEFAULT_PARAMETERS);

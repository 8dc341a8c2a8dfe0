import { FRESHNESS, WARM_UP } from './filters/data.ts';
import { CONFIDENCE, ENTRY_WINDOW, TREND, VOLUME_PROFILE } from './filters/market.ts';
import { BROKER, SIZE } from './filters/order.ts';
import { CORRELATION, POSITION_CAP, SECTOR } from './filters/portfolio.ts';
import type { DataQuestion, EntryFilter, EntryQuestion } from './filters/question.ts';
import { CONTROL, COOLDOWN, DRAWDOWN, ONE_POSITION, READINESS } from './filters/state.ts';

/** In the order in which they are asked; the signal is looked for after them. */
export const DATA_FILTERS: readonly EntryFilter<DataQuestion>[] = [WARM_UP, FRESHNESS];

/** They depend on the bars alone: a search through history asks them at every bar, see bar-refusal.ts. */
const BAR_FILTERS: readonly EntryFilter<EntryQuestion>[] = [
  ENTRY_WINDOW,
  CONFIDENCE,
  TREND,
  VOLUME_PROFILE,
];

/** What is held, what was traded and what may be done decide them. */
export const ACCOUNT_FILTERS: readonly EntryFilter<EntryQuestion>[] = [
  ONE_POSITION,
  COOLDOWN,
  CONTROL,
  READINESS,
  DRAWDOWN,
  POSITION_CAP,
  SECTOR,
  CORRELATION,
  SIZE,
  BROKER,
];

/** In the order in which they are asked. */
export const SIGNAL_FILTERS: readonly EntryFilter<EntryQuestion>[] = [
  ...BAR_FILTERS,
  ...ACCOUNT_FILTERS,
];

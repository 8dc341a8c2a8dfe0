import { askFreshness, askWarmUp } from './filters/data.ts';
import { askConfidence, askEntryWindow, askTrend, askVolumeProfile } from './filters/market.ts';
import { askBroker, askSize } from './filters/order.ts';
import { askCorrelation, askPositionCap, askSector } from './filters/portfolio.ts';
import type { DataQuestion, EntryFilter, EntryQuestion } from './filters/question.ts';
import {
  askControl,
  askCooldown,
  askDrawdown,
  askOnePosition,
  askReadiness,
} from './filters/state.ts';

/** In the order in which they are asked; the signal is looked for after them. */
export const DATA_FILTERS: readonly EntryFilter<DataQuestion>[] = [
  { name: 'warm-up', ask: askWarmUp },
  { name: 'freshness', ask: askFreshness },
];

/** They depend on the bars alone: a search through history asks them at every bar, see bar-refusal.ts. */
const BAR_FILTERS: readonly EntryFilter<EntryQuestion>[] = [
  { name: 'entry-window', ask: askEntryWindow },
  { name: 'confidence', ask: askConfidence },
  { name: 'trend-15m', ask: askTrend },
  { name: 'volume-profile', ask: askVolumeProfile },
];

/** What is held, what was traded and what may be done decide them. */
export const ACCOUNT_FILTERS: readonly EntryFilter<EntryQuestion>[] = [
  { name: 'one-position', ask: askOnePosition },
  { name: 'cooldown', ask: askCooldown },
  { name: 'control', ask: askControl },
  { name: 'readiness', ask: askReadiness },
  { name: 'drawdown', ask: askDrawdown },
  { name: 'position-cap', ask: askPositionCap },
  { name: 'sector', ask: askSector },
  { name: 'correlation', ask: askCorrelation },
  { name: 'size', ask: askSize },
  { name: 'broker', ask: askBroker },
];

/** In the order in which they are asked. */
export const SIGNAL_FILTERS: readonly EntryFilter<EntryQuestion>[] = [
  ...BAR_FILTERS,
  ...ACCOUNT_FILTERS,
];

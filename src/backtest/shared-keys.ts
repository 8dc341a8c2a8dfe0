import { featureKey } from '#core/feature-pipeline.ts';
import type { StrategyParameters } from '#core/parameters.ts';

/** Those that an agenda depends on besides. */
const AGENDA_PARAMETERS = [
  'confidenceThreshold',
  'noEntryFirstMinutes',
  'noEntryLastMinutes',
  'endOfDay',
  'flattenMinutes',
  'volumeProfileDays',
  'volumeBucketUnit',
  'volumeBucketWidth',
  'volumeNodeFactor',
  'volumeNodeReach',
] as const satisfies readonly (keyof StrategyParameters)[];

const keyOf = (
  parameters: StrategyParameters,
  names: readonly (keyof StrategyParameters)[],
): string => names.map((name) => String(parameters[name])).join(' ');

/** Runs whose parameters have the same share a prepared market: its features, and the signals in them. */
export const signalKey = (parameters: StrategyParameters): string =>
  `${featureKey(parameters)} ${parameters.crossWithinBars}`;

/** Runs whose parameters have the same share the agenda of a prepared market. */
export const agendaKey = (parameters: StrategyParameters): string =>
  `${signalKey(parameters)} ${keyOf(parameters, AGENDA_PARAMETERS)}`;

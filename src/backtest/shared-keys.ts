import type { StrategyParameters } from '#core/parameters.ts';

/** The figures that the features of a symbol depend on. */
const FEATURE_PARAMETERS = [
  'barMinutes',
  'emaFast',
  'emaSlow',
  'atrPeriod',
  'atrAveragePeriod',
  'adxPeriod',
  'relativeVolumePeriod',
  'trendBarMinutes',
] as const satisfies readonly (keyof StrategyParameters)[];

/** Those that an agenda depends on besides. */
const AGENDA_PARAMETERS = [
  'crossWithinBars',
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

/** Runs whose parameters have the same share the features of a market. */
export const featureKey = (parameters: StrategyParameters): string =>
  keyOf(parameters, FEATURE_PARAMETERS);

/** Runs whose parameters have the same share the agenda of a prepared market. */
export const agendaKey = (parameters: StrategyParameters): string =>
  `${featureKey(parameters)} ${keyOf(parameters, AGENDA_PARAMETERS)}`;

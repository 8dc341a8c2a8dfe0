import type { StrategyParameters } from './parameters.ts';

/** A figure that is right alone, but not beside another one. */
export interface ParameterConflict {
  readonly name: keyof StrategyParameters;
  /** Continues "it must …". */
  readonly must: string;
}

/** Pairs of figures of which the first must not be above the second. */
const ORDERED = [
  ['choppyAdx', 'trendingAdx'],
  ['correlationMinDays', 'correlationDays'],
  ['winRateMinTrades', 'winRateTrades'],
  ['poorWinRatePercent', 'goodWinRatePercent'],
  ['goodWinRatePercent', 'topWinRatePercent'],
  ['trailBehindR', 'trailFromR'],
  ['drawdownFirstWarningPercent', 'drawdownSecondWarningPercent'],
] as const satisfies readonly (readonly [keyof StrategyParameters, keyof StrategyParameters])[];

export function parameterConflicts(parameters: StrategyParameters): readonly ParameterConflict[] {
  const { emaFast, emaSlow, barMinutes, trendBarMinutes } = parameters;
  const emas: readonly ParameterConflict[] =
    emaFast < emaSlow ? [] : [{ name: 'emaFast', must: `be below emaSlow (${emaSlow})` }];
  const pairs = ORDERED.filter(([low, high]) => parameters[low] > parameters[high]).map(
    ([name, high]) => ({ name, must: `not be above ${high} (${parameters[high]})` }),
  );
  const trend: readonly ParameterConflict[] =
    trendBarMinutes % barMinutes === 0
      ? []
      : [{ name: 'trendBarMinutes', must: `be a multiple of barMinutes (${barMinutes})` }];
  return [...emas, ...pairs, ...trend];
}

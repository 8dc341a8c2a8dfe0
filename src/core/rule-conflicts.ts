import type { StrategyParameters } from './parameters.ts';

/** A figure that is right alone, but not beside another. */
export interface RuleConflict {
  readonly rule: keyof StrategyParameters;
  readonly value: number;
  /** What it must, in words: "be below emaSlow (21)". */
  readonly must: string;
}

/** Pairs of rules of which the first must not be above the second. */
const ORDERED = [
  ['choppyAdx', 'trendingAdx'],
  ['correlationMinDays', 'correlationDays'],
  ['winRateMinTrades', 'winRateTrades'],
  ['poorWinRatePercent', 'goodWinRatePercent'],
  ['goodWinRatePercent', 'topWinRatePercent'],
  ['trailBehindR', 'trailFromR'],
  ['drawdownFirstWarningPercent', 'drawdownSecondWarningPercent'],
] as const satisfies readonly (readonly [keyof StrategyParameters, keyof StrategyParameters])[];

const conflict = (rule: keyof StrategyParameters, value: number, must: string): RuleConflict => ({
  rule,
  value,
  must,
});

export function ruleConflicts(rules: StrategyParameters): readonly RuleConflict[] {
  const { emaFast, emaSlow, barMinutes, trendBarMinutes } = rules;
  return [
    ...(emaFast < emaSlow ? [] : [conflict('emaFast', emaFast, `be below emaSlow (${emaSlow})`)]),
    ...ORDERED.filter(([low, high]) => rules[low] > rules[high]).map(([low, high]) =>
      conflict(low, rules[low], `not be above ${high} (${rules[high]})`),
    ),
    ...(trendBarMinutes % barMinutes === 0
      ? []
      : [
          conflict(
            'trendBarMinutes',
            trendBarMinutes,
            `be a multiple of barMinutes (${barMinutes})`,
          ),
        ]),
  ];
}

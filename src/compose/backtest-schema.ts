import { z } from 'zod';

import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import { isTicker } from '#core/ids.ts';
import { micros, usdFromNumber, usdToNumber } from '#core/money.ts';
import type { StudyOptions } from '#ports/studies.ts';

const within = (min: number, max: number) => {
  const error = `must be a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
};

const { fills, startingCash, marginMultiplier, afterPeakHalt } = DEFAULT_OPTIONS;

/** How orders fill in a backtest, what they cost, and what the account is like. Money in dollars. */
export const backtestSchema = z.strictObject(
  {
    startingCash: within(1_000, 1_000_000_000)
      .default(startingCash / 1e6)
      .transform(usdFromNumber),
    marginMultiplier: within(1, 4).default(marginMultiplier),
    afterPeakHalt: z
      .enum(['resume', 'stay'], { error: 'must be resume or stay' })
      .default(afterPeakHalt),
    notShortable: z
      .array(z.string().refine(isTicker, { error: 'must be a list of stock symbols' }))
      .default([])
      .transform((symbols) => new Set(symbols)),
    limitFill: z
      .enum(['penetrate', 'touch'], { error: 'must be penetrate or touch' })
      .default(fills.limitFill),
    closings: z
      .enum(['next-open', 'at-close'], { error: 'must be next-open or at-close' })
      .default(fills.closings),
    slippageBps: within(0, 500).default(fills.slippageBps),
    maxParticipationBps: within(1, 10_000).nullable().default(fills.maxParticipationBps),
    commissionPerShare: within(0, 1)
      .default(0)
      .transform((dollars) => micros(Math.round(dollars * 1e6))),
    borrowBpsPerYear: within(0, 50_000).default(fills.borrowBpsPerYear),
  },
  { error: 'must be an object with the settings of a backtest, like { "slippageBps": 2 }' },
);

/** The options of a run, of what was set. */
export function optionsOf(
  set: z.output<typeof backtestSchema>,
): Omit<BacktestOptions, 'sectors' | 'tradeFrom' | 'recording'> {
  const { startingCash: cash, marginMultiplier: multiplier, notShortable, ...rest } = set;
  const { afterPeakHalt: after, commissionPerShare, ...model } = rest;
  return {
    startingCash: cash,
    marginMultiplier: multiplier,
    notShortable,
    afterPeakHalt: after,
    fills: { ...model, fees: { ...fills.fees, commissionPerShare } },
  };
}

/** What was set, of the options of a run, in the order of the table in the manual. */
const settingsOf = (options: ReturnType<typeof optionsOf>): StudyOptions => ({
  startingCash: usdToNumber(options.startingCash),
  marginMultiplier: options.marginMultiplier,
  afterPeakHalt: options.afterPeakHalt,
  notShortable: [...options.notShortable].toSorted(),
  limitFill: options.fills.limitFill,
  closings: options.fills.closings,
  slippageBps: options.fills.slippageBps,
  maxParticipationBps: options.fills.maxParticipationBps,
  commissionPerShare: usdToNumber(options.fills.fees.commissionPerShare),
  borrowBpsPerYear: options.fills.borrowBpsPerYear,
});

const usualSettings = (): StudyOptions => settingsOf(optionsOf(backtestSchema.parse({})));

type OptionName = keyof StudyOptions;

type Comparison = (set: StudyOptions, usual: StudyOptions) => boolean;

const never: Comparison = () => false;

/** Whether an option as it was set lets the same rules come out better than the usual one, whatever the bars. */
const IS_EASIER: Readonly<Record<OptionName, Comparison>> = {
  startingCash: never,
  marginMultiplier: (set, usual) => set.marginMultiplier > usual.marginMultiplier,
  afterPeakHalt: never,
  notShortable: never,
  limitFill: (set, usual) => set.limitFill === 'touch' && usual.limitFill !== 'touch',
  closings: (set, usual) => set.closings === 'at-close' && usual.closings !== 'at-close',
  slippageBps: (set, usual) => set.slippageBps < usual.slippageBps,
  maxParticipationBps: (set, usual) => capOf(set) > capOf(usual),
  commissionPerShare: (set, usual) => set.commissionPerShare < usual.commissionPerShare,
  borrowBpsPerYear: (set, usual) => set.borrowBpsPerYear < usual.borrowBpsPerYear,
};

const capOf = ({ maxParticipationBps }: StudyOptions): number =>
  maxParticipationBps ?? Number.POSITIVE_INFINITY;

/** Those of what was set that are easier than the usual ones. */
export function easierOptions(set: Partial<StudyOptions>): Partial<StudyOptions> {
  const usual = usualSettings();
  const all = { ...usual, ...set };
  // The table's keys are its own names.
  const names = Object.keys(IS_EASIER) as OptionName[];
  return Object.fromEntries(
    names.filter((name) => IS_EASIER[name](all, usual)).map((name) => [name, all[name]]),
  );
}

/** What of it is not the default; undefined where all is. */
export function studyOptions(
  options: ReturnType<typeof optionsOf>,
): Partial<StudyOptions> | undefined {
  const usual = usualSettings();
  const changed = Object.entries(settingsOf(options)).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(usual, name)),
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

import type { BacktestResult } from '#backtest/result.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { count, formatNumber } from '#core/number-words.ts';

import type { Assessment } from '../assess.ts';
import { verdictSentence } from '../verdict.ts';
import { headlineOf } from './headline.ts';
import type { ReportSubject } from './subject.ts';
import { figure, gain, inR, percent } from './words.ts';

/** One screen of text: what was run, the figures, where signals went, and the verdict. */
export function screenOf(
  subject: ReportSubject,
  result: BacktestResult,
  assessment: Assessment,
): readonly string[] {
  const tiles = headlineOf(result, assessment);
  const widths = [
    Math.max(...tiles.map(({ name }) => name.length)),
    Math.max(...tiles.map(({ value }) => value.length)),
  ] as const;
  return [
    `BACKTEST ${subject.runId}  ${subject.span}`,
    subject.what,
    '',
    ...tiles.map(({ name, value, note }) =>
      `${name.padEnd(widths[0])}  ${value.padEnd(widths[1])}  ${note}`.trimEnd(),
    ),
    ...reasonLines(assessment),
    '',
    signalLine(result),
    ...haltLine(result),
    '',
    `Verdict: ${verdictSentence(assessment.verdict)}.`,
    splitLine(assessment),
  ];
}

function reasonLines({ metrics: { groups } }: Assessment): readonly string[] {
  const width = Math.max(0, ...groups.reason.map(({ key }) => key.length));
  const lines = groups.reason.map(
    ({ key, trades, netPnl, winRate, expectancyR }) =>
      `${key.padEnd(width)}  ${count(trades, 'trade').padStart(12)}  ${gain(netPnl).padStart(14)}  won ${percent(winRate).padStart(7)}  ${inR(expectancyR)}`,
  );
  return lines.length === 0 ? [] : ['', ...lines];
}

/** `35,490 signals: confidence 27,662, …, 224 entered (2 missed, 0 rejected)`. */
export function signalLine({ signals, entries, stillOpen }: BacktestResult): string {
  const refused = ENTRY_FILTERS.filter((name) => name !== 'warm-up')
    .map((name) => [name, signals.refused[name]] as const)
    .filter(([, taken]) => taken > 0);
  const all = refused.reduce((sum, [, taken]) => sum + taken, signals.entered);
  const open = stillOpen === 0 ? '' : `, ${stillOpen} still open`;
  return [
    `${count(all, 'signal')}; refused by ${refused.map(([name, taken]) => `${name} ${formatNumber(taken)}`).join(', ') || 'none'};`,
    `${signals.entered} entered (${entries.missed} not filled, ${entries.rejected} rejected${open})`,
  ].join(' ');
}

/** Nothing where entries were never halted. */
export function haltLine({ halts }: BacktestResult): readonly string[] {
  const days = halts.filter(({ scope }) => scope === 'day').length;
  const peaks = halts.length - days;
  const parts = [
    ...(days === 0 ? [] : [`${count(days, 'time')} at the limit of the day`]),
    ...(peaks === 0 ? [] : [`${count(peaks, 'time')} at the limit from the peak`]),
  ];
  return parts.length === 0 ? [] : [`Entries were halted ${parts.join(' and ')}.`];
}

export const splitLine = ({ inSample, outOfSample, splitAt }: Assessment): string =>
  `It stands on the ${count(outOfSample.trades, 'trade')} from ${splitAt ?? 'the end'} on (${inR(outOfSample.expectancyR)} each, profit factor ${figure(outOfSample.profitFactor)}); before: ${count(inSample.trades, 'trade')}, ${inR(inSample.expectancyR)}, ${figure(inSample.profitFactor)}.`;

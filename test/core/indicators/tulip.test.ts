import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { createEma } from '#core/indicators/ema.ts';
import { createSma } from '#core/indicators/sma.ts';

import { describeWithShared, sharedPath } from '../../support/shared.ts';
import { averagesOf, wilderOf } from '../support/series.ts';
import type { HighLowClose } from '../support/series.ts';

const FILE = 'golden/tulip/tulip_cases.json';

interface Case {
  readonly file: string;
  readonly indicator: string;
  readonly options: readonly number[];
  /** Inputs, then expected outputs, which lack the bars of the warm-up. */
  readonly series: readonly (readonly number[])[];
}

/** The vectors are printed with three or four decimals. */
const PRINTED = 0.000_501;

const casesOf = (indicator: string): readonly Case[] => {
  const all = JSON.parse(readFileSync(sharedPath(FILE), 'utf8')) as readonly Case[];
  return all.filter((each) => each.indicator === indicator);
};

const barsOf = ([high = [], low = [], close = []]: Case['series']): readonly HighLowClose[] =>
  close.map((value, index) => ({ high: high[index]!, low: low[index]!, close: value }));

/** By how much the last values of ours are off theirs, where that is more than the printing explains. */
function deviations(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  return ours
    .slice(-theirs.length)
    .map((value, index) => Math.abs(value - theirs[index]!))
    .filter((difference) => !(difference <= PRINTED));
}

describeWithShared(FILE, 'indicators against Tulip and the book it quotes', () => {
  it.each(casesOf('sma'))('the simple moving average ($file)', ({ options, series }) => {
    const ours = averagesOf(createSma(options[0]!), series[0]!);
    expect(deviations(ours, series[1]!)).toEqual([]);
    expect(ours.filter(Number.isNaN)).toHaveLength(ours.length - series[1]!.length);
  });

  it.each(casesOf('ema'))(
    'the exponential one, once it starts at the first close as theirs does ($file)',
    ({ options, series }) => {
      const [inputs = [], expected = []] = series;
      const ema = createEma(options[0]!);
      averagesOf(
        ema,
        Array.from({ length: options[0]! - 1 }, () => inputs[0]!),
      );
      const ours = averagesOf(ema, inputs);
      expect(deviations(ours, expected)).toEqual([]);
    },
  );

  it.each(casesOf('tr'))(
    'the true range, an average of one, from the second bar on ($file)',
    ({ series }) => {
      const ours = [...wilderOf(1, barsOf(series)).atr].slice(1);
      expect(deviations(ours, series[3]!.slice(1))).toEqual([]);
    },
  );

  it.each(casesOf('atr'))(
    'the average true range, once the first bar has a true range as theirs does ($file)',
    ({ options, series }) => {
      const bars = barsOf(series);
      // A close within the first bar makes the range of that bar its true range.
      const before = { ...bars[0]!, close: bars[0]!.low };
      const { atr } = wilderOf(options[0]!, [before, ...bars]);
      expect(deviations([...atr], series[3]!)).toEqual([]);
    },
  );

  it.each(casesOf('di'))(
    'the directional indicators from the second value on: their first comes a bar sooner ($file)',
    ({ options, series }) => {
      const { plusDi, minusDi } = wilderOf(options[0]!, barsOf(series));
      const [plus, minus] = [[...plusDi], [...minusDi]];
      expect(deviations(plus, series[3]!.slice(1))).toEqual([]);
      expect(deviations(minus, series[4]!.slice(1))).toEqual([]);
      expect(plus.filter(Number.isNaN)).toHaveLength(options[0]!);
    },
  );
});

import { describe, expect, it } from 'vitest';

import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { sessionsFrom } from '#core/exchange-calendar.ts';
import { createRandom } from '#core/random.ts';
import { asSessionDate } from '#core/session.ts';
import { deflatedChoices, searchOverfitting } from '#research/search-luck.ts';
import type { Choice } from '#research/search-luck.ts';
import { triedPoints } from '#research/search.ts';
import { pointsOf } from '#research/space.ts';
import { backtestOverfitting } from '#research/statistics/overfitting.ts';
import {
  expectedMaxSharpe,
  probabilisticSharpe,
  sharpeSample,
  trialsOf,
} from '#research/statistics/sharpe.ts';

import { aStudy } from './support/a-study.ts';

const STUDY = aStudy();
const PLAN = { ...STUDY, points: pointsOf(STUDY.axes, STUDY.base) };
const { startingCash } = DEFAULT_OPTIONS;
const FIGURES = { trades: 40, netPnl: startingCash, profitFactor: 1, expectancyR: 0, calmar: 0 };

/** Sessions from a date on, on which each point's returns are noise, with an edge for all; the last one is chosen. */
function aSearch(seed: string, { from = '2025-01-02', sessions = 60, edge = 0 } = {}): Choice {
  const random = createRandom(seed);
  const dates = sessionsFrom(asSessionDate(from), sessions).map(({ date }) => date);
  const outcomes = new Map(
    PLAN.points.map(({ text }, index) => {
      const returns = dates.map(() => 0.01 * random.normal() + edge);
      return [text, { returns, figures: { ...FIGURES, sharpe: index / 4 } }] as const;
    }),
  );
  let equity = startingCash / 1e6;
  const equities = [...outcomes.values()].at(-1)!.returns.map((one) => (equity *= 1 + one));
  const days = dates.map((date, index) => ({ date, equity: equities[index]! }));
  return {
    plan: PLAN,
    known: ({ text }, rung) => (rung === 1 ? outcomes.get(text)! : null),
    played: { startingEquity: startingCash, trades: [], sessions: days },
  };
}

const returnsOf = ({ known }: Choice) => PLAN.points.map((point) => known(point, 1)!.returns);
const chosen = (choice: Choice) => returnsOf(choice).at(-1)!;
const MAXIMUM = expectedMaxSharpe(trialsOf(PLAN.points.map((_, index) => index / 4)));

describe('the luck of a choice', () => {
  it('is what the best of all its tries is expected to show without any edge', () => {
    const search = aSearch('one', { edge: 0.003 });
    const sample = sharpeSample(chosen(search))!;
    const expected = probabilisticSharpe(sample, MAXIMUM);
    expect(deflatedChoices([search])).toBeCloseTo(expected, 9);
    expect(expected).toBeLessThan(probabilisticSharpe(sample));
  });

  it('is taken off all choices of a walk-forward, of which each session counts once', () => {
    const first = aSearch('first', { edge: 0.003 });
    const second = aSearch('second', { from: first.played.sessions[20]!.date, edge: 0.003 });
    const sample = sharpeSample([...chosen(first), ...chosen(second).slice(40)])!;
    expect(sample.count).toBe(80);
    expect(deflatedChoices([first, second])).toBeCloseTo(probabilisticSharpe(sample, MAXIMUM), 9);
  });

  it('is nothing where nothing was chosen', () => {
    expect(deflatedChoices([])).toBeNull();
  });
});

/** A search by halving that kept but the first of its points, on sessions on which another search tried all of them. */
function besideAnother(): { readonly search: Choice; readonly tried: readonly number[] } {
  const whole = aSearch('one', { edge: 0.003 });
  const [first, ...others] = PLAN.points;
  const plan = { ...PLAN, search: { kind: 'halving', points: PLAN.points.length } as const };
  const weak = { returns: [], figures: { ...FIGURES, sharpe: -1 } };
  const strong = { returns: [], figures: { ...FIGURES, sharpe: 9 } };
  const known: Choice['known'] = (point, rung) => {
    if (rung === 1) return whole.known(point, 1);
    return point.text === first!.text ? strong : weak;
  };
  const plain = triedPoints(plan, known).map(({ text }) => text);
  const tried = PLAN.points.flatMap(({ text }, index) => (plain.includes(text) ? [index] : []));
  expect(others.length + 1).toBeGreaterThan(tried.length);
  return { search: { ...whole, plan, known }, tried };
}

describe('points that only another search of the study has tried on these sessions', () => {
  it('are none of the choices whose luck is taken off', () => {
    const { search, tried } = besideAnother();
    const sharpes = PLAN.points.map((_, index) => (tried.includes(index) ? index / 4 : null));
    const sample = sharpeSample(chosen(search))!;
    const expected = probabilisticSharpe(sample, expectedMaxSharpe(trialsOf(sharpes)));
    expect(deflatedChoices([search])).toBeCloseTo(expected, 12);
  });

  it('are none of those of which the best may be overfitted', () => {
    const { search, tried } = besideAnother();
    const returns = returnsOf(search).filter((_, index) => tried.includes(index));
    expect(searchOverfitting([search])).toEqual(backtestOverfitting(returns, 16));
  });
});

describe('the overfitting of searches', () => {
  it('is that of the one search there is', () => {
    const search = aSearch('one');
    expect(searchOverfitting([search])).toEqual(backtestOverfitting(returnsOf(search), 16));
  });

  it('is the share of all splits of all of them', () => {
    const [one, other] = [aSearch('one', { sessions: 12 }), aSearch('other')];
    const parts = [
      backtestOverfitting(returnsOf(one), 6)!,
      backtestOverfitting(returnsOf(other), 12)!,
    ];
    const splits = parts[0]!.splits + parts[1]!.splits;
    const both = searchOverfitting([one, other])!;
    expect(both.splits).toBe(splits);
    const failed = parts.reduce((sum, part) => sum + part.probability * part.splits, 0);
    expect(both.probability).toBeCloseTo(failed / splits, 12);
  });

  it('cannot be told of a few sessions', () => {
    expect(searchOverfitting([aSearch('one', { sessions: 11 })])).toBeNull();
    expect(searchOverfitting([])).toBeNull();
  });
});

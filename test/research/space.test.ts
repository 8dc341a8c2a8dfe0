import { describe, expect, it } from 'vitest';

import { parametersAt, problemOf } from '#core/parameter-axes.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { parseSpace, spaceText } from '#research/space-text.ts';
import { DEFAULT_AXES, gridSize, leftOutNotes, pointsOf } from '#research/space.ts';

const parse = (text: string) => parseSpace(text, DEFAULT_PARAMETERS);

describe('the text of a grid', () => {
  it.each([
    ['stop=2,2.5,3', [{ name: 'stop', values: [2, 2.5, 3] }]],
    ['target=3.5..5:0.5', [{ name: 'target', values: [3.5, 4, 4.5, 5] }]],
    ['emaFast=5..9:3', [{ name: 'emaFast', values: [5, 8] }]],
    ['riskBps=50,100..120:10', [{ name: 'riskBps', values: [50, 100, 110, 120] }]],
    ['confidenceThreshold=75,65', [{ name: 'confidenceThreshold', values: [65, 75] }]],
    ['sizing=win-rate,fixed', [{ name: 'sizing', values: ['win-rate', 'fixed'] }]],
    ['allowShort=true,false', [{ name: 'allowShort', values: [true, false] }]],
    ['maxCorrelation=-0.5..0:0.5', [{ name: 'maxCorrelation', values: [-0.5, 0] }]],
    [
      ' stop=2  barMinutes=5,15 ',
      [
        { name: 'stop', values: [2] },
        { name: 'barMinutes', values: [5, 15] },
      ],
    ],
  ])('%s', (text, axes) => {
    expect(parse(text)).toEqual({ ok: true, axes });
  });

  it.each([
    ['', 'the grid is empty; write it like stop=2,2.5,3 target=3.5..5:0.5'],
    ['stp=2', 'stp: there is no such parameter; did you mean stop?'],
    ['emafast=2', 'emafast: there is no such parameter; did you mean emaFast?'],
    [
      'everything=2',
      'everything: there is no such parameter; write the grid like stop=2,2.5,3 target=3.5..5:0.5',
    ],
    ['stop', 'stop: has no values; write it like stop=1,2,3 or stop=1..3:0.5'],
    ['stop=', 'stop: has no values; write it like stop=1,2,3 or stop=1..3:0.5'],
    ['stop=2..3', 'stop: "2..3" is no range; write from..to:step, like stop=1..3:0.5'],
    ['stop=2..3:0', 'stop: "2..3:0" is no range; write from..to:step, like stop=1..3:0.5'],
    ['stop=3..2:0.5', 'stop: the range "3..2:0.5" ends before it begins'],
    ['stop=2,x', 'stop: has the value "x"; each must be a number from 0.5 to 20'],
    ['stop=2,,3', 'stop: has the value ""; each must be a number from 0.5 to 20'],
    ['stop=200', 'stop: has the value "200"; each must be a number from 0.5 to 20'],
    ['emaFast=2.5', 'emaFast: has the value "2.5"; each must be a whole number from 2 to 100'],
    ['barMinutes=10', 'barMinutes: has the value "10"; each must be 5 or 15'],
    ['sizing=big', 'sizing: has the value "big"; each must be fixed or win-rate'],
    ['stop=2,2', 'stop: has the value 2 twice'],
    ['stop=2 stop=3', 'stop: is given twice; give it once, with all its values'],
    ['stop=2 stopAtrs=3', 'stopAtrs: sets what stop sets as well; leave one of them out'],
    [
      'emaFast=50 emaSlow=20',
      'no point of the grid can be traded; of the first one emaFast: is 50; it must be below emaSlow (20)',
    ],
    [
      'riskBps=1..500:1 topRiskBps=1..500:1',
      'the grid has 250000 points, 100000 are possible; take fewer values',
    ],
  ])('"%s" is refused with one line', (text, error) => {
    expect(parse(text)).toEqual({ ok: false, error });
  });

  it('is read as it is written', () => {
    expect(parse(spaceText(DEFAULT_AXES))).toEqual({ ok: true, axes: DEFAULT_AXES });
  });
});

describe('the points of a grid', () => {
  it('are 72 of the default one, each different and fit to trade', () => {
    const points = pointsOf(DEFAULT_AXES, DEFAULT_PARAMETERS);
    expect(gridSize(DEFAULT_AXES)).toBe(72);
    expect(new Set(points.map(({ text }) => text)).size).toBe(72);
    expect(new Set(points.map(({ parameters }) => JSON.stringify(parameters))).size).toBe(72);
    expect(points[0]!.text).toBe('stop=2 target=3.5 confidenceThreshold=65 barMinutes=5');
    expect(points.map(({ parameters }) => problemOf(parameters))).toEqual(points.map(() => null));
  });

  it('move the three regimes of stop and target together, in the same proportion', () => {
    expect(parametersAt(DEFAULT_PARAMETERS, { stop: 5, target: 2 })).toEqual({
      ...DEFAULT_PARAMETERS,
      stopAtrs: 5,
      trendingStopAtrs: 4,
      choppyStopAtrs: 6,
      targetAtrs: 2,
      trendingTargetAtrs: 2.5,
      choppyTargetAtrs: 1.75,
    });
  });

  it('leave everything as it was at the values that are there already', () => {
    const here = { stop: 2.5, target: 4, confidenceThreshold: 70, barMinutes: 5 };
    expect(parametersAt(DEFAULT_PARAMETERS, here)).toEqual(DEFAULT_PARAMETERS);
  });

  it('leave out those whose parameters do not go together', () => {
    const parsed = parse('emaFast=10,20,30 emaSlow=20,40');
    if (!parsed.ok) throw new Error(parsed.error);
    const points = pointsOf(parsed.axes, DEFAULT_PARAMETERS);
    expect(points.map(({ text }) => text)).toEqual([
      'emaFast=10 emaSlow=20',
      'emaFast=10 emaSlow=40',
      'emaFast=20 emaSlow=40',
      'emaFast=30 emaSlow=40',
    ]);
  });

  it.each([
    [
      'emaFast=10,20,30 emaSlow=20,40',
      '2 of 6 points of the grid cannot be traded and were left out; of the first one emaFast: is 20; it must be below emaSlow (20)',
    ],
    [
      'stop=2,18',
      '1 of 2 points of the grid cannot be traded and was left out; of the first one choppyStopAtrs: is 21.6; it must be a number from 0.5 to 20',
    ],
  ])('that are left out of %s are told of, with the first reason', (text, note) => {
    const parsed = parse(text);
    if (!parsed.ok) throw new Error(parsed.error);
    expect(leftOutNotes(parsed.axes, DEFAULT_PARAMETERS)).toEqual([note]);
  });

  it('are told of in no line where none is left out', () => {
    expect(leftOutNotes(DEFAULT_AXES, DEFAULT_PARAMETERS)).toEqual([]);
  });
});

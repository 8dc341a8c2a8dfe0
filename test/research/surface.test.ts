import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { heatMap, plateau } from '#research/surface.ts';
import type { Axis, Surface } from '#research/surface.ts';

const STOP: Axis = { name: 'stop', values: [2, 2.5, 3] };
const TARGET: Axis = { name: 'target', values: [3, 4, 5, 6] };

/** Values row by row of stop, column by column of target; `-` for one with too few trades, `.` for none. */
function surface(rows: readonly string[], axes: readonly [Axis, Axis] = [STOP, TARGET]): Surface {
  const [down, across] = axes;
  const points = rows.flatMap((row, stop) =>
    row
      .trim()
      .split(/\s+/)
      .map((cell, target) => ({
        coordinates: { [down.name]: down.values[stop]!, [across.name]: across.values[target]! },
        value: cell === '.' ? null : Number(cell.replace('-', '')) || 0,
        trades: cell.startsWith('-') ? 29 : 30,
      })),
  );
  return { axes, points, minTrades: 30 };
}

/** Where it is, its mean, of how many points, and the height of the peak. */
function found(of: Surface) {
  const place = plateau(of);
  return (
    place && [
      place.point.coordinates['stop'],
      place.point.coordinates['target'],
      Number(place.smoothed.toFixed(4)),
      place.points,
      place.peak.value,
    ]
  );
}

describe('the plateau', () => {
  it.each([
    ['is not the peak', ['9 0 2 2', '0 0 3 3', '0 0 3 3'], [3, 6, 3, 4, 9]],
    ['is the first where all is alike', ['1 1 1 1', '1 1 1 1', '1 1 1 1'], [2, 3, 1, 4, 1]],
    [
      'does not count points with too few trades',
      ['-9 1 1 1', '-9 -9 1 2', '1 1 1 1'],
      [2, 6, 1.25, 4, 2],
    ],
    [
      'does not count points without a value',
      ['. 1 1 1', '1 1 1 1', '1 1 1 4'],
      [3, 6, 1.75, 4, 4],
    ],
    ['is no ridge', ['-1 9 -1 1', '-1 9 -1 1', '-1 9 -1 1'], [2.5, 6, 1, 3, 9]],
    ['is no island', ['-1 -1 -1 1', '-1 5 -1 1', '-1 -1 -1 1'], [2.5, 6, 1, 3, 5]],
  ])('%s', (_, rows, expected) => {
    expect(found(surface(rows))).toEqual(expected);
  });

  it.each([
    ['no point has enough trades', ['-1 -1 -1 -1', '-1 -1 -1 -1', '-1 -1 -1 -1']],
    ['there are only islands', ['1 -1 -1 -1', '-1 -1 -1 -1', '-1 -1 -1 1']],
    ['there is nothing', []],
  ])('does not exist where %s', (_, rows) => {
    expect(plateau(surface(rows))).toBeNull();
  });

  it('has the higher point where places are alike', () => {
    const axes: [Axis, Axis] = [
      { name: 'stop', values: [2, 3] },
      { name: 'target', values: [4, 5] },
    ];
    expect(found(surface(['1 1', '3 1'], axes))).toEqual([3, 4, 1.5, 4, 3]);
  });

  it('is a point of its own where the grid has but one', () => {
    const axes: [Axis, Axis] = [
      { name: 'stop', values: [2] },
      { name: 'target', values: [3] },
    ];
    expect(found(surface(['7'], axes))).toEqual([2, 3, 7, 1, 7]);
  });

  it('does not step from one text to the next, which have no order', () => {
    const axes: [Axis, Axis] = [{ name: 'stop', values: ['keep', 'flatten'] }, TARGET];
    expect(found(surface(['9 0 0 0', '3 3 0 0'], axes))).toEqual(['keep', 3, 4.5, 2, 9]);
    expect(found(surface(['0 9 0 0', '3 3 3 0'], axes))).toEqual(['keep', 3, 4.5, 2, 9]);
  });

  it('refuses a point that is not on its axes', () => {
    const point = { coordinates: { stop: 7, target: 3 }, value: 1, trades: 50 };
    expect(() => plateau({ axes: [STOP, TARGET], points: [point], minTrades: 1 })).toThrow(
      'no value of stop: 7',
    );
  });

  it('is never higher than the peak, and the same in whatever order the points come', () => {
    const cells = fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 11 }), (values, turn) => {
        const rows = [0, 4, 8].map((from) => values.slice(from, from + 4).join(' '));
        const { points, ...rest } = surface(rows);
        const place = plateau({ ...rest, points })!;
        expect(place.smoothed).toBeLessThanOrEqual(place.peak.value!);
        const turned = plateau({
          ...rest,
          points: [...points.slice(turn), ...points.slice(0, turn)],
        })!;
        expect(turned.smoothed).toBeCloseTo(place.smoothed, 9);
      }),
    );
  });
});

describe('a heat map', () => {
  const THIRD: Axis = { name: 'threshold', values: [65, 70] };
  const points = STOP.values.flatMap((stop, row) =>
    TARGET.values.flatMap((target, column) =>
      THIRD.values.map((threshold, depth) => ({
        coordinates: { stop, target, threshold },
        value: column === 3 ? null : 100 * row + 10 * column + depth,
        trades: row === 2 && depth === 1 ? 3 : 50,
      })),
    ),
  );
  const map = (of: 'best' | 'mean') =>
    heatMap({ axes: [STOP, TARGET, THIRD], points, minTrades: 30 }, { x: 'target', y: 'stop', of });

  it.each([
    [
      'best',
      [
        [1, 11, 21, null],
        [101, 111, 121, null],
        [200, 210, 220, null],
      ],
    ],
    [
      'mean',
      [
        [0.5, 10.5, 20.5, null],
        [100.5, 110.5, 120.5, null],
        [200, 210, 220, null],
      ],
    ],
  ] as const)('has the %s over the axes that it does not show', (of, cells) => {
    expect(map(of)).toEqual({ x: TARGET, y: STOP, cells });
  });

  it('refuses an axis that is not there', () => {
    const there = { axes: [STOP], points: [], minTrades: 1 };
    expect(() => heatMap(there, { x: 'stop', y: 'speed', of: 'best' })).toThrow('no axis: speed');
  });
});

import { describe, expect, it } from 'vitest';

import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { addDays, asSessionDate } from '#core/session.ts';
import { createVolumeProfile } from '#core/volume-profile.ts';

const FIRST = asSessionDate('2025-10-01');

/** Closes and volumes, oldest first. */
type Sessions = readonly (readonly [close: number, volume: number])[];

const barsOf = (sessions: Sessions) =>
  sessions.map(([close, volume], index) => ({ date: addDays(FIRST, index), close, volume }));

const times = (count: number, ...session: Sessions[number]): Sessions =>
  Array.from({ length: count }, () => session);

/** The profile of so many sessions as are given. */
const read = (sessions: Sessions, price: number, changes: Partial<StrategyParameters> = {}) =>
  createVolumeProfile(barsOf(sessions), {
    ...DEFAULT_PARAMETERS,
    volumeProfileDays: sessions.length,
    ...changes,
  }).read(price);

/** A node at 100: its bucket holds 16 of 31, the average is 3.1 in each of ten. */
const NODE_AT_100: Sessions = [
  [100, 16],
  [90, 1],
  [91, 1],
  [92, 1],
  [93, 2],
  [94, 2],
  [110, 2],
  [111, 2],
  [112, 2],
  [113, 2],
];

describe('the volume profile', () => {
  it.each(
    // oxfmt-ignore
    [
      // price   bucket distance near   why
      [100,      100,   0,       true,  'at the node'],
      [98,       98,    2,       true,  'two buckets below'],
      [102,      102,   2,       true,  'two buckets above'],
      [97.5,     98,    2,       true,  'half a dollar is rounded up: two buckets, though 2.5 dollars'],
      [102.49,   102,   2,       true,  'the last price of its bucket'],
      [97.49,    97,    3,       false, 'three buckets below'],
      [102.5,    103,   3,       false, 'three buckets above'],
      [1,        1,     99,      false, 'far away'],
    ] as const,
  )(
    'puts %d in bucket %d, %d from the node: near %s (%s)',
    (...[price, bucket, distance, isNear]) => {
      expect(read(NODE_AT_100, price)).toEqual({
        kind: 'read',
        days: 10,
        width: 1,
        bucket,
        node: 100,
        distance,
        isNear,
      });
    },
  );

  it.each<[string, Sessions, number | null]>([
    // Average 10: the limit is 15.
    [
      'more than half above the average',
      [
        [50, 15.001],
        [60, 4.999],
      ],
      50,
    ],
    [
      'half above the average, which is not enough',
      [
        [50, 15],
        [60, 5],
      ],
      null,
    ],
    [
      'two sessions that add up',
      [
        [50, 8],
        [49.5, 8],
        [60, 4],
      ],
      50,
    ],
    [
      'closes that round to different dollars',
      [
        [50, 8],
        [50.5, 8],
        [60, 4],
      ],
      null,
    ],
    [
      'the same in each',
      [
        [50, 5],
        [60, 5],
        [70, 5],
      ],
      null,
    ],
    [
      'all in one',
      [
        [50, 5],
        [50, 7],
      ],
      null,
    ],
    // Of 30 shares in three buckets the average is 10; the many empty ones between do not lower it.
    [
      'no more than half above those that hold any',
      [
        [50, 15],
        [60, 8],
        [70, 7],
      ],
      null,
    ],
  ])('takes for a node %s', (_, sessions, node) => {
    expect(read(sessions, 50)).toMatchObject({ node, isNear: node !== null });
  });

  it.each<[string, Sessions, number, number]>([
    [
      'the nearest of several nodes',
      [
        [50, 40],
        [80, 40],
        [60, 1],
        [61, 1],
        [62, 1],
      ],
      70,
      80,
    ],
    [
      'the nearest of several nodes, in whichever order',
      [
        [80, 40],
        [50, 40],
        [60, 1],
        [61, 1],
        [62, 1],
      ],
      70,
      80,
    ],
    [
      'of two as near the lower one',
      [
        [80, 40],
        [50, 40],
        [60, 1],
        [61, 1],
        [62, 1],
      ],
      65,
      50,
    ],
    [
      'of two as near the lower one, in whichever order',
      [
        [50, 40],
        [80, 40],
        [60, 1],
        [61, 1],
        [62, 1],
      ],
      65,
      50,
    ],
  ])('measures to %s', (_, sessions, price, node) => {
    expect(read(sessions, price)).toMatchObject({ node, distance: Math.abs(node - price) });
  });

  it('is that of the dollar above or below for a price of cents, and of any volume', () => {
    const sessions: Sessions = [
      [0.6, 0.9],
      [0.4, 0.1],
    ];
    expect(read(sessions, 0.3)).toMatchObject({ bucket: 0, node: 1, distance: 1, isNear: true });
  });

  it('looks at the last sessions alone', () => {
    const sessions = [...times(30, 50, 100), ...NODE_AT_100];
    expect(read(sessions, 50, { volumeProfileDays: 10 })).toMatchObject({ node: 100, days: 10 });
    expect(read(sessions, 50, { volumeProfileDays: 40 })).toMatchObject({ node: 50, days: 40 });
  });

  it('is too short with one session less than asked for, and says how many there are', () => {
    const twenty = [...times(19, 100, 10), ...times(1, 50, 1)];
    const days = { volumeProfileDays: DEFAULT_PARAMETERS.volumeProfileDays };
    expect(read(twenty, 100, days)).toMatchObject({ kind: 'read', days: 20, isNear: true });
    expect(read(twenty.slice(1), 100, days)).toEqual({ kind: 'too-short', days: 19 });
    expect(read([], 100, days)).toEqual({ kind: 'too-short', days: 0 });
  });

  it.each(
    // oxfmt-ignore
    [
      // unit      width price    width then bucket
      ['dollars',  1,    100,     1,         100],
      ['dollars',  0.5,  100.2,   0.5,       200],
      ['dollars',  5,    102.5,   5,         21],
      ['percent',  1,    100,     1,         100],
      ['percent',  2,    100,     2,         50],
      ['percent',  0.5,  40,      0.2,       200],
    ] as const,
  )(
    'has buckets of %s %d: at %d a width of %d',
    (...[unit, volumeBucketWidth, price, width, bucket]) => {
      const changes = { volumeBucketUnit: unit, volumeBucketWidth } as const;
      expect(read(NODE_AT_100, price, changes)).toMatchObject({ width, bucket });
    },
  );

  it('tells a node as a price, whatever the width', () => {
    const changes = { volumeBucketUnit: 'percent', volumeBucketWidth: 0.5 } as const;
    const sessions: Sessions = [
      [50, 40],
      [40, 1],
      [41, 1],
    ];
    expect(read(sessions, 50.4, changes)).toMatchObject({ node: 198 * 0.252, bucket: 200 });
  });

  it('rounds half a bucket up also where the division falls a hair short', () => {
    // 1.15 / 0.1 is 11.499999999999998.
    expect(read(NODE_AT_100, 1.15, { volumeBucketWidth: 0.1 })).toMatchObject({ bucket: 12 });
    expect(read(NODE_AT_100, 1.149_999, { volumeBucketWidth: 0.1 })).toMatchObject({ bucket: 11 });
    // Twelve digits count: 11.499 999 999 98 is half, 11.499 999 999 9 is not.
    const hair = { volumeBucketWidth: 0.1 };
    expect(read(NODE_AT_100, 1.149_999_999_998, hair)).toMatchObject({ bucket: 12 });
    expect(read(NODE_AT_100, 1.149_999_999_99, hair)).toMatchObject({ bucket: 11 });
  });

  it.each([
    ['factor', { volumeNodeFactor: 6 }],
    ['reach', { volumeNodeReach: 1 }],
    ['width', { volumeBucketWidth: 0.5 }],
  ] as const)('heeds the %s of the parameters', (_, changes) => {
    expect(read(NODE_AT_100, 98)).toMatchObject({ isNear: true });
    expect(read(NODE_AT_100, 98, changes)).toMatchObject({ isNear: false });
  });

  it.each<[string, Sessions[number]]>([
    ['a close that is no number', [Number.NaN, 5]],
    ['no close', [0, 5]],
    ['a close below zero', [-100, 5]],
    ['an endless close', [Infinity, 5]],
    ['a volume that is no number', [100, Number.NaN]],
    ['no volume', [100, 0]],
    ['a volume below zero', [100, -5]],
    ['an endless volume', [100, Infinity]],
  ])('cannot be read with %s in one session, and says which', (_, session) => {
    const sessions = [...NODE_AT_100.slice(1), session];
    expect(read(sessions, 100)).toEqual({
      kind: 'bad-bar',
      days: 10,
      date: asSessionDate('2025-10-10'),
    });
    // Of a session that is too long ago it does not matter.
    expect(read([session, ...NODE_AT_100], 100, { volumeProfileDays: 10 }).kind).toBe('read');
  });

  it.each([0, -1, Number.NaN, Infinity])('cannot be read at a price of %d', (price) => {
    expect(read(NODE_AT_100, price)).toEqual({ kind: 'bad-price', days: 10 });
  });

  it('cannot be read in buckets without a width', () => {
    expect(read(NODE_AT_100, 100, { volumeBucketWidth: 0 }).kind).toBe('bad-price');
  });
});

it('reads each price by the width that is its own, whatever was read before', () => {
  const figures = {
    ...DEFAULT_PARAMETERS,
    volumeProfileDays: 10,
    volumeBucketUnit: 'percent',
  } as const;
  const profile = createVolumeProfile(barsOf(NODE_AT_100), figures);
  for (const price of [100, 50, 100, 113]) {
    const alone = createVolumeProfile(barsOf(NODE_AT_100), figures).read(price);
    expect(profile.read(price)).toEqual(alone);
  }
});

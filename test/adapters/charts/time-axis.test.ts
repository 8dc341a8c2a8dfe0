import { describe, expect, it } from 'vitest';

import { barAxis, dayAxis, pointAxis } from '#adapters/charts/time-axis.ts';
import { asSessionDate, MINUTE_MS } from '#core/session.ts';

import { at, bars } from './facts.ts';

const starts = (...parts: readonly (readonly [time: string, day: number, count: number])[]) =>
  parts.flatMap(([time, day, count]) => bars(count, at(time, day)).map(({ start }) => start));
const shown = ({ labels }: { labels: readonly { x: number; text: string }[] }) =>
  labels.map(({ x, text }) => `${x} ${text}`);

describe('the time axis of bars', () => {
  it('labels New York times at round minutes with room between them', () => {
    expect(shown(barAxis(starts(['09:30', 11, 78]), 5, 6))).toEqual([
      '6 10:00',
      '18 11:00',
      '30 12:00',
      '42 13:00',
      '54 14:00',
      '66 15:00',
    ]);
  });

  it.each([
    { pixels: 64, labels: ['0 10:05', '1 10:10', '2 10:15', '3 10:20', '4 10:25', '5 10:30'] },
    { pixels: 32, labels: ['1 10:10', '3 10:20', '5 10:30'] },
    { pixels: 22, labels: ['2 10:15', '5 10:30'] },
    { pixels: 11, labels: ['5 10:30'] },
  ])('takes wider steps where bars have $pixels pixels', ({ pixels, labels }) => {
    expect(shown(barAxis(starts(['10:05', 11, 6]), 5, pixels))).toEqual(labels);
  });

  it('draws nothing between sessions, and names the day that begins', () => {
    const axis = barAxis(starts(['14:30', 11, 18], ['09:30', 12, 30]), 5, 6);
    expect(axis.dayStarts).toEqual([18]);
    expect(shown(axis)).toEqual(['6 15:00', '18 Feb 12', '36 11:00']);
  });

  it('counts by the New York calendar in summer as in winter', () => {
    const summer = Date.parse('2025-07-01T13:30:00Z');
    const axis = barAxis([summer, summer + 5 * MINUTE_MS], 5, 100);
    expect(shown(axis)).toEqual(['0 09:30', '1 09:35']);
  });

  it('labels a bar that has no round minute', () => {
    expect(shown(barAxis([at('10:07')], 5, 100))).toEqual(['0 10:07']);
  });
});

describe('the time axis of points', () => {
  it('keeps the distances of one day, and labels round times', () => {
    const axis = pointAxis([at('09:42'), at('09:45'), at('11:10')], 400);
    expect(axis.xs).toEqual([0, 3 * MINUTE_MS, 88 * MINUTE_MS]);
    expect(axis.labels.map(({ text }) => text)).toEqual([
      '09:45',
      '10:00',
      '10:15',
      '10:30',
      '10:45',
      '11:00',
    ]);
    expect(axis.labels[0]?.x).toBe(3 * MINUTE_MS);
    expect(axis.dayStarts).toEqual([]);
  });

  it('cuts the nights short, and labels the days', () => {
    const instants = [at('15:50'), at('15:55'), at('16:00'), at('09:30', 12), at('09:35', 12)];
    const axis = pointAxis(instants, 400);
    expect(axis.xs.map((x) => x / MINUTE_MS)).toEqual([0, 5, 10, 25, 30]);
    expect(axis.labels.map(({ x, text }) => `${x / MINUTE_MS} ${text}`)).toEqual([
      '0 Feb 11',
      '25 Feb 12',
    ]);
    expect(axis.dayStarts).toEqual([25 * MINUTE_MS]);
  });

  it('draws no borders between days that are too many to be named', () => {
    const axis = pointAxis(
      [3, 4, 5, 6, 7].map((day) => at('16:00', day)),
      200,
    );
    expect(axis.labels.map(({ text }) => text)).toEqual(['Feb 3', 'Feb 5', 'Feb 7']);
    expect(axis.dayStarts).toEqual([]);
  });

  it('labels a single point with its time', () => {
    expect(pointAxis([at('09:31')], 400)).toEqual({
      xs: [0],
      labels: [{ x: 0, text: '09:31' }],
      dayStarts: [],
    });
  });
});

describe('the axis of days', () => {
  it('labels as many as have room, the last one always', () => {
    const dates = [3, 4, 5, 6, 7].map((day) => asSessionDate(`2025-02-0${day}`));
    expect(dayAxis(dates, 64).map(({ text }) => text)).toHaveLength(5);
    expect(dayAxis(dates, 63).map(({ x, text }) => `${x} ${text}`)).toEqual([
      '0 Feb 3',
      '2 Feb 5',
      '4 Feb 7',
    ]);
  });
});

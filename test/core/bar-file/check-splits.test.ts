import { readFileSync, readdirSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { findSplits, sharesFor } from '#core/bar-file/check-splits.ts';
import type { SplitSession } from '#core/bar-file/check-splits.ts';
import { asSessionDate } from '#core/session.ts';
import { describeWithShared, sharedPath } from '#test/support/shared.ts';

const session = (open: number, close: number, volume: number): SplitSession => ({
  date: asSessionDate('2025-11-28'),
  open,
  close,
  volume,
});

describe('a split that is not adjusted', () => {
  it.each([
    ['2 for 1', [200, 100, 2000], 2],
    ['3 for 2', [150, 100, 1500], 1.5],
    ['20 for 1', [2000, 101, 20_000], 20],
    ['1 for 10', [5, 50, 100], 0.1],
    ['10 for 1 of which the volume is adjusted already', [1000, 100, 1100], 10],
  ])('of %s is seen', (_, [close = 0, open = 0, volume = 0], shares) => {
    const found = findSplits([session(close, close, 1000), session(open, open, volume)]);
    expect(found.map(({ index, ratio }) => [index, sharesFor(ratio)])).toEqual([[1, shares]]);
  });

  it.each([
    ['a bad morning', 100, 88, 3000],
    ['a crash to the half', 100, 50, 9000],
    ['a leap to the double', 50, 100, 8000],
    ['a jump that is no ratio', 100, 57, 1800],
  ])('is not seen in %s', (_, close, open, volume) => {
    expect(findSplits([session(close, close, 1000), session(open, open, volume)])).toEqual([]);
  });
});

const linesOf = (...path: readonly string[]): readonly (readonly string[])[] =>
  readFileSync(sharedPath('data', ...path), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

describeWithShared('data/1day', 'beside the raw prices of twenty stocks', () => {
  it('each split from 1999 to 2021 is found, and nothing else', () => {
    const symbols = readdirSync(sharedPath('data/1day')).map((name) => name.split('_')[0] ?? '');
    const found = symbols.flatMap((symbol) => {
      const sessions = linesOf('1day', `${symbol}_1day.csv`).map(
        ([at = '', open, , , close, volume]): SplitSession => ({
          date: asSessionDate(at.slice(0, 10)),
          open: Number(open),
          close: Number(close),
          volume: Number(volume),
        }),
      );
      return findSplits(sessions).map(
        ({ index, ratio }) => `${symbol} ${sessions[index]?.date} ${sharesFor(ratio).toFixed(2)}`,
      );
    });
    const kept = linesOf('corporate-actions', 'daily_actions_1999_2021.csv')
      .filter(([symbol = '', , , shares]) => symbols.includes(symbol) && Number(shares) !== 1)
      .map(([symbol, date, , shares]) => `${symbol} ${date} ${Number(shares).toFixed(2)}`);
    // Its class C shares were paid out as a dividend, which the list of splits does not hold.
    const paidOut = 'GOOGL 2014-04-03 2.00';
    expect(found.toSorted()).toEqual([...kept, paidOut].toSorted());
  });
});

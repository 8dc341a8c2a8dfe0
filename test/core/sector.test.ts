import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { sectorShareOf } from '#core/sector.ts';

const symbols = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => ticker(`${prefix}${index}`));

/** NVDA beside `open` positions, `same` of them of its sector. */
const shareOf = (open: number, same: number, maxShare = DEFAULT_PARAMETERS.maxSectorShare) => {
  const alike = symbols('A', same);
  const sectors = new Map([ticker('NVDA'), ...alike].map((each) => [each, 'Technology']));
  return sectorShareOf(
    ticker('NVDA'),
    new Set([...alike, ...symbols('B', open - same)]),
    sectors,
    maxShare,
  );
};

describe('the share of a sector', () => {
  it.each(
    // oxfmt-ignore
    [
      // open same room
      [0,  0, true],
      [1,  0, true],
      [1,  1, false],
      [2,  0, true],
      [2,  1, false],
      [3,  1, true],
      [3,  2, false],
      [4,  1, true],
      [4,  2, false],
      [5,  1, true],
      [5,  2, false],
      [8,  3, true],
      [8,  4, false],
      [10, 3, true],
      [10, 4, false],
    ] as const,
  )('of %d open with %d of the same has room: %s', (open, same, hasRoom) => {
    expect(shareOf(open, same)).toEqual({ sector: 'Technology', open, same, hasRoom });
  });

  it.each([
    // In floating point the first product is a little above 7, the second a little below 29.
    [0.28, 25, 7],
    [0.29, 100, 29],
    [0.1, 30, 3],
  ])('of %d is reached at exactly that part of %d', (maxShare, open, same) => {
    expect(shareOf(open, same, maxShare).hasRoom).toBe(false);
    expect(shareOf(open, same - 1, maxShare).hasRoom).toBe(true);
  });

  it.each([
    // A billionth of a position is none.
    [0.95e-9, false],
    [1e-9, false],
    [1.05e-9, true],
  ])('of %d beside one other has room: %s', (maxShare, hasRoom) => {
    expect(shareOf(1, 0, maxShare).hasRoom).toBe(hasRoom);
  });

  it('counts all symbols without a known sector as one sector', () => {
    const sectors = new Map([[ticker('KO'), 'Staples']]);
    const open = new Set(['KO', 'GME', 'AMC'].map(ticker));
    expect(sectorShareOf(ticker('BB'), open, sectors, 0.4)).toEqual({
      sector: 'unknown',
      open: 3,
      same: 2,
      hasRoom: false,
    });
    expect(sectorShareOf(ticker('KO'), open, sectors, 0.4)).toMatchObject({ same: 1 });
  });

  it('has no room when the limit is no number', () => {
    expect(shareOf(3, 0, Number.NaN).hasRoom).toBe(false);
  });
});

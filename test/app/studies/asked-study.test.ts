import { describe, expect, it } from 'vitest';

import type { AppContext } from '#app/context.ts';
import { askedStudy, USUAL_WORDS } from '#app/studies/asked-study.ts';
import { studySuggestions } from '#app/studies/study-suggestions.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { spaceText } from '#research/space-text.ts';
import { DEFAULT_AXES } from '#research/space.ts';
import { noStudies } from '#test/support/studies.ts';

/** On Wednesday, 2025-11-26, an hour after the open. */
const NOW = Date.parse('2025-11-26T15:30:00Z');

const context = {
  ...noStudies(),
  assets: {
    of: async (symbols: readonly string[]) => new Map(symbols.map((each) => [each, null])),
  },
  keptBars: async () => new Set(),
  watchlist: [ticker('AAPL'), ticker('NVDA')],
  parameters: { ...DEFAULT_PARAMETERS, stopAtrs: 2.2 },
  sectors: new Map([
    [ticker('AAPL'), 'Technology'],
    [ticker('JPM'), 'Banks'],
  ]),
  clock: { now: () => NOW },
  broker: { calendar: async (from: never, to: never) => sessionsBetween(from, to) },
} as unknown as AppContext;

const ask = (options: Readonly<Record<string, string>> = {}) => askedStudy(context, options);

describe('/optimize without options', () => {
  it('sweeps the default grid around what trades over the last year', async () => {
    expect(await ask()).toEqual({
      kind: 'sweep',
      symbols: ['AAPL', 'NVDA'],
      from: '2024-11-25',
      to: '2025-11-25',
      base: context.parameters,
      ...USUAL_WORDS,
      sectors: { AAPL: 'Technology' },
    });
  });

  it('varies what the terminal varies', () => {
    expect(USUAL_WORDS.grid).toBe(spaceText(DEFAULT_AXES));
  });

  it('walks forward over two years, in which there is a whole one', async () => {
    expect(await ask({ kind: 'walk-forward' })).toMatchObject({
      kind: 'walk-forward',
      from: '2023-11-27',
      to: '2025-11-25',
    });
  });
});

describe('what is wrong with a wish for a study', () => {
  it.each([
    [{ grid: 'stp=2' }, 'stp: there is no such parameter; did you mean stop?'],
    [
      { search: 'all' },
      'not a search: "all"; use grid, or random:200 or halving:200, of 1 to 99,999 points.',
    ],
    [{ objective: 'gain' }, 'not an objective: "gain"'],
    [{ kind: 'walk-forward', windows: 'years' }, 'no windows: "years"; use half-years'],
    [{ from: '2025-11-20' }, '4 sessions are too few to choose on some and try on others'],
    [{ kind: 'walk-forward', from: '2025-08-01' }, 'no year has 21 sessions in both of its halves'],
    [{ from: '2019-01-02' }, 'longer than the 5 years that a sweep may span'],
    [
      { symbols: 'AAPL,NVDIA' },
      'symbols: the broker does not know NVDIA, and no bars are kept of it; check the spelling.',
    ],
    [{ symbols: '7UP' }, '“7UP” is no stock symbol'],
    [{ to: 'soon' }, 'to: “soon” is no date; write one like 2025-01-31.'],
  ])('%j is told with its cure', async (options, words) => {
    await expect(ask(options)).rejects.toThrow(words);
  });
});

const found = (option: string, typed: string) =>
  studySuggestions(context, option, typed).map(({ value }) => value);

describe('the suggestions for a study', () => {
  it('begin with what is usual, and can all be asked for', async () => {
    for (const name of ['grid', 'search', 'objective', 'windows'] as const) {
      const [first, ...others] = studySuggestions(context, name, '');
      expect(first?.value).toBe(USUAL_WORDS[name]);
      for (const { value } of others) {
        expect(await ask({ kind: 'walk-forward', [name]: value })).toMatchObject({ [name]: value });
      }
    }
  });

  it('go on from what is typed', () => {
    expect(found('search', 'ha')).toEqual(['halving:50']);
    expect(found('symbols', 'AAPL,n')).toEqual(['AAPL,NVDA']);
    expect(found('from', '')).toEqual([]);
  });
});

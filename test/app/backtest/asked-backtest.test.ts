import { describe, expect, it } from 'vitest';

import { askedBacktest } from '#app/backtest/asked-backtest.ts';
import { backtestSuggestions } from '#app/backtest/backtest-suggestions.ts';
import { UserError } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import type { Asset } from '#core/account.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { parametersAt } from '#core/parameter-axes.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { addDays, asSessionDate } from '#core/session.ts';
import { pointText } from '#research/space.ts';
import { NO_BACKTESTS } from '#test/support/backtests.ts';

/** On Wednesday, 2025-11-26, an hour after the open. */
const NOW = Date.parse('2025-11-26T15:30:00Z');

/** What the broker knows; one that it has not told of is missing. */
const knownBut =
  (strange: Readonly<Record<string, null | undefined>>): AppContext['assets']['of'] =>
  async (symbols) =>
    new Map(
      symbols
        .filter((symbol) => strange[symbol] !== undefined || !(symbol in strange))
        .map((symbol) => [symbol, symbol in strange ? null : ({ symbol } as Asset)]),
    );

const keepsSbny = async () => new Set([ticker('SBNY')]);

const context = {
  ...NO_BACKTESTS,
  mode: 'PAPER',
  assets: { of: knownBut({}) },
  watchlist: [ticker('AAPL'), ticker('NVDA')],
  parameters: DEFAULT_PARAMETERS,
  clock: { now: () => NOW },
  broker: { calendar: async (from: never, to: never) => sessionsBetween(from, to) },
} as unknown as AppContext;

const list = (count: number) => Array.from({ length: count }, (_, n) => `A${n}`).join(',');

type Options = Readonly<Record<string, string>>;

const ask = (options: Options = {}, changes: Partial<AppContext> = {}) =>
  askedBacktest({ ...context, ...changes }, options);

describe('a backtest without options', () => {
  it('plays the watchlist through the last sixty sessions that are over, with what trades', async () => {
    const { from, to, ...rest } = await ask();
    expect(rest).toEqual({ symbols: ['AAPL', 'NVDA'], changes: {} });
    expect(to).toBe('2025-11-25');
    expect(sessionsBetween(from, to)).toHaveLength(60);
  });

  it('is refused for a watchlist that is too long', async () => {
    const watchlist = Array.from({ length: 26 }, (_, index) => ticker(`A${index}`));
    await expect(ask({}, { watchlist })).rejects.toThrow(
      'The watchlist has 26 symbols; a backtest takes at most 25: name fewer in symbols.',
    );
  });
});

describe('the symbols of a backtest', () => {
  it('are read however they are written, each once', async () => {
    expect(await ask({ symbols: ' msft,BRK.B , msft,' })).toMatchObject({
      symbols: ['MSFT', 'BRK.B'],
    });
  });

  it('may be twenty-five, and no more', async () => {
    expect((await ask({ symbols: list(25) })).symbols).toHaveLength(25);
    await expect(ask({ symbols: list(26) })).rejects.toThrow('These are 26 symbols');
  });

  it('are refused when one is none', async () => {
    await expect(ask({ symbols: 'AAPL, 7UP' })).rejects.toThrow('“7UP” is no stock symbol');
  });

  it('are refused at once where nobody knows them', async () => {
    const assets = { of: knownBut({ NVDIA: null, APPL: null }) };
    await expect(ask({ symbols: 'MSFT,NVDIA,APPL' }, { assets })).rejects.toThrow(
      'symbols: the broker does not know NVDIA, APPL, and no bars are kept of them; check the spelling.',
    );
    await expect(ask({ symbols: 'NVDIA' }, { assets })).rejects.toThrow('are kept of it;');
  });

  it('are taken where bars of them are kept, they are watched, or the broker cannot say', async () => {
    const assets = { of: knownBut({ SBNY: null, AAPL: null, MSFT: undefined }) };
    const symbols = 'SBNY,AAPL,MSFT';
    expect(await ask({ symbols }, { assets, keptBars: keepsSbny })).toMatchObject({
      symbols: ['SBNY', 'AAPL', 'MSFT'],
    });
  });

  it('are asked of the kept bars all at once, and only where the broker does not know them', async () => {
    const assets = { of: knownBut({ SBNY: null, FRC: null }) };
    const asked: unknown[] = [];
    const keptBars: AppContext['keptBars'] = async (symbols) => {
      asked.push(symbols);
      return new Set(symbols);
    };
    await ask({ symbols: 'SBNY,MSFT,FRC' }, { assets, keptBars });
    await ask({ symbols: 'MSFT' }, { assets, keptBars });
    expect(asked).toEqual([['SBNY', 'FRC']]);
  });

  it('are those of its own market in a sandbox, which plays no bars of the world', async () => {
    const assets = { of: knownBut({ SBNY: null }) };
    const sandbox = { assets, keptBars: keepsSbny, mode: 'SANDBOX' } as const;
    await expect(ask({ symbols: 'AAPL,SBNY' }, sandbox)).rejects.toThrow(
      'symbols: the sandbox’s market has no SBNY, and a backtest here plays no other; leave it out, or play stored bars with npm run backtest.',
    );
    expect(await ask({ symbols: 'MSFT' }, sandbox)).toMatchObject({ symbols: ['MSFT'] });
  });
});

describe('the dates of a backtest', () => {
  it.each([[{}], [{ to: '2025-06-30' }], [{ from: '2025-01-02' }]])(
    'of %j take two looks at the calendar: what is over, and what is played',
    async (options) => {
      const asked: unknown[] = [];
      const calendar: AppContext['broker']['calendar'] = async (from, to) => {
        asked.push([from, to]);
        return sessionsBetween(from, to);
      };
      await ask(options, { broker: { calendar } as AppContext['broker'] });
      expect(asked).toHaveLength(2);
    },
  );

  it('are taken as they are given', async () => {
    const options = { from: '2025-01-02', to: '2025-06-30' };
    expect(await ask(options)).toMatchObject(options);
  });

  it('begin sixty sessions before the last one when only that is given', async () => {
    const { from, to } = await ask({ to: '2025-06-30' });
    expect(sessionsBetween(from, to)).toHaveLength(60);
  });

  it.each([
    [{ from: '2025-02-30' }, 'from: “2025-02-30” is no date; write one like 2025-01-31.'],
    [{ to: 'yesterday' }, 'to: “yesterday” is no date; write one like 2025-01-31.'],
    [
      { from: '2025-06-30', to: '2025-01-02' },
      'from 2025-06-30 is later than to 2025-01-02: exchange them.',
    ],
    [
      { from: '2030-09-02' },
      'from 2030-09-02 is not over yet: the last session that is over is 2025-11-25.',
    ],
    [
      { to: '2030-01-01' },
      'to 2030-01-01 is not over yet: the last session that is over is 2025-11-25.',
    ],
    [
      { to: '2025-11-26' },
      'to 2025-11-26 is not over yet: the last session that is over is 2025-11-25.',
    ],
    [
      { from: '2025-11-22', to: '2025-11-23' },
      'From 2025-11-22 to 2025-11-23 there is no session: the exchange was closed.',
    ],
    [
      { from: '2020-01-02', to: '2025-11-25' },
      'From 2020-01-02 to 2025-11-25 is longer than the 5 years that a backtest may span: name a later from.',
    ],
  ])('are refused in a clear line: %o', async (options, line) => {
    const asking = ask(options);
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow(line);
  });

  it('may span five years to the day', async () => {
    const to = asSessionDate('2025-11-25');
    expect(await ask({ from: '2020-11-25', to })).toMatchObject({ from: '2020-11-25' });
    await expect(ask({ from: addDays(to, -1_828), to })).rejects.toThrow('5 years');
  });
});

describe('the parameters of a backtest', () => {
  it('are those that trade, with what is to differ', async () => {
    const parameters = { ...DEFAULT_PARAMETERS, riskBps: 50 };
    const { changes } = await ask({ params: 'stopAtrs=2  allowShort=false' }, { parameters });
    expect(changes).toEqual({ riskBps: 50, stopAtrs: 2, allowShort: false });
  });

  it('name only what differs from the defaults', async () => {
    const parameters = { ...DEFAULT_PARAMETERS, riskBps: 50 };
    expect(await ask({ params: 'riskBps=100' }, { parameters })).toMatchObject({ changes: {} });
  });

  it('may be a point as a search writes it', async () => {
    const point = { stop: 3, target: 4, confidenceThreshold: 65, barMinutes: 15 };
    const { changes } = await ask({ params: pointText(point) });
    expect({ ...DEFAULT_PARAMETERS, ...changes }).toEqual(parametersAt(DEFAULT_PARAMETERS, point));
    expect(changes).toMatchObject({ stopAtrs: 3, trendingStopAtrs: 2.4, choppyStopAtrs: 3.6 });
  });

  it.each([
    ['stopp=2', 'params: there is no figure “stopp”; did you mean stop?'],
    ['target=99', 'params: target: is 99; it must be a number from 0.5 to 40.'],
    ['stop=18', 'params: choppyStopAtrs: is 21.6; it must be a number from 0.5 to 20.'],
    ['stop=2 stopAtrs=3', 'params: stopAtrs: sets what stop sets as well; leave one of them out.'],
    ['emaFast=8 emaFast=9', 'params: emaFast: is given twice; give it once.'],
    ['stopAtr=2', 'params: there is no figure “stopAtr”; did you mean stopAtrs?'],
    ['volume', 'params: “volume” is not of the form name=value; write stop=2 emaFast=8'],
    ['emaFast=', 'params: “emaFast=” is not of the form name=value'],
    ['stopAtrs=99', 'params: stopAtrs: is 99; it must be a number from 0.5 to 20.'],
    ['emaFast=2.5', 'params: emaFast: is 2.5; it must be a whole number from 2 to 100.'],
    ['allowShort=maybe', 'params: allowShort: is maybe; it must be true or false.'],
    ['barMinutes=7', 'params: barMinutes: is 7; it must be 5 or 15.'],
    ['endOfDay=sell', 'params: endOfDay: is sell; it must be flatten or hold.'],
    ['emaFast=30', 'params: emaFast: is 30; it must be below emaSlow (21).'],
    ['xyz=1', 'params: there is no figure “xyz”; type params to be shown those there are'],
  ])('are refused in a clear line: %s', async (params, line) => {
    await expect(ask({ params })).rejects.toThrow(line);
  });
});

const suggest = (option: string, typed: string) =>
  backtestSuggestions(context, option, typed).map(({ value }) => value);

describe('what is suggested while one types', () => {
  it('completes the last symbol of the list, with those that are not in it', () => {
    expect(suggest('symbols', '')).toEqual(['AAPL', 'NVDA']);
    expect(suggest('symbols', 'n')).toEqual(['NVDA']);
    expect(suggest('symbols', 'nvda,')).toEqual(['nvda,AAPL']);
    expect(suggest('symbols', 'nvda aa')).toEqual(['nvda AAPL']);
  });

  it('completes the last figure of the list, with the value that trades', () => {
    expect(suggest('params', 'stopA')).toEqual(['stopAtrs=2.5']);
    expect(suggest('params', 'stopAtrs=2 EMA')).toEqual([
      'stopAtrs=2 emaFast=9',
      'stopAtrs=2 emaSlow=21',
    ]);
    expect(suggest('params', 'emaFast=9')).toEqual([]);
    expect(suggest('params', 'stop')).toEqual(['stop=2.5', 'stopAtrs=2.5']);
    expect(suggest('params', '').slice(0, 2)).toEqual(['stop=2.5', 'target=4']);
  });
});

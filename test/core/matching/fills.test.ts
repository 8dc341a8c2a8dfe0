import { describe, expect, it } from 'vitest';

import { aBracket, anExchange, aRequest, aShortBracket, NVDA } from './an-exchange.ts';
import type { Ohlc } from './an-exchange.ts';

const fillsOf = (events: readonly string[]) => events.filter((event) => event.includes('fill'));

describe('a single order and the first bar after it', () => {
  type Shape = Parameters<typeof aRequest>[0];
  const cases: readonly (readonly [string, Shape, Ohlc, number | null])[] = [
    ['a market buy fills at the open', {}, [101, 102, 100, 101], 101],
    ['a market sell fills at the open', { side: 'sell' }, [99, 102, 98, 101], 99],
    ['a buy limit above the open fills at the open', { limit: '100' }, [99.5, 101, 99, 100], 99.5],
    ['a buy limit at the open fills there', { limit: '100' }, [100, 101, 100, 100], 100],
    [
      'a buy limit fills at the limit, a tick through',
      { limit: '100' },
      [101, 102, 99.99, 101],
      100,
    ],
    ['a buy limit that is only touched waits', { limit: '100' }, [101, 102, 100, 101], null],
    ['a buy limit that is not reached waits', { limit: '100' }, [101, 102, 100.5, 101], null],
    [
      'a sell limit below the open fills at the open',
      { side: 'sell', limit: '100' },
      [101, 102, 99, 100],
      101,
    ],
    [
      'a sell limit fills at the limit, a tick through',
      { side: 'sell', limit: '103' },
      [101, 103.01, 99, 100],
      103,
    ],
    [
      'a sell limit that is only touched waits',
      { side: 'sell', limit: '103' },
      [101, 103, 99, 100],
      null,
    ],
    ['a buy stop fills at the stop', { type: 'stop', stop: '102' }, [101, 102, 100, 101], 102],
    [
      'a gapped buy stop fills at the open',
      { type: 'stop', stop: '102' },
      [104, 105, 103, 104],
      104,
    ],
    ['a buy stop above the bar waits', { type: 'stop', stop: '102' }, [101, 101.9, 100, 101], null],
    [
      'a sell stop fills at the stop',
      { side: 'sell', type: 'stop', stop: '99' },
      [100, 101, 98, 98.5],
      99,
    ],
    [
      'a gapped sell stop fills at the open',
      { side: 'sell', type: 'stop', stop: '99' },
      [97, 98, 96, 97],
      97,
    ],
    [
      'a buy stop-limit fills at the stop',
      { type: 'stop_limit', stop: '102', limit: '102.5' },
      [101, 103, 100, 102],
      102,
    ],
    [
      'a buy stop-limit gapped within its limit fills at the open',
      { type: 'stop_limit', stop: '102', limit: '102.5' },
      [102.4, 103, 102, 103],
      102.4,
    ],
    [
      'a buy stop-limit gapped through its limit waits',
      { type: 'stop_limit', stop: '102', limit: '102.5' },
      [103, 104, 102, 103],
      null,
    ],
  ];

  it.each(cases)('%s', (_, shape, bar, expected) => {
    const { submit, bar: play } = anExchange();
    submit(aRequest(shape));
    expect(fillsOf(play(bar))).toEqual(expected === null ? [] : [`single fill 10 @ ${expected}`]);
  });

  it('fills a limit at a touch where the rule says so', () => {
    const { submit, bar } = anExchange({ limitFill: 'touch' });
    submit(aRequest({ limit: '100' }));
    expect(bar([101, 102, 100, 101])).toEqual(['single fill 10 @ 100']);
  });

  it('needs a hundredth of a cent beyond a limit below a dollar', () => {
    const { submit, bar } = anExchange();
    submit(aRequest({ limit: '0.5', symbol: 'PENY' }));
    expect(bar([0.6, 0.6, 0.5, 0.6], { symbol: 'PENY' })).toEqual([]);
    expect(bar([0.6, 0.6, 0.4999, 0.6], { symbol: 'PENY' })).toEqual(['single fill 10 @ 0.5']);
  });

  it('lets a triggered stop-limit work on as a limit from the next bar', () => {
    const { submit, bar } = anExchange();
    submit(aRequest({ type: 'stop_limit', stop: '102', limit: '102.5' }));
    bar([103, 104, 102, 103]);
    expect(bar([103, 103.5, 102.4, 103])).toEqual(['single fill 10 @ 102.5']);
  });

  it('keeps the exact price of a bar that is not on a tick', () => {
    const { submit, bar } = anExchange();
    submit(aRequest());
    expect(bar([100.123456, 101, 100, 100])).toEqual(['single fill 10 @ 100.123456']);
  });
});

const mirror = (price: number) => Math.round((200 - price) * 1e6) / 1e6;
const mirrored = ([open, high, low, close]: Ohlc): Ohlc => [
  mirror(open),
  mirror(low),
  mirror(high),
  mirror(close),
];
const mirroredText = (text: string) =>
  text.replace(/@ (.+)$/, (_, price: string) => `@ ${mirror(Number(price))}`);

describe('a bracket, bar by bar', () => {
  const long: readonly (readonly [string, readonly Ohlc[], readonly string[]])[] = [
    [
      'the target fills a tick through, in a later bar',
      [
        [100, 101, 99, 100],
        [101, 105.01, 100, 105],
      ],
      ['entry fill 10 @ 100', 'take-profit fill 10 @ 105'],
    ],
    [
      'the target gapped over fills at the open',
      [
        [100, 101, 99, 100],
        [106, 107, 105, 106],
      ],
      ['entry fill 10 @ 100', 'take-profit fill 10 @ 106'],
    ],
    [
      'the stop fills at its price',
      [
        [100, 101, 99, 100],
        [99, 100, 97, 98],
      ],
      ['entry fill 10 @ 100', 'stop-loss fill 10 @ 98'],
    ],
    [
      'the stop gapped over fills at the open',
      [
        [100, 101, 99, 100],
        [95, 96, 94, 95],
      ],
      ['entry fill 10 @ 100', 'stop-loss fill 10 @ 95'],
    ],
    [
      'the stop comes before the target inside one bar',
      [
        [100, 101, 99, 100],
        [100, 106, 97, 105],
      ],
      ['entry fill 10 @ 100', 'stop-loss fill 10 @ 98'],
    ],
    [
      'the stop is live on the entry bar',
      [[101, 102, 97, 98]],
      ['entry fill 10 @ 100', 'stop-loss fill 10 @ 98'],
    ],
    [
      'the target is live on the entry bar when the open filled the entry',
      [[99.5, 105.01, 99, 105]],
      ['entry fill 10 @ 99.5', 'take-profit fill 10 @ 105'],
    ],
    [
      'the target is not live on the entry bar when the entry filled inside it',
      [[101, 106, 99, 105]],
      ['entry fill 10 @ 100'],
    ],
    [
      'an open beyond the stop fills entry and stop there',
      [[97, 98, 96, 97]],
      ['entry fill 10 @ 97', 'stop-loss fill 10 @ 97'],
    ],
  ];

  it.each(long)('long: %s', (_, bars, expected) => {
    const { submit, bar } = anExchange();
    submit(aBracket());
    expect(fillsOf(bars.flatMap((prices) => bar(prices)))).toEqual(expected);
  });

  it.each(long)('short, mirrored at 100: %s', (_, bars, expected) => {
    const { submit, bar } = anExchange();
    submit(aShortBracket());
    expect(fillsOf(bars.flatMap((prices) => bar(mirrored(prices))))).toEqual(
      expected.map(mirroredText),
    );
  });

  it('counts the bars in which the rule chose the stop', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aBracket());
    bar([100, 101, 99, 100]);
    bar([100, 106, 97, 105]);
    expect(exchange.ambiguities()).toEqual({ stopAndTarget: 1, targetOnEntryBar: 0 });
  });

  it('does not count a stop after a target that has had its share of the bar at the open', () => {
    const { exchange, submit, bar } = anExchange({ maxParticipationBps: 1000 });
    submit(aBracket());
    bar([100, 101, 99, 100], { volume: 1_000 });
    bar([106, 107, 97, 98], { volume: 40 });
    expect(exchange.position(NVDA)).toBeUndefined();
    expect(exchange.ambiguities()).toEqual({ stopAndTarget: 0, targetOnEntryBar: 0 });
  });

  it('counts the entry bars whose target was passed over', () => {
    const { exchange, submit, bar } = anExchange();
    submit(aBracket());
    bar([101, 106, 99, 105]);
    expect(exchange.ambiguities()).toEqual({ stopAndTarget: 0, targetOnEntryBar: 1 });
  });

  it('leaves a stop-limit leg working that is gapped through', () => {
    const { exchange, submit, bar } = anExchange();
    const { legs } = submit(aBracket({ stopLossLimit: '97.5' }));
    bar([100, 101, 99, 100]);
    expect(bar([95, 96, 94, 95])).toEqual(['take-profit canceled', 'stop-loss new']);
    expect(exchange.order(legs[1]!)?.status).toBe('new');
    expect(bar([96, 97.6, 96, 97])).toEqual(['stop-loss fill 10 @ 97.5']);
  });
});

describe('a share of the volume', () => {
  it('limits what a limit order takes of each bar', () => {
    const { submit, bar } = anExchange({ maxParticipationBps: 1000 });
    submit(aRequest({ limit: '100', quantity: 10 }));
    expect(bar([100, 101, 99, 100], { volume: 60 })).toEqual(['single partial_fill 6 @ 100']);
    expect(bar([100, 101, 99, 100], { volume: 60 })).toEqual(['single fill 4 @ 100']);
  });

  it('does not fill at all where it comes to less than a share', () => {
    const { submit, bar } = anExchange({ maxParticipationBps: 1000 });
    submit(aRequest({ limit: '100' }));
    expect(bar([100, 101, 99, 100], { volume: 9 })).toEqual([]);
  });

  it('does not hold back a market order', () => {
    const { submit, bar } = anExchange({ maxParticipationBps: 1000 });
    submit(aRequest());
    expect(bar([100, 101, 99, 100], { volume: 9 })).toEqual(['single fill 10 @ 100']);
  });
});

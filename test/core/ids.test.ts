import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  clientOrderIdOf,
  closeIdOf,
  entryClientOrderId,
  entryTradeId,
  isTicker,
  purposeOf,
  ticker,
} from '#core/ids.ts';
import type { OrderPurpose } from '#core/ids.ts';
import { addDays, asSessionDate, newYorkInstant } from '#core/session.ts';

describe('a ticker', () => {
  it.each(['A', 'AAPL', 'BRK.B', 'BRK/B', 'GOOGL', 'S499'])('may be %s', (text) => {
    expect(isTicker(text)).toBe(true);
    expect(ticker(text)).toBe(text);
  });

  it.each(['', 'aapl', ' AAPL', 'AAPL ', 'TOOLONGX', '1A', 'BRK.', 'A;DROP', 'BTC/USDT'])(
    'may not be %j',
    (text) => {
      expect(isTicker(text)).toBe(false);
      expect(() => ticker(text)).toThrow(RangeError);
    },
  );
});

const of = (day: string, time: string, symbol: string) => {
  const date = asSessionDate(day);
  return entryTradeId(date, newYorkInstant(date, time), ticker(symbol));
};

describe('the ids of an entry', () => {
  it.each([
    ['2025-11-28', '10:30', 'NVDA', '2025-11-28-1030-NVDA'],
    ['2025-07-03', '09:35', 'BRK.B', '2025-07-03-0935-BRK.B'],
  ])(
    'on %s at %s for %s are made of %s: the same in winter and summer',
    (day, time, symbol, id) => {
      expect(of(day, time, symbol)).toBe(id);
      expect(entryClientOrderId(of(day, time, symbol))).toBe(`brk-${id}-entry`);
    },
  );

  it('differ between symbols, bars and days', () => {
    const ids = [
      of('2025-11-25', '10:30', 'NVDA'),
      of('2025-11-25', '10:30', 'AMD'),
      of('2025-11-25', '10:35', 'NVDA'),
      of('2025-11-26', '10:30', 'NVDA'),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('are short enough for the broker', () => {
    expect(entryClientOrderId(of('2025-11-25', '10:30', 'ABCDEF.AB')).length).toBeLessThanOrEqual(
      48,
    );
  });
});

const TRADE = of('2025-11-28', '10:30', 'NVDA');
const ofTrade = { of: 'trade', tradeId: TRADE } as const;
const ofClose = { of: 'close', tradeId: TRADE, closeId: closeIdOf(TRADE, 2) } as const;

describe('the id of an order tells what it is for', () => {
  it.each<[string, OrderPurpose]>([
    ['brk-2025-11-28-1030-NVDA-entry', { ...ofTrade, kind: 'entry' }],
    ['brk-2025-11-28-1030-NVDA-scale', { ...ofTrade, kind: 'scale' }],
    ['brk-2025-11-28-1030-NVDA-guard1', { ...ofTrade, kind: 'guard', n: 1 }],
    ['brk-2025-11-28-1030-NVDA-move12', { ...ofTrade, kind: 'move', n: 12 }],
    ['brk-2025-11-28-1030-NVDA-close2-exit3', { ...ofClose, kind: 'exit', n: 3 }],
    ['brk-2025-11-28-1030-NVDA-close2-keep1', { ...ofClose, kind: 'keep', n: 1 }],
    ['brk-2025-11-28-1030-NVDA-close2-rescue1', { ...ofClose, kind: 'rescue', n: 1 }],
  ])('%s', (id, purpose) => {
    expect(clientOrderIdOf(purpose)).toBe(id);
    expect(purposeOf(id)).toEqual(purpose);
  });

  const texts = [
    ['the broker’s own', 'b3f9e6a2-5b43-4e67-9c63-1d2f6cf0a111'],
    ['nothing', ''],
    ['another bot’s', 'bot-2025-11-28-1030-NVDA-entry'],
    ['a trade alone', 'brk-2025-11-28-1030-NVDA'],
    ['a closing alone', 'brk-2025-11-28-1030-NVDA-close2'],
    ['an unknown purpose', 'brk-2025-11-28-1030-NVDA-hedge1'],
    ['an entry with a number', 'brk-2025-11-28-1030-NVDA-entry1'],
    ['a guard without one', 'brk-2025-11-28-1030-NVDA-guard'],
    ['number zero', 'brk-2025-11-28-1030-NVDA-guard0'],
    ['a padded number', 'brk-2025-11-28-1030-NVDA-guard01'],
    ['an exit outside a closing', 'brk-2025-11-28-1030-NVDA-exit1'],
    ['something after it', 'brk-2025-11-28-1030-NVDA-entry\n'],
    ['something before it', ' brk-2025-11-28-1030-NVDA-entry'],
    ['lower case', 'brk-2025-11-28-1030-nvda-entry'],
  ] as const;

  it.each(texts)('and none of ours is %s', (_, text) => {
    expect(purposeOf(text)).toBeNull();
  });

  it('is read back for every trade, symbol and number, and fits the broker’s 128 characters', () => {
    const anyTrade = fc
      .record({
        day: fc.integer({ min: 0, max: 20_000 }),
        minute: fc.integer({ min: 0, max: 24 * 60 - 1 }),
        symbol: fc.stringMatching(/^[A-Z][A-Z0-9]{0,5}(?:[./][A-Z]{1,2})?$/),
      })
      .map(({ day, minute, symbol }) => {
        const date = addDays(asSessionDate('2000-01-01'), day);
        const [hours, minutes] = [Math.floor(minute / 60), minute % 60];
        const time = [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':');
        return entryTradeId(date, newYorkInstant(date, time), ticker(symbol));
      });
    const n = fc.integer({ min: 1, max: 1_000_000_000 });
    const purpose = fc
      .tuple(anyTrade, fc.constantFrom('entry', 'scale', 'guard', 'move', 'exit', 'keep', 'rescue'))
      .chain(([tradeId, kind]) =>
        fc.tuple(n, n).map(([closing, number]): OrderPurpose => {
          if (kind === 'entry' || kind === 'scale') return { of: 'trade', tradeId, kind };
          if (kind === 'guard' || kind === 'move') {
            return { of: 'trade', tradeId, kind, n: number };
          }
          return { of: 'close', tradeId, closeId: closeIdOf(tradeId, closing), kind, n: number };
        }),
      );
    fc.assert(
      fc.property(purpose, (one) => {
        const id = clientOrderIdOf(one);
        expect(purposeOf(id)).toEqual(one);
        expect(id.length).toBeLessThanOrEqual(128);
      }),
      { numRuns: 500 },
    );
  });

  it('differs whenever the purpose does', () => {
    const all: OrderPurpose[] = [1, 11].flatMap((n): OrderPurpose[] => [
      { ...ofTrade, kind: 'guard', n },
      { ...ofTrade, kind: 'move', n },
      ...([1, 11] as const).flatMap((closing) =>
        (['exit', 'keep', 'rescue'] as const).map((kind): OrderPurpose => ({
          ...ofClose,
          closeId: closeIdOf(TRADE, closing),
          kind,
          n,
        })),
      ),
    ]);
    expect(new Set(all.map(clientOrderIdOf)).size).toBe(all.length);
  });
});

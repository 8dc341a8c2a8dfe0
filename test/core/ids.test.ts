import { describe, expect, it } from 'vitest';

import { entryClientOrderId, entryTradeId, isTicker, ticker } from '#core/ids.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';

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

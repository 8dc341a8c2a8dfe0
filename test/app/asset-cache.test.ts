import { describe, expect, it } from 'vitest';

import { createAssetCache } from '#app/asset-cache.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import { silentLog } from '#test/support/log.ts';

const TODAY = asSessionDate('2025-11-25');
const TOMORROW = asSessionDate('2025-11-26');
const [AAPL, MSFT, NVDA] = ['AAPL', 'MSFT', 'NVDA'].map(ticker) as [Ticker, Ticker, Ticker];

/** A broker that knows every symbol and counts who asks, but fails for some. */
function brokerWithout(failing: Set<Ticker> = new Set()) {
  const asked: Ticker[] = [];
  let atOnce = 0;
  const most = { atOnce: 0 };
  const broker = {
    asset: async (symbol: Ticker) => {
      asked.push(symbol);
      atOnce += 1;
      most.atOnce = Math.max(most.atOnce, atOnce);
      await Promise.resolve();
      atOnce -= 1;
      if (failing.has(symbol)) throw new Error('time-out');
      return { symbol, tradable: true, shortable: false, hardToBorrow: false };
    },
  };
  return { broker, asked, most };
}

describe('the assets of a session', () => {
  it('are each asked for once a session', async () => {
    const { broker, asked } = brokerWithout();
    const cache = createAssetCache(broker, silentLog);
    await cache.of([AAPL], TODAY);
    await cache.of([AAPL, MSFT], TODAY);
    expect(asked).toEqual([AAPL, MSFT]);
    await cache.of([AAPL], TOMORROW);
    expect(asked).toEqual([AAPL, MSFT, AAPL]);
  });

  it('are missing, logged and asked for again where the look-up fails, and kept where it does not', async () => {
    const failing = new Set([MSFT]);
    const warnings: unknown[] = [];
    const log = { ...silentLog, warn: (fields: object) => warnings.push(fields) };
    const { broker, asked } = brokerWithout(failing);
    const cache = createAssetCache(broker, log);
    const first = await cache.of([AAPL, MSFT, NVDA], TODAY);
    expect([first.has(MSFT), first.get(NVDA)?.tradable]).toEqual([false, true]);
    expect(warnings).toEqual([{ symbol: MSFT, error: 'Error: time-out' }]);
    failing.clear();
    const second = await cache.of([AAPL, MSFT, NVDA], TODAY);
    expect(second.get(MSFT)?.tradable).toBe(true);
    expect(asked).toEqual([AAPL, MSFT, NVDA, MSFT]);
  });

  it('are asked for five at a time', async () => {
    const { broker, asked, most } = brokerWithout();
    const symbols = Array.from({ length: 26 }, (_, index) =>
      ticker(`A${String.fromCodePoint(65 + index)}`),
    );
    await createAssetCache(broker, silentLog).of(symbols, TODAY);
    expect(asked).toEqual(symbols);
    expect(most.atOnce).toBe(5);
  });
});

import { describe, expect, it } from 'vitest';

import { createAlpacaClient, guardedFetch } from '#adapters/alpaca/connection.ts';
import type { AlpacaClient } from '#adapters/alpaca/connection.ts';

import { virtualTimers } from './virtual-timers.ts';

describe('the guard before the network', () => {
  it.each([
    'http://192.168.1.5:4010',
    'https://127.0.0.1:4010',
    'http://paper-api.alpaca.markets',
    'http://127.0.0.1.example.com',
    'http://[2001:db8::1]:4010',
  ])('refuses a stand-in at %s', (url) => {
    expect(() => guardedFetch({ kind: 'stand-in', url })).toThrow('loopback');
  });

  it.each([
    'http://127.0.0.1:4010',
    'http://localhost:4010',
    'http://[::1]:4010',
    'http://127.8.9.1:1',
  ])('takes a stand-in at %s', (url) => {
    expect(() => guardedFetch({ kind: 'stand-in', url })).not.toThrow();
  });

  it.each([
    'https://api.alpaca.markets/v2/account',
    'https://stream.data.alpaca.markets/v2/iex',
    'https://example.com/',
  ])('with a stand-in never contacts %s', async (url) => {
    const fetch = guardedFetch({ kind: 'stand-in', url: 'http://127.0.0.1:9' });
    await expect(fetch(url)).rejects.toThrow('refused to contact');
  });

  it('with paper credentials never contacts the live host', async () => {
    const fetch = guardedFetch({ kind: 'paper', keyId: 'key', secret: 'secret' });
    await expect(fetch('https://api.alpaca.markets/v2/orders')).rejects.toThrow(
      'refused to contact',
    );
  });

  it('with live credentials never contacts the paper host', async () => {
    const fetch = guardedFetch({ kind: 'live', keyId: 'key', secret: 'secret' });
    await expect(fetch('https://paper-api.alpaca.markets/v2/orders')).rejects.toThrow(
      'refused to contact',
    );
  });
});

describe('what may be sent in a minute', () => {
  const at = Date.parse('2025-11-25T14:30:00Z');
  /** How many of these requests may go out at once. */
  async function countAtOnce(
    { budget }: AlpacaClient['trading'],
    priority: 'normal' | 'protective',
  ): Promise<number> {
    const going: boolean[] = [];
    const ask = async () => going.push(await budget.take(priority, at + 1));
    for (let asked = 0; asked < 500; asked += 1) void ask();
    await new Promise(setImmediate);
    return going.length;
  }

  it("29: is Alpaca's 200 for paper and live, 40 of them for what protects alone", async () => {
    const client = createAlpacaClient(
      { kind: 'paper', keyId: 'key', secret: 'secret' },
      { timers: virtualTimers(at) },
    );
    expect(await countAtOnce(client.trading, 'normal')).toBe(160);
    expect(await countAtOnce(client.trading, 'protective')).toBe(40);
    expect(await countAtOnce(client.data, 'normal'), 'counted apart').toBe(200);
  });

  it('29: is any number for a stand-in', async () => {
    const client = createAlpacaClient({ kind: 'stand-in', url: 'http://127.0.0.1:9' });
    expect(await countAtOnce(client.trading, 'normal')).toBe(500);
  });
});

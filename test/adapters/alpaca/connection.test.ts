import { describe, expect, it } from 'vitest';

import { guardedFetch } from '#adapters/alpaca/connection.ts';

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

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { freePort } from '#adapters/postgres/free-port.ts';

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('a free port', () => {
  it('is none that the system gives to outgoing connections', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it('is none on which somebody listens', async () => {
    const taken = await takenPort();
    const free = await freePort();
    const candidates = [taken, taken, free];
    expect(await freePort(() => candidates.shift()!)).toBe(free);
  });

  it('is not looked for without end', async () => {
    const taken = await takenPort();
    await expect(freePort(() => taken)).rejects.toThrow('No port of 127.0.0.1');
  });
});

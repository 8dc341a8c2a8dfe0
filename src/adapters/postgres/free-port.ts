import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (from 32,768 on Linux, 49,152 on macOS and Windows):
 * one of those can be gone between the look and the use.
 */
const FIRST = 20_000;
const LAST = 32_767;
const TRIES = 100;

const anyPort = (): number => randomInt(FIRST, LAST + 1);

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * A port of 127.0.0.1 on which nobody listens, for a server that cannot be told to take any.
 *
 * @throws Error where all that were tried are taken.
 */
export async function freePort(candidate: () => number = anyPort): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = candidate();
    if (await canListen(port)) return port;
  }
  throw new Error(`No port of 127.0.0.1 between ${FIRST} and ${LAST} is free.`);
}

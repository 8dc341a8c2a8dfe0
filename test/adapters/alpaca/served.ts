import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { onTestFinished } from 'vitest';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import type { AlpacaClientOptions } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import { silentLog } from '#test/support/log.ts';

import { hurriedTimers } from './virtual-timers.ts';

export const T0 = Date.parse('2025-11-25T14:30:00Z');

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const json =
  (body: unknown, headers: Record<string, string> = {}, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };

/** Alpaca, answering one request after the other; the last answer serves all that follow. Time flies. */
export async function served(answers: readonly Answer[], options: AlpacaClientOptions = {}) {
  const timers = hurriedTimers(T0);
  const asked: { at: number; line: string; body: string }[] = [];
  const server = createServer((request, response) => {
    const one = { at: timers.now() - T0, line: `${request.method} ${request.url}`, body: '' };
    asked.push(one);
    request.on('data', (chunk: Buffer) => {
      one.body += chunk.toString();
    });
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    request.on('end', () => answer?.(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const client = createAlpacaClient({ kind: 'stand-in', url }, { timers, ...options });
  return {
    asked,
    broker: createAlpacaBroker(client, silentLog),
    marketData: createAlpacaMarketData(client, 'iex', 'replay', silentLog),
  };
}

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { clientOrderId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { Broker } from '#ports/broker.ts';
import { silentLog } from '#test/support/log.ts';
import { describeWithShared, sharedPath } from '#test/support/shared.ts';

interface Recorded {
  readonly name: string;
  readonly http_status: number;
  readonly body: unknown;
}

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A broker whose Alpaca answers everything with one recorded reply. */
async function brokerThatHears(name: string): Promise<Broker> {
  const all = JSON.parse(
    readFileSync(sharedPath('recorded/rest_recorded.json'), 'utf8'),
  ) as Recorded[];
  const recorded = all.find((reply) => reply.name === name);
  if (recorded === undefined) throw new Error(`no recorded reply ${name}`);
  const server = createServer((_, response) => {
    response.writeHead(recorded.http_status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(recorded.body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createAlpacaClient({ kind: 'stand-in', url: `http://127.0.0.1:${port}` });
  return createAlpacaBroker(client, silentLog);
}

const anyBracket = {
  clientOrderId: clientOrderId('brk-1-entry'),
  symbol: ticker('AAPL'),
  side: 'sell',
  quantity: 10,
  limitPrice: parseUsd('274.13'),
  targetPrice: parseUsd('261.17'),
  stopPrice: parseUsd('278.81'),
  timeInForce: 'gtc',
} as const;

describeWithShared(
  'recorded/rest_recorded.json',
  "Alpaca's recorded replies, through the SDK",
  () => {
    it('read as a bracket whose two legs are held', async () => {
      const broker = await brokerThatHears('orders_post_bracket_limit_short_day');
      expect(await broker.submitBracket(anyBracket)).toMatchObject({
        kind: 'accepted',
        order: {
          id: 'ebe02c62-fed1-4aec-8a19-b49a4b7ad854',
          orderClass: 'bracket',
          status: 'pending_new',
          quantity: 10,
          limitPrice: 274_130_000,
          legs: [
            { type: 'limit', status: 'held', limitPrice: 261_170_000, stopPrice: null },
            { type: 'stop', status: 'held', limitPrice: null, stopPrice: 278_810_000 },
          ],
        },
      });
    });

    it('read as an account without the fields that Alpaca has retired', async () => {
      const broker = await brokerThatHears('account_get_cash_account');
      const account = await broker.account();
      expect(account.equity).toBeGreaterThan(0);
      expect(account).toMatchObject({ tradingBlocked: false });
    });

    it('read as a clock that carries an offset', async () => {
      const broker = await brokerThatHears('clock_get');
      const clock = await broker.clock();
      expect(clock.nextClose).toBeGreaterThan(clock.now - 1);
    });

    it('read as positions, of which all is available where nothing is said of it', async () => {
      const broker = await brokerThatHears('positions_get_one_long_spy');
      const position = await broker.position(ticker('SPY'));
      expect(position).toMatchObject({ symbol: 'SPY', side: 'long', quantity: 2, available: 2 });
    });

    it('read as executions with their cumulative quantity', async () => {
      const broker = await brokerThatHears('activities_fill');
      const executions = await broker.executionsSince(0);
      expect(executions.length).toBeGreaterThan(0);
      for (const execution of executions) {
        expect(execution.price).toBeGreaterThan(0);
        expect(execution.cumulativeQuantity).toBeGreaterThanOrEqual(execution.quantity);
      }
    });

    it.each([
      ['error_wash_trade', 'wash-trade'],
      ['error_insufficient_qty_held_for_orders_post_order', 'insufficient-quantity'],
      ['error_bracket_must_be_entry', 'not-an-entry'],
      ['error_sub_penny', 'sub-penny'],
      ['error_replace_insufficient_qty', 'insufficient-quantity'],
      ['error_insufficient_qty_held_for_orders_delete_position', 'insufficient-quantity'],
    ])('%s is classified as %s', async (name, code) => {
      const broker = await brokerThatHears(name);
      expect(await broker.submitBracket(anyBracket)).toMatchObject({ kind: 'rejected', code });
    });
  },
);

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, it } from 'vitest';

import { openLedger } from '#adapters/postgres/ledger.ts';
import { STEPS } from '#app/steps.ts';
import type { Step } from '#app/steps.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { isLive } from '#core/order.ts';
import type { OrderIntent } from '#ports/ledger.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

import { aMarket } from '../sandbox/alpaca-market.ts';
import type { Order, Word } from './trader.ts';

const NVDA = ticker('NVDA');
const TRADER = join(import.meta.dirname, 'trader.ts');

interface Trader {
  readonly child: ChildProcess;
  /** Resolves with 'done', or with 'died' when the process ended instead. */
  tell(order: Order): Promise<'done' | 'died'>;
}

const nothing = (): void => {};

/** A world with one position's whole life in it, and a channel that keeps what it was told. */
async function aWorld(onTestFinished: (close: () => Promise<void>) => void) {
  const bars = [
    [100, 100.1, 99.9, 100],
    // Fills the entry.
    [100, 100.2, 99.5, 100],
    [100, 101.1, 99.9, 101],
    [101, 101.1, 100.9, 101],
    [101, 101.1, 100.9, 101],
  ] as const;
  const market = aMarket({ NVDA: bars });
  const database = await freshDatabase();
  const standIn = await createAlpacaStandIn({
    market,
    startingCash: parseUsd('100000'),
    delays: REALISTIC_DELAYS,
  });
  const children: ChildProcess[] = [];
  const messages = new Map<string, number>();
  onTestFinished(async () => {
    for (const child of children) child.kill('SIGKILL');
    await standIn.close();
    await database.drop();
  });

  async function startTrader(crashAt: Death | null): Promise<Trader> {
    const child = fork(TRADER, [standIn.url, database.url, ...(crashAt ?? []).map(String)], {
      silent: true,
    });
    children.push(child);
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const inbox: Word[] = [];
    let wake = nothing;
    child.on('message', (word: Word) => {
      if (word.is === 'posted') messages.set(word.key, (messages.get(word.key) ?? 0) + 1);
      else inbox.push(word);
      wake();
    });
    const died = once(child, 'exit').then(() => wake());
    const next = async (): Promise<Word | null> => {
      for (;;) {
        const word = inbox.shift();
        if (word !== undefined) return word;
        if (child.exitCode !== null || child.signalCode !== null) return null;
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          died,
        ]);
      }
    };
    const first = await next();
    if (first?.is !== 'ready') throw new Error(`the trader did not start: ${stderr}`);
    return {
      child,
      tell: async (order) => {
        child.send(order);
        const answer = await next();
        if (answer === null) return 'died';
        if (answer.is === 'failed') throw new Error(`${order.do}: ${answer.why}`);
        return 'done';
      },
    };
  }

  const barEnds = market.barEnds.values();
  const nextBar = (): number => {
    const { value } = barEnds.next();
    if (value === undefined) throw new Error('the market has no further bar');
    standIn.advanceTo(value);
    return value;
  };
  return { standIn, database, startTrader, nextBar, messages, onTestFinished };
}

type World = Awaited<ReturnType<typeof aWorld>>;

const PATIENCE_MS = 60_000;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const patience = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > patience) throw new Error('it does not come to an end');
    await delay(50);
  }
}

/** Somebody cancels the bracket at the broker behind the bot's back. */
async function cancelLegs({ standIn }: World): Promise<void> {
  const leg = standIn
    .inspect()
    .orders.findLast(({ role, status }) => role === 'take-profit' && isLive(status));
  if (leg === undefined) throw new Error('there is no leg to cancel');
  await fetch(`${standIn.url}/v2/orders/${leg.id}`, {
    method: 'DELETE',
    headers: { 'APCA-API-KEY-ID': 'k', 'APCA-API-SECRET-KEY': 's' },
  });
  await until(() => !isLive(standIn.inspect().orders.find(({ id }) => id === leg.id)!.status));
}

/** Whoever still needs a cancel asks again. */
const isCancel = ({ request }: OrderIntent): boolean => request.kind === 'cancel';

/**
 * One position's life: entered with two brackets, its stop moved, a part closed, its bracket destroyed by
 * somebody and repaired, a closing that gets stuck in a halt, and the end. The trader dies once, at the
 * step; the one that comes after it is told the same again.
 */
async function live(world: World, crashAt: Death): Promise<{ readonly deaths: number }> {
  const { standIn, nextBar } = world;
  const ledger = await ledgerOf(world);
  let deaths = 0;
  let trader = await world.startTrader(crashAt);
  const tell = async (order: Order): Promise<void> => {
    while ((await trader.tell(order)) === 'died') {
      deaths += 1;
      trader = await world.startTrader(null);
      if ((await trader.tell({ do: 'start' })) === 'died') throw new Error('it died twice');
    }
  };
  await tell({ do: 'start' });
  const first = nextBar();
  await tell({ do: 'cycle', barEnd: first });
  nextBar();
  await tell({ do: 'guard' });
  nextBar();
  await tell({ do: 'move', to: '98.50' });
  await tell({ do: 'close', n: 1, quantity: 100 });
  await cancelLegs(world);
  await tell({ do: 'guard' });
  standIn.behaviour.haltedSymbols.add(NVDA);
  await tell({ do: 'close', n: 2, quantity: 1_000_000 });
  standIn.behaviour.haltedSymbols.delete(NVDA);
  // A stuck closing rests before it begins again.
  await until(async () => {
    await tell({ do: 'guard' });
    const isFlat = standIn.inspect().positions.length === 0;
    // What a dead process wrote down and never sent is given up after a moment.
    return isFlat && (await ledger.openOrderIntents()).every(isCancel);
  });
  trader.child.kill('SIGKILL');
  return { deaths };
}

async function ledgerOf({ database, onTestFinished }: World) {
  const world = { mode: 'SANDBOX', identity: 'an application' };
  const opened = await openLedger({ url: database.url, poolSize: 3, world, log: silentLog });
  onTestFinished(() => opened.close());
  return opened.ledger;
}

/** Where to die, and the how manieth time that the step is reached; `npm run soak` asks for more. */
type Death = readonly [Step, number];

const TIMES = Number(process.env['SAFETY_CRASHES'] ?? 1);
const DEATHS: readonly Death[] = Array.from({ length: TIMES }, (_, index) => index + 1).flatMap(
  (time) => STEPS.map((step) => [step, time] as const),
);

describe('a trader that is killed', () => {
  it.concurrent.for(DEATHS)(
    'at %s for the %d. time comes to the same end as one that was not',
    async ([step, time], { expect, onTestFinished }) => {
      const world = await aWorld(onTestFinished);
      const { deaths } = await live(world, [step, time]);
      // Not every step is reached that often; but each one is, so that none can be forgotten.
      if (time === 1) expect(deaths, 'the step is part of the life that the test lives').toBe(1);

      const { orders, positions } = world.standIn.inspect();
      const ids = orders.map(({ clientOrderId }) => clientOrderId);
      expect(new Set(ids).size, 'one order an intent').toBe(ids.length);
      expect(positions, 'flat').toEqual([]);
      expect(
        orders.filter(({ status }) => isLive(status)),
        'nothing is left working',
      ).toEqual([]);

      const ledger = await ledgerOf(world);
      const bought = orders
        .filter(({ side }) => side === 'buy')
        .reduce((sum, { filledQuantity }) => sum + filledQuantity, 0);
      const sold = orders
        .filter(({ side }) => side === 'sell')
        .reduce((sum, { filledQuantity }) => sum + filledQuantity, 0);
      const [closed, ...others] = await ledger.closedTrades();
      expect(others).toEqual([]);
      expect([closed?.quantity, sold], 'the ledger has what the broker has').toEqual([
        bought,
        bought,
      ]);
      expect(await ledger.netQuantities()).toEqual(new Map());
      expect(await ledger.unfinishedTrades()).toEqual([]);
      expect(await ledger.openCloses()).toEqual([]);
      const posts = [...world.messages];
      expect(posts.filter(([key]) => key.startsWith('entry:')).length).toBe(1);
      expect(posts.filter(([key]) => key.startsWith('exit:')).length).toBe(1);
      expect(posts.filter(([key]) => key.startsWith('close:')).length).toBe(2);
      expect(posts.filter(([key]) => key.startsWith('repaired:')).length).toBe(1);
    },
  );
});

import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { startOpenCloses } from '#app/close/run-close.ts';
import type { AppContext } from '#app/context.ts';
import { cancelStaleEntries, submitPlannedEntries } from '#app/enter.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { moveStop } from '#app/move-stop.ts';
import { cancelGroups, placeOrder } from '#app/place-order.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { clientOrderIdOf, ticker } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { LeaseLostError } from '#ports/lease.ts';
import type { RestRequest } from '#sandbox/alpaca/rest/app.ts';

import { byHand } from './by-hand.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const NVDA = ticker('NVDA');
const FLAT = [
  [100, 100.1, 99.9, 100],
  [100, 100.5, 99.5, 100],
  [100, 100.1, 99.9, 100],
  [100, 100.1, 99.9, 100],
] as const;

interface Scene {
  readonly desk: Desk;
  readonly id: TradeId;
  /** What the broker has been asked since they were taken out last. */
  readonly requests: RestRequest[];
}

/** A trader that holds ten NVDA, whose bracket somebody has just cancelled, beside ten foreign AAPL. */
async function aScene(): Promise<Scene> {
  const requests: RestRequest[] = [];
  const desk = await openDesk(FLAT, {
    others: { AAPL: FLAT },
    onRequest: (request) => requests.push(request),
  });
  const { tradeId, decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
  await submitPlannedEntries(desk.context, decidedAt);
  const hand = byHand(desk.standIn);
  await hand.order({ symbol: 'AAPL', side: 'buy', qty: 10 });
  desk.nextBar();
  await desk.settle();
  await reconcile(desk.context);
  await hand.cancel(hand.live('stop-loss').id);
  await syncOrders(desk.context);
  return { desk, id: tradeId, requests };
}

/** All that the ledger says, by table; who holds the lease apart. */
async function contents(desk: Desk): Promise<Readonly<Record<string, unknown>>> {
  const tables = await desk.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = 'public' AND table_name <> 'trader_lease' ORDER BY 1`,
  );
  const all: Record<string, unknown> = {};
  for (const { name } of tables) {
    all[name] = await desk.query(`SELECT t::text FROM ${name} t ORDER BY 1`);
  }
  return all;
}

const sayNo = (): never => {
  throw new LeaseLostError('this process may not trade the account any more');
};

/** Made ready, so that whatever is asked of the broker afterwards is the trader's own. */
type Deed = (context: AppContext) => Promise<unknown>;

const askForClosing = async ({ desk, id }: Scene): Promise<Deed> => {
  const position = (await desk.context.broker.positions()).find(({ symbol }) => symbol === NVDA);
  return (context) =>
    requestClose(context, {
      tradeId: id,
      position: position!,
      reason: 'manual_close',
      quantity: 10,
      atMarket: false,
      requestedBy: 'test',
    });
};

const placeStop = async ({ id }: Scene): Promise<Deed> => {
  const order = {
    clientOrderId: clientOrderIdOf({ of: 'trade', tradeId: id, kind: 'guard', n: 1 }),
    symbol: NVDA,
    side: 'sell',
    quantity: 10,
    stopPrice: parseUsd('98'),
    targetPrice: null,
    timeInForce: 'gtc',
  } as const;
  return (context) =>
    placeOrder(context, {
      tradeId: id,
      closeId: null,
      symbol: NVDA,
      reason: 'protection',
      requestedBy: 'test',
      request: { kind: 'protection', order },
    });
};

const cancelOne = async ({ desk }: Scene): Promise<Deed> => {
  const [root] = await desk.context.broker.ordersSince(0);
  const why = { closeId: null, reason: 'foreign', requestedBy: 'test' } as const;
  return (context) => cancelGroups(context, [{ root: root!, live: [root!] }], why);
};

/** What a trader may be about to do. */
const DEEDS: readonly (readonly [string, (scene: Scene) => Promise<Deed>])[] = [
  ['place an order', placeStop],
  ['cancel an order', cancelOne],
  ['ask for a closing', askForClosing],
  [
    'run the trading cycle',
    async ({ desk }) => {
      const barEnd = desk.nextBar();
      return (context) => runTradingCycle(context, barEnd);
    },
  ],
  ['guard the positions', async () => guardPositions],
  ['compare the books', async () => reconcile],
  [
    'decide about a foreign position',
    async () => (context) => decideForeign(context, 'AAPL +10', { decision: 'adopt', by: 'Ada' }),
  ],
];

/** Who says no, what the broker is asked meanwhile, and what of the ledger changes. */
async function attempt({ desk, requests }: Scene, deed: () => Promise<unknown>) {
  const before = await contents(desk);
  requests.length = 0;
  const error = await deed().then(
    () => null,
    (reason: unknown) => reason,
  );
  const asked = [...requests];
  const after = await contents(desk);
  const changed = Object.keys(after).filter(
    (table) => JSON.stringify(after[table]) !== JSON.stringify(before[table]),
  );
  return { error, asked, changed };
}

const changesSomething = ({ method }: RestRequest): boolean => method !== 'GET';

describe('a trader that was asleep for longer than its lease', () => {
  it.each(DEEDS)(
    'does not %s: the broker hears nothing, and the ledger stays as it is',
    async (_, prepare) => {
      const scene = await aScene();
      const { desk } = scene;
      const deed = await prepare(scene);
      const asleep = desk.with({ lease: { ...desk.context.lease, assertHeld: sayNo } });
      const { error, asked, changed } = await attempt(scene, () => deed(asleep));
      expect(error).toBeInstanceOf(LeaseLostError);
      expect(asked).toEqual([]);
      expect(changed).toEqual([]);
    },
  );
});

describe('a trader whose account another one has taken, and that does not know', () => {
  it.each(DEEDS)('does not %s: it looks at most', async (_, prepare) => {
    const scene = await aScene();
    const { desk } = scene;
    const deed = await prepare(scene);
    await desk.restart();
    const { error, asked, changed } = await attempt(scene, () => deed(desk.context));
    expect(error).toBeInstanceOf(LeaseLostError);
    expect(asked.filter(changesSomething)).toEqual([]);
    expect(changed).toEqual([]);
  });

  it('carries no closing on, nor tells the channel of it', async () => {
    const scene = await aScene();
    const { desk } = scene;
    // Under a bracket again, which the closing would have to cancel first.
    await desk.settle();
    const ask = await askForClosing(scene);
    await ask(desk.context);
    await desk.restart();
    const before = await contents(desk);
    scene.requests.length = 0;
    await startOpenCloses(desk.context);
    await desk.context.background.idle();
    expect(scene.requests.filter(changesSomething)).toEqual([]);
    expect(await contents(desk)).toEqual(before);
  });

  it('does not give up what the other one is just sending', async () => {
    const { desk, id } = await aScene();
    const next = await desk.restart();
    const isWritten = Promise.withResolvers<void>();
    const maySend = Promise.withResolvers<void>();
    const slow: AppContext = {
      ...next,
      reached: async (step) => {
        if (step !== 'guard.written') return;
        isWritten.resolve();
        await maySend.promise;
      },
    };
    const guarding = guardPositions(slow);
    await isWritten.promise;
    desk.elapse(10_000);
    await expect(syncOrders(desk.context)).rejects.toThrow(LeaseLostError);
    maySend.resolve();
    await guarding;
    const intents = await desk.query(
      `SELECT outcome FROM order_intents WHERE trade_id = '${id}' AND request->>'kind' = 'protection'`,
    );
    expect(intents).toEqual([{ outcome: 'accepted' }]);
  });

  it('moves no stop', async () => {
    const scene = await aScene();
    const { desk, id } = scene;
    await desk.settle();
    await desk.restart();
    scene.requests.length = 0;
    await expect(moveStop(desk.context, id, parseUsd('99'))).rejects.toThrow(LeaseLostError);
    expect(scene.requests.filter(changesSomething)).toEqual([]);
  });

  it('plans no entry anew that the other one may have made by then', async () => {
    const desk = await openDesk([FLAT[0], FLAT[0]]);
    const { tradeId, decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
    const { broker } = desk.context;
    const late = desk.with({
      broker: {
        ...broker,
        submitBracket: async () => {
          await desk.restart();
          const details = { base_price: '101' };
          return { kind: 'rejected', code: 'base-price', httpStatus: 422, message: 'no', details };
        },
      },
    });
    const before = await desk.context.ledger.trade(tradeId);
    await expect(submitPlannedEntries(late, decidedAt)).rejects.toThrow(LeaseLostError);
    expect(await desk.context.ledger.trade(tradeId)).toEqual(before);
  });

  it('cancels no stale entry', async () => {
    const desk = await openDesk([FLAT[0], [105, 105.1, 104.9, 105]]);
    const { decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
    await submitPlannedEntries(desk.context, decidedAt);
    const barEnd = desk.nextBar();
    await desk.restart();
    await expect(cancelStaleEntries(desk.context, barEnd)).rejects.toThrow(LeaseLostError);
    expect(desk.standIn.inspect().orders[0]).toMatchObject({ status: 'new' });
  });
});

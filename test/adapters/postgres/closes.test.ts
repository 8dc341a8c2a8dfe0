import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Close } from '#core/close.ts';
import { brokerOrderId, clientOrderId, closeIdOf, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { ForeignItem, Ledger, OrderIntent, OrderRequest } from '#ports/ledger.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';
import { BAR_END, aCancel, aClose, id, intentOf } from './facts.ts';

const NVDA = ticker('NVDA');

let desk: LedgerDesk;
let ledger: Ledger;

beforeAll(async () => {
  desk = await openDesk();
  ledger = desk.ledger;
});
beforeEach(async () => {
  await desk.clear();
  await ledger.transaction(async (tx) => {
    await tx.insertTrade(intentOf('t1'));
    await tx.insertTrade(intentOf('t2', { symbol: 'AAPL' }));
  });
});
afterAll(() => desk.close());

const begin = (close: Close) => ledger.transaction((tx) => tx.insertClose(close));
const save = (close: Close) => ledger.transaction((tx) => tx.saveClose(close));
const ask = (intent: OrderIntent) => ledger.transaction((tx) => tx.insertOrderIntent(intent));

const count = (of: Close['id'] | Close['tradeId'], kind: OrderRequest['kind']) =>
  ledger.transaction((tx) => tx.countOrderIntents(of, kind));

const see = (
  item: Pick<ForeignItem, 'kind' | 'key' | 'symbol' | 'side' | 'quantity'>,
  at: number,
) => ledger.transaction((tx) => tx.saveForeign(item, at));

const actions = () => desk.query('SELECT action FROM audit_log ORDER BY sequence');

describe('closings', () => {
  it('come back as they were written, from the wish to the proof', async () => {
    const wish = aClose(1);
    expect(await begin(wish)).toBe(true);
    expect(await ledger.close(wish.id)).toEqual(wish);
    const done: Close = {
      ...wish,
      quantity: 9,
      keep: 1,
      phase: 'done',
      phaseSince: BAR_END + 1,
      exits: 3,
      keeps: 2,
      rescues: 1,
      attempt: 2,
      failures: 1,
      lastFailure: 'the broker does not\0 confirm the cancels',
      finishedAt: BAR_END + 2,
      proof: {
        positionQuantity: 1,
        liveOrders: 2,
        exitPrice: parseUsd('99.123456'),
        exitQuantity: 9,
        tookMs: 1234,
      },
    };
    await save(done);
    expect(await ledger.close(wish.id)).toEqual({
      ...done,
      lastFailure: 'the broker does not confirm the cancels',
    });
    expect(await ledger.transaction((tx) => tx.lockClose(wish.id))).toEqual(
      await ledger.close(wish.id),
    );
  });

  it('are null when nobody knows them, and saving them is an error', async () => {
    expect(await ledger.close(closeIdOf(id('t1'), 1))).toBeNull();
    expect(await ledger.transaction((tx) => tx.lockClose(closeIdOf(id('t1'), 1)))).toBeNull();
    await expect(save(aClose(1))).rejects.toThrow('no such closing in the ledger: t1-close1');
  });

  it('are one a symbol: of many begun at once, exactly one is', async () => {
    const other = await desk.openAnother();
    const outcomes = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((n) =>
        (n % 2 === 0 ? desk : other).ledger.transaction((tx) => tx.insertClose(aClose(n))),
      ),
    );
    await other.close();
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await ledger.openCloses()).toHaveLength(1);
  });

  it('of a symbol can begin again once the one before is done, and stuck is not done', async () => {
    await begin(aClose(1));
    await save(aClose(1, { phase: 'stuck' }));
    expect(await begin(aClose(2))).toBe(false);
    await save(aClose(1, { phase: 'done' }));
    expect(await begin(aClose(2))).toBe(true);
    expect(await ledger.transaction((tx) => tx.countCloses(id('t1')))).toBe(2);
    expect(await ledger.transaction((tx) => tx.countCloses(id('t2')))).toBe(0);
  });

  it('that are open come oldest first', async () => {
    await begin(aClose(1, { requestedAt: BAR_END + 1 }));
    await begin(aClose(2, { symbol: ticker('AAPL'), tradeId: id('t2') }));
    await begin(aClose(3, { symbol: ticker('MSFT'), phase: 'done' }));
    expect((await ledger.openCloses()).map(({ id: name }) => name)).toEqual([
      't1-close2',
      't1-close1',
    ]);
  });

  it('are locked until a transaction ends', async () => {
    await begin(aClose(1));
    const addOne = () =>
      ledger.transaction(async (tx) => {
        const close = await tx.lockClose(closeIdOf(id('t1'), 1));
        await tx.saveClose({ ...close!, exits: close!.exits + 1 });
      });
    await Promise.all([addOne(), addOne(), addOne(), addOne()]);
    expect((await ledger.close(closeIdOf(id('t1'), 1)))?.exits).toBe(4);
  });
});

const exitOrder = {
  clientOrderId: clientOrderId('brk-t1-close1-exit1'),
  symbol: NVDA,
  side: 'sell',
  quantity: 10,
} as const;

const REQUESTS: readonly OrderRequest[] = [
  {
    kind: 'bracket',
    order: {
      ...exitOrder,
      side: 'buy',
      limitPrice: parseUsd('100.00'),
      targetPrice: parseUsd('105.00'),
      stopPrice: parseUsd('98.00'),
      timeInForce: 'gtc',
    },
  },
  { kind: 'exit', order: { ...exitOrder, limitPrice: null } },
  {
    kind: 'protection',
    order: { ...exitOrder, stopPrice: parseUsd('0.0001'), targetPrice: null, timeInForce: 'day' },
  },
  {
    kind: 'move',
    move: {
      orderId: brokerOrderId('s1'),
      clientOrderId: clientOrderId('brk-t1-move1'),
      stopPrice: parseUsd('101.00'),
    },
  },
  { kind: 'cancel', orderId: brokerOrderId('s1') },
];

describe('intents', () => {
  it.each(REQUESTS)('to $kind come back with the whole request', async (request) => {
    const intent = aCancel('s1', 1, { request });
    expect(await ask(intent)).toBe(true);
    expect(await ledger.openOrderIntents()).toEqual([intent]);
  });

  it('are written down once, whoever is quicker', async () => {
    const outcomes = await Promise.all([1, 2, 3].map(() => ask(aCancel('s1', 1))));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
  });

  it('may be about orders that are none of ours', async () => {
    expect(await ask(aCancel('x1', 1, { tradeId: null, reason: 'foreign' }))).toBe(true);
    expect(await ledger.openOrderIntents()).toMatchObject([{ tradeId: null, reason: 'foreign' }]);
  });

  it('are open until it is known what came of them, oldest first, and the first answer stays', async () => {
    await ask(aCancel('s2', 1, { at: BAR_END + 1 }));
    await ask(aCancel('s1', 1));
    await ask(aCancel('s3', 1, { at: BAR_END + 2 }));
    const settle = (outcome: 'accepted' | 'rejected', detail: string | null) =>
      ledger.transaction((tx) => tx.settleOrderIntent('cancel-s3-1', outcome, detail));
    await settle('rejected', 'order is \0 final');
    await settle('accepted', null);
    expect((await ledger.openOrderIntents()).map((intent) => intent.id)).toEqual([
      'cancel-s1-1',
      'cancel-s2-1',
    ]);
    expect(
      await desk.query("SELECT outcome, detail FROM order_intents WHERE id = 'cancel-s3-1'"),
    ).toEqual([{ outcome: 'rejected', detail: 'order is  final' }]);
  });

  it('are counted by kind, of a trade or of one closing of it', async () => {
    const close = aClose(1);
    await begin(close);
    await ask(aCancel('s1', 1));
    await ask(aCancel('s2', 1, { closeId: close.id }));
    await ask(aCancel('s3', 1, { tradeId: id('t2') }));
    await ask(aCancel('x', 1, { request: REQUESTS[1]!, closeId: close.id }));
    expect(await count(id('t1'), 'cancel')).toBe(2);
    expect(await count(close.id, 'cancel')).toBe(1);
    expect(await count(close.id, 'exit')).toBe(1);
    expect(await count(id('t1'), 'move')).toBe(0);
  });

  it('to cancel tell of which orders of a symbol it was asked, and when last', async () => {
    await ask(aCancel('s0', 1, { at: BAR_END - MINUTE_MS }));
    await ask(aCancel('s1', 1));
    await ask(aCancel('s1', 2, { at: BAR_END + 5000 }));
    await ask(aCancel('s2', 1, { at: BAR_END + 1 }));
    await ask(aCancel('s3', 1, { symbol: ticker('AAPL') }));
    await ask(aCancel('s4', 1, { request: REQUESTS[3]! }));
    expect(await ledger.cancelsAsked(NVDA, BAR_END)).toEqual(
      new Map([
        ['s1', BAR_END + 5000],
        ['s2', BAR_END + 1],
      ]),
    );
  });
});

describe('what is none of ours', () => {
  const order = { kind: 'order', key: 'x1', symbol: NVDA, side: 'buy', quantity: 5 } as const;
  const position = {
    ...order,
    kind: 'position',
    key: 'AAPL',
    symbol: ticker('AAPL'),
    side: 'long',
  } as const;
  it('is remembered since it was first seen, with its newest size and with what was decided', async () => {
    await see(position, BAR_END + 1);
    await see(order, BAR_END);
    const decide = (key: string) =>
      ledger.transaction((tx) => tx.decideForeign(key, 'flatten', 'admin#1'));
    expect(await decide('AAPL')).toBe(true);
    expect(await decide('none')).toBe(false);
    await see({ ...position, side: 'short', quantity: 8 }, BAR_END + 2);
    expect(await ledger.foreignItems()).toEqual([
      { ...order, firstSeenAt: BAR_END, decision: null, decidedBy: null },
      {
        ...position,
        side: 'short',
        quantity: 8,
        firstSeenAt: BAR_END + 1,
        decision: 'flatten',
        decidedBy: 'admin#1',
      },
    ]);
  });

  it('is forgotten when it is gone', async () => {
    await see(position, BAR_END);
    await see(order, BAR_END);
    await ledger.transaction((tx) => tx.forgetForeign([]));
    expect(await ledger.foreignItems()).toHaveLength(2);
    await ledger.transaction((tx) => tx.forgetForeign(['x1', 'none']));
    expect(await ledger.foreignItems()).toMatchObject([{ key: 'AAPL' }]);
  });
});

describe('the comparison of broker and ledger', () => {
  it('is remembered as it ended last', async () => {
    expect(await ledger.lastReconciliation()).toBeNull();
    const dirty = {
      at: BAR_END,
      isClean: false,
      findings: ['5 NVDA are \0 not ours'],
      lateFills: 2,
    };
    const clean = { at: BAR_END + 1, isClean: true, findings: [], lateFills: 0 };
    await ledger.transaction((tx) => tx.saveReconciliation(dirty));
    expect(await ledger.lastReconciliation()).toEqual({
      ...dirty,
      findings: ['5 NVDA are  not ours'],
    });
    await ledger.transaction((tx) => tx.saveReconciliation(clean));
    expect(await ledger.lastReconciliation()).toEqual(clean);
  });
});

describe('an audit row within a transaction', () => {
  const entry = {
    at: BAR_END,
    actor: 'admin#1',
    action: 'close',
    outcome: 'done',
    details: {},
  } as const;
  it('holds or falls with it', async () => {
    const failing = ledger.transaction(async (tx) => {
      await tx.audit(entry);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await actions()).toEqual([]);
    await ledger.transaction(async (tx) => {
      await tx.audit(entry);
      await tx.audit({ ...entry, action: 'flatten' });
    });
    expect(await actions()).toEqual([{ action: 'close' }, { action: 'flatten' }]);
  });

  it('keeps no other transaction waiting while the work goes on', async () => {
    const isLocked = Promise.withResolvers<void>();
    const isAudited = Promise.withResolvers<void>();
    const lockFirst = ledger.transaction(async (tx) => {
      await tx.lockTrade(id('t1'));
      isLocked.resolve();
      await isAudited.promise;
      await tx.audit({ ...entry, action: 'lock first' });
    });
    const auditFirst = ledger.transaction(async (tx) => {
      await isLocked.promise;
      await tx.audit({ ...entry, action: 'audit first' });
      isAudited.resolve();
      await tx.lockTrade(id('t1'));
    });
    await Promise.all([lockFirst, auditFirst]);
    expect(await actions()).toEqual([{ action: 'lock first' }, { action: 'audit first' }]);
  });
});

import { describe, expect, it } from 'vitest';

import { cancelStaleEntries, submitPlannedEntries } from '#app/enter.ts';
import { moveStop } from '#app/move-stop.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { settleOpenIntents } from '#app/settle-intents.ts';
import { parseUsd } from '#core/money.ts';

import { FIRST } from '../sandbox/alpaca-market.ts';
import {
  auditOf,
  BARS,
  cancelByHand,
  close,
  deskWithBracket,
  deskWithPosition,
  legAt,
  ordersAt,
  tradeOf,
} from './behaviours/a-desk.ts';
import { byHand } from './by-hand.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

/** The rows about one kind of act. */
const rowsOf = async (desk: Desk, action: string) =>
  (await auditOf(desk)).filter((row) => row.action === action);

const audit = () => Promise.reject(new Error('the audit log is full'));

/** Intents whose outcome is known, and how many rows of the audit log name each. */
const rowsAnIntent = (desk: Desk) =>
  desk.query<{ id: string; rows: string }>(
    `SELECT id, (SELECT count(*) FROM audit_log WHERE details->>'intent' = id) AS rows
       FROM order_intents WHERE outcome IS NOT NULL`,
  );

describe('what the bot does by itself is on record:', () => {
  it('an entry, with the order and the trade it led to', async () => {
    const desk = await deskWithBracket([]);
    const entry = ordersAt(desk).find(({ role }) => role === 'entry')!;
    expect(await rowsOf(desk, 'enter NVDA')).toEqual([
      {
        actor: 'strategy',
        action: 'enter NVDA',
        outcome: 'done',
        details: {
          intent: entry.clientOrderId,
          order: entry.id,
          trade: desk.id,
          why: 'entry',
          side: 'buy',
          quantity: '10',
          limit: '100.00',
          stop: '98.00',
        },
      },
    ]);
  });

  it('an entry that the broker rejects, with the reason', async () => {
    const desk = await openDesk([BARS.quiet], { startingCash: parseUsd('10') });
    const barEnd = desk.nextBar();
    await desk.plan();
    await submitPlannedEntries(desk.context, barEnd);
    expect(await rowsOf(desk, 'enter NVDA')).toMatchObject([
      { outcome: 'failed', details: { reason: expect.stringContaining('insufficient') } },
    ]);
  });

  it('the cancel of an entry that outlived its bar', async () => {
    const desk = await deskWithBracket([]);
    const entry = ordersAt(desk).find(({ role }) => role === 'entry')!;
    await cancelStaleEntries(desk.context, FIRST.open + 3_600_000);
    expect(await rowsOf(desk, 'cancel order NVDA')).toMatchObject([
      {
        actor: 'strategy',
        outcome: 'done',
        details: { order: entry.id, trade: desk.id, why: 'stale_entry' },
      },
    ]);
  });

  it('the move of a stop, with both orders', async () => {
    const desk = await deskWithPosition();
    const old = legAt(desk, 'stop-loss');
    await moveStop(desk.context, desk.id, parseUsd('99'));
    expect(await rowsOf(desk, 'move stop NVDA')).toMatchObject([
      {
        actor: 'strategy',
        outcome: 'done',
        details: {
          moved: old.id,
          order: legAt(desk, 'stop-loss').id,
          trade: desk.id,
          stop: '99.00',
        },
      },
    ]);
  });

  it('the repair of a protection', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await cancelByHand(desk, legAt(desk, 'stop-loss'));
    await desk.settle();
    expect(await rowsOf(desk, 'protect NVDA')).toMatchObject([
      { actor: 'position guard', details: { trade: desk.id, quantity: '10', why: 'protection' } },
    ]);
  });

  it('a closing, with each order that it cancelled and sent', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await close(desk);
    const [begun] = await rowsOf(desk, 'close NVDA');
    expect(begun).toMatchObject({ actor: 'somebody', details: { trade: desk.id } });
    const own = (await auditOf(desk)).filter(
      ({ details }) => details['close'] === begun!.details['close'],
    );
    expect(own.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'close NVDA done',
      'cancel order NVDA done',
      'exit NVDA done',
    ]);
  });

  it('a closing by the end of the day', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    desk.standIn.advanceTo(FIRST.close - 300_000);
    await desk.settle();
    expect(await rowsOf(desk, 'close NVDA')).toMatchObject([
      { actor: 'strategy', details: { reason: 'end_of_day', trade: desk.id } },
    ]);
  });

  it('an emergency', async () => {
    const desk = await deskWithPosition([[97, 97.2, 96.8, 97]]);
    await cancelByHand(desk, legAt(desk, 'stop-loss'));
    desk.nextBar();
    await desk.settle();
    expect(await rowsOf(desk, 'close NVDA')).toMatchObject([
      { actor: 'position guard', details: { reason: 'emergency_stop', trade: desk.id } },
    ]);
  });

  it('an adoption, or nothing is adopted', async () => {
    const desk = await openDesk([BARS.quiet, BARS.quiet]);
    desk.nextBar();
    await byHand(desk.standIn).order({ side: 'buy', qty: 10 });
    desk.nextBar();
    await reconcile(desk.context);
    const { ledger } = desk.context;
    const context = desk.with({
      ledger: {
        ...ledger,
        transaction: (work) => ledger.transaction((tx) => work({ ...tx, audit })),
      },
    });
    const [item] = await ledger.foreignItems();
    const choice = { decision: 'adopt', by: 'Ada' } as const;
    await expect(decideForeign(context, item!.key, choice)).rejects.toThrow('is full');
    expect(await ledger.unfinishedTrades()).toEqual([]);
    await decideForeign(desk.context, item!.key, choice);
    const [trade] = await ledger.unfinishedTrades();
    expect(await rowsOf(desk, 'adopt position NVDA')).toMatchObject([
      { actor: 'Ada', details: { trade: trade!.id } },
    ]);
  });

  it('once, however often its outcome is learned', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await moveStop(desk.context, desk.id, parseUsd('99'));
    await close(desk);
    await desk.query('UPDATE order_intents SET outcome = outcome');
    await settleOpenIntents(desk.context);
    const rows = await rowsAnIntent(desk);
    expect(rows.length).toBeGreaterThan(3);
    expect(new Set(rows.map((row) => Number(row.rows)))).toEqual(new Set([1]));
    expect((await tradeOf(desk)).status).toBe('closed');
  });

  it('also when the process that wanted it has died, and another one finds the order', async () => {
    const desk = await openDesk([BARS.quiet], {
      onStep: async (step) => {
        if (step === 'entry.sent') throw new Error('the process ends');
      },
    });
    const barEnd = desk.nextBar();
    await desk.plan();
    await expect(submitPlannedEntries(desk.context, barEnd)).rejects.toThrow('the process ends');
    expect(await rowsOf(desk, 'enter NVDA')).toEqual([]);
    const next = await desk.restart();
    await settleOpenIntents(next);
    await settleOpenIntents(next);
    expect(await rowsOf(desk, 'enter NVDA')).toMatchObject([{ outcome: 'done' }]);
  });

  it('as never having reached the broker, when nothing was sent', async () => {
    const desk = await openDesk([BARS.quiet], {
      onStep: async (step) => {
        if (step === 'cancel.written') throw new Error('the process ends');
      },
    });
    const barEnd = desk.nextBar();
    await desk.plan();
    await submitPlannedEntries(desk.context, barEnd);
    const cancelling = cancelStaleEntries(desk.context, barEnd + 3_600_000);
    await expect(cancelling).rejects.toThrow('the process ends');
    desk.elapse(10_000);
    await settleOpenIntents(await desk.restart());
    expect(await rowsOf(desk, 'cancel order NVDA')).toMatchObject([
      { outcome: 'failed', details: { reason: 'never reached the broker' } },
    ]);
  });
});

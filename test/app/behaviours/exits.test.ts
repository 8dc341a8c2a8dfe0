/** The exit rules, from a bar's end to what the broker and the channel show. */
import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import type { AppContext } from '#app/context.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { createFeatureStore } from '#app/feature-store.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import type { ControlState } from '#core/control.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { formatUsd, parseUsd } from '#core/money.ts';
import { isLive } from '#core/order.ts';
import { MINUTE_MS, newYorkInstant } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { LeaseLostError } from '#ports/lease.ts';
import { silentLog } from '#test/support/log.ts';

import { barEnd, FIRST, HALF_DAY, SECOND } from '../../sandbox/alpaca-market.ts';
import type { Ohlc } from '../../sandbox/alpaca-market.ts';
import { openDesk } from '../desk.ts';
import type { Desk, DeskOptions } from '../desk.ts';
import {
  BARS,
  byHand,
  cardsOf,
  deskWithBracket,
  deskWithPosition,
  NVDA,
  sharesAt,
  tradeOf,
  watchWrites,
} from './a-desk.ts';

const { entry, quiet } = BARS;
const AMD = ticker('AMD');

/** The end of the bar whose fill opened the position, the second one. */
const OPENED = barEnd(2);

/** The application with real features, as a process has them that was started just now. */
const withBars = (desk: Desk, of: AppContext = desk.context): AppContext => {
  const { marketData, calendar, parameters } = of;
  const features = createFeatureStore({ marketData, calendar, parameters, log: silentLog });
  return { ...of, features };
};

/** Ends bars up to this one and runs its cycle, with all that it sets going. */
async function cycleAt(desk: Desk, at: EpochMs, context = desk.context): Promise<void> {
  if (at > desk.standIn.now()) desk.standIn.advanceTo(at);
  await runTradingCycle(context, at);
  await context.background.idle();
}

const stopsAt = ({ standIn }: Desk): readonly string[] =>
  standIn
    .inspect()
    .orders.filter(({ type, status }) => type === 'stop' && isLive(status))
    .map(({ stopPrice }) => formatUsd(stopPrice!));

const closings = async (desk: Desk) =>
  (await cardsOf(desk, 'closing')).map(({ reason, progress }) => `${reason} ${progress.phase}`);

/** A desk that holds shares of two symbols, and the application that cannot look at those of the first. */
async function deskWithOneUnseen(options: DeskOptions = {}) {
  const desk = await openDesk([quiet, entry], { others: { AMD: [quiet, entry] }, ...options });
  const at = desk.nextBar();
  await desk.plan();
  const id = entryTradeId(FIRST.date, at, AMD);
  await desk.plan({ symbol: AMD, tradeId: id, clientOrderId: entryClientOrderId(id) });
  await submitPlannedEntries(desk.context, at);
  desk.nextBar();
  await desk.settle();
  const { broker } = desk.context;
  const position: typeof broker.position = (symbol) =>
    symbol === NVDA ? Promise.reject(new Error('not now')) : broker.position(symbol);
  const urgent = { ...broker.urgent, position };
  return { desk, context: desk.with({ broker: { ...broker, urgent } }) };
}

const heldAt = (desk: Desk) =>
  desk.standIn
    .inspect()
    .positions.filter(({ quantity }) => quantity !== 0)
    .map(({ symbol }) => symbol);

const controlled = (of: AppContext, status: ControlState['status']): AppContext => ({
  ...of,
  ledger: {
    ...of.ledger,
    controlState: async () => ({ status, by: 'Ada', reason: '', since: 0, until: null }),
  },
});

describe('a price that runs up', () => {
  const UP: Ohlc = [102, 103.4, 101.9, 103.2];
  const TICK: Ohlc = [103.2, 103.5, 102.9, 103.3];
  const BACK: Ohlc = [103, 103.1, 101.2, 101.3];

  it('takes the stop along, a step at a time, and the channel hears where it stands', async () => {
    const desk = await deskWithPosition([UP, TICK, BACK]);
    const context = withBars(desk);
    const sent = watchWrites();
    await cycleAt(desk, barEnd(2), context);
    expect(sent).toEqual([]);
    await cycleAt(desk, barEnd(3), context);
    desk.elapse(1_000);
    expect(stopsAt(desk)).toEqual(['101.40']);
    await cycleAt(desk, barEnd(4), context);
    desk.elapse(1_000);
    expect(sent.map(({ method }) => method)).toEqual(['PATCH']);
    expect(await cardsOf(desk, 'stop-moved')).toMatchObject([
      { from: parseUsd('98.00'), to: parseUsd('101.40') },
    ]);
    expect(await tradeOf(desk)).toMatchObject({
      stopPrice: parseUsd('101.40'),
      bestPrice: parseUsd('103.50'),
      worstPrice: parseUsd('100.00'),
    });
    desk.standIn.advanceTo(barEnd(5));
    await desk.settle();
    expect(await desk.context.ledger.closedTrades()).toMatchObject([
      { exitReason: 'stop_loss', exitPrice: parseUsd('101.40') },
    ]);
  });

  it('is followed over the bars that a process has missed', async () => {
    const desk = await deskWithPosition([UP, [103, 103.1, 102.8, 103]]);
    await cycleAt(desk, barEnd(4), withBars(desk));
    desk.elapse(1_000);
    expect(stopsAt(desk)).toEqual(['101.40']);
  });

  it('is followed in a symbol that nobody watches', async () => {
    const desk = await deskWithPosition([UP]);
    await cycleAt(desk, barEnd(3), { ...withBars(desk), watchlist: [] });
    desk.elapse(1_000);
    expect(stopsAt(desk)).toEqual(['101.40']);
  });

  it('is not acted on when its bar is long over, and made up for at the next', async () => {
    const desk = await deskWithPosition([UP, TICK, TICK]);
    const context = withBars(desk);
    desk.standIn.advanceTo(barEnd(5));
    await cycleAt(desk, barEnd(3), context);
    expect(stopsAt(desk)).toEqual(['98.00']);
    await cycleAt(desk, barEnd(5), context);
    desk.elapse(1_000);
    expect(stopsAt(desk)).toEqual(['101.50']);
  });

  it('moves no stop of a position that is being closed', async () => {
    const desk = await deskWithPosition([UP]);
    const context = withBars(desk);
    desk.nextBar();
    const position = (await context.broker.position(NVDA))!;
    const wish = { position, reason: 'manual_close', quantity: 10, atMarket: false } as const;
    await requestClose(context, { ...wish, tradeId: desk.id, requestedBy: 'Ada' });
    const sent = watchWrites();
    await cycleAt(desk, barEnd(3), context);
    expect(sent).toEqual([]);
  });

  it('keeps entries going when a stop cannot be moved', async () => {
    const desk = await deskWithPosition([UP]);
    const path = /^\/v2\/orders/;
    const body = { message: 'not now' };
    desk.standIn.faults.add({ kind: 'reject', method: 'PATCH', path, status: 403, body });
    const context = withBars(desk);
    desk.standIn.advanceTo(barEnd(3));
    expect(await runTradingCycle(context, barEnd(3))).toMatchObject({ kind: 'done' });
    desk.elapse(1_000);
    expect(stopsAt(desk)).toEqual(['98.00']);
  });
});

describe('a position that goes nowhere', () => {
  it('is closed after two hours, to proven flat, and not entered anew on the same bar', async () => {
    const desk = await deskWithPosition();
    await cycleAt(desk, OPENED + 115 * MINUTE_MS);
    expect(sharesAt(desk)).toBe(10);
    const planned = await desk.context.ledger.intentCount();
    await cycleAt(desk, OPENED + 120 * MINUTE_MS);
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
    expect(await closings(desk)).toEqual(['time_exit done']);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'time_exit' });
    expect(await desk.context.ledger.intentCount()).toBe(planned);
  });

  it('stays while everything is being flattened: that closes it', async () => {
    const desk = await deskWithPosition();
    const at = OPENED + 120 * MINUTE_MS;
    await cycleAt(desk, at, controlled(desk.context, 'flattening'));
    expect(await closings(desk)).toEqual([]);
  });

  it('of one symbol is closed although another’s cannot be looked at', async () => {
    const { desk, context } = await deskWithOneUnseen();
    await cycleAt(desk, OPENED + 120 * MINUTE_MS, context);
    expect(heldAt(desk)).toEqual([NVDA]);
  });

  it('is left alone by a process that has lost the account', async () => {
    const desk = await deskWithPosition();
    const at = OPENED + 120 * MINUTE_MS;
    desk.standIn.advanceTo(at);
    await desk.restart();
    await expect(runTradingCycle(desk.context, at)).rejects.toThrow(LeaseLostError);
    expect(await closings(desk)).toEqual([]);
  });
});

/** Whether the positions end is what these are about, not how old they are. */
const PATIENT = { parameters: { timeExitMinutes: 0 } } as const;
const HOLD = { parameters: { timeExitMinutes: 0, endOfDay: 'hold' } } as const;
const at = (time: string, { date } = FIRST) => newYorkInstant(date, time);

describe('the end of the day', () => {
  it('finds all flat five minutes before the close, and not a bar earlier', async () => {
    const desk = await deskWithPosition([], PATIENT);
    await cycleAt(desk, at('15:50'));
    expect(sharesAt(desk)).toBe(10);
    await cycleAt(desk, at('15:55'));
    expect(sharesAt(desk)).toBe(0);
    expect(await closings(desk)).toEqual(['end_of_day done']);
  });

  it('leaves positions where they are held overnight', async () => {
    const desk = await deskWithPosition([], HOLD);
    for (const time of ['15:55', '16:00']) await cycleAt(desk, at(time));
    await desk.settle();
    expect([sharesAt(desk), await closings(desk)]).toEqual([10, []]);
  });

  it('is the guard’s as well, when no cycle runs', async () => {
    const desk = await deskWithPosition([], PATIENT);
    desk.standIn.advanceTo(at('15:50'));
    await desk.settle();
    expect(sharesAt(desk)).toBe(10);
    desk.standIn.advanceTo(at('15:55'));
    await desk.settle();
    expect([sharesAt(desk), await closings(desk)]).toEqual([0, ['end_of_day done']]);
  });

  it('is also the guard’s for one symbol while another’s shares cannot be looked at', async () => {
    const { desk, context } = await deskWithOneUnseen(PATIENT);
    desk.standIn.advanceTo(at('15:55'));
    await desk.settle(context);
    expect(heldAt(desk)).toEqual([NVDA]);
  });

  it('closes shares too whose fills nobody could read', async () => {
    const desk = await deskWithBracket([entry], PATIENT);
    const fault = { method: 'GET', path: /activities/, kind: 'reject', status: 503 } as const;
    desk.standIn.faults.add({ ...fault, body: { message: 'unavailable' }, times: 1_000 });
    desk.standIn.advanceTo(at('15:55'));
    await desk.settle();
    expect([sharesAt(desk), await closings(desk)]).toEqual([0, ['end_of_day done']]);
  });

  it('is none of the business of shares that somebody holds beside an entry that has not filled', async () => {
    const desk = await deskWithBracket([[101, 101.2, 100.9, 101]], PATIENT);
    await byHand(desk, 'POST', '/orders', {
      symbol: 'NVDA',
      qty: '5',
      side: 'buy',
      type: 'market',
      time_in_force: 'day',
    });
    desk.standIn.advanceTo(at('15:55'));
    await desk.settle();
    expect([sharesAt(desk), await closings(desk)]).toEqual([5, []]);
  });

  it('is not the guard’s where positions are held', async () => {
    const desk = await deskWithPosition([], HOLD);
    desk.standIn.advanceTo(at('15:55'));
    await desk.settle();
    expect([sharesAt(desk), await closings(desk)]).toEqual([10, []]);
  });

  it('leaves a position to whoever flattens everything, under their reason', async () => {
    const desk = await deskWithPosition([], PATIENT);
    desk.standIn.advanceTo(at('15:55'));
    await desk.settle(controlled(desk.context, 'flattening'));
    expect([sharesAt(desk), await closings(desk)]).toEqual([0, ['manual_close done']]);
  });

  it('that a machine slept over waits for the next open, under the bracket, and says so', async () => {
    const desk = await deskWithPosition([], PATIENT);
    desk.standIn.advanceTo(FIRST.close);
    const sent = watchWrites();
    await desk.settle(desk.with({ clock: { now: () => at('18:00') } }));
    expect(sent).toEqual([]);
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { reason: 'end_of_day', progress: { phase: 'queued', opensAt: SECOND.open } },
    ]);
    desk.standIn.advanceTo(SECOND.open + 5 * MINUTE_MS);
    await desk.settle();
    expect([sharesAt(desk), await closings(desk)]).toEqual([0, ['end_of_day done']]);
  });

  it('that a machine slept over until the next session is made up for at its first bar', async () => {
    const desk = await deskWithPosition([], PATIENT);
    await cycleAt(desk, SECOND.open + 5 * MINUTE_MS);
    expect([sharesAt(desk), await closings(desk)]).toEqual([0, ['end_of_day done']]);
  });

  it('that a machine slept over is seen to on the holiday as well', async () => {
    const desk = await deskWithPosition([], PATIENT);
    desk.standIn.advanceTo(SECOND.close);
    await desk.settle(
      desk.with({ clock: { now: () => at('12:00', SECOND) + 24 * 60 * MINUTE_MS } }),
    );
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { reason: 'end_of_day', progress: { phase: 'queued', opensAt: HALF_DAY.open } },
    ]);
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import type { AlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { REALISTIC_DELAYS, createVirtualTimers } from '#sandbox/alpaca/timers.ts';

import { aMarket, barEnd } from '../alpaca-market.ts';
import type { Ohlc } from '../alpaca-market.ts';
import { BRACKET, aStandIn } from './a-stand-in.ts';

const BARS: readonly Ohlc[] = [
  [100, 101, 99, 100],
  [100, 102, 99.5, 101],
  [104, 106, 103, 105],
];

function journalPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'broker', 'journal.ndjson');
}

const stateOf = (standIn: AlpacaStandIn) => {
  const { equity, cash, orders } = standIn.inspect();
  return { equity, cash, orders, now: standIn.now(), lastBarEnd: standIn.lastBarEnd() };
};

/** A life with every kind of command, a refused one among them. */
async function aLife(journalFile: string) {
  const test = await aStandIn({ bars: BARS, journalFile });
  const { call, advance, standIn } = test;
  const { body: bracket } = await call('POST', '/v2/orders', BRACKET);
  await call('POST', '/v2/orders', { ...BRACKET, qty: '100000' });
  advance();
  await call('PATCH', `/v2/orders/${bracket.legs[1].id}`, { stop_price: '99.00' });
  const { body: single } = await call('POST', '/v2/orders', {
    symbol: 'MSFT',
    qty: 3,
    side: 'buy',
    type: 'limit',
    limit_price: 90,
    time_in_force: 'day',
    client_order_id: 'single',
  });
  await call('DELETE', `/v2/orders/${single.id}`);
  advance();
  const state = stateOf(standIn);
  await standIn.close();
  return state;
}

/** A life in which everything takes its time, which passes by itself or with the bars only. */
async function aSlowLife(journalFile: string, { waits = true } = {}) {
  const timers = createVirtualTimers();
  const test = await aStandIn({ bars: BARS, journalFile, timers, delays: REALISTIC_DELAYS });
  const { call, advance, standIn } = test;
  const { body: bracket } = await call('POST', '/v2/orders', BRACKET);
  standIn.behaviour.fillAtMost = 50;
  advance();
  await call('PATCH', `/v2/orders/${bracket.legs[1].id}`, { stop_price: '99.00' });
  timers.elapse(15);
  standIn.behaviour.haltedSymbols.add('MSFT');
  await call('DELETE', `/v2/orders/${bracket.legs[0].id}`);
  timers.elapse(75);
  await call('DELETE', '/v2/positions/AAPL?qty=4');
  if (waits) timers.elapse(100);
  advance();
  const state = stateOf(standIn);
  await standIn.close();
  return state;
}

describe('the journal', () => {
  it('brings back the same account, orders and ids after a restart', async () => {
    const file = journalPath();
    const before = await aLife(file);
    const { standIn } = await aStandIn({ bars: BARS, journalFile: file });
    expect(stateOf(standIn)).toEqual(before);
    expect(standIn.lastBarEnd()).toBe(barEnd(2));
  });

  it('goes on where it stopped, with ids that nothing had before', async () => {
    const file = journalPath();
    await aLife(file);
    const { standIn, call, advance } = await aStandIn({ bars: BARS, journalFile: file });
    const { body } = await call('POST', '/v2/orders', { ...BRACKET, symbol: 'MSFT' });
    advance();
    const ids = standIn.inspect().orders.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(body.id);
    const after = stateOf(standIn);
    await standIn.close();
    const again = await aStandIn({ bars: BARS, journalFile: file });
    expect(stateOf(again.standIn)).toEqual(after);
  });

  it('remembers a client order id over a restart', async () => {
    const file = journalPath();
    await aLife(file);
    const { call } = await aStandIn({ bars: BARS, journalFile: file });
    const { status } = await call('POST', '/v2/orders', { ...BRACKET, client_order_id: 'single' });
    expect(status).toBe(422);
  });

  it('has written a command down before the client is told', async () => {
    const file = journalPath();
    const { call } = await aStandIn({ bars: BARS, journalFile: file });
    await call('POST', '/v2/orders', { ...BRACKET, client_order_id: 'told' });
    expect(readFileSync(file, 'utf8')).toContain('"told"');
  });

  it('drops a last line that was not finished, and goes on writing after it', async () => {
    const file = journalPath();
    const before = await aLife(file);
    appendFileSync(file, '{"type":"advance","t');
    const { standIn, advance } = await aStandIn({ bars: BARS, journalFile: file });
    expect(stateOf(standIn)).toEqual(before);
    advance();
    const after = stateOf(standIn);
    await standIn.close();
    const again = await aStandIn({ bars: BARS, journalFile: file });
    expect(stateOf(again.standIn)).toEqual(after);
  });

  it.each([
    ['a line that is no JSON', 'nonsense'],
    ['a command that nobody knows', '{"type":"dance"}'],
  ])('refuses %s, names file and line, and tells the cure', async (_, line) => {
    const file = journalPath();
    await aLife(file);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [lines[0], lines[1], line, ...lines.slice(2)].join('\n'));
    await expect(aStandIn({ bars: BARS, journalFile: file })).rejects.toThrow(
      `${file} is damaged in line 3. Delete that line and everything after it`,
    );
  });

  it('refuses a file without a world', async () => {
    const file = journalPath();
    await aLife(file);
    writeFileSync(file, '{"type":"advance","to":1}\n');
    await expect(aStandIn({ journalFile: file })).rejects.toThrow('is damaged in line 1');
  });

  it('refuses the history of another world', async () => {
    const file = journalPath();
    await aLife(file);
    const other = (startingCash: string, bars: readonly Ohlc[]) =>
      createAlpacaStandIn({
        market: aMarket({ AAPL: bars, MSFT: [] }),
        startingCash: parseUsd(startingCash),
        journalFile: file,
      });
    await expect(other('100000', [])).rejects.toThrow('was written for another market');
    await expect(other('5000', BARS)).rejects.toThrow('move the file away');
    const rules = { limitFill: 'touch' } as const;
    const otherRules = aStandIn({ bars: BARS, journalFile: file, rules });
    await expect(otherRules).rejects.toThrow('other settings');
  });

  it('tells of deferred effects when they happen, and of the switches that they met', async () => {
    const file = journalPath();
    const before = await aSlowLife(file);
    const { standIn } = await aStandIn({ bars: BARS, journalFile: file });
    expect(stateOf(standIn)).toEqual(before);
    const told = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).type);
    expect(told).toEqual([
      'world',
      'submit',
      'behave',
      'advance',
      'request-replace',
      'complete-replace',
      'behave',
      'request-cancel',
      'cancel',
      'release',
      'submit',
      'trade',
      'advance',
    ]);
  });

  it('ends at a restart what was pending: cancels and replacements happen, and shares are free', async () => {
    const file = journalPath();
    const delays = { cancelMs: 15, releaseMs: 60, replaceMs: 15 };
    const { call, advance, standIn } = await aStandIn({
      bars: BARS,
      journalFile: file,
      delays,
      timers: createVirtualTimers(),
    });
    const { body: bracket } = await call('POST', '/v2/orders', BRACKET);
    const other = { symbol: 'MSFT', qty: 3, side: 'buy', type: 'limit', time_in_force: 'day' };
    const { body: moving } = await call('POST', '/v2/orders', { ...other, limit_price: 90 });
    const { body: waiting } = await call('POST', '/v2/orders', { ...other, limit_price: 80 });
    advance();
    await call('PATCH', `/v2/orders/${moving.id}`, { limit_price: '91' });
    await call('DELETE', `/v2/orders/${waiting.id}`);
    await call('DELETE', `/v2/orders/${bracket.legs[0].id}`);
    expect(standIn.inspect().pendingEffects).toBe(3);
    await standIn.close();

    const again = await aStandIn({ bars: BARS, journalFile: file });
    const statusOf = (id: string) =>
      again.standIn.inspect().orders.find((order) => order.id === id)?.status;
    expect([moving, waiting, ...bracket.legs].map(({ id }) => statusOf(id))).toEqual([
      'replaced',
      'canceled',
      'canceled',
      'canceled',
    ]);
    expect((await again.call('GET', '/v2/positions/AAPL')).body.qty_available).toBe('10');
    const after = stateOf(again.standIn);
    await again.standIn.close();
    const third = await aStandIn({ bars: BARS, journalFile: file });
    expect(stateOf(third.standIn), 'and that is in the journal too').toEqual(after);
  });

  it('frees at a restart the shares that a cancel had not given back', async () => {
    const file = journalPath();
    const shape = { bars: BARS, journalFile: file };
    const { call, advance, standIn } = await aStandIn({ ...shape, delays: { releaseMs: 60_000 } });
    const { body: bracket } = await call('POST', '/v2/orders', BRACKET);
    advance();
    await call('DELETE', `/v2/orders/${bracket.legs[0].id}`);
    const position = async (of: typeof call) => (await of('GET', '/v2/positions/AAPL')).body;
    expect(await position(call)).toMatchObject({ qty: '10', qty_available: '0' });
    await standIn.close();
    const again = await aStandIn(shape);
    expect(await position(again.call)).toMatchObject({ qty: '10', qty_available: '10' });
  });

  it('leads to the same state however fast its life was lived', async () => {
    const slow = await aSlowLife(journalPath());
    const fast = await aSlowLife(journalPath(), { waits: false });
    expect(fast).toEqual(slow);
  });

  it('is not there unless a file is given', async () => {
    const first = await aStandIn({ bars: BARS });
    first.advance();
    await first.standIn.close();
    const second = await aStandIn({ bars: BARS });
    expect(second.standIn.lastBarEnd()).toBeNull();
  });
});

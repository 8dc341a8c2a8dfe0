import { afterEach, describe, expect, it } from 'vitest';

import { halt } from '#app/control.ts';
import { riskReport } from '#app/reports/risk.ts';
import risk from '#commands/risk.ts';
import { ticker } from '#core/ids.ts';

import { closeDesks } from '../adapters/discord/harness.ts';
import { NVDA } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';
import { FIRST, HISTORY } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

afterEach(closeDesks);

/** A price that swings up step by step, half an hour long. */
const RISING: readonly Ohlc[] = Array.from({ length: 6 }, (_, n) => {
  const open = 100 + n * 0.5;
  return [open, open + 0.8, open - 0.3, open + 0.5];
});

async function afterHalfAnHour(): Promise<Desk> {
  const desk = await openDesk(RISING);
  for (let n = 0; n < RISING.length; n += 1) desk.nextBar();
  return desk;
}

const TABLES = ['decisions', 'cycles', 'trades', 'orders', 'outbox', 'equity_snapshots'];

const rowsOf = (desk: Desk) =>
  desk.query(
    `SELECT ${TABLES.map((name) => `(SELECT count(*) FROM ${name}) AS ${name}`).join(', ')}`,
  );

describe('/risk', () => {
  it('is for viewers', () => {
    expect(risk.role).toBe('viewer');
  });

  it('says in one line that nobody knows a stock', async () => {
    const channel = await openChannel(await afterHalfAnHour(), [risk]);
    expect(textOf(await channel.type('viewer', 'risk', { symbol: 'NOSUCH' }))).toBe(
      'The broker does not know NOSUCH: check the spelling.',
    );
  });

  it('tells size, stop and target of both sides, and what is in their way', async () => {
    const channel = await openChannel(await afterHalfAnHour(), [risk]);
    const message = await channel.type('viewer', 'risk', { symbol: 'nvda' });
    const fields = message.embeds[0]?.fields ?? [];
    expect(textOf(message)).toMatchInlineSnapshot(`
      "🧮 NVDA at $103 · bar of 10:00
      There is **no signal** at this bar: nothing would be entered.
      Nothing was written down or sent."
    `);
    expect(fields.find(({ name }) => name === 'BUY')?.value).toMatchInlineSnapshot(`
      "limit $103.05 · stop $102.10 (2.4 ATR) · target $105.42 (6 ATR)
      **242 shares**, $24,938.10, capped by the limit on one position
      at risk $229.90 of a budget of 1 % of $100,000, R = $0.95 a share
      121 shares of it would leave at $104.95"
    `);
    expect(fields.find(({ name }) => name.startsWith('SHORT: in its way'))?.value).toMatch(
      /^❌ \*\*Confidence\*\*/,
    );
  });

  it('stands on the bars as the cycle reads them, also of a stock that is not watched', async () => {
    const desk = await afterHalfAnHour();
    const { bar } = await riskReport(desk.with({ watchlist: [] }), NVDA);
    expect(bar).toMatchObject({ barEnd: FIRST.open + 30 * 60_000, close: 103 });
    expect(bar?.long.plan?.size.shares).toBeGreaterThan(0);
  });

  it('writes nothing down and sends nothing', async () => {
    const desk = await afterHalfAnHour();
    const before = await rowsOf(desk);
    await riskReport(desk.context, NVDA);
    expect(await rowsOf(desk)).toEqual(before);
    expect(desk.told).toEqual([]);
  });

  it('does not touch what the cycle remembers of bars', async () => {
    const desk = await afterHalfAnHour();
    const asked: number[] = [];
    const features = {
      ...desk.context.features,
      at: async (at: number) => {
        asked.push(at);
        return new Map();
      },
    };
    await riskReport(desk.with({ features }), NVDA);
    expect(asked).toEqual([]);
  });

  it('counts what stands in the way by itself: a halt', async () => {
    const desk = await afterHalfAnHour();
    await halt(desk.context, { by: 'Ada', reason: 'news', until: null, flatten: false });
    const { bar } = await riskReport(desk.context, NVDA);
    const blocking = bar?.long.filters.filter(({ passed }) => !passed).map(({ filter }) => filter);
    expect(blocking).toContain('control');
  });

  it('judges the last bar of the last session before this one has a bar', async () => {
    const desk = await openDesk(RISING);
    const clock = { now: () => FIRST.open + 240_000 };
    const { bar } = await riskReport(desk.with({ clock }), NVDA);
    expect(bar).toMatchObject({ barEnd: HISTORY.close, session: { date: HISTORY.date } });
  });

  it('of a stock without bars plans nothing', async () => {
    const desk = await afterHalfAnHour();
    // The broker has not said that it does not know it.
    const assets = { of: async () => new Map() };
    const { bar } = await riskReport(desk.with({ assets }), ticker('XOM'));
    expect(bar).toMatchObject({ close: null, long: { plan: null }, short: { plan: null } });
    const channel = await openChannel(desk, [risk], { assets });
    const message = await channel.type('viewer', 'risk', { symbol: 'XOM' });
    expect(message.embeds[0]?.fields?.[0]?.value).toBe('No bracket can be planned.');
    expect(textOf(message)).toContain(
      'The data of this bar **cannot be judged**: nothing would be entered.',
    );
    expect(textOf(message)).not.toContain('signal');
  });

  it('says so when the calendar knows nothing', async () => {
    const desk = await openDesk(RISING);
    const calendar = { ...desk.context.calendar, currentOrNext: async () => null };
    const channel = await openChannel(desk, [risk], { calendar });
    expect(textOf(await channel.type('viewer', 'risk', { symbol: 'NVDA' }))).toContain(
      'knows no bar to judge',
    );
  });
});

import { describe, expect, it } from 'vitest';

import { renderReply } from '#adapters/discord/render.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { OpenPositionLine } from '#ports/report-cards.ts';

import { aClose, AT, connections, digest, position, status } from './facts.ts';
import { page, read } from './reading.ts';

const pagesOf = (
  changes: Partial<typeof status> = {},
  parts: Partial<typeof connections> = {},
  layout: 'list' | 'table' = 'list',
) =>
  renderReply({
    kind: 'status',
    report: { ...status, ...changes },
    connections: { ...connections, ...parts },
    layout,
  });
const statusPage = (...changes: Parameters<typeof pagesOf>) => page(pagesOf(...changes)[0]);

describe('the status', () => {
  it('answers at a glance: may it trade, is all protected, where does the day stand', () => {
    expect(statusPage()).toMatchInlineSnapshot(`
      "# 💵 LIVE · ✅ ACTIVE
      Positions: 🛡 1 of 1 position protected
      [Equity] $100,412.30
      [Day P/L] +$412.30
      +0.41 %
      [Session] open, 2 h 30 min left
      <t:1764340200:t> – <t:1764352800:t>
      [Drawdown] day −0.42 % of −3 %
      peak −1.50 % of −5 %
      at <t:1764343788:t>
      [Last cycle] bar <t:1764343800:t>
      done <t:1764343802:t>
      took 412 ms
      [So far] 12 cycles
      3 intents
      [Waiting] 1 pending entry
      0 messages
      [Queue] 2 jobs waiting
      0 failed
      [Streams] ✅ orders up
      ✅ bars up
      [🛡 NVDA long 120] +$82.80 · +0.32 R
      entry $182.31 · now $183.00
      stop $180.26 (1.5 % away) · target $187.75
      since <t:1764341100:t>, 45 min
      (LIVE)"
    `);
  });

  it('tells why no entries are made, what is being closed, and who interferes', () => {
    const text = statusPage({
      impediments: ['broker and ledger differ'],
      closes: [
        aClose({ phase: 'stuck', failures: 2, lastFailure: 'trading in it is halted' }),
        aClose({ phase: 'queued' }),
        aClose({ phase: 'exiting' }),
      ],
      interferenceToday: 2,
    });
    expect(text).toContain(
      [
        '⛔ **No entries just now**: broker and ledger differ',
        'Positions: 🛡 1 of 1 position protected',
        '🚨 **Stuck** (2 times: trading in it is halted), closing 120 NVDA. A person asked for it.',
        '🌙 Waits for the open to close 120 NVDA. A person asked for it.',
        '🏁 Closing 120 NVDA. A person asked for it.',
        '🚨 **2 legs of brackets cancelled or replaced today, and not by this bot.**',
      ].join('\n'),
    );
  });

  it('shows who halted, why and until when', () => {
    const control = {
      status: 'halted',
      by: 'Ada *the* admin',
      reason: 'news @everyone',
      since: AT,
      until: null,
    } as const;
    expect(statusPage({ control })).toContain(
      [
        '# 💵 LIVE · ⛔ HALTED',
        '**No new entries** until someone resumes. Exits and protection go on.',
        'By Ada \\*the\\* admin since <t:1764343800:f>: news @\u200Beveryone',
      ].join('\n'),
    );
    expect(statusPage({ control: { ...control, until: AT + 60_000 } })).toContain(
      '**No new entries** until <t:1764343860:f>.',
    );
  });

  it('says that everything is being closed', () => {
    const control = { ...status.control, status: 'flattening' } as const;
    expect(statusPage({ control })).toContain('⏏️ FLATTENING\n**No new entries; every position');
  });

  it('puts positions that are not protected first, named as such', () => {
    const naked = { ...position, symbol: ticker('TSLA'), isProtected: false };
    const unknown = { tradeId: null, rNow: null, openedAt: null, stopPrice: null };
    const text = statusPage({
      positions: [position, { ...naked, ...unknown }],
      protectedPositions: 1,
    });
    expect(text).toContain('Positions: ⚠ 1 of 2 positions protected');
    expect(text.indexOf('[⚠ NOT PROTECTED: TSLA long 120] +$82.80\n')).toBeGreaterThan(0);
    expect(text.indexOf('TSLA')).toBeLessThan(text.indexOf('[🛡 NVDA'));
    expect(text).toContain('stop – · target $187.75\nnot opened by this bot');
  });

  it.each([
    [
      'before the open',
      { now: AT - 7_200_000, isOpen: false },
      'closed\nopens today <t:1764340200:t>',
    ],
    ['days before', { now: AT - 172_800_000, isOpen: false }, 'closed\nopens 2025-11-28 <t:'],
    ['after the close', { now: AT + 10_800_000, isOpen: false }, 'closed\n2025-11-28 was <t:'],
    ['without a calendar', { session: null, isOpen: false }, '[Session] closed\n[Drawdown'],
  ])('tells the session %s', (_, changes, words) => {
    expect(statusPage(changes)).toContain(words);
  });

  it('shows every position, on as many pages as it takes', () => {
    const positions = Array.from({ length: 70 }, (_, n) => ({
      ...position,
      symbol: ticker(`A${n}`),
    }));
    const pages = pagesOf({ positions });
    const names = pages.flatMap(({ embeds }) => embeds[0]?.fields ?? []).map(({ name }) => name);
    for (const { symbol } of positions) {
      expect(names.filter((name) => name.includes(` ${symbol} `))).toHaveLength(1);
    }
    expect(names).not.toContain('…');
    expect(pages.map(({ embeds }) => embeds[0]?.title)).toEqual(
      pages.map(() => pages[0].embeds[0]?.title),
    );
  });

  it('says of which day the drawdown is, when it is not today’s', () => {
    const yesterday = AT - 86_400_000;
    const { drawdown } = status;
    expect(statusPage({ drawdown: { ...drawdown, measuredAt: yesterday } })).toContain(
      'measured <t:1764257400:f>',
    );
  });

  it('says of which day the last cycle is and since when a position is held, when that is not today', () => {
    const now = AT + 3 * 24 * 3_600_000;
    const text = statusPage({ now });
    expect(text).toContain('bar <t:1764343800:f>\ndone <t:1764343802:f>\n');
    expect(text).toContain('since <t:1764341100:f>, 3 d');
  });

  it('says what was paid in or out beside the day’s result', () => {
    expect(statusPage({ dayFlows: parseUsd('10000') })).toContain(
      '+0.41 %\nwithout $10,000.00 paid in',
    );
    expect(read({ ...digest, flows: parseUsd('-250') })).toContain(
      'Equity $100,000.00 → $100,412.18; the result is without $250.00 paid out',
    );
    expect(read({ ...digest, flows: parseUsd('0') })).not.toContain('paid');
  });

  it('says when a stream or the queue is away', () => {
    expect(statusPage({}, { orderStream: 'connecting', queue: null })).toContain(
      '[Queue] ⚠ does not answer\n[Streams] ⚠ orders connecting\n✅ bars up',
    );
  });

  it('says when the price is beyond the stop already', () => {
    const beyond = { ...position, currentPrice: parseUsd('180') };
    expect(statusPage({ positions: [beyond] })).toContain('stop $180.26 (0.14 % beyond)');
  });

  it('says what has not happened yet', () => {
    const text = statusPage({ dayPnl: null, dayPnlPercent: null, lastCycle: null, positions: [] });
    expect(text).toContain('[Day P/L] –');
    expect(text).toContain('[Last cycle] none yet');
    expect(text).toContain('Positions: no open positions');
  });
});

/** The fields of each page that hold the table. */
const tablesOf = (positions: readonly OpenPositionLine[]) =>
  pagesOf({ positions }, {}, 'table').map(({ embeds }) => embeds[0]?.fields?.at(-1));

const many = (n: number): readonly OpenPositionLine[] =>
  Array.from({ length: n }, (_, at) => ({
    ...position,
    symbol: ticker(`A${at}`),
    isProtected: at !== 5,
  }));

describe('the status with its positions in a table', () => {
  it('has all of each in columns, in little width, and what is naked first', () => {
    const short = {
      ...position,
      symbol: ticker('BRK.B'),
      side: 'short',
      quantity: 1_200,
      entryPrice: parseUsd('0.4321'),
      currentPrice: parseUsd('0.4444'),
      unrealizedPnl: parseUsd('-1014.76'),
      stopPrice: parseUsd('0.45'),
      rNow: -0.69,
    } as const;
    const foreign = {
      ...position,
      symbol: ticker('TSLA'),
      tradeId: null,
      rNow: null,
      openedAt: null,
      stopPrice: null,
      targetPrice: null,
      isProtected: false,
    };
    const long = { ...position, openedAt: AT - 5_700_000 };
    const text = statusPage({ positions: [long, short, foreign] }, {}, 'table');
    expect(text.slice(text.indexOf('[Positions]'))).toMatchInlineSnapshot(`
      "[Positions] \`\`\`
      symbol        entry    stop target
      shares          now    away      R
      state           P/L     age

      TSLA*        182.31       –      –
      long 120     183.00       –      –
      NAKED          +$83       –

      NVDA         182.31  180.26 187.75
      long 120     183.00    1.5%  +0.32
      protected      +$83 1h35min

      BRK.B        0.4321  0.4500 187.75
      short 1,200  0.4444   1.26%  −0.69
      protected   −$1,015      0s
      \`\`\`
      \\* not opened by this bot
      (LIVE)"
    `);
  });

  it('tells everything else as the status without it does', () => {
    const [list, table] = [statusPage(), statusPage({}, {}, 'table')];
    expect(table.split('[Positions]')[0]).toBe(list.split('[🛡 NVDA')[0]);
  });

  it('is no table when there is no position', () => {
    expect(statusPage({ positions: [] }, {}, 'table')).toBe(statusPage({ positions: [] }));
  });

  it('goes on over pages, of which each says what it has, and none is missing', () => {
    const fields = tablesOf(many(20));
    expect(fields.map((field) => field?.name)).toEqual([
      '1 to 8 of 20',
      '9 to 16 of 20',
      '17 to 20 of 20',
    ]);
    const symbols = fields.flatMap((field) => [...(field?.value ?? '').matchAll(/^A\d+/gm)].flat());
    const naked = 'A5';
    const others = many(20)
      .map(({ symbol }) => symbol)
      .filter((symbol) => symbol !== naked);
    expect(symbols).toEqual([naked, ...others]);
  });

  it('has state, title and the count of what is protected on each page', () => {
    const pages = pagesOf({ positions: many(20), protectedPositions: 19 }, {}, 'table');
    for (const body of pages) {
      expect(page(body)).toContain(
        '# 💵 LIVE · ✅ ACTIVE\nPositions: ⚠ 19 of 20 positions protected',
      );
    }
  });

  it('is never cut, however long its figures are', () => {
    const huge = { entryPrice: parseUsd('987654321.12'), stopPrice: parseUsd('987654321.12') };
    const positions = many(40).map((line) => ({ ...line, ...huge, quantity: 987_654_321 }));
    const text = tablesOf(positions)
      .map((field) => field?.value ?? '')
      .join('\n');
    expect(text).not.toContain('…');
    expect([...text.matchAll(/^A\d+/gm)]).toHaveLength(40);
  });

  it('has the same columns on all pages', () => {
    const positions = many(9).map((line, at) =>
      at === 8 ? { ...line, currentPrice: parseUsd('1234.5') } : line,
    );
    const heads = tablesOf(positions).map((field) => field?.value.split('\n').slice(1, 4));
    expect(heads[1]).toEqual(heads[0]);
  });
});

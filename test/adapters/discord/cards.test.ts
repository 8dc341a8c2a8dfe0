import { describe, expect, it } from 'vitest';

import { renderCard, renderReply } from '#adapters/discord/render.ts';
import { CLOSE_REASONS } from '#core/close.ts';
import { dailyMetrics } from '#core/daily-metrics.ts';
import type { DailyMetrics, MetricName } from '#core/daily-metrics.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { SignalCounts } from '#core/signal-counts.ts';
import type { StartedCard } from '#ports/cards.ts';
import type { DigestCard } from '#ports/report-cards.ts';

import { AT, digest, exit, metrics, position, started, trade } from './facts.ts';
import { field, page, read, title } from './reading.ts';

const colourOf = (card: StartedCard) => renderCard(card, 'SANDBOX').embeds[0]?.color;
const digestBody = (changes: Partial<DigestCard>) => renderCard({ ...digest, ...changes }, 'PAPER');
const overall = (changes: Partial<DailyMetrics>) =>
  (field(digestBody({ overall: metrics(changes) }), /^All/) ?? '').replaceAll('\u00A0', ' ');
const figureOf = (value: number | null, on: number) => ({ value, count: on, interval: null });

describe('the start-up card', () => {
  it('tells mode, what it runs on, and that all positions are protected', () => {
    expect(read(started)).toMatchInlineSnapshot(`
      "# 🧪 SANDBOX · Bracketeer 0.1.0 started · 🛡 3 of 3 positions protected
      Simulated market and broker: no order leaves this machine.
      Up since <t:1764343800:f>. Continues the earlier ledger.
      [Equity] $100,412.30
      [Positions] 🛡 3 of 3 positions protected
      [Session] 2025-11-28
      <t:1764340200:t> – <t:1764352800:t>
      [Watchlist (3)] NVDA AAPL BRK.B
      [Data feed] replay of sample\\_day
      [Database] embedded PostgreSQL
      [Queue] PostgreSQL
      [Page] http://127.0.0.1:4100/
      (SANDBOX · 0.1.0)"
    `);
  });

  it('says what is to be said of the walk-forward of these parameters', () => {
    const readinessNote = 'Not ready for real money: nobody has tried them';
    expect(read({ ...started, readinessNote })).toContain(`\n🎓 ${readinessNote}.\n`);
  });

  it('says loudly that real money trades', () => {
    const live = read({ ...started, mode: 'LIVE', page: null, continued: false });
    expect(live).toContain(
      '# 💵 LIVE · Bracketeer 0.1.0 started · 🛡 3 of 3 positions protected\n**REAL MONEY.**',
    );
    expect(live).toContain('The ledger is new and empty.');
    expect(live).not.toContain('[Page]');
  });

  it.each([
    [
      'halted',
      '⛔ HALTED',
      '**No new entries** until someone resumes. Exits and protection go on.',
    ],
    [
      'flattening',
      '⏏️ FLATTENING',
      '**No new entries; every position is being closed**, then halted until someone resumes.',
    ],
  ] as const)('says that it is %s still', (status, badge, line) => {
    const state = { status, by: 'Ada', reason: 'a *fire*', since: AT, until: null };
    const text = read({ ...started, control: state });
    expect(text).toContain(
      `# 🧪 SANDBOX · Bracketeer 0.1.0 started · 🛡 3 of 3 positions protected · ${badge}\n`,
    );
    expect(text).toContain(`${line}\nBy Ada since <t:1764343800:f>: a \\*fire\\*\n`);
    expect(colourOf({ ...started, control: state })).not.toBe(colourOf(started));
  });

  it('says nothing of a state in which it trades', () => {
    const state = { status: 'active', by: 'Ada', reason: 'on', since: AT, until: null } as const;
    expect(read({ ...started, control: state })).toBe(read(started));
  });

  it('warns of a position without a live stop', () => {
    const naked = read({ ...started, protectedPositions: 2 });
    expect(naked).toContain('[Positions] ⚠ 2 of 3 positions protected');
    expect(naked).toContain('⚠ **A position has no live stop at the broker.');
  });

  it('lists what broker and ledger disagree on, and that entries wait for it', () => {
    const findings = [
      'TSLA: 20 shares at the\nbroker, *none* in the ledger.',
      'Order x is unknown.',
    ];
    expect(
      read({ ...started, findings })
        .split('\n')
        .slice(0, 6),
    ).toEqual([
      '# 🧪 SANDBOX · Bracketeer 0.1.0 started · 🛡 3 of 3 positions protected · ⛔ no entries: 2 findings',
      'Simulated market and broker: no order leaves this machine.',
      'Up since <t:1764343800:f>. Continues the earlier ledger.',
      '⛔ **No entries until broker and ledger agree.** Exits and protection go on. To be settled:',
      String.raw`• TSLA: 20 shares at the broker, \*none\* in the ledger.`,
      '• Order x is unknown.',
    ]);
  });

  it('shows ten findings and counts the rest', () => {
    const findings = Array.from({ length: 13 }, (_, at) => `finding ${at}`);
    const text = read({ ...started, findings });
    expect(text).toContain('\n• finding 9\n… and 3 more\n');
  });

  it.each([
    [{ lateFills: 1 }, '🕓 1 fill booked late: nobody was listening when it happened.'],
    [{ lateFills: 3 }, '🕓 3 fills booked late: nobody was listening when it happened.'],
    [{ resumedCloses: 1 }, '⏳ 1 closing of an earlier run goes on.'],
    [{ resumedCloses: 2 }, '⏳ 2 closings of an earlier run go on.'],
  ])('says what it takes over from an earlier run: %o', (changes, line) => {
    expect(read({ ...started, ...changes })).toContain(`earlier ledger.\n${line}\n[Equity]`);
  });

  it('tells of cash that does not add up, and that no entry waits for it', () => {
    const text = read({ ...started, cashNote: 'Cash differs by $5.00' });
    expect(text).toContain('earlier ledger.\n💵 Cash differs by $5.00\n[Equity]');
    expect(text).not.toContain('no entries');
  });

  it('names the symbols whose history is too short for entries', () => {
    const few = read({ ...started, shortHistory: [ticker('ARM'), ticker('BIRK')] });
    expect(few).toContain(
      '🐣 No entries yet in ARM, BIRK: too few sessions of history for the rules.',
    );
    const symbols = Array.from({ length: 14 }, (_, index) => ticker(`A${'ABCDEFGHIJKLMN'[index]}`));
    expect(read({ ...started, shortHistory: symbols })).toContain('AK, AL and 2 more: too few');
  });

  it('says when there is nothing to protect and no session known', () => {
    const idle = read({ ...started, openPositions: 0, protectedPositions: 0, session: null });
    expect(idle).toContain('[Positions] no open positions\n[Session] –');
  });
});

describe('the exit card', () => {
  it('shows the result in dollars, per cent and R, the time held, and the day', () => {
    expect(read(exit(), 'SANDBOX')).toMatchInlineSnapshot(`
      "# 🎯 TARGET hit: NVDA, 120 sold @ $185.75 · +$412.30 (+1.4 R)
      Bought 120 at $182.31, sold at $185.75. Flat since <t:1764349500:t>.
      Stop $180.26 · target $185.75. Realized, before fees.
      [P/L] +$412.30
      +1.88 % · +1.4 R
      [Exit] $185.75
      slippage 0.2 bps worse
      [Held] 1 h 35 min
      [At best (MFE)] +$447.60
      +1.74 R
      [At worst (MAE)] −$96.00
      −0.37 R
      [Realized today] −$1,204.00
      (2025-11-28-1030-NVDA · SANDBOX)"
    `);
  });

  it.each([
    ['take_profit', '🎯 TARGET hit', null],
    ['stop_loss', '🛑 STOP hit', null],
    [
      'emergency_stop',
      '🆘 EMERGENCY CLOSE',
      'It had no live stop, and the price was already beyond the place for one.',
    ],
    ['manual_close', '✋ CLOSED BY HAND', 'A person asked for it.'],
    ['risk_limit', '⛔ RISK LIMIT', 'A risk limit was reached.'],
    ['time_exit', '⌛ TIME EXIT', 'After so long it still stood near its entry.'],
    ['end_of_day', '🌙 END OF DAY', 'The session ends, and nothing stays open overnight.'],
    ['scale_out', '🪜 SCALED OUT', 'A part takes its profit early.'],
    [
      'other',
      '❔ CLOSED BY ANOTHER ORDER',
      'An order that is none of the bot’s closed it: find out whose it was.',
    ],
  ] as const)('names an exit by %s in its title, and why', (exitReason, headline, why) => {
    expect(title(exit({ exitReason }))).toBe(
      `${headline}: NVDA, 120 sold @ $185.75 · +$412.30 (+1.4 R)`,
    );
    expect(read(exit({ exitReason })).split('\n')[2]).toBe(
      why ?? 'Stop $180.26 · target $185.75. Realized, before fees.',
    );
  });

  it('tells late news as such', () => {
    const late = read({ ...exit(), lateMs: 12 * 60_000 });
    expect(late).toContain(
      '(+1.4 R) · 12 min late\n🕓 **Told 12 min late: the news could not get through before.**\nBought 120',
    );
  });

  it('that comes days late says of which day it is', () => {
    const late = read({ ...exit(), lateMs: 3 * 24 * 3_600_000 });
    expect(late).toContain('Flat since <t:1764349500:f>.');
    expect(late).toContain('[Realized on 2025-11-28] −$1,204.00');
  });

  it('tells a short the right way round', () => {
    expect(read(exit({ side: 'short' }))).toContain(
      'Shorted 120 at $182.31, bought back at $185.75.',
    );
    expect(title(exit({ side: 'short' }))).toContain('NVDA, 120 bought back @ $185.75');
  });
});

describe('the digest', () => {
  it('is the day on one page', () => {
    expect(read(digest)).toMatchInlineSnapshot(`
      "# 📊 📝 PAPER · 2025-11-28: +$412.18 (+0.41 %)
      Equity $100,000.00 → $100,412.18
      Realized and unrealized, fees deducted.
      Best NVDA long +$412.30 (+1.4 R); worst TSLA short −$1,204.00 (−1.02 R).
      [Fees] $0.12
      [Entries] 3 filled
      1 not filled
      [Cycles] 42
      [Closed trades: 2, 1 won] \`\`\`
      symbol side      P/L     R exit
      NVDA   long    +$412  +1.4 target
      TSLA   short −$1,204 −1.02 stop
      \`\`\`
      [Open overnight: 🛡 1 of 1 position protected] 🛡 NVDA long 120: +$82.80 · +0.32 R · stop $180.26
      [This session: 2 closed trades] ⏳ Win rate 50 % (9 to 91), target > 60 %: missed
      ⏳ Profit factor 0.34, target > 2.5: missed
      ⏳ Average +0.19 R (−15.19 to +15.57), target > 2 R: missed
      ✅ Drawdown −0.80 %, target < 3 %: met
      ⏳ Slippage 1.2 bps worse (−0.4 to 2.8) on 3 entries, target < 5 bps: met
      ✅ Interference 0, target 0: met
      [All 40 closed trades: +$3,010.50 before fees] ✅ Win rate 62.5 % (47 to 76), target > 60 %: met
      ✅ Profit factor 2.71, target > 2.5: met
      ❌ Average +1.2 R (+0.71 to +1.69), target > 2 R: missed
      ✅ Worst day’s drawdown −1.42 % on 12 sessions, target < 3 %: met
      ✅ Slippage 1.3 bps worse (0.9 to 1.8) on 41 entries, target < 5 bps: met
      ✅ Interference 0, target 0: met
      (…) holds the true figure, 95 % sure. ⏳ on fewer than 30: too few to say.
      [Signals] 41 signals → 3 entries
      removed by confidence 22, trend-15m 16
      bars not judged: freshness 2
      [Next session] 2025-12-01
      opens <t:1764599400:f>
      (2025-11-28 · PAPER)"
    `);
  });

  it('shows twelve trades and counts the rest', () => {
    const many = digestBody({ closedTrades: Array.from({ length: 15 }, () => trade) });
    const lines = field(many, /^Closed/)?.split('\n') ?? [];
    expect(lines.filter((line) => line.startsWith('NVDA'))).toHaveLength(12);
    expect(lines.at(-1)).toBe('… and 3 more');
  });

  it('keeps its columns aligned whatever the figures', () => {
    const wide = [trade, { ...trade, symbol: ticker('BRK.B'), pnl: parseUsd('-123456.78') }];
    const rows = (field(digestBody({ closedTrades: wide }), /^Closed/) ?? '')
      .split('\n')
      .slice(1, 4);
    const ends = rows.map((row) => row.search(/ (?:target|exit)$/));
    expect(new Set(ends).size).toBe(1);
  });

  it('puts a position that is not protected first and says so', () => {
    const naked = { ...position, symbol: ticker('TSLA'), isProtected: false, stopPrice: null };
    const shown = digestBody({ openPositions: [position, { ...naked, rNow: null }] });
    expect(shown.embeds[0]?.title).toMatch(/ · ⚠ 1 of 2 positions protected$/);
    expect(shown.embeds[0]?.fields?.[4]).toEqual({
      name: 'Open overnight: ⚠ 1 of 2 positions protected',
      value:
        '⚠ NOT PROTECTED TSLA long 120: +$82.80 · stop –\n🛡 NVDA long 120: +$82.80 · +0.32 R · stop $180.26',
    });
  });

  it('says of positions of a later moment when they are', () => {
    const late = { positionsAt: AT + 86_400_000 };
    expect(page(digestBody(late))).toContain(
      '[Open positions: 🛡 1 of 1 position protected] as of <t:1764430200:f>, after this session:\n🛡 NVDA long',
    );
    expect(page(digestBody({ ...late, openPositions: [] }))).toContain(
      '[Open positions] as of <t:1764430200:f>, after this session:\nno open positions',
    );
    expect(page(digestBody(late))).not.toContain('overnight');
  });

  it.each<[string, Partial<DigestCard>, string, string]>([
    ['that are charged', {}, ', fees deducted.', '$0.12'],
    [
      'that are still to come',
      { fees: null },
      ', before fees: they are charged later.',
      'charged later',
    ],
    ['that there are none of', { fees: parseUsd('0') }, '.', '$0.00'],
    ['that were charged some time until now', { positionsAt: AT }, '.', '$0.12'],
  ])('claims no more than is known of fees %s', (_, changes, words, fees) => {
    const body = digestBody(changes);
    const result = body.embeds[0]?.description?.split('\n')[1];
    expect(result).toBe(`Realized and unrealized${words}`);
    expect(field(body, /^Fees/)).toBe(fees);
  });

  it.each([
    [29, '⏳ Win rate 62.5 % (47 to 76), target > 60 %: met'],
    [30, '✅ Win rate 62.5 % (47 to 76), target > 60 %: met'],
  ])('says of a verdict on %d trades what it is worth', (on, line) => {
    expect(overall({ winRate: { ...digest.overall.winRate, count: on } })).toContain(`${line}\n`);
  });

  it.each<[MetricName, number | null, number, string]>([
    ['winRate', null, 0, '– Win rate: no closed trade'],
    ['winRate', 0.6, 40, '❌ Win rate 60 %, target > 60 %: missed'],
    ['profitFactor', null, 40, '– Profit factor: no loss to compare with'],
    ['profitFactor', 2.5, 40, '❌ Profit factor 2.5, target > 2.5: missed'],
    ['averageR', null, 0, '– Average: no closed trade'],
    ['averageR', 2.01, 40, '✅ Average +2.01 R, target > 2 R: met'],
    ['averageR', 2.01, 39, '✅ Average +2.01 R on 39 trades, target > 2 R: met'],
    ['drawdownPercent', null, 0, '– Drawdown: no session measured'],
    ['drawdownPercent', 3, 1, '❌ Drawdown −3.00 %, target < 3 %: missed'],
    [
      'drawdownPercent',
      3,
      2,
      '❌ Worst day’s drawdown −3.00 % on 2 sessions, target < 3 %: missed',
    ],
    ['slippageBps', null, 0, '– Slippage: no entry filled'],
    ['slippageBps', 5, 40, '❌ Slippage 5.0 bps worse, target < 5 bps: missed'],
    ['slippageBps', 1, 1, '⏳ Slippage 1.0 bps worse on 1 entry, target < 5 bps: met'],
    ['slippageBps', -1, 41, '✅ Slippage 1.0 bps better on 41 entries, target < 5 bps: met'],
    ['interference', 1, 41, '❌ Interference 1, target 0: missed'],
  ])('tells of a %s of %s on %d what it is worth', (name, value, on, line) => {
    expect(overall({ [name]: figureOf(value, on) }).split('\n')).toContain(line);
  });

  it('does not speak of signals where no bar was decided', () => {
    const signals = { ...digest.signals, decisions: 0 };
    expect(page(digestBody({ signals }))).not.toContain('[Signals]');
  });

  it('does not let a narrow screen tear a target from its verdict', () => {
    const body = digestBody({ overall: metrics() });
    expect(field(body, /^All/)).toContain(', target\u00A0>\u00A060\u00A0%:\u00A0met\n');
  });

  it('explains its brackets and its marks once', () => {
    expect(page(digestBody({})).match(/95 % sure/g)).toHaveLength(1);
  });

  it('has the session’s own figures before those of all', () => {
    const names = digestBody({}).embeds[0]?.fields?.map(({ name }) => name) ?? [];
    expect(names.findIndex((name) => name.startsWith('This session'))).toBe(
      names.findIndex((name) => name.startsWith('All')) - 1,
    );
  });

  it.each<[string, Partial<SignalCounts>, string]>([
    ['nothing', { signals: 3, entries: 3, removed: [], unjudged: [] }, '3 signals → 3 entries'],
    [
      'all',
      {
        signals: 1,
        entries: 0,
        removed: [{ filter: 'size', count: 1 }],
        unjudged: [{ filter: 'warm-up', count: 1_234 }],
      },
      '1 signal → 0 entries\nremoved by size 1\nbars not judged: warm-up 1,234',
    ],
  ])('tells when the filters removed %s', (_, changes, words) => {
    const signals = { ...digest.signals, ...changes };
    expect(field(digestBody({ signals }), /^Signals/)).toBe(words);
  });

  it('says before all figures when a bracket was touched', () => {
    const { description, color } =
      digestBody({ session: metrics({ interference: figureOf(2, 3) }) }).embeds[0] ?? {};
    expect(description?.split('\n')[0]).toBe(
      '⚠ **2 legs of a bracket ended for no reason of the bot’s.** Find out who or what cancels orders at the broker.',
    );
    expect(color).not.toBe(digestBody({}).embeds[0]?.color);
  });

  it('has a word in its table for every way to end', () => {
    const closedTrades = [...CLOSE_REASONS, 'take_profit', 'stop_loss', 'other'] as const;
    const table =
      field(
        digestBody({ closedTrades: closedTrades.map((exitReason) => ({ ...trade, exitReason })) }),
        /^Closed/,
      ) ?? '';
    const words = table.split('\n').slice(2, -1);
    expect(words.map((row) => row.split('+1.4 ')[1])).toEqual([
      'emerg.',
      'manual',
      'risk',
      'time',
      'day end',
      'scale',
      'target',
      'stop',
      'other',
    ]);
  });

  it('has its table of trades fit beside a phone’s edge, whatever they brought', () => {
    const worst = {
      ...trade,
      symbol: ticker('BRK.B'),
      side: 'short',
      pnl: parseUsd('-11204.00'),
      rMultiple: -11.02,
      exitReason: 'end_of_day',
    } as const;
    const table = field(digestBody({ closedTrades: [worst] }), /^Closed trades/) ?? '';
    expect(table.split('\n')).toContain('BRK.B  short −$11,204 −11.02 day end');
    for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(36);
  });

  it('has no figures where there were no trades', () => {
    const none = dailyMetrics({ closed: [], entered: [], drawdowns: [], interference: 0 });
    const empty = digestBody({
      closedTrades: [],
      openPositions: [],
      session: none,
      overall: none,
      nextSession: null,
    });
    expect(page(empty)).toContain('[Closed trades] none\n[Open overnight] no open positions');
    expect(page(empty)).toContain(
      [
        '[This session: 0 closed trades] ✅ Interference 0, target 0: met',
        '– Win rate, Profit factor, Average: no closed trade',
        '– Drawdown: no session measured',
        '– Slippage: no entry filled',
      ].join('\n'),
    );
    expect(page(empty)).toContain('[Next session] –');
  });
});

describe('a text answer', () => {
  it('is shown as it was written and mentions nobody', () => {
    expect(renderReply({ kind: 'text', text: 'pong *42* <@1>' })).toEqual([
      {
        content: String.raw`pong \*42\* \<@1\>`,
        embeds: [],
        components: [],
        allowedMentions: { parse: [] },
      },
    ]);
  });
});

describe('a title', () => {
  it('never breaks after its minus or before its unit, where a loss would read as a gain', () => {
    const loss = renderCard(exit({ pnl: parseUsd('-89.07'), rMultiple: -0.93 }), 'PAPER');
    expect(loss.embeds[0]?.title).toContain('−\u2060$89.07 (−0.93\u00A0R)');
  });
});

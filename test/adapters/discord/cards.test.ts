import type { APIEmbed } from 'discord.js';
import { describe, expect, it } from 'vitest';

import { renderCard, renderReply } from '#adapters/discord/render.ts';
import type { MessageBody } from '#adapters/discord/render.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { REJECT_CODES } from '#ports/broker.ts';
import type { Card, DigestCard, Mode } from '#ports/cards.ts';

import {
  alarm,
  AT,
  digest,
  entry,
  exit,
  intent,
  position,
  started,
  status,
  trade,
} from './facts.ts';

const linesOf = (embed: APIEmbed) => [
  `# ${embed.title}`,
  embed.description,
  ...(embed.fields ?? []).map(({ name, value }) => `[${name}] ${value}`),
  `(${embed.footer?.text})`,
];
/** Without the marks that only keep figures in one piece. */
const plainly = (text: string): string => text.replaceAll('\u2060', '').replaceAll('\u00A0', ' ');
/** The message as a person reads it from top to bottom. */
const page = ({ content, embeds }: MessageBody): string =>
  plainly([content, ...embeds.flatMap(linesOf)].filter((line) => line !== undefined).join('\n'));
const read = (card: Card, mode: Mode = 'PAPER') => page(renderCard(card, mode));
const title = (card: Card) => plainly(renderCard(card, 'PAPER').embeds[0]?.title ?? '');
const field = (body: MessageBody, name: RegExp) =>
  body.embeds[0]?.fields?.find((candidate) => name.test(candidate.name))?.value;
const digestBody = (changes: Partial<DigestCard>) => renderCard({ ...digest, ...changes }, 'PAPER');
const overall = (changes: Partial<DigestCard['overall']>) =>
  field(digestBody({ overall: { ...digest.overall, ...changes } }), /^All/);
const statusPage = (changes: Partial<typeof status> = {}) =>
  page(renderReply({ kind: 'status', report: { ...status, ...changes } }));

describe('the start-up card', () => {
  it('tells mode, what it runs on, and that all positions are protected', () => {
    expect(read(started)).toMatchInlineSnapshot(`
      "# 🧪 SANDBOX · Bracketeer 0.1.0 started
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

  it('says loudly that real money trades', () => {
    const live = read({ ...started, mode: 'LIVE', page: null, continued: false });
    expect(live).toContain('# 💵 LIVE · Bracketeer 0.1.0 started\n**REAL MONEY.**');
    expect(live).toContain('The ledger is new and empty.');
    expect(live).not.toContain('[Page]');
  });

  it('warns of a position without a live stop', () => {
    const naked = read({ ...started, protectedPositions: 2 });
    expect(naked).toContain('[Positions] ⚠ 2 of 3 positions protected');
    expect(naked).toContain('⚠ **A position has no live stop at the broker.');
  });

  it('says when there is nothing to protect and no session known', () => {
    const idle = read({ ...started, openPositions: 0, protectedPositions: 0, session: null });
    expect(idle).toContain('[Positions] no open positions\n[Session] –');
  });
});

describe('the entry card', () => {
  it('shows order, risk and the arithmetic of its size when the bracket is sent', () => {
    expect(read(entry({ status: 'submitted', at: AT }))).toMatchInlineSnapshot(`
      "# ⏳ BUY 120 NVDA: bracket sent, limit $182.40
      Sent <t:1764343800:t>. Cancelled if it has not filled within one bar.
      1 % of $100,000 = $1,000 ÷ $2.14 = 467 shares, capped by notional at 120
      [Limit] $182.40
      [Stop] $180.26
      2.4 ATR
      [Target] $187.75
      6 ATR
      [Size] 120 shares
      $21,888.00
      [Risk] $256.80
      R = $2.14 a share
      [Signal] confidence 82
      trending, volatile
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it('leads with price and slippage once filled', () => {
    const filled = {
      status: 'filled',
      at: AT + 4000,
      averagePrice: parseUsd('182.3333'),
      quantity: 120,
      slippageBps: 1.28,
    } as const;
    expect(read(entry(filled))).toMatchInlineSnapshot(`
      "# ✅ BOUGHT 120 NVDA @ $182.33
      Filled <t:1764343804:t>. Stop and target rest at the broker.
      1 % of $100,000 = $1,000 ÷ $2.14 = 467 shares, capped by notional at 120
      [Average] $182.33
      [Slippage] 1.3 bps worse
      [Value] $21,880.00
      [Limit] $182.40
      [Stop] $180.26
      2.4 ATR
      [Target] $187.75
      6 ATR
      [Size] 120 shares
      $21,888.00
      [Risk] $256.80
      R = $2.14 a share
      [Signal] confidence 82
      trending, volatile
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it('does not call a partly filled entry protected', () => {
    const partly = {
      status: 'filled',
      at: AT,
      averagePrice: parseUsd('182.33'),
      quantity: 80,
      slippageBps: -0.5,
    } as const;
    const text = read(entry(partly));
    expect(text).toContain('# ✅ BOUGHT 80 of 120 NVDA @ $182.33');
    expect(text).toContain('[Slippage] 0.5 bps better');
    expect(text).not.toContain('rest at the broker');
  });

  it('says SHORT where shares are sold that are not there', () => {
    const short = { side: 'short' as const };
    expect(title(entry({ status: 'submitted', at: AT }, short))).toBe(
      '⏳ SHORT 120 NVDA: bracket sent, limit $182.40',
    );
    const filled = {
      status: 'filled',
      at: AT,
      averagePrice: parseUsd('182.33'),
      quantity: 120,
      slippageBps: 0,
    } as const;
    expect(title(entry(filled, short))).toBe('✅ SHORTED 120 NVDA @ $182.33');
  });

  it('shows four decimals below a dollar and leaves out a cap that did not bind', () => {
    const penny = entry(
      { status: 'submitted', at: AT },
      {
        bracket: { ...intent.bracket, limitPrice: parseUsd('0.8123'), isVolatile: false },
        size: { ...intent.size, cappedBy: null, sharesByRisk: 120 },
      },
    );
    expect(read(penny)).toContain('[Limit] $0.8123');
    expect(read(penny)).toMatch(/= 120 shares\n/);
    expect(read(penny)).not.toContain('volatile');
  });

  it('says of a cancelled entry that no position was opened', () => {
    const text = read(entry({ status: 'cancelled', at: AT, reason: 'not filled within one bar' }));
    expect(text).toContain(
      '# ✖️ NOT FILLED: BUY 120 NVDA\nCancelled <t:1764343800:t>: not filled within one bar\nNo position was opened.',
    );
  });

  it('says of an abandoned entry that it was never sent', () => {
    const text = read(entry({ status: 'abandoned', at: AT, reason: 'its bar was over' }));
    expect(text).toContain('# ⏭️ NOT SENT: BUY 120 NVDA\nAbandoned <t:1764343800:t>: its bar');
  });

  it('tells a rejection in plain words, with the broker’s own beside them', () => {
    const rejected = {
      status: 'rejected',
      at: AT,
      code: 'hard-to-borrow',
      message: 'asset *NVDA* cannot be sold short',
    } as const;
    expect(read(entry(rejected, { side: 'short' }))).toContain(
      [
        '# 🚫 REJECTED: SHORT 120 NVDA',
        'Rejected <t:1764343800:t>. The broker has no shares to lend for a short sale. No position was opened.',
        String.raw`The broker’s words: “asset \*NVDA\* cannot be sold short”`,
      ].join('\n'),
    );
  });

  it('has words of its own for every class of rejection', () => {
    const words = REJECT_CODES.map(
      (code) => read(entry({ status: 'rejected', at: AT, code, message: '' })).split('\n')[1] ?? '',
    );
    expect(new Set(words).size).toBe(REJECT_CODES.length);
  });

  it('does not choke on a class of rejection that nobody has heard of', () => {
    const text = read(entry({ status: 'rejected', at: AT, code: 'new-rule', message: '' }));
    expect(text).toContain('The broker gave a reason that is not known here.');
    expect(text).not.toContain('broker’s words');
  });
});

describe('the exit card', () => {
  it('shows the result in dollars, per cent and R, the time held, and the day', () => {
    expect(read(exit(), 'SANDBOX')).toMatchInlineSnapshot(`
      "# 🎯 TARGET hit: NVDA +$412.30 (+1.4 R)
      Bought 120 at $182.31, sold at $185.75. Flat since <t:1764349500:t>.
      Stop $180.26 · target $185.75. Realized, before fees.
      [P/L] +$412.30
      +1.88 % · +1.4 R
      [Exit] $185.75
      slippage 0.2 bps worse
      [Held] 1 h 35 min
      [Realized today] −$1,204.00
      (2025-11-28-1030-NVDA · SANDBOX)"
    `);
  });

  it.each([
    ['take_profit', '🎯 TARGET hit: NVDA +$412.30 (+1.4 R)'],
    ['stop_loss', '🛑 STOP hit: NVDA +$412.30 (+1.4 R)'],
    ['other', '🔚 CLOSED: NVDA +$412.30 (+1.4 R)'],
  ] as const)('names an exit by %s in its title', (exitLeg, expected) => {
    expect(title(exit({ exitLeg }))).toBe(expected);
  });

  it('tells a short the right way round', () => {
    expect(read(exit({ side: 'short' }))).toContain(
      'Shorted 120 at $182.31, bought back at $185.75.',
    );
  });
});

describe('the alarm card', () => {
  it('says ALARM first and shows the text as it was written', () => {
    expect(read({ ...alarm, title: '@everyone *now*' })).toMatchInlineSnapshot(`
      "# 🚨 ALARM: @​everyone \\*now\\*
      <t:1764343800:f>
      TSLA has no live stop.
      The other positions are protected. Look at the broker now.
      (PAPER)"
    `);
  });
});

describe('the digest', () => {
  it('is the day on one page', () => {
    expect(read(digest)).toMatchInlineSnapshot(`
      "# 📊 📝 PAPER · 2025-11-28: +$412.18 (+0.41 %)
      Equity $100,000.00 → $100,412.18
      Realized and unrealized, fees deducted.
      [Drawdown] −0.80 %
      [Fees] $0.12
      [Entries] 3 filled
      1 not filled
      [Closed trades: 2, 1 won] \`\`\`
      symbol side         P/L       R exit
      NVDA   long    +$412.30  +1.4 R target
      TSLA   short −$1,204.00 −1.02 R stop
      \`\`\`
      [Open overnight: 🛡 1 of 1 position protected] 🛡 NVDA long 120: +$82.80 · +0.32 R · stop $180.26
      [All 40 closed trades: +$3,010.50] Win rate 62.5 % (95 % sure: 47–76 %), target > 60 %: ✅ met
      Profit factor 2.71, target > 2.5: ✅ met
      Average +1.2 R, target > 2 R: ❌ missed
      Day’s drawdown −0.80 %, target < 3 %: ✅ met
      [Cycles] 42
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

  it('does not judge a ratio on fewer than 30 trades', () => {
    expect(overall({ trades: 29 })?.match(/too few trades to say \(29 of 30\)/g)).toHaveLength(3);
    expect(overall({ trades: 30 })).not.toContain('too few');
  });

  it('does not judge a profit factor without a loss', () => {
    expect(overall({ profitFactor: null })).toContain(
      'Profit factor –, target > 2.5: ⏳ no loss yet to compare with',
    );
  });

  it.each([
    ['winRate', 0.6, 'Win rate 60 %', '❌ missed'],
    ['winRate', 0.61, 'Win rate 61 %', '✅ met'],
    ['profitFactor', 2.5, 'Profit factor 2.5', '❌ missed'],
    ['profitFactor', 2.51, 'Profit factor 2.51', '✅ met'],
    ['averageR', 2, 'Average +2.0 R', '❌ missed'],
    ['averageR', 2.01, 'Average +2.01 R', '✅ met'],
  ] as const)('judges a %s of %d', (ratio, value, words, verdict) => {
    const line = overall({ [ratio]: value })
      ?.split('\n')
      .find((candidate) => candidate.startsWith(words));
    expect(line?.endsWith(verdict)).toBe(true);
  });

  it.each([
    [-2.99, '✅ met'],
    [-3, '❌ missed'],
  ])('judges a day’s drawdown of %d %% by itself', (maxDrawdownPercent, verdict) => {
    const lines = field(digestBody({ maxDrawdownPercent }), /^All/) ?? '';
    expect(lines.endsWith(`target < 3 %: ${verdict}`)).toBe(true);
  });

  it('has no figures where there were no trades', () => {
    const none = {
      trades: 0,
      wins: 0,
      winRate: null,
      winRateInterval: null,
      profitFactor: null,
      averageR: null,
      totalPnl: parseUsd('0'),
    };
    const empty = digestBody({
      closedTrades: [],
      openPositions: [],
      overall: none,
      nextSession: null,
    });
    expect(page(empty)).toContain('[Closed trades] none\n[Open overnight] no open positions');
    expect(page(empty)).toContain('Win rate –, target > 60 %: ⏳ too few trades');
    expect(page(empty)).toContain('[Next session] –');
  });
});

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
      [Last cycle] bar <t:1764343800:t>
      done <t:1764343802:t> in 412 ms
      [So far] 12 cycles
      3 intents
      [Waiting] 1 pending entry
      0 messages
      [🛡 NVDA long 120] +$82.80 · +0.32 R
      entry $182.31 · now $183.00
      stop $180.26 · target $187.75
      since <t:1764343800:t>
      (LIVE)"
    `);
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
    ['without a calendar', { session: null, isOpen: false }, '[Session] closed\n[Last'],
  ])('tells the session %s', (_, changes, words) => {
    expect(statusPage(changes)).toContain(words);
  });

  it('says what has not happened yet', () => {
    const text = statusPage({ dayPnl: null, dayPnlPercent: null, lastCycle: null, positions: [] });
    expect(text).toContain('[Day P/L] –');
    expect(text).toContain('[Last cycle] none yet');
    expect(text).toContain('Positions: no open positions');
  });
});

describe('a text answer', () => {
  it('is shown as it was written and mentions nobody', () => {
    expect(renderReply({ kind: 'text', text: 'pong *42* <@1>' })).toEqual({
      content: String.raw`pong \*42\* \<@1\>`,
      embeds: [],
      allowedMentions: { parse: [] },
    });
  });
});

describe('a title', () => {
  it('never breaks after its minus or before its unit, where a loss would read as a gain', () => {
    const loss = renderCard(exit({ pnl: parseUsd('-89.07'), rMultiple: -0.93 }), 'PAPER');
    expect(loss.embeds[0]?.title).toContain('−\u2060$89.07 (−0.93\u00A0R)');
  });
});

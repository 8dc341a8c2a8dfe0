import { describe, expect, it } from 'vitest';

import { renderCard } from '#adapters/discord/render.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { BacktestCard, BacktestProgress } from '#ports/backtest-card.ts';
import type { BacktestId, BacktestReport } from '#ports/backtests.ts';
import { aReport, aRequest } from '#test/support/backtests.ts';

import { AT } from './facts.ts';
import { read, title } from './reading.ts';

const card = (progress: BacktestProgress, changes: Partial<BacktestCard> = {}): BacktestCard => ({
  kind: 'backtest',
  id: '0f0e0d0c-0000-4000-8000-000000000000' as BacktestId,
  requestedBy: 'Theo',
  request: aRequest,
  progress,
  at: AT,
  ...changes,
});

const done = (changes: Partial<BacktestReport> = {}): BacktestProgress => ({
  status: 'done',
  runId: 'f00d'.repeat(4),
  report: aReport(changes),
  tookMs: 4_200,
});
const running = (share: number, leftMs: number | null = null): BacktestProgress => ({
  status: 'running',
  phase: 'playing',
  share,
  leftMs,
  isAgain: false,
});
const STATES: readonly BacktestProgress[] = [
  { status: 'queued', ahead: 2, isAgain: false },
  running(0.43),
  done(),
  { status: 'failed', why: 'There are no bars.' },
  { status: 'cancelled', by: 'Ann' },
];

describe('the card of a backtest', () => {
  it.each(STATES)('can be taken for nothing else in the state $status', (progress) => {
    const [embed] = renderCard(card(progress), 'LIVE').embeds;
    expect(embed?.title).toMatch(/^⏪ BACKTEST /);
    expect(embed?.color).toBe(0x8e_44_ad);
    expect(embed?.footer?.text).toMatch(/^BACKTEST: the past, no orders/);
  });

  it('has a button that ends it for as long as it is not over', () => {
    const buttons = STATES.map((progress) => {
      const [row] = renderCard(card(progress), 'PAPER').components;
      return row?.components.map(({ label, custom_id: id }) => [label, id]) ?? null;
    });
    const cancel = [['Cancel', 'cancel:backtest:0f0e0d0c-0000-4000-8000-000000000000']];
    expect(buttons).toEqual([cancel, cancel, null, null, null]);
  });

  it.each([
    [0, 'queued: it is next'],
    [1, 'queued: 1 other before it'],
    [3, 'queued: 3 others before it'],
  ])('while %d come first says so', (ahead, words) => {
    expect(title(card({ status: 'queued', ahead, isAgain: false }))).toBe(`⏪ BACKTEST ${words}`);
  });

  it.each([
    [0, null, '░░░░░░░░░░░░░░░░ 0 %'],
    [0.43, 12_000, '▓▓▓▓▓▓░░░░░░░░░░ 43 %, 12 s left'],
    [0.999, 90_000, '▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░ 99 %, 1 min left'],
    [1, 0, '▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 100 %, 0 s left'],
  ])('at a share of %d shows how far it is', (share, leftMs, bar) => {
    expect(read(card(running(share, leftMs)))).toContain(`\n${bar}\n`);
  });

  it('says that it was interrupted', () => {
    expect(read(card({ status: 'queued', ahead: 0, isAgain: true }))).toContain(
      'Interrupted by a stop of the bot: it begins anew when the bot is back.',
    );
    expect(read(card({ ...running(0), isAgain: true } as BacktestProgress))).toContain(
      'It was interrupted, and has begun anew.',
    );
  });

  it('that is done tells what it came to, how sure that is, and what it stands on', () => {
    const symbols = [
      { symbol: ticker('NVDA'), trades: 30, pnl: parseUsd('600') },
      { symbol: ticker('AAPL'), trades: 8, pnl: parseUsd('-30') },
    ];
    const request = { ...aRequest, symbols: symbols.map(({ symbol }) => symbol) };
    expect(read(card(done({ symbols }), { request }))).toMatchInlineSnapshot(`
      "# ⏪ BACKTEST +$560.00 (+0.56 %) in 38 trades
      NVDA, AAPL
      2025-09-02 to 2025-11-26
      60 sessions, played in 4 s

      **Verdict: not distinguishable from luck: p = 0.31 on 38 trades, at most 0.05 is needed.**
      Equity $100,000 → $100,560.00, with $10.00 of fees and $0.00 of borrowing paid.
      [38 closed trades, 19 won: +$570.00 before fees] ❌ Win rate 50 % (35 to 65), target > 60 %: missed
      ❌ Profit factor 1.33, target > 2.5: missed
      ❌ Average +0.15 R (−0.2 to +0.5), target > 2 R: missed
      ✅ Worst day’s drawdown −0.40 % on 60 sessions, target < 3 %: met
      ✅ Slippage 1.0 bps worse (1 to 1), target < 5 bps: met
      ✅ Interference 0, target 0: met
      (…) holds the true figure, 95 % sure. ⏳ on fewer than 30: too few to say.
      [Drawdown, whole run] −1.25 %
      from its highest equity
      [Sharpe, a year] 0.81
      [Entries] 38 filled
      4 missed, 0 not taken
      [Stop-first rule] decided 3 of 38
      (7.9 %)
      [Halts by drawdown] 1 for the day
      0 from the peak
      [By symbol] \`\`\`
      symbol  n      P/L
      NVDA   30 +$600.00
      AAPL    8  −$30.00
      \`\`\`
      [Parameters that differ] \`stopAtrs\` 2 (default 2.5)
      [Asked by] Theo
      (BACKTEST: the past, no orders · run f00df00df00df00d · 0f0e0d0c · PAPER)"
    `);
  });

  it('says of each of its drawdowns what it is of: the worst day, and the whole run', () => {
    const lines = read(card(done()))
      .split('\n')
      .filter((line) => /drawdown/i.test(line));
    expect(lines).toEqual([
      expect.stringMatching(/^✅ Worst day’s drawdown −0\.40 % on 60 sessions,/),
      '[Drawdown, whole run] −1.25 %',
      '[Halts by drawdown] 1 for the day',
    ]);
  });

  it('ends in the verdict', () => {
    const verdict = 'better than luck: p = 0.004 on 210 trades';
    expect(read(card(done({ verdict })))).toContain(`**Verdict: ${verdict}.**`);
  });

  it('names symbols without bars, and trades that are still open', () => {
    const text = read(card(done({ withoutBars: [ticker('XYZ')], stillOpen: 2 })));
    expect(text).toContain('⚠ No bars of XYZ: left out.');
    expect(text).toContain('2 trades still open at the end, at the last price.');
  });

  it('tells what is to be known about the bars, and of much only the beginning', () => {
    const notes = [1, 2, 3, 4, 5, 6, 7].map((n) => `line_${n}`);
    const text = read(card(done({ notes })));
    expect(text).toContain('⚠ line\\_5\n⚠ and 2 more\n');
    expect(read(card(done()))).not.toContain('⚠');
  });

  it('has no Sharpe ratio of too few sessions', () => {
    expect(read(card(done({ sharpe: null })))).toContain('[Sharpe, a year] –\ntoo few sessions');
  });

  it('names the figures that differ, however many they are', () => {
    const names = Array.from({ length: 60 }, (_, n) => [`someRatherLongFigureName${n}`, n]);
    const request = { ...aRequest, changes: Object.fromEntries(names) };
    const text = read(card(done(), { request }));
    for (const [name] of names) expect(text).toContain(`\`${name}\``);
    expect(read(card(done(), { request: { ...aRequest, changes: {} } }))).toContain(
      '[Parameters] all at their defaults',
    );
  });
});

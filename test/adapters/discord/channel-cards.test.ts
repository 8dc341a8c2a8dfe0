import { describe, expect, it } from 'vitest';

import { parseUsd } from '#core/money.ts';
import type { ParityDifference } from '#ports/parity.ts';

import { AT, metrics, outage, parity, scaledOut, summary, weekly } from './facts.ts';
import { read } from './reading.ts';

describe('an outage', () => {
  it('says that nothing is opened, and what protects the positions', () => {
    expect(read(outage)).toMatchInlineSnapshot(`
      "# 📡 BLIND: no entries · positions keep their brackets at the broker
      Since <t:1764343800:f>: The order stream is connecting (socket hang up).
      Nothing is opened until the bot sees again. Stops and targets rest at the broker and work without it.
      It keeps trying by itself. To do, if it lasts: look at the network and at the broker’s status page.
      (PAPER)"
    `);
  });

  it('says when it is over how long it was', () => {
    expect(read({ ...outage, until: AT + 240_000 })).toMatchInlineSnapshot(`
      "# ✅ SEEING AGAIN: it was blind for 4 min
      From <t:1764343800:f> to <t:1764344040:f>: The order stream is connecting (socket hang up).
      The orders were compared with the broker, and what was missed is booked. Entries go on where they are not halted. Nothing to do.
      (PAPER)"
    `);
  });
});

describe('the comparison of a day with the backtest', () => {
  it('is one line while the day went as tested', () => {
    expect(read(parity)).toMatchInlineSnapshot(`
      "# 🪞 As tested: 2025-11-28
      As tested: 12 signals, 8 fills, slippage 0.4 bps worse, $3.20 against the backtest.
      (2025-11-28 · PAPER)"
    `);
  });

  it('lists what differs, what was done by hand, and how much is left out', () => {
    const fill = {
      tradeId: summary.trade.tradeId,
      symbol: summary.trade.symbol,
      side: 'buy',
      as: 'entry',
      quantity: 10,
      price: parseUsd('185.5'),
      at: AT,
    } as const;
    const exit = { ...fill, side: 'sell', as: 'manual_close' } as const;
    const at = { barEnd: AT, symbol: fill.symbol } as const;
    const differences: readonly ParityDifference[] = [
      { ...at, kind: 'signal-missed', recorded: 'no-cycle' },
      { ...at, kind: 'signal-extra', replayed: 'position-cap' },
      { ...at, kind: 'signal-refused', recorded: 'cooldown', replayed: 'no-signal' },
      {
        ...at,
        kind: 'signal-numbers',
        numbers: [{ name: 'shares', recorded: '12', replayed: '10' }],
      },
      { kind: 'fill-missed', fill, status: 'rejected' },
      { kind: 'fill-extra', fill },
      { kind: 'fill-late', fill, bars: 2 },
      { kind: 'fill-quantity', fill, replayed: 12 },
      { kind: 'fill-price', fill, replayed: parseUsd('185.3'), bps: 10.8, usd: parseUsd('2') },
    ];
    const report = {
      ...parity.report,
      verdict: 'different',
      differences,
      barsWithoutCycle: 3,
      byHand: [{ kind: 'closed', fill: exit }],
    } as const;
    expect(read({ ...parity, report, total: 120, untold: 20 })).toMatchInlineSnapshot(`
      "# 🪞 NOT as tested: 2025-11-28
      **120 differences between the bot and the backtest.** Equal: 12 signals, 8 fills, slippage 0.4 bps worse, $3.20 against the backtest.
      No cycle is recorded at 3 bars.
      ✋ <t:1764343800:t> NVDA: exit (manual) of 10 @ $185.50, closed by hand
      • <t:1764343800:t> NVDA: signal missed: the backtest enters, the bot had no cycle at that bar
      • <t:1764343800:t> NVDA: extra signal: the bot entered, the backtest refused it (position-cap)
      • <t:1764343800:t> NVDA: signal refused otherwise: the bot refused it (cooldown), the backtest saw no signal
      • <t:1764343800:t> NVDA: other numbers: shares 12, in the backtest 10
      • <t:1764343800:t> NVDA: entry of 10 @ $185.50 missed: only the backtest has it; the bot’s entry was rejected
      • <t:1764343800:t> NVDA: extra entry of 10 @ $185.50: the backtest does not have it
      • <t:1764343800:t> NVDA: entry of 10 @ $185.50 2 bars late
      • <t:1764343800:t> NVDA: entry of 10 @ $185.50, in the backtest 12 shares
      • <t:1764343800:t> NVDA: entry of 10 @ $185.50, in the backtest $185.30: 10.8 bps worse, $2.00
      … and 20 more: \`npm run parity -- --date 2025-11-28\`
      (2025-11-28 · PAPER)"
    `);
  });
});

describe('the digest of a week', () => {
  it('is the week on one page', () => {
    expect(read(weekly)).toMatchInlineSnapshot(`
      "# 🗓️ 📝 PAPER · Week of 2025-11-24 to 2025-11-28: +$640.00 (+0.64 %)
      Equity $100,000.00 → $100,640.00
      Realized and unrealized, after the fees that were charged so far.
      Best day 2025-11-25 +$438.32; worst day 2025-11-24 −$210.50.
      [Days] 2025-11-24 −$210.50
      2025-11-25 +$438.32
      2025-11-28 +$412.18
      [40 closed trades, 25 won: +$3,010.50 before fees] ✅ Win rate 62.5 % (47 to 76), target > 60 %: met
      ✅ Profit factor 2.71, target > 2.5: met
      ❌ Average +1.2 R (+0.71 to +1.69), target > 2 R: missed
      ✅ Worst day’s drawdown −1.42 % on 12 sessions, target < 3 %: met
      ✅ Slippage 1.3 bps worse (0.9 to 1.8) on 41 entries, target < 5 bps: met
      ✅ Interference 0, target 0: met
      (…) holds the true figure, 95 % sure. ⏳ on fewer than 30: too few to say.
      [Best symbols] NVDA +$900.10 in 3 trades
      AAPL +$12.00 in 1 trade
      [Worst symbols] TSLA −$272.10 in 2 trades
      [Next session] 2025-12-01
      opens <t:1764599400:f>
      (2025-11-24 to 2025-11-28 · PAPER)"
    `);
  });

  it('says what was paid in or out, which is no part of its result', () => {
    expect(read({ ...weekly, flows: parseUsd('-2000') })).toContain(
      '→ $100,640.00; the result is without $2,000.00 paid out\n',
    );
  });

  it('tells no symbol twice', () => {
    const one = read({ ...weekly, symbols: weekly.symbols.slice(0, 1) });
    expect(one).toContain('[Best symbols] NVDA');
    expect(one).not.toContain('Worst symbols');
  });

  it('begins with a touched bracket', () => {
    const touched = metrics({ interference: { value: 1, count: 3, interval: null } });
    expect(read({ ...weekly, metrics: touched })).toContain('⚠ **1 leg of a bracket ended');
  });
});

describe('in a trade’s thread', () => {
  it('a part that has left tells what it brought and what runs on', () => {
    expect(read(scaledOut)).toMatchInlineSnapshot(`
      "# 🪜 SCALED OUT: NVDA, 60 sold @ $186.68 · +$262.20 (+2.04 R)
      The first part took its profit at the broker, <t:1764343800:t>.
      The other 60 run on between the stop at $180.26 and the target at $187.75. Nothing to do.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it('a part of which the news came late does not tell what may be over as if it were so now', () => {
    const text = read({ ...scaledOut, lateMs: 40 * 60_000 });
    expect(text).toContain('took its profit at the broker, <t:1764343800:f>.');
    expect(text).toContain(
      'The other 60 ran on between the stop at $180.26 and the target at $187.75 then; /status tells',
    );
    expect(text).not.toContain('Nothing to do');
  });

  it('the sum of a trade is its last word', () => {
    expect(read(summary)).toMatchInlineSnapshot(`
      "# 🏁 NVDA long is flat: +$412.30 (+1.4 R)
      🎯 TARGET hit, <t:1764349500:t>, after 1 h 35 min.
      Its stop was moved 2 times. +1.88 %, realized, before fees.
      [At best (MFE)] +$447.60
      +1.74 R
      [At worst (MAE)] −$96.00
      −0.37 R
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it('the sum tells of a stop that was moved once, or never', () => {
    expect(read({ ...summary, stopMoves: 1 })).toContain('Its stop was moved once.');
    expect(read({ ...summary, stopMoves: 0 })).toContain('Its stop was never moved.');
  });
});

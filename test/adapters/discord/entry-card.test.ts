import { describe, expect, it } from 'vitest';

import { rejectionWords } from '#adapters/discord/cards/rejections.ts';
import type { RiskTier } from '#core/decision.ts';
import { parseUsd } from '#core/money.ts';
import { REJECT_CODES } from '#ports/broker.ts';

import { AT, entry, intent } from './facts.ts';
import { read, title } from './reading.ts';

describe('the entry card', () => {
  it('shows order, risk and the arithmetic of its size when the bracket is sent', () => {
    expect(read(entry({ status: 'submitted', at: AT }))).toMatchInlineSnapshot(`
      "# ⏳ BUY 120 NVDA: bracket sent, limit $182.40
      Sent <t:1764343800:t>. Cancelled if it has not filled within one bar.
      1 % of $100,000 = $1,000 ÷ $2.14 = 467 shares, cut to 120 by the limit on one position: 0.26 % of equity at risk
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

  it.each<[RiskTier, number, string]>([
    [
      { name: 'good', trades: 20, wins: 12 },
      120,
      'Risk budget 1.2 % of equity (12 of the last 20 trades won)',
    ],
    [
      { name: 'poor', trades: 20, wins: 8 },
      50,
      'Risk budget 0.5 % of equity (8 of the last 20 trades won)',
    ],
    [
      { name: 'few', trades: 4, wins: 3 },
      100,
      'Risk budget 1 % of equity (3 of the last 4 trades won: too few to go by)',
    ],
    [
      { name: 'few', trades: 1, wins: 0 },
      100,
      'Risk budget 1 % of equity (the only trade so far not won: too few to go by)',
    ],
    [
      { name: 'few', trades: 1, wins: 1 },
      100,
      'Risk budget 1 % of equity (the only trade so far won: too few to go by)',
    ],
    [
      { name: 'few', trades: 0, wins: 0 },
      100,
      'Risk budget 1 % of equity (no closed trade to go by yet)',
    ],
    [{ name: 'fixed', trades: 0, wins: 0 }, 80, 'Risk budget 0.8 % of equity (fixed)'],
  ])('tells where the risk comes from: %j', (tier, riskBps, line) => {
    const size = { ...intent.size, riskBps, tier };
    const text = read(entry({ status: 'submitted', at: AT }, { size }));
    expect(text.split('\n')).toContain(line);
  });

  it('says nothing of where it comes from for a trade that was planned without tiers', () => {
    expect(read(entry({ status: 'submitted', at: AT }))).not.toContain('of equity (');
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
      "# ✅ BOUGHT 120 NVDA @ $182.33 · 🛡 stop $180.26
      Filled <t:1764343804:t>. Stop and target went live at the broker with it.
      1 % of $100,000 = $1,000 ÷ $2.14 = 467 shares, cut to 120 by the limit on one position: 0.26 % of equity at risk
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
    expect(text).toContain('# ⚠️ BOUGHT 80 of 120 NVDA @ $182.33 · stop not confirmed\nPartly');
    expect(text).toContain('[Slippage] 0.5 bps better');
    expect(text).not.toMatch(/live at the broker|🛡/);
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
    expect(title(entry(filled, short))).toBe('✅ SHORTED 120 NVDA @ $182.33 · 🛡 stop $180.26');
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
      '# ✖️ NOT FILLED: BUY 120 NVDA @ $182.40 · no position\nCancelled <t:1764343800:t>: not filled within one bar\nNo position was opened.',
    );
  });

  it('says of an abandoned entry that it was never sent', () => {
    const text = read(entry({ status: 'abandoned', at: AT, reason: 'its bar was over' }));
    expect(text).toContain(
      '# ⏭️ NOT SENT: BUY 120 NVDA @ $182.40 · no position\nAbandoned <t:1764343800:t>: its bar',
    );
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
        '# 🚫 REJECTED: SHORT 120 NVDA @ $182.40 · no position',
        'Rejected <t:1764343800:t>. These shares are hard to borrow: the broker takes orders for the day only. No position was opened.',
        'To do: Nothing, or take the symbol off the watchlist if it happens often.',
        String.raw`The broker’s words: “asset \*NVDA\* cannot be sold short”`,
      ].join('\n'),
    );
  });

  it('has words of its own for every class of rejection, and says what to do', () => {
    const table = REJECT_CODES.map((code) => {
      const { means, todo } = rejectionWords(code);
      return `${code}: ${means} | ${todo}`;
    });
    expect(table.join('\n')).toMatchInlineSnapshot(`
      "duplicate-client-order-id: The broker already has an order with this id: nothing was sent twice. | Look at /status for what became of the first one.
      insufficient-buying-power: The account has too little buying power for it. | Nothing, or let the bot take smaller positions if it happens often.
      insufficient-quantity: The shares it needs are tied up in another order. | Look at the symbol’s orders at the broker. Cancel none that is the bot’s.
      sub-penny: A price has more decimals than the exchange allows. | Report it: this is a fault of the bot.
      base-price: The price had moved too close to the stop or the target before the order arrived. | Nothing: the next order is priced anew.
      not-an-entry: The broker takes a bracket only as an entry, and it already has an order or position in this symbol. | Find out whether someone else trades this symbol in the account.
      not-an-exit: The broker takes this order only as an exit, and it sees no position to leave. | Look at /status: the position is gone, or the broker has not booked it yet.
      opposite-pending: An order for the other side of this symbol still works at the broker. | Look at the symbol’s orders at the broker. Cancel none that is the bot’s.
      not-shortable: The broker does not allow this symbol to be sold short. | Nothing, or take the symbol off the watchlist.
      hard-to-borrow: These shares are hard to borrow: the broker takes orders for the day only. | Nothing, or take the symbol off the watchlist if it happens often.
      halted: The exchange has halted trading in this symbol. | Wait for the exchange. Stops in this symbol do not act until it trades again.
      inactive-asset: The symbol does not trade at this broker. | Take it off the watchlist.
      wash-trade: It could have traded against another order of this account. | Find out whether someone else trades this symbol in the account.
      rate-limited: The broker had too many requests at once. | Nothing, or find out what else uses this account’s key if it happens often.
      unauthorized: The broker does not accept the account’s key. | Check the credentials now. Orders at the broker stay, but the bot cannot send or move any.
      not-found: The broker does not know what the order refers to. | Look at /status for what is there.
      already-final: The order is over already: filled, cancelled or expired. | Look at /status for how it ended.
      unchanged: The order stands at that price already. | Nothing.
      not-replaceable: The order is still on its way and cannot be changed yet. | Nothing: it stays as it was.
      already-replaced: Another order has already taken its place. | Nothing: the newer order counts.
      chain-not-settled: An earlier change of this order is not through yet. | Nothing: it stays as the earlier change has it.
      quantity-fixed: The broker does not change the number of shares of this order. | Report it: this is a fault of the bot.
      unknown: The broker gave a reason that is not known here. | Look at the broker before anything else in this symbol."
    `);
    expect(new Set(REJECT_CODES.map((code) => rejectionWords(code).means)).size).toBe(
      REJECT_CODES.length,
    );
  });

  it('does not say that nothing was opened when the broker has an order with this id already', () => {
    const code = 'duplicate-client-order-id';
    const text = read(entry({ status: 'rejected', at: AT, code, message: '' }));
    expect(text).toContain('# 🚫 REJECTED: BUY 120 NVDA @ $182.40\n');
    expect(text).not.toMatch(/no position/i);
  });

  it('does not choke on a class of rejection that nobody has heard of', () => {
    const text = read(entry({ status: 'rejected', at: AT, code: 'new-rule', message: '' }));
    expect(text).toContain('The broker gave a reason that is not known here.');
    expect(text).not.toContain('broker’s words');
  });

  const whole = {
    status: 'filled',
    at: AT,
    averagePrice: parseUsd('182.33'),
    quantity: 120,
    slippageBps: 0,
  } as const;
  const half = { scaleOut: { quantity: 60, targetPrice: parseUsd('186.68') } };

  it.each([
    ['resting', 'Each went to the broker with a bracket of its own.'],
    [
      'watched',
      'The broker took one bracket only, so the bot watches for the first price and closes the part then.',
    ],
    ['none', 'The first part is no longer waited for.'],
  ] as const)('says where the first part leaves when that is %s', (scaleOut, how) => {
    const line = `\n🪜 Half (60) leaves at $186.68 (2 R), the other 60 at $187.75. ${how}\n`;
    expect(read(entry(whole, half, { scaleOut }))).toContain(line);
    expect(read(entry({ status: 'submitted', at: AT }, half, { scaleOut }))).toContain(line);
  });

  it('counts the shares of a first part that is not a half, also of a short', () => {
    const short = {
      side: 'short',
      bracket: {
        ...intent.bracket,
        stopPrice: parseUsd('184.54'),
        targetPrice: parseUsd('177.05'),
      },
      scaleOut: { quantity: 30, targetPrice: parseUsd('178.12') },
    } as const;
    expect(read(entry(whole, short, { scaleOut: 'resting' }))).toContain(
      '🪜 30 of 120 leaves at $178.12 (2 R), the other 90 at $177.05.',
    );
  });

  it('promises no early profit for what was not opened, or only in part', () => {
    const partly = { ...whole, quantity: 60 };
    const rejected = { status: 'rejected', at: AT, code: 'halted', message: '' } as const;
    for (const progress of [partly, rejected]) {
      expect(read(entry(progress, half, { scaleOut: 'resting' }))).not.toContain('🪜');
    }
  });

  it('tells late news as such, and does not claim that the stop is still there', () => {
    const late = { scaleOut: 'resting', lateMs: 12 * 60_000 } as const;
    const lines = read(entry(whole, half, late)).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      '# ✅ BOUGHT 120 NVDA @ $182.33 · stop $180.26 · 12 min late',
      '🕓 **Told 12 min late: the news could not get through before.**',
      'Filled <t:1764343800:f>. Its stop and target came with it; /status tells what became of them since.',
      '🪜 Half (60) leaves at $186.68 (2 R), the other 60 at $187.75.',
    ]);
  });
});

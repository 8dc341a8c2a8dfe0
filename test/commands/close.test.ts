import { afterEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import type { ConfirmReply } from '#app/command.ts';
import { halt } from '#app/control.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import closeAll from '#commands/close-all.ts';
import close from '#commands/close.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { BrokerError } from '#ports/broker.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { buttonsOf, channelMessages, closeDesks, say, until } from '../adapters/discord/harness.ts';
import {
  auditOf,
  BARS,
  byHand,
  close as closeByHand,
  deskWithBracket,
  deskWithPosition,
  isShownProtected,
  liveAt,
  NVDA,
  ordersAt,
  sharesAt,
  tradeOf,
} from '../app/behaviours/a-desk.ts';
import type { TradingDesk } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import { FIRST, SECOND } from '../sandbox/alpaca-market.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

const { quiet } = BARS;
const HIGHER = [102, 102, 102, 102] as const;
const ADA = { id: '1', name: 'Ada', role: 'trader' } as const;

const run = async ({ context }: TradingDesk, options: Readonly<Record<string, string>>) => {
  const reply = await close.run(context, { actor: ADA, options });
  return reply;
};

const confirm = (
  { context }: TradingDesk,
  { action }: ConfirmReply,
  command: { confirmed: typeof close.confirmed } = close,
) => command.confirmed(context, { actor: ADA, action, confirmation: 'c1', message: null });

/** The row of the closing that was asked for; it is carried on meanwhile, with rows of its own. */
const closingOnRecord = async (desk: TradingDesk) =>
  (await auditOf(desk)).find(({ action }) => action === 'close NVDA');

/** A closing of so many shares has got stuck, and would until its end is told: the broker takes no orders to sell. */
async function stuckOver({ standIn, ...desk }: TradingDesk, quantity: number) {
  const body = { message: 'no sale today' };
  const refusal = { kind: 'reject', method: 'POST', path: /orders$/, status: 422, body } as const;
  standIn.faults.add({ ...refusal, times: 100_000 });
  await closeByHand({ standIn, ...desk }, { quantity });
  expect(await desk.context.ledger.openCloses()).toMatchObject([{ phase: 'stuck', quantity }]);
  return { end: () => standIn.faults.clear() };
}

/** Ten NVDA under their bracket, bought at 100 and worth 102. */
async function inProfit(): Promise<TradingDesk> {
  const desk = await deskWithPosition([HIGHER]);
  desk.nextBar();
  return desk;
}

/** Ten NVDA and ten AAPL under their brackets. */
async function deskWithTwo(): Promise<TradingDesk> {
  const AAPL = ticker('AAPL');
  const desk = await openDesk([quiet, BARS.entry, quiet], {
    others: { AAPL: [quiet, BARS.entry, quiet] },
    delays: REALISTIC_DELAYS,
  });
  const barEnd = desk.nextBar();
  const { tradeId: id } = await desk.plan();
  const other = entryTradeId(FIRST.date, barEnd, AAPL);
  await desk.plan({ symbol: AAPL, tradeId: other, clientOrderId: entryClientOrderId(other) });
  await submitPlannedEntries(desk.context, barEnd);
  desk.nextBar();
  await desk.settle();
  return { ...desk, id };
}

/** Four of the ten shares have left, as far as the broker shows. */
function withSix(desk: TradingDesk): TradingDesk {
  const { broker } = desk.context;
  const positions = async () =>
    (await broker.urgent.positions()).map((one) => ({ ...one, quantity: 6, available: 0 }));
  return {
    ...desk,
    context: desk.with({ broker: { ...broker, urgent: { ...broker.urgent, positions } } }),
  };
}

describe('/close, when it is asked', () => {
  it('tells what is held, what it is worth, what is cancelled and whether the market is open', async () => {
    expect(await run(await inProfit(), { symbol: 'nvda' })).toMatchObject({
      kind: 'confirm',
      title: 'close 10 NVDA',
      preview: {
        kind: 'close',
        line: {
          symbol: 'NVDA',
          side: 'long',
          quantity: 10,
          keep: 0,
          entryPrice: parseUsd('100'),
          currentPrice: parseUsd('102'),
          pnl: parseUsd('20'),
          stopPrice: parseUsd('98'),
          liveOrders: 2,
        },
        atMarket: false,
        market: { isOpen: true, opensAt: null },
      },
    });
  });

  it.each([
    ['25', 2, 8, '4'],
    ['50', 5, 5, '10'],
    ['100', 10, 0, '20'],
  ])(
    'for %s per cent counts whole shares, and the profit of those that leave',
    async (part, quantity, keep, pnl) => {
      const { preview } = await run(await inProfit(), { symbol: 'NVDA', part });
      expect(preview).toMatchObject({ line: { quantity, keep, pnl: parseUsd(pnl) } });
    },
  );

  it('at the market says so', async () => {
    const { preview } = await run(await inProfit(), { symbol: 'NVDA', order: 'market' });
    expect(preview).toMatchObject({ atMarket: true });
  });

  it('after hours tells when the market opens', async () => {
    const desk = await inProfit();
    desk.standIn.advanceTo(FIRST.close);
    const { preview } = await run(desk, { symbol: 'NVDA' });
    expect(preview).toMatchObject({ market: { isOpen: false, opensAt: SECOND.open } });
  });

  it('changes nothing', async () => {
    const desk = await inProfit();
    const before = liveAt(desk);
    await run(desk, { symbol: 'NVDA' });
    await desk.settle();
    expect([liveAt(desk), sharesAt(desk)]).toEqual([before, 10]);
    expect(await desk.context.ledger.openCloses()).toEqual([]);
  });

  it('is refused without such a position, and names those there are', async () => {
    const asking = run(await inProfit(), { symbol: 'AAPL' });
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow(
      'There is no open position in AAPL, so there is nothing to close. Open: NVDA.',
    );
  });

  it('is refused for an entry that has not filled, and says what becomes of it', async () => {
    await expect(run(await deskWithBracket([]), { symbol: 'NVDA' })).rejects.toThrow(
      'There is no open position in NVDA, so there is nothing to close. An entry in it waits to be filled; it is cancelled by itself after one bar. Nothing is open.',
    );
  });

  it('for a part is refused while another part’s closing is stuck, with what is possible', async () => {
    const desk = await inProfit();
    await stuckOver(desk, 5);
    await expect(run(desk, { symbol: 'NVDA', part: '50' })).rejects.toThrow(
      /5 shares, asked for by somebody; stuck 1× \(.+\), and tried again by itself: only all of it may be closed instead\. Its message/,
    );
  });

  it('is refused while another closing goes on, and shows that one', async () => {
    const desk = await inProfit();
    desk.standIn.behaviour.cancelStuckMs = 300_000;
    await closeByHand(desk);
    await expect(run(desk, { symbol: 'NVDA' })).rejects.toThrow(
      'NVDA is not closed now: a closing of it is under way already: 10 shares, asked for by somebody; stuck 1× (the broker does not confirm the cancels), and tried again by itself. Its message in the channel follows it. Nothing was changed.',
    );
  });

  it('is refused for shares that are none of the bot’s, and leads to /foreign', async () => {
    const desk = await openDesk([quiet, quiet]);
    desk.nextBar();
    await byHand(desk, 'POST', '/orders', {
      symbol: 'NVDA',
      qty: '10',
      side: 'buy',
      type: 'market',
      time_in_force: 'day',
    });
    desk.nextBar();
    await reconcile(desk.context);
    await expect(run({ ...desk, id: '' as never }, { symbol: 'NVDA' })).rejects.toThrow(
      'NVDA is not closed now: it is none of the bot’s. An admin decides about it with /foreign.',
    );
  });

  it('is refused where some of the shares are none of the bot’s', async () => {
    const desk = await deskWithPosition([quiet, quiet]);
    await byHand(desk, 'POST', '/orders', {
      symbol: 'NVDA',
      qty: '5',
      side: 'buy',
      type: 'limit',
      limit_price: '101',
      time_in_force: 'day',
    });
    desk.nextBar();
    await reconcile(desk.context);
    await expect(run(desk, { symbol: 'NVDA' })).rejects.toThrow(
      '5 of its shares are none of the bot’s. See /foreign, or put it right at the broker.',
    );
  });

  it.each([{ symbol: 'NVDA', part: '33' }, {}])('is refused with %o', async (options) => {
    await expect(run(await inProfit(), options as Record<string, string>)).rejects.toThrow(
      'Name an open position, and 25, 50 or 100 per cent of it.',
    );
  });

  it('suggests the open positions with their profit, by what was typed', async () => {
    const desk = await inProfit();
    const suggest = (typed: string) => close.complete(desk.context, 'symbol', typed);
    const nvda = { name: 'NVDA long 10 · P/L +$20.00', value: 'NVDA' };
    expect(await suggest('')).toEqual([nvda]);
    expect(await suggest(' nv')).toEqual([nvda]);
    expect(await suggest('AAPL')).toEqual([]);
  });
});

describe('/close, once it is confirmed', () => {
  it('closes the position and leaves no order', async () => {
    const desk = await inProfit();
    await confirm(desk, await run(desk, { symbol: 'NVDA' }));
    await desk.settle();
    expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'manual_close' });
  });

  it('is on record with the confirmation that led to it', async () => {
    const desk = await inProfit();
    await confirm(desk, await run(desk, { symbol: 'NVDA' }));
    expect(await closingOnRecord(desk)).toMatchObject({
      actor: ADA.id,
      details: { name: 'Ada', confirmation: 'c1', quantity: '10', keep: '0' },
    });
  });

  it('of a part leaves the rest under a stop of its own size', async () => {
    const desk = await inProfit();
    await confirm(desk, await run(desk, { symbol: 'NVDA', part: '50' }));
    await desk.settle();
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([5, true]);
    expect(liveAt(desk).filter((order) => order.includes('stop'))).toEqual(['sell stop 5 held']);
  });

  it('at the market sends a market order at once', async () => {
    const desk = await inProfit();
    await confirm(desk, await run(desk, { symbol: 'NVDA', order: 'market' }));
    await desk.settle();
    const exits = ordersAt(desk).filter(({ clientOrderId }) => clientOrderId.includes('exit'));
    expect(exits.map(({ type }) => type)).toEqual(['market']);
  });

  it('of everything takes the place of a part that is stuck, and says where to follow it', async () => {
    const desk = await inProfit();
    const untilNow = await stuckOver(desk, 5);
    const reply = await confirm(desk, await run(desk, { symbol: 'NVDA' }));
    expect(reply).toMatchObject({
      kind: 'text',
      text: 'The closing of a part of NVDA, which was stuck, is one of all 10 shares now and begins again at once; its message in the channel follows it.',
    });
    untilNow.end();
    desk.elapse(5_000);
    await desk.settle();
    expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'manual_close' });
  });

  it('at night leaves the bracket until the open, and closes then', async () => {
    const desk = await inProfit();
    desk.standIn.advanceTo(FIRST.close);
    const before = liveAt(desk);
    await confirm(desk, await run(desk, { symbol: 'NVDA' }));
    await desk.settle();
    expect([sharesAt(desk), liveAt(desk)]).toEqual([10, before]);
    desk.standIn.advanceTo(SECOND.open + 300_000);
    await desk.settle();
    expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
  });

  it('does nothing when the position has gone in the meantime', async () => {
    const desk = await inProfit();
    const asked = await run(desk, { symbol: 'NVDA' });
    await closeByHand(desk);
    await expect(confirm(desk, asked)).rejects.toThrow('There is no open position in NVDA');
    expect(sharesAt(desk)).toBe(0);
  });

  it('does nothing when another closing has begun in the meantime', async () => {
    const desk = await inProfit();
    const asked = await run(desk, { symbol: 'NVDA' });
    await confirm(desk, asked);
    await expect(confirm(desk, asked)).rejects.toThrow('under way already');
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
  });

  it('does nothing when shares have left in the meantime, and only a part was to', async () => {
    const desk = await inProfit();
    const asked = await run(desk, { symbol: 'NVDA', part: '50' });
    await expect(confirm(withSix(desk), asked)).rejects.toThrow(
      'NVDA has 6 shares now, and 10 when you were asked. Nothing was done: ask again with /close.',
    );
    expect(await desk.context.ledger.openCloses()).toEqual([]);
  });

  it('closes all of what is left when shares have left in the meantime, and all were to', async () => {
    const desk = await inProfit();
    await confirm(withSix(desk), await run(desk, { symbol: 'NVDA' }));
    expect(await closingOnRecord(desk)).toMatchObject({ details: { quantity: '6', keep: '0' } });
    await desk.settle();
  });

  it('does nothing when the shares are those of another trade by now', async () => {
    const desk = await inProfit();
    const asked = await run(desk, { symbol: 'NVDA' });
    const action = { ...asked.action, tradeId: '2025-11-24-1000-NVDA' };
    await expect(confirm(desk, { ...asked, action })).rejects.toThrow(
      'is another one than you were asked about',
    );
    expect(await desk.context.ledger.openCloses()).toEqual([]);
  });
});

describe('/close in the channel', () => {
  afterEach(closeDesks);

  it('asks with all a trader needs to know', async () => {
    const channel = await openChannel(await inProfit(), [close]);
    const message = await channel.type('trader', 'close', { symbol: 'NVDA', part: '50' });
    expect(textOf(message).replace(/Only .* can/, 'Only Theo can')).toMatchInlineSnapshot(`
      "🧪 SANDBOX · close 5 NVDA? · P/L +$10.00
      **NVDA long, 5 of 10 to sell**
      entry $100.00 · now $102.00 · P/L of these shares +$10.00
      🛡 Its stop stands at $98.00.

      1. Its 2 live orders are cancelled first; for that moment it has no stop.
      2. 5 shares stay, and get a stop of their own before the others leave.
      3. A limit order 0.1 % through the price, re-priced, at last a market order.
      The market is open.

      Only Theo can answer, within 1 min. No answer is a no. **Nothing has been done yet.**"
    `);
    expect(buttonsOf(message)).toMatchObject([{ label: 'Yes, close 5 NVDA' }, { label: 'No' }]);
  });

  it('does not speak of cancelling where no order is live', async () => {
    const desk = await inProfit();
    const { broker: own } = desk.context;
    const broker = { ...own, urgent: { ...own.urgent, ordersSince: async () => [] } };
    const channel = await openChannel(desk, [close], { broker });
    const text = textOf(await channel.type('trader', 'close', { symbol: 'NVDA' }));
    expect(text).toContain('No live stop covers it now.');
    expect(text).toContain('1. It has no live order that must be cancelled first.');
    expect(text).not.toContain('0 live orders');
  });

  it('goes on in the message that asked, from the first cancel to FLAT with price and P/L', async () => {
    const channel = await openChannel(await inProfit(), [close]);
    const message = await channel.type('trader', 'close', { symbol: 'NVDA' });
    await channel.press('trader', message, 'Yes');
    const after = await channel.settled(message);
    expect(textOf(after)).toMatch(
      /^🏁 FLAT: NVDA, 10 sold @ \$10\d\.\d\d · \+\$\d+\.\d\d · \d+\.\d s/,
    );
    expect(after.components).toEqual([]);
    const about = channelMessages(channel).filter((one) => textOf(one).includes('FLAT'));
    expect(about).toHaveLength(1);
  });

  it('is closed once by two presses', async () => {
    const desk = await inProfit();
    const channel = await openChannel(desk, [close]);
    const message = await channel.type('trader', 'close', { symbol: 'NVDA' });
    await Promise.all([
      channel.press('trader', message, 'Yes'),
      channel.press('trader', message, 'Yes'),
    ]);
    await until(() => channel.outcomes.length === 3);
    expect(textOf(await channel.settled(message))).toContain('FLAT');
    const exits = ordersAt(desk).filter(({ clientOrderId }) => clientOrderId.includes('exit'));
    expect(exits.reduce((sum, { filledQuantity }) => sum + filledQuantity, 0)).toBe(10);
    expect(await desk.query('SELECT id FROM closes')).toHaveLength(1);
  });

  it('is carried on in the same message by the process that comes after', async () => {
    const desk = await inProfit();
    const channel = await openChannel(desk, [close]);
    const message = await channel.type('trader', 'close', { symbol: 'NVDA' });
    desk.standIn.behaviour.cancelStuckMs = 120_000;
    await channel.press('trader', message, 'Yes');
    expect(textOf(await channel.settled(message))).toContain('NOT CLOSED');
    const next = { ...(await desk.restart()), notifier: channel.bot.notifier };
    for (let minute = 0; minute < 8; minute += 1) {
      desk.elapse(60_000);
      await desk.settle(next);
    }
    expect(sharesAt(desk)).toBe(0);
    expect(textOf(await channel.settled(message))).toContain('🏁 FLAT: NVDA');
  });

  it('that is declined leaves everything as it is', async () => {
    const desk = await inProfit();
    const before = liveAt(desk);
    const channel = await openChannel(desk, [close]);
    const message = await channel.type('trader', 'close', { symbol: 'NVDA' });
    await channel.press('trader', message, 'No');
    expect(textOf(await channel.settled(message))).toContain('Nothing was done');
    expect([sharesAt(desk), liveAt(desk)]).toEqual([10, before]);
  });

  it('tells what happened, what is protected and what to do while the broker is away', async () => {
    const desk = await inProfit();
    const channel = await openChannel(desk, [close]);
    desk.context.broker.urgent.positions = async () => {
      throw new BrokerError('away', { retryable: true });
    };
    const { content } = await say(channel, 'trader', 'close', { symbol: 'NVDA' });
    expect(content).toMatch(
      /^The broker does not answer just now \(id \w{8}\)\. Nothing was changed; positions stay protected by their brackets at the broker\. Try again in a moment, or act at the broker itself\.$/,
    );
  });

  it.each(['viewer'] as const)('is denied to a %s', async (as) => {
    const channel = await openChannel(await inProfit(), [close]);
    const answer = await say(channel, as, 'close', { symbol: 'NVDA' });
    expect(answer).toMatchObject({ isPrivate: true });
    expect(answer.content).toContain('needs the role trader');
  });
});

const askAll = async ({ context }: TradingDesk) =>
  closeAll.run(context, { actor: ADA, options: {} });

async function linesOf(desk: TradingDesk, asked: ConfirmReply): Promise<readonly string[]> {
  const reply = await confirm(desk, asked, closeAll);
  return reply.kind === 'pages' ? [reply.title, ...reply.lines] : [];
}

describe('/close-all', () => {
  afterEach(closeDesks);

  it('closes every position, each with a line and a message of its own', async () => {
    const desk = await deskWithTwo();
    const lines = await linesOf(desk, await askAll(desk));
    expect(lines.toSorted()).toEqual([
      'Closing 2 of 2, asked for by Ada',
      '⏳ AAPL: 10 to leave; its own message follows it.',
      '⏳ NVDA: 10 to leave; its own message follows it.',
    ]);
    await desk.settle();
    expect([desk.standIn.inspect().positions, liveAt(desk)]).toEqual([[], []]);
  });

  it('closes the others when one cannot be', async () => {
    const desk = await deskWithTwo();
    const asked = await askAll(desk);
    await closeByHand(desk);
    const lines = await linesOf(desk, asked);
    expect(lines.toSorted()).toEqual([
      'Closing 1 of 2, asked for by Ada',
      '⏳ AAPL: 10 to leave; its own message follows it.',
      '✖ NVDA: no shares are left, nothing to do.',
    ]);
    await desk.settle();
    expect(desk.standIn.inspect().positions).toEqual([]);
  });

  it('closes the others when the ledger refuses one', async () => {
    const desk = await deskWithTwo();
    const asked = await askAll(desk);
    const { ledger } = desk.context;
    const real = ledger.transaction.bind(ledger);
    let failures = 1;
    ledger.transaction = (work) => {
      if (failures-- > 0) return Promise.reject(new Error('the ledger is away'));
      return real(work);
    };
    const lines = await linesOf(desk, asked);
    expect(lines[0]).toBe('Closing 1 of 2, asked for by Ada');
    expect(lines.filter((line) => line.startsWith('✖'))).toEqual([
      expect.stringContaining('could not be written down. Its bracket stays.'),
    ]);
  });

  it('names the position that is being closed already, and leaves it to that', async () => {
    const desk = await deskWithTwo();
    desk.standIn.behaviour.cancelStuckMs = 300_000;
    await closeByHand(desk);
    expect((await askAll(desk)).preview).toMatchObject({
      lines: [{ symbol: 'AAPL' }],
      left: [{ symbol: 'NVDA', why: expect.stringContaining('under way already') }],
    });
  });

  it('takes the place of a part that is stuck', async () => {
    const desk = await deskWithTwo();
    const untilNow = await stuckOver(desk, 5);
    const asked = await askAll(desk);
    expect(asked.preview).toMatchObject({ left: [] });
    untilNow.end();
    desk.elapse(5_000);
    expect(await linesOf(desk, asked)).toContain(
      '⏳ NVDA: 10 to leave; its own message follows it.',
    );
    await desk.settle();
    expect(desk.standIn.inspect().positions).toEqual([]);
  });

  it('does not close what was opened after it was asked', async () => {
    const desk = await deskWithTwo();
    const asked = await askAll(desk);
    const trades = (asked.action['trades'] as { symbol: string }[]).filter(
      ({ symbol }) => symbol === 'AAPL',
    );
    const lines = await linesOf(desk, { ...asked, action: { ...asked.action, trades } });
    expect(lines).toContain('✖ NVDA: was opened since you were asked, and stays.');
    await desk.settle();
    expect(desk.standIn.inspect().positions.map(({ symbol }) => symbol)).toEqual([NVDA]);
  });

  it('is refused when nothing is open', async () => {
    const desk = await deskWithBracket([]);
    await expect(askAll(desk)).rejects.toThrow('Nothing is open, so there is nothing to close.');
  });

  it('is refused when nothing can be closed, with the reason for each', async () => {
    const desk = await inProfit();
    desk.standIn.behaviour.cancelStuckMs = 300_000;
    await closeByHand(desk);
    await expect(askAll(desk)).rejects.toThrow(
      /^Nothing can be closed now.*:\nNVDA: a closing of it/,
    );
  });

  it('lists each position in the channel, and says that entries go on', async () => {
    const channel = await openChannel(await deskWithTwo(), [closeAll]);
    const message = await channel.type('admin', 'close-all');
    expect(textOf(message).replace(/Only .* can/, 'Only Ada can')).toMatchInlineSnapshot(`
      "🧪 SANDBOX · close all 2 positions? · P/L $0.00
      **NVDA** long 10 · $0.00 · 🛡 $98.00
      **AAPL** long 10 · $0.00 · 🛡 $98.00

      Of each: its live orders are cancelled, then a limit order goes out 0.1 % through the price, re-priced, at last a market order. One that fails never stops the others.
      The market is open.
      New entries go on: use \`/halt mode:flatten\` to stop them too.

      Only Ada can answer, within 1 min. No answer is a no. **Nothing has been done yet.**"
    `);
  });

  it.each([
    [false, 'No new entries meanwhile: it is halted.'],
    [true, 'No new entries meanwhile: every position is being closed already.'],
  ])('does not say that entries go on while they do not (flatten: %s)', async (flatten, words) => {
    const channel = await openChannel(await deskWithTwo(), [closeAll]);
    await halt(channel.context, { by: 'Ada', reason: 'the news', until: null, flatten });
    const text = textOf(await channel.type('admin', 'close-all'));
    expect(text).toContain(words);
    expect(text).not.toContain('New entries go on');
  });

  it('becomes a list in the message that asked, and each closing has its own', async () => {
    const channel = await openChannel(await deskWithTwo(), [closeAll]);
    const message = await channel.type('admin', 'close-all', { order: 'market' });
    await channel.press('admin', message, 'Yes');
    const after = await channel.settled(message);
    expect(textOf(after)).toMatch(/^Closing 2 of 2, asked for by/);
    expect(after.components).toEqual([]);
    const flat = channelMessages(channel).filter((one) => textOf(one).startsWith('🏁 FLAT'));
    expect(flat).toHaveLength(2);
  });

  it.each(['viewer', 'trader'] as const)('is not even shown to a %s', async (as) => {
    const channel = await openChannel(await inProfit(), [closeAll]);
    await expect(say(channel, as, 'close-all')).rejects.toThrow('no command /close-all');
  });
});

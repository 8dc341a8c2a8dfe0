import { describe, expect, it } from 'vitest';

import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { writeDueDigests } from '#app/reports/digest.ts';
import { booksReport } from '#app/reports/equity.ts';
import { announceStart } from '#app/reports/started.ts';
import { statusReport } from '#app/reports/status.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import type { Account } from '#core/account.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd, ZERO_USD } from '#core/money.ts';
import type { Execution, PositionSide } from '#core/order.ts';
import { asSessionDate, newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { bookFill, closeTrade, plannedTrade } from '#core/trade.ts';
import type { DigestCard } from '#ports/report-cards.ts';

import { catchUp } from '../../src/compose/catch-up.ts';
import { FIRST, HALF_DAY, HISTORY, SECOND } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const DAY = 86_400_000;
const ABOUT = { version: '0.0.0', database: 'test', queue: 'test', page: null };
const QUIET: Ohlc = [100, 100.1, 99.9, 100];
/** Enters after the first bars, and is stopped out by the long fall. */
const FALL: Ohlc = [99, 99, 90, 90.5];

/** Runs the cycle for each bar of the first session, up to its close. */
async function runSession(desk: Desk): Promise<void> {
  await announceStart(desk.context, ABOUT, await catchUp(desk.context));
  for (let bar = 0; bar < 78; bar += 1) await runTradingCycle(desk.context, desk.nextBar());
}

const digests = ({ told }: Desk) =>
  told.flatMap(({ card }) => (card.kind === 'digest' ? [card] : []));

describe('the digest', () => {
  it('sums up the session once it is over, and only once', async () => {
    const desk = await openDesk([QUIET, QUIET, QUIET, QUIET, QUIET, FALL]);
    await runSession(desk);
    await writeDueDigests(desk.context, FIRST.close);
    await writeDueDigests(desk.context, FIRST.close);
    await deliverOutbox(desk.context);
    const [digest, ...more] = digests(desk);
    expect(more).toEqual([]);
    expect(digest).toMatchObject({
      date: FIRST.date,
      cycles: 78,
      nextSession: { date: SECOND.date },
      openingEquity: 100_000_000_000,
    });
    expect(digest!.closedTrades.length).toBeGreaterThan(0);
    expect(digest!.closedTrades.every(({ pnl }) => pnl < 0)).toBe(true);
    expect(digest!.fees).toBeGreaterThan(0);
    expect(digest!.dayPnl).toBe(digest!.closingEquity - digest!.openingEquity);
    expect(digest!.session.drawdownPercent.value).toBeGreaterThan(0);
    expect(digest!.overall).toEqual(digest!.session);
    expect(digest!.session.winRate.count).toBe(digest!.closedTrades.length);
  });

  it('leaves books that add up, fees included', async () => {
    const desk = await openDesk([QUIET, QUIET, QUIET, QUIET, QUIET, FALL]);
    await runSession(desk);
    await writeDueDigests(desk.context, FIRST.close);
    const books = await booksReport(desk.context);
    expect(books.fees).toBeGreaterThan(0);
    expect(books.difference).toBe(ZERO_USD);
  });

  it('is not written while the session runs', async () => {
    const desk = await openDesk([QUIET]);
    const at = desk.nextBar();
    await runTradingCycle(desk.context, at);
    await writeDueDigests(desk.context, at);
    expect(await desk.context.ledger.outbox.has(`digest:${FIRST.date}`)).toBe(false);
  });

  it('that was missed at the close is written when the bot is back', async () => {
    const desk = await openDesk([QUIET]);
    await runSession(desk);
    const nextDay = desk.nextBar();
    await writeDueDigests(desk.context, nextDay);
    expect(await desk.context.ledger.outbox.has(`digest:${FIRST.date}`)).toBe(true);
    expect(await desk.context.ledger.outbox.has(`digest:${SECOND.date}`)).toBe(false);
  });
});

const usd = parseUsd;

/** Writes down an equity, as the cycle of that instant does. */
const saveEquity = (desk: Desk, at: EpochMs, equity: string, flows: string | null = null) =>
  desk.context.ledger.transaction((tx) =>
    tx.saveEquity({
      at,
      sessionDate: newYorkDate(at),
      equity: usd(equity),
      cash: usd(equity),
      flows: flows === null ? null : usd(flows),
    }),
  );

/** What makes a session one of the bot's: a cycle and the equity at its end. */
async function liveThrough(
  desk: Desk,
  session: Session,
  equity: string,
  flows: string | null = null,
): Promise<void> {
  const at = session.close;
  await saveEquity(desk, at, equity, flows);
  await desk.context.ledger.transaction((tx) =>
    tx.finishCycle({
      sessionDate: session.date,
      barEnd: at,
      symbols: 1,
      entries: 0,
      finishedAt: at,
      tookMs: 1,
    }),
  );
}

interface RoundTrip {
  readonly openedAt: EpochMs;
  /** Null: still open. */
  readonly closedAt: EpochMs | null;
  readonly side?: PositionSide;
}

const fill = (price: string, at: EpochMs) => ({ quantity: 10, price: usd(price), at }) as Execution;

/** Books a trade of 10 shares, from 100 to 99. */
async function trade(desk: Desk, { openedAt, closedAt, side = 'long' }: RoundTrip) {
  const id = entryTradeId(newYorkDate(openedAt), openedAt, ticker('NVDA'));
  const clientOrderId = entryClientOrderId(id);
  const intent = await desk.plan({ side, decidedAt: openedAt, tradeId: id, clientOrderId });
  await desk.context.ledger.transaction(async (tx) => {
    const open = bookFill(plannedTrade(intent), 'entry', fill('100', openedAt));
    await tx.saveTrade(
      closedAt === null ? open : closeTrade(bookFill(open, 'stop_loss', fill('99', closedAt))),
    );
  });
}

/** The application at another instant, with another account. */
function seenAt(desk: Desk, now: EpochMs, changes: Partial<Account> = {}): AppContext {
  const { broker } = desk.context;
  return desk.with({
    clock: { now: () => now },
    broker: {
      ...broker,
      account: async () => ({ ...(await broker.account()), ...changes }),
    },
  });
}

async function digestAt(desk: Desk, context: AppContext): Promise<DigestCard> {
  await writeDueDigests(context, context.clock.now());
  await deliverOutbox(desk.context);
  return digests(desk).at(-1)!;
}

const LATER = SECOND.open + 3_600_000;

describe('the day’s profit and loss', () => {
  it('is measured against the last close as the broker has it, however old the ledger is', async () => {
    const desk = await openDesk([QUIET]);
    await saveEquity(desk, Date.parse('2025-10-01T20:00:00Z'), '90000');
    await liveThrough(desk, FIRST, '101000');
    const today = seenAt(desk, FIRST.close, { equity: usd('101000'), lastEquity: usd('100400') });
    expect(await digestAt(desk, today)).toMatchObject({
      openingEquity: usd('100400'),
      dayPnl: usd('600'),
    });
    expect(await statusReport(today)).toMatchObject({ dayPnl: usd('600') });
  });

  it('is right in the sandbox, at the close and in the next session', async () => {
    const desk = await openDesk([QUIET, QUIET, QUIET, QUIET, QUIET, FALL]);
    await runSession(desk);
    const { equity } = await desk.context.broker.account();
    const loss = equity - usd('100000');
    expect(loss).toBeLessThan(0);
    expect(await statusReport(desk.context)).toMatchObject({ dayPnl: loss });
    expect((await digestAt(desk, desk.context)).dayPnl).toBe(loss);
    desk.nextBar();
    expect((await statusReport(desk.context)).dayPnl).toBe(
      (await desk.context.broker.account()).equity - equity,
    );
  });

  it.each([
    ['the session right before it, as the ledger has it', HISTORY.close, '100500'],
    [
      'its own first point when the ledger knows only older sessions',
      HISTORY.close - 3 * DAY,
      '100900',
    ],
  ])('of a past session starts from %s', async (_, knownUntil, opening) => {
    const desk = await openDesk([QUIET]);
    await saveEquity(desk, knownUntil, '100500');
    await saveEquity(desk, FIRST.open + 300_000, '100900');
    await liveThrough(desk, FIRST, '101000');
    // The broker's last close is that of another session.
    const card = await digestAt(desk, seenAt(desk, LATER, { lastEquity: usd('1') }));
    expect(card).toMatchObject({ date: FIRST.date, openingEquity: usd(opening) });
    expect(card.closingEquity, 'not what the account has by now').toBe(usd('101000'));
  });

  it('starts from the ledger when the broker does not tell its last close', async () => {
    const desk = await openDesk([QUIET]);
    await saveEquity(desk, HISTORY.close, '100500');
    await liveThrough(desk, FIRST, '101000');
    const today = seenAt(desk, FIRST.close, { lastEquity: ZERO_USD });
    expect((await digestAt(desk, today)).openingEquity).toBe(usd('100500'));
  });

  it('is unknown when neither knows where the day began', async () => {
    const desk = await openDesk([QUIET]);
    await saveEquity(desk, HISTORY.close - 3 * DAY, '100500');
    expect(await statusReport(seenAt(desk, FIRST.open, { lastEquity: ZERO_USD }))).toMatchObject({
      dayPnl: null,
      dayPnlPercent: null,
    });
  });
});

const pay = (desk: Desk, date: string, amount: string) =>
  desk.context.ledger.transaction((tx) =>
    tx.insertCashActivity({
      id: `paid ${date}`,
      type: 'CSD',
      date: asSessionDate(date),
      amount: usd(amount),
    }),
  );

describe('what was paid in or out in a day', () => {
  it('is no part of its result, nor of its drawdown', async () => {
    const desk = await openDesk([QUIET]);
    await pay(desk, HISTORY.date, '7');
    await pay(desk, FIRST.date, '-50000');
    const [from, until] = [FIRST.open + 300_000, FIRST.open + 600_000];
    await saveEquity(desk, from, '100000', '7');
    await saveEquity(desk, until, '49500', '-49993');
    await liveThrough(desk, FIRST, '49500', '-49993');
    const today = seenAt(desk, FIRST.close, { equity: usd('49500'), lastEquity: usd('100000') });
    const card = await digestAt(desk, today);
    expect(card).toMatchObject({
      dayPnl: usd('-500'),
      dayPnlPercent: -0.5,
      flows: usd('-50000'),
      session: { drawdownPercent: { value: 0.5 } },
    });
    expect(await statusReport(today)).toMatchObject({
      dayPnl: usd('-500'),
      dayPnlPercent: -0.5,
      dayFlows: usd('-50000'),
    });
  });

  it('on a weekend is the next session’s', async () => {
    const desk = await openDesk([QUIET]);
    // Thursday is a holiday.
    await pay(desk, '2025-11-27', '10000');
    const today = seenAt(desk, HALF_DAY.open, { equity: usd('110100'), lastEquity: usd('100000') });
    expect(await statusReport(today)).toMatchObject({ dayPnl: usd('100') });
  });
});

describe('the drawdown of a session', () => {
  it('is what the drawdown watch has seen where that is deeper than the curve', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '99000');
    await desk.context.ledger.transaction(async (tx) => {
      await tx.insertSessionOpen({
        sessionDate: FIRST.date,
        equity: usd('100000'),
        flows: ZERO_USD,
        at: FIRST.open,
        results: [],
        deepestPercent: 3.02,
      });
    });
    const today = seenAt(desk, FIRST.close, { equity: usd('99000'), lastEquity: usd('100000') });
    expect((await digestAt(desk, today)).session.drawdownPercent.value).toBe(3.02);
  });
});

describe('each trade', () => {
  it.each([
    ['the last fill comes half a second after the close', FIRST.close + 500, FIRST.date],
    ['the last fill comes before the next open', SECOND.open - 3_600_000, SECOND.date],
  ])('is in exactly one digest, also when %s', async (_, closedAt, date) => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    await trade(desk, { openedAt: FIRST.open + 60_000, closedAt });
    if (closedAt < FIRST.close + 60_000) await digestAt(desk, seenAt(desk, FIRST.close + 35_000));
    await liveThrough(desk, SECOND, '100000');
    await digestAt(desk, seenAt(desk, SECOND.close));
    const all = digests(desk);
    expect(all.map((card) => card.date)).toEqual([FIRST.date, SECOND.date]);
    expect(all.filter((card) => card.closedTrades.length > 0).map((card) => card.date)).toEqual([
      date,
    ]);
    expect(all.map((card) => card.entriesFilled)).toEqual([1, 0]);
  });

  it('of a weekend belongs to the session after it', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, HALF_DAY, '100000');
    // Thursday is a holiday.
    await trade(desk, { openedAt: SECOND.open, closedAt: HALF_DAY.open - DAY });
    const card = await digestAt(desk, seenAt(desk, HALF_DAY.close));
    expect(card).toMatchObject({ date: HALF_DAY.date, closedTrades: [{ pnl: usd('-10') }] });
  });
});

const digestKeys = (desk: Desk) =>
  desk.query<{ key: string }>("SELECT key FROM outbox WHERE key LIKE 'digest:%' ORDER BY sequence");

describe('a session has its digest exactly once', () => {
  it('also when the process ends right after the close and another one comes', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    await digestAt(desk, seenAt(desk, FIRST.close));
    const next = { ...(await desk.restart()), clock: { now: () => FIRST.close + 60_000 } };
    await writeDueDigests(next, FIRST.close + 60_000);
    await deliverOutbox(next);
    await writeDueDigests(next, LATER);
    await deliverOutbox(next);
    expect(await digestKeys(desk)).toEqual([{ key: `digest:${FIRST.date}` }]);
    expect(digests(desk)).toHaveLength(1);
  });

  it('at the close of a half-day, not at the usual one', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, HALF_DAY, '100000');
    await writeDueDigests(seenAt(desk, HALF_DAY.close - 1), HALF_DAY.close - 1);
    expect(await digestKeys(desk)).toEqual([]);
    await writeDueDigests(seenAt(desk, HALF_DAY.close), HALF_DAY.close);
    expect(await digestKeys(desk)).toEqual([{ key: `digest:${HALF_DAY.date}` }]);
  });

  it('and a holiday or a weekend has none', async () => {
    const desk = await openDesk([QUIET]);
    for (const at of [SECOND.close + DAY, HALF_DAY.close + DAY, HALF_DAY.close + 2 * DAY]) {
      // Whatever the clock makes the bot do there, the calendar knows no such session.
      await liveThrough(desk, { date: newYorkDate(at), open: at - DAY / 4, close: at }, '100000');
      await writeDueDigests(seenAt(desk, at), at);
    }
    expect(await digestKeys(desk)).toEqual([]);
  });
});

const fee = (date: string) =>
  ({
    id: `fee ${date}`,
    date: asSessionDate(date),
    amount: usd('1.23'),
    description: 'FEE',
  }) as const;

describe('the fees of a session', () => {
  const feesOf = async (round: RoundTrip | null, ...booked: string[]) => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    if (round !== null) await trade(desk, round);
    const context = seenAt(desk, FIRST.close);
    const broker = { ...context.broker, feesSince: async () => booked.map(fee) };
    return (await digestAt(desk, { ...context, broker })).fees;
  };
  const inside = FIRST.open + 600_000;
  const before = HISTORY.open + 600_000;

  it('are what the broker has charged for it', async () => {
    const round = { openedAt: inside, closedAt: inside };
    expect(await feesOf(round, FIRST.date, HISTORY.date)).toBe(usd('1.23'));
  });

  it.each<[string, RoundTrip]>([
    ['a long trade ended', { openedAt: before, closedAt: inside }],
    ['a short trade was entered', { openedAt: inside, closedAt: null, side: 'short' }],
    [
      'a short trade was entered and closed later',
      { openedAt: inside, closedAt: LATER, side: 'short' },
    ],
  ])('are not known yet when %s and none are charged', async (_, round) => {
    expect(await feesOf(round)).toBeNull();
  });

  it.each<[string, RoundTrip | null]>([
    ['nothing was traded', null],
    ['shares were only bought', { openedAt: inside, closedAt: null }],
    [
      'a short trade of the day before ended',
      { openedAt: before, closedAt: inside, side: 'short' },
    ],
    ['shares were sold on the day before', { openedAt: before, closedAt: before }],
  ])('are none when %s', async (_, round) => {
    expect(await feesOf(round)).toBe(ZERO_USD);
  });

  it('of the last seven days are booked with each digest, whenever they are charged', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    const asked: string[] = [];
    const context = seenAt(desk, FIRST.close);
    const feesSince = async (date: string) => {
      asked.push(date);
      return [fee(HISTORY.date)];
    };
    await digestAt(desk, { ...context, broker: { ...context.broker, feesSince } });
    expect(asked).toEqual(['2025-11-18']);
    expect(await desk.context.ledger.totalFees()).toBe(usd('1.23'));
  });
});

describe('a digest that is written on a later day', () => {
  it('tells of when its open positions are', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    expect((await digestAt(desk, seenAt(desk, LATER))).positionsAt).toBe(LATER);
  });

  it('has the session’s own positions when it is written on its day', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    expect((await digestAt(desk, seenAt(desk, FIRST.close + 60_000))).positionsAt).toBeNull();
  });

  it('is told by the clock, not by when the job was due', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    await writeDueDigests(seenAt(desk, LATER, { equity: usd('7') }), FIRST.close);
    await deliverOutbox(desk.context);
    expect(digests(desk)).toMatchObject([{ positionsAt: LATER, closingEquity: usd('100000') }]);
  });
});

const kept = (desk: Desk) => desk.context.ledger.sessionMetrics();

describe('the metrics of a session', () => {
  const round = { openedAt: FIRST.open + 60_000, closedAt: FIRST.open + 600_000 };

  it('are kept with its digest, which shows them', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    await trade(desk, round);
    const card = await digestAt(desk, seenAt(desk, FIRST.close + 35_000));
    expect(await kept(desk)).toEqual([
      { sessionDate: FIRST.date, metrics: card.session, computedAt: FIRST.close + 35_000 },
    ]);
    expect(card.session).toMatchObject({
      wins: 0,
      pnl: usd('-10'),
      winRate: { value: 0, count: 1 },
      slippageBps: { value: 0, count: 1 },
      interference: { value: 0, count: 1 },
    });
  });

  it.each<[string, (desk: Desk) => Promise<AppContext>]>([
    ['by the same process', async ({ context }) => context],
    ['after a restart', (desk) => desk.restart()],
  ])('stay as they are however often they are asked for %s', async (_, again) => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    await trade(desk, round);
    await digestAt(desk, seenAt(desk, FIRST.close));
    const first = await kept(desk);
    const context = { ...(await again(desk)), clock: { now: () => LATER } };
    await writeDueDigests(context, LATER);
    expect(await kept(desk)).toEqual(first);
  });

  it('of a session that was missed are kept when the bot is back', async () => {
    const desk = await openDesk([QUIET]);
    await saveEquity(desk, HISTORY.close, '100000');
    await saveEquity(desk, FIRST.open + 300_000, '99000');
    await liveThrough(desk, FIRST, '99500');
    await digestAt(desk, seenAt(desk, LATER, { equity: usd('7') }));
    expect(await kept(desk)).toMatchObject([
      {
        sessionDate: FIRST.date,
        computedAt: LATER,
        metrics: { drawdownPercent: { value: 1, count: 1 } },
      },
    ]);
  });

  it('and the digest are written both or not at all', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    const context = seenAt(desk, FIRST.close);
    const ledger = {
      ...context.ledger,
      transaction: <T>(work: Parameters<typeof context.ledger.transaction<T>>[0]) =>
        context.ledger.transaction<T>(async (tx) => {
          await work(tx);
          throw new Error('the connection is gone');
        }),
    };
    await expect(writeDueDigests({ ...context, ledger }, FIRST.close)).rejects.toThrow('is gone');
    expect(await kept(desk)).toEqual([]);
    expect(await desk.context.ledger.outbox.has(`digest:${FIRST.date}`)).toBe(false);
  });

  it('follow a fill that is booked late, with the next digest; their own stays what was told', async () => {
    const desk = await openDesk([QUIET]);
    await liveThrough(desk, FIRST, '100000');
    await digestAt(desk, seenAt(desk, FIRST.close));
    await trade(desk, round);
    await liveThrough(desk, SECOND, '100000');
    await digestAt(desk, seenAt(desk, SECOND.close));
    const first = (await kept(desk)).filter(({ sessionDate }) => sessionDate === FIRST.date);
    expect(first).toMatchObject([
      { computedAt: SECOND.close, metrics: { winRate: { value: 0, count: 1 } } },
    ]);
    expect(digests(desk)[0]).toMatchObject({ session: { winRate: { count: 0 } } });
  });

  it('are those of its own trades; the worst day and all trades are in those of all sessions', async () => {
    const desk = await openDesk([QUIET]);
    await saveEquity(desk, HISTORY.close, '100000');
    await liveThrough(desk, FIRST, '98000');
    await trade(desk, round);
    await digestAt(desk, seenAt(desk, FIRST.close + DAY / 24, { equity: usd('98000') }));
    await liveThrough(desk, SECOND, '98000');
    await trade(desk, { openedAt: SECOND.open + 60_000, closedAt: SECOND.open + 600_000 });
    const today = { equity: usd('98000'), lastEquity: usd('98000') };
    const card = await digestAt(desk, seenAt(desk, SECOND.close, today));
    expect(card.session).toMatchObject({
      winRate: { count: 1 },
      drawdownPercent: { value: 0, count: 1 },
    });
    expect(card.overall).toMatchObject({
      pnl: usd('-20'),
      winRate: { count: 2 },
      slippageBps: { count: 2 },
      drawdownPercent: { value: 2, count: 2 },
    });
  });
});

describe('the signals in a digest', () => {
  it('are those of its session, and add up to the bars that were decided', async () => {
    const desk = await openDesk([QUIET, QUIET, QUIET, QUIET, QUIET, FALL]);
    await runSession(desk);
    const { signals, ...card } = await digestAt(desk, desk.context);
    expect(signals.decisions).toBe(card.cycles);
    expect(signals.entries).toBe(card.entriesFilled + card.entriesNotFilled);
    expect(signals.removed.reduce((sum, { count }) => sum + count, signals.entries)).toBe(
      signals.signals,
    );
    expect(signals.removed.find(({ filter }) => filter === 'entry-window')?.count).toBe(3);
  });
});

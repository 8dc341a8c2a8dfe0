import type { Account, Position } from '#core/account.ts';
import type { DrawdownReading, DrawdownState } from '#core/drawdown.ts';
import type { Ticker } from '#core/ids.ts';
import { addUsd, usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { formatGain } from '#core/number-words.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { judgeCash, NO_CASH_VIEW } from '#core/unexplained-cash.ts';
import type { CashView } from '#core/unexplained-cash.ts';
import { BrokerError } from '#ports/broker.ts';

import { priceDefect } from './believed-prices.ts';
import type { AppContext } from './context.ts';
import { bookCashActivities } from './reconcile/cash-activities.ts';
import { areSame, readBooks, unexplainedCash } from './unexplained-cash.ts';
import type { Books } from './unexplained-cash.ts';

/** The account as it is now, or why it cannot be told. */
export type Sighting =
  | {
      readonly kind: 'trusted';
      readonly reading: DrawdownReading;
      readonly positions: readonly Position[];
      /** What is taken for a deposit or a withdrawal from now on, since nothing has explained it; else null. */
      readonly assumed: Usd | null;
    }
  | {
      readonly kind: 'untrusted';
      readonly why: string;
      /** Where cash has moved: since when, for the next reading. */
      readonly cash?: CashView;
    };

/**
 * Reads equity, what was paid in and out, and whether every price in it is to be believed: nothing that is
 * stale, absurd or half-way through a deposit passes for a fall. Throws nothing but what is no broker's error.
 *
 * @param before the state after the last reading that could be trusted
 */
export async function readDrawdown(
  context: AppContext,
  session: Session,
  before: DrawdownState | null,
): Promise<Sighting> {
  // Account and positions are asked for by REST: an outage of the order stream does not matter.
  const blindness = context.sight.barBlindness();
  if (blindness !== null) return untrusted(blindness);
  try {
    return await read(context, session, before);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return untrusted(error.message);
  }
}

const untrusted = (why: string): Sighting => ({ kind: 'untrusted', why });

async function read(
  context: AppContext,
  session: Session,
  before: DrawdownState | null,
): Promise<Sighting> {
  const { clock, ledger } = context;
  const seen = await readBetweenBookings(context);
  if (seen === null) return untrusted('money is being paid in or out just now');
  const { account, positions, books } = seen;
  const at = clock.now();
  const held = positions.map(({ symbol }) => symbol);
  const closes = await lastCloses(context, [...new Set([...held, ...books.quantities.keys()])], at);
  const ours = new Set(books.quantities.keys());
  const defect = priceDefect(context, positions, { at, closes, ours });
  if (defect !== null) return untrusted(defect);
  const { equity, lastEquity } = account;
  const known = before?.cash ?? NO_CASH_VIEW;
  const unexplained = unexplainedCash(account, positions, books, closes);
  const verdict = judgeCash(known, { at, equity, unexplained });
  const { kind, cash } = verdict;
  if (kind === 'waiting') return { kind: 'untrusted', why: movedWords(verdict.moved), cash };
  // What is assumed only now came after the close before.
  const assumedThen = kind === 'assumed' ? known.assumed : cash.assumed;
  const reading: DrawdownReading = {
    at,
    sessionDate: session.date,
    sessionOpen: session.open,
    isTrusted: true,
    equity,
    flows: addUsd(books.flows, cash.assumed),
    lastEquity,
    lastFlows: addUsd(await flowsBefore(context, session), assumedThen),
    cash,
    recorded: before === null ? await ledger.highestEquity() : null,
  };
  return {
    kind: 'trusted',
    positions,
    reading,
    assumed: kind === 'assumed' ? verdict.moved : null,
  };
}

const movedWords = (moved: Usd): string =>
  `cash moved by ${formatGain(moved)} that the broker has not explained yet`;

/** Deposits less withdrawals until the close of the session before. */
async function flowsBefore({ calendar, ledger }: AppContext, { date }: Session): Promise<Usd> {
  const previous = await calendar.before(date);
  return ledger.cashFlows(previous?.date ?? date);
}

/** Money and fills come seldom, and not three times within a moment. */
const LOOKS = 3;

interface Seen {
  readonly account: Account;
  readonly positions: readonly Position[];
  readonly books: Books;
}

/** The account at a moment at which nothing was booked that might be in it or not; null when something always was. */
async function readBetweenBookings(context: AppContext): Promise<Seen | null> {
  const { broker, ledger } = context;
  await bookCashActivities(context);
  for (let look = 0; look < LOOKS; look += 1) {
    const before = await readBooks(ledger);
    const account = await broker.account();
    const positions = await broker.positions();
    await bookCashActivities(context);
    const books = await readBooks(ledger);
    if (areSame(before, books)) return { account, positions, books };
  }
  return null;
}

/** A liquid stock has a bar within this time; of another one the last two sessions are looked through. */
const RECENT_BARS = 12;

/** The close of each symbol's last settled bar; symbols without one are left out. */
async function lastCloses(
  context: AppContext,
  symbols: readonly Ticker[],
  at: EpochMs,
): Promise<ReadonlyMap<Ticker, Usd>> {
  const recent = await closesSince(context, symbols, {
    from: at - RECENT_BARS * context.parameters.barMinutes * MINUTE_MS,
    at,
  });
  const others = symbols.filter((symbol) => !recent.has(symbol));
  const from = at - LOOK_BACK_MS;
  return new Map([...recent, ...(await closesSince(context, others, { from, at }))]);
}

/** A weekend and a holiday lie in it. */
const LOOK_BACK_MS = 4 * 24 * 60 * MINUTE_MS;

async function closesSince(
  { marketData, parameters: { barMinutes } }: AppContext,
  symbols: readonly Ticker[],
  { from, at }: { readonly from: EpochMs; readonly at: EpochMs },
): Promise<ReadonlyMap<Ticker, Usd>> {
  if (symbols.length === 0) return new Map();
  const bars = await marketData.bars({ symbols, barMinutes, from, until: at });
  const lastStart = at - barMinutes * MINUTE_MS;
  return new Map(
    [...bars].flatMap(([symbol, own]) => {
      const settled = own.findLast(({ start }) => start <= lastStart);
      return settled === undefined ? [] : [[symbol, usdFromNumber(settled.close)] as const];
    }),
  );
}

import type { Account, Position } from '#core/account.ts';
import type { DrawdownReading } from '#core/drawdown.ts';
import type { Ticker } from '#core/ids.ts';
import { usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { quoteDefect } from '#core/quote-sanity.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';

import type { AppContext } from './context.ts';
import { bookCashActivities } from './reconcile/cash-activities.ts';

/** The account as it is now, or why it cannot be told. */
export type Sighting =
  | {
      readonly kind: 'trusted';
      readonly reading: DrawdownReading;
      readonly positions: readonly Position[];
    }
  | { readonly kind: 'untrusted'; readonly why: string };

/**
 * Reads equity, what was paid in and out, and whether every price in it is to be believed: nothing that is
 * stale, absurd or half-way through a deposit passes for a fall. Throws nothing but what is no broker's error.
 */
export async function readDrawdown(context: AppContext, session: Session): Promise<Sighting> {
  const blindness = context.sight.blindness();
  if (blindness !== null) return untrusted(blindness);
  try {
    return await read(context, session);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return untrusted(error.message);
  }
}

const untrusted = (why: string): Sighting => ({ kind: 'untrusted', why });

async function read(context: AppContext, session: Session): Promise<Sighting> {
  const { clock, ledger, calendar, parameters } = context;
  const account = await readBetweenFlows(context);
  if (account === null) return untrusted('money is being paid in or out just now');
  const at = clock.now();
  const positions = await context.broker.positions();
  const references = await lastCloses(context, positions, at);
  for (const { symbol, currentPrice: price, averageEntryPrice } of positions) {
    const reference = references.get(symbol) ?? averageEntryPrice;
    const defect = quoteDefect({ symbol, price, reference }, parameters.absurdMovePercent);
    if (defect !== null) return untrusted(defect);
  }
  const previous = await calendar.before(session.date);
  const [flows, lastFlows] = await Promise.all([
    ledger.cashFlows(),
    ledger.cashFlows(previous?.date ?? session.date),
  ]);
  const { equity, lastEquity } = account;
  return {
    kind: 'trusted',
    positions,
    reading: {
      at,
      sessionDate: session.date,
      sessionOpen: session.open,
      isTrusted: true,
      equity,
      flows,
      lastEquity,
      lastFlows,
    },
  };
}

/** Money comes seldom, and not three times within a moment. */
const LOOKS = 3;

/** The account at a moment at which no deposit or withdrawal was on its way into the list; null when one always was. */
async function readBetweenFlows(context: AppContext): Promise<Account | null> {
  await bookCashActivities(context);
  for (let look = 0; look < LOOKS; look += 1) {
    const account = await context.broker.account();
    if ((await bookCashActivities(context)) === 0) return account;
  }
  return null;
}

/** A liquid stock has a bar within this time; of another one the last two sessions are looked through. */
const RECENT_BARS = 12;

/** The close of each position's last settled bar; symbols without one are left out. */
async function lastCloses(
  context: AppContext,
  positions: readonly Position[],
  at: EpochMs,
): Promise<ReadonlyMap<Ticker, Usd>> {
  const symbols = positions.map(({ symbol }) => symbol);
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

import { booksReport } from '#app/reports/equity.ts';
import { formatUsd } from '#core/money.ts';
import type { Logger } from '#ports/logger.ts';

import type { RunningBot } from './start.ts';

/** Half a cent: what rounding to whole cents may hide. */
const TOLERANCE_MICROS = 5_000;

/**
 * Adds up the books when a replay has ended and counts the orders that were sent more than once.
 *
 * @returns the exit code: 0 when equity = start + profit and loss − fees to the cent and no order went out
 * twice, else 1.
 */
export async function reportReplayEnd(bot: RunningBot, log: Logger): Promise<number> {
  const { ledger } = bot.context;
  const [books, cycles, intents, closed] = await Promise.all([
    booksReport(bot.context),
    ledger.cycleCount(),
    ledger.intentCount(),
    ledger.closedTrades(),
  ]);
  const submissions = bot.sandbox?.exchange?.standIn.inspect().submissions ?? new Map();
  const sentTwice = [...submissions].filter(([, times]) => times > 1).map(([id]) => id);
  const addsUp = Math.abs(books.difference) < TOLERANCE_MICROS;
  log.info(
    {
      cycles,
      entries: intents,
      trades: closed.length,
      start: formatUsd(books.startEquity),
      realized: formatUsd(books.realized),
      unrealized: formatUsd(books.unrealized),
      fees: formatUsd(books.fees),
      equity: formatUsd(books.brokerEquity),
    },
    'the replay has ended',
  );
  if (addsUp) log.info({}, 'the books add up: equity = start + realized + unrealized − fees');
  else {
    log.error(
      { expected: formatUsd(books.expectedEquity), difference: formatUsd(books.difference) },
      'the books do not add up',
    );
  }
  if (sentTwice.length > 0) log.error({ orders: sentTwice }, 'orders were sent more than once');
  return addsUp && sentTwice.length === 0 ? 0 : 1;
}

import { booksReport } from '#app/reports/equity.ts';
import { overallMetrics } from '#app/reports/metrics.ts';
import { formatUsd } from '#core/money.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { Logger } from '#ports/logger.ts';

import { metricTable, metricTitle, signalTable } from './replay-report.ts';
import type { RunningBot } from './start.ts';

/** Half a cent: what rounding to whole cents may hide. */
const TOLERANCE_MICROS = 5_000;

/**
 * Tells what a replay that has ended came to, adds up the books and counts the orders that were sent more
 * than once.
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
  await reportPerformance(ledger, log);
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

/** What the entry filters removed, and the strategy against its targets, over all that the ledger holds. */
async function reportPerformance(ledger: Ledger, log: Logger): Promise<void> {
  const [signals, metrics] = await Promise.all([ledger.signalCounts(), overallMetrics(ledger)]);
  const say = (title: string, lines: readonly string[]): void => {
    for (const line of [title, ...lines.map((text) => `  ${text}`)]) log.info({}, line);
  };
  say('what the entry filters removed:', signalTable(signals));
  say(metricTitle(metrics), metricTable(metrics));
}

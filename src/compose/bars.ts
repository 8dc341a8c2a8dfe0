import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import { createBarStore } from '#adapters/bars/bar-store.ts';
import { describeNotes, describeRepairs } from '#adapters/bars/describe-defects.ts';
import { openBarArchive } from '#adapters/postgres/bar-archive.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { createLogger } from '#adapters/system/logger.ts';
import type { FillProgress, FillResult } from '#app/fill-bars.ts';
import { fillSharedBars } from '#app/share-bars.ts';
import type { SharedPlaces } from '#app/share-bars.ts';
import type { Ticker } from '#core/ids.ts';
import { count, formatDuration } from '#core/number-words.ts';
import { addDays, newYorkDate, startOfDay } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { Logger } from '#ports/logger.ts';

import { parseBarsSettings } from './bars-settings.ts';
import type { BarsSettings, BarsSource } from './bars-settings.ts';
import { importBars } from './import-bars.ts';
import { createProgressBar } from './progress-bar.ts';
import { runTool, UsageError } from './tool.ts';

/*
 * `npm run bars -- --symbols AAPL,MSFT --from 2024-01-02 --to 2024-06-28`: fills the bar store from Alpaca,
 * or, with `--import FOLDER`, from files. Exit code 0: all of it is stored; 1: not all; 2: it was not asked
 * properly.
 */
async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseBarsSettings(process.env, argv);
  if (parsed.kind === 'errors') throw new UsageError(parsed.errors.join('\n'));
  if (parsed.kind === 'help') {
    say([parsed.text]);
    return 0;
  }
  const { source, databaseUrl } = parsed.settings;
  const log = createLogger({ level: 'warn', secrets: secretsIn(parsed.settings) });
  const shared = databaseUrl === null ? null : await openBarArchive(databaseUrl.reveal(), log);
  try {
    const places = {
      store: createBarStore(parsed.settings.storeDir),
      archive: shared?.archive ?? null,
    };
    if (source.kind === 'folder') return await readIn(parsed.settings, source, places);
    if (shared !== null) checkWorld(source, shared.mode);
    return await fetchAll(parsed.settings, source, { ...places, log });
  } finally {
    await shared?.close();
  }
}

const secretsIn = ({ source, databaseUrl }: BarsSettings): readonly string[] => [
  ...(source.kind === 'folder' || source.connection.kind === 'stand-in'
    ? []
    : [source.connection.keyId, source.connection.secret]),
  ...(databaseUrl === null ? [] : [databaseUrl.reveal()]),
];

/** What was made up never comes among the bars of the world, nor the other way round. */
function checkWorld({ connection }: AlpacaSource, mode: string): void {
  const isMadeUp = connection.kind === 'stand-in';
  if (isMadeUp === (mode === 'SANDBOX')) return;
  const bars = isMadeUp ? 'a sandbox’s bars are made up' : 'these bars are those of the world';
  throw new UsageError(
    `DATABASE_URL: is the ledger of a ${mode} bot, and ${bars}; unset it to share none`,
  );
}

const say = (lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};
const complain = (lines: readonly string[]): void => {
  for (const line of lines) process.stderr.write(`${line}\n`);
};

const endOf = (to: SessionDate): number => startOfDay(addDays(to, 1));

type AlpacaSource = BarsSource & { readonly kind: 'alpaca' };

async function readIn(
  { barMinutes, to, storeDir }: BarsSettings,
  { folder, symbols, from, repair }: BarsSource & { readonly kind: 'folder' },
  places: SharedPlaces,
): Promise<number> {
  const imported = await importBars(places, folder, {
    barMinutes,
    repair,
    ...(symbols === null ? {} : { symbols }),
    ...(from === null ? {} : { from: startOfDay(from) }),
    ...(to === null ? {} : { until: endOf(to) }),
  });
  if (imported.kind === 'refused') {
    complain([...imported.lines, 'nothing was stored']);
    return 1;
  }
  say([
    ...describeRepairs(imported.repairs),
    ...describeNotes(imported.defects),
    `${count(imported.bars, 'bar')} of ${barMinutes} minutes of ${count(imported.symbols.length, 'symbol')} were read into ${storeDir}`,
  ]);
  complain(imported.problems);
  return imported.problems.length === 0 ? 0 : 1;
}

async function fetchAll(
  { barMinutes, to, storeDir }: BarsSettings,
  { connection, feed, feedName, symbols, from }: AlpacaSource,
  { log, ...places }: SharedPlaces & { readonly log: Logger },
): Promise<number> {
  const client = createAlpacaClient(connection);
  // A stand-in's time is not the world's: what has not been traded there yet is not there.
  const { now } = await createAlpacaBroker(client, log).clock();
  checkHasCome(from, now);
  const ahead = now - systemClock.now();
  const bar = createProgressBar(process.stderr);
  const context = {
    marketData: createAlpacaMarketData(client, feed, feedName, log),
    ...places,
    clock: { now: () => systemClock.now() + ahead },
  };
  const query = {
    symbols,
    barMinutes,
    from: startOfDay(from),
    until: to === null ? now : endOf(to),
  };
  const show = (progress: FillProgress) =>
    bar.show(progress.requests, progress.of, wordsOf(progress));
  const result = await fillSharedBars(context, query, show)
    .catch((error: unknown) => {
      throw new Error(`${String(error)}; what was fetched is stored: run it again to go on`);
    })
    .finally(() => bar.clear());
  say([summaryOf(result, { barMinutes, feedName, storeDir })]);
  const problems = [...result.problems, ...emptyWords(result.empty)];
  complain(problems);
  return problems.length === 0 ? 0 : 1;
}

function checkHasCome(from: SessionDate, now: number): void {
  const today = newYorkDate(now);
  if (from <= today) return;
  throw new UsageError(
    `--from: is "${from}"; it must not be later than today, which is ${today} there`,
  );
}

const emptyWords = (symbols: readonly Ticker[]): readonly string[] =>
  symbols.length === 0
    ? []
    : [`no bars came of ${symbols.join(', ')}: check the spelling, or begin with an earlier day`];

const wordsOf = ({ symbol, requests, of, bars, leftMs }: FillProgress): string =>
  `${symbol}  ${requests} of ${count(of, 'request')}, ${count(bars, 'bar')}, about ${formatDuration(leftMs)} left`;

function summaryOf(
  { bars, complete, restated }: FillResult,
  {
    barMinutes,
    feedName,
    storeDir,
  }: { readonly barMinutes: number; readonly feedName: string; readonly storeDir: string },
): string {
  const parts = [
    `${count(bars, 'bar')} of ${barMinutes} minutes (feed ${feedName}, split-adjusted) were stored in ${storeDir}`,
    ...(complete.length === 0 ? [] : [`${complete.join(', ')} had all of it already`]),
    ...(restated.length === 0
      ? []
      : [`${restated.join(', ')} split since then and came anew from the beginning`]),
  ];
  return parts.join('; ');
}

await runTool(main);

import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { parseUsd } from '#core/money.ts';
import type { Notifier } from '#ports/notifier.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { anApplication } from '#test/support/application.ts';
import { silentLog } from '#test/support/log.ts';

import { alarm } from '../adapters/discord/facts.ts';
import { channelMessages, closeDesks, makeBot, startStandIn } from '../adapters/discord/harness.ts';
import { aMarket } from '../sandbox/alpaca-market.ts';
import type { BenchRow } from './bench-row.ts';

const CARDS = 1_000;
/** Every so many posts Discord says that it is too much, and for how long. */
const LIMITED_EVERY = 20;
const LIMITED_MS = 50;

/** A thousand cards that wait, through a channel that limits its rate again and again. */
export async function benchDelivery(): Promise<readonly BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bracketeer-bench-'));
  await chmod(dataDir, 0o755);
  const server = await startEmbeddedPostgres({
    dataDir,
    database: 'delivery',
    durable: true,
    log: silentLog,
  });
  try {
    return [await drain(server.url)];
  } finally {
    await closeDesks();
    await server.stop();
    await rm(dataDir, { recursive: true });
  }
}

async function drain(databaseUrl: string): Promise<BenchRow> {
  const market = aMarket({ NVDA: [[100, 100, 100, 100]] });
  const alpaca = await createAlpacaStandIn({ market, startingCash: parseUsd('100000') });
  const discord = await startStandIn();
  let posts = 0;
  const { notifier } = makeBot(`${discord.url}/api`).bot;
  const limited: Notifier = {
    ...notifier,
    post: (card, key) => {
      posts += 1;
      if (posts % LIMITED_EVERY === 0) {
        const fault = { kind: 'status', status: 429, retryAfterMs: LIMITED_MS } as const;
        discord.faults.failNext(fault, 1, /^POST .*messages$/);
      }
      return notifier.post(card, key);
    },
  };
  const { context, close } = await anApplication({
    alpacaUrl: alpaca.url,
    databaseUrl,
    watchlist: market.symbols,
    now: () => alpaca.now(),
    changes: { notifier: limited },
  });
  await queueUp(context);
  const begun = performance.now();
  await deliverOutbox(context);
  const tookMs = performance.now() - begun;
  const shown = channelMessages({ standIn: discord }).map(({ embeds }) => embeds[0]?.title ?? '');
  await close();
  await alpaca.close();
  return row(tookMs, shown);
}

async function queueUp({ ledger }: AppContext): Promise<void> {
  for (let card = 0; card < CARDS; card += 1) {
    await ledger.transaction((tx) =>
      tx.enqueueCard(`card ${card}`, { ...alarm, title: `${card}` }),
    );
  }
}

function row(tookMs: number, shown: readonly string[]): BenchRow {
  const isWhole =
    shown.length === CARDS && shown.every((title, index) => title.endsWith(`ALARM: ${index}`));
  const seconds = (tookMs / 1_000).toFixed(1);
  const rate = ((CARDS / tookMs) * 1_000).toFixed(0);
  return {
    name: `delivery: ${CARDS} cards in order, a 429 at every ${LIMITED_EVERY}th`,
    value: `${seconds} s, ${rate} cards/s, ${isWhole ? 'none lost' : `${shown.length} in the channel, NOT as written`}`,
    budget: 'none lost',
    ok: isWhole,
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { readinessOverrides, studies, sweepResults } from '#adapters/postgres/schema/studies.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import type { BarsWanted } from '#ports/backtests.ts';
import type { StudyDesk, StudyId } from '#ports/studies.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';
import { aLedger, freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';
import { makeTables } from '#test/support/make-tables.ts';

import { createLifecycle } from '../../src/compose/lifecycle.ts';
import { openResearch, startResearch } from '../../src/compose/research-process.ts';
import type { ProcessRole } from '../../src/compose/schema.ts';
import { aMarket } from '../backtest/a-market.ts';
import { aRequest } from '../research/support/a-request.ts';
import { aStandIn } from '../sandbox/alpaca/a-stand-in.ts';

const PATIENCE_MS = 60_000;
let url: string;
let drop: () => Promise<void>;

beforeAll(async () => {
  ({ url, drop } = await freshDatabase());
  await makeTables(url, [studies, sweepResults, readinessOverrides]);
});
afterAll(() => drop());

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'research-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Research of a process with these roles, which does not work yet. */
function opened(processRoles: readonly ProcessRole[], databaseUrl = url) {
  const lifecycle = createLifecycle(() => silentLog);
  onTestFinished(() => lifecycle.close());
  const config = { dataDir: aFolder(), redisUrl: null, processRoles };
  return openResearch({ config, databaseUrl, lifecycle, log: silentLog });
}

/** Research as a bot starts it that has no research of its own to do. */
async function aDesk(databaseUrl = url): Promise<StudyDesk> {
  const desk = await opened(['bot', 'trader'], databaseUrl);
  await desk.work();
  return desk;
}

async function over(desk: StudyDesk, id: StudyId) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const study = await desk.find(id);
    if (study?.status !== 'queued' && study?.status !== 'running') return study;
    if (performance.now() > end) throw new Error(`it is not over: ${JSON.stringify(study)}`);
    await delay(50);
  }
}

/** A machine of its own: a program in an empty folder. */
const aProgram = (
  file: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
) =>
  spawn(process.execPath, [join(import.meta.dirname, '../../src', file), ...argv], {
    cwd: aFolder(),
    env: { ...BARE_ENVIRONMENT, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const aProcess = (...argv: readonly string[]) => aProgram('main.ts', argv, { DATABASE_URL: url });

describe('npm start -- --role research', () => {
  it('works on the studies of the ledger, which a process without the role leaves alone', async () => {
    const desk = await aDesk();
    const id = await desk.ask(aRequest(), 'Ann');
    expect(await desk.find(id)).toMatchObject({ status: 'queued', requestedBy: 'Ann' });
    const child = aProcess('--role', 'research');
    const study = await over(desk, id);
    // This machine's bar store is empty, and so it has to say.
    expect(study).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('the store lacks 5-minute bars'),
    });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('takes what the bar store lacks from the market that the bot sees', async () => {
    const bot = await opened(['bot', 'research']);
    const market = aMarket({ sessions: 60, names: ['AAPL'] });
    const wanted: BarsWanted[] = [];
    await bot.work((of) => {
      wanted.push(of);
      return Promise.resolve({ kind: 'bars', market, notes: ['some of it is thin'] });
    });
    const [from, to] = [market.sessions[20]!.date, market.sessions[59]!.date];
    const request = aRequest({
      symbols: [ticker('AAPL'), ticker('SBNY')],
      from,
      to,
      grid: 'stop=2,3',
    });
    const id = await bot.ask(request, 'Ann');
    const study = await over(bot, id);
    expect(study).toMatchObject({ status: 'done', failure: null });
    expect(study?.result?.report).toMatchObject({
      notes: ['no bars of SBNY: left out', 'some of it is thin'],
    });
    expect(wanted[0]).toMatchObject({ symbols: ['AAPL', 'SBNY'], barMinutes: 5, from, to });
  });

  it('says why where that market has none either', async () => {
    const bot = await opened(['bot', 'research']);
    const why = 'The bars of the last session settle some minutes after its close.';
    await bot.work(() => Promise.resolve({ kind: 'refused', why }));
    const id = await bot.ask(aRequest(), 'Ann');
    expect(await over(bot, id)).toMatchObject({ status: 'failed', failure: why });
  });

  it('works on bars that another machine has filled', async () => {
    const ledger = await aLedger('SANDBOX');
    const market = generateMarket({
      seed: 7,
      symbols: [ticker('AAPL')],
      sessions: 1,
      historySessions: 14,
      startDate: asSessionDate('2025-11-26'),
    });
    const { standIn } = await aStandIn({ market });
    const bars = aProgram('compose/bars.ts', ['--symbols=AAPL', '--from=2025-11-06'], {
      DATABASE_URL: ledger,
      SANDBOX_ALPACA_URL: standIn.url,
    });
    expect(await once(bars, 'exit')).toEqual([0, null]);
    const desk = await aDesk(ledger);
    const [from, to] = [asSessionDate('2025-11-06'), asSessionDate('2025-11-25')];
    const request = aRequest({ symbols: [ticker('AAPL')], from, to, grid: 'stop=2,3' });
    const id = await desk.ask(request, 'Ann');
    const child = aProgram('main.ts', ['--role', 'research'], { DATABASE_URL: ledger });
    onTestFinished(() => void child.kill('SIGKILL'));
    const study = await over(desk, id);
    expect(study).toMatchObject({ status: 'done', failure: null });
  });

  it('takes up a study whose jobs are lost', async () => {
    const desk = await aDesk();
    const id = await desk.ask(aRequest(), 'Ann');
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query('DROP SCHEMA bullmq CASCADE');
    const child = aProgram('main.ts', ['--role', 'research'], { DATABASE_URL: url });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await over(desk, id)).toMatchObject({ status: 'failed' });
  });

  it('takes no lease: the account is free for whoever trades it', async () => {
    const child = aProcess('--role', 'research');
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const client = new Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    expect((await client.query('SELECT FROM trader_lease')).rowCount).toBe(0);
  });

  it('ends at once where nobody has made the ledger', async () => {
    const lifecycle = createLifecycle(() => silentLog);
    const missing = new URL(url);
    missing.pathname = '/nothing';
    const starting = startResearch({
      config: { dataDir: aFolder(), redisUrl: null, processRoles: ['research'] },
      databaseUrl: missing.href,
      lifecycle,
      log: silentLog,
    });
    await expect(starting).rejects.toThrow('start the bot once, which makes its tables');
  });
});

describe('a study that waits', () => {
  it('can be cancelled by who asked for it', async () => {
    const desk = await aDesk();
    const id = await desk.ask(aRequest(), 'Ann');
    expect((await desk.open()).map((study) => study.id)).toContain(id);
    expect(await desk.cancel(id, 'Ann')).toBe(true);
    expect(await desk.cancel(id, 'Ann')).toBe(false);
  });
});

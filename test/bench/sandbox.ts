import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '#adapters/postgres/free-port.ts';

import type { BenchRow } from './bench-row.ts';

const ROOT = join(import.meta.dirname, '../..');
/** How long the replay runs at full speed. */
const RUN_MS = 30_000;
const MEGABYTE = 2 ** 20;

/** The sandbox as `npm start` runs it, watched from outside. */
export async function benchSandbox(): Promise<readonly BenchRow[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bracketeer-bench-'));
  // As root, PostgreSQL runs under another account, which must be able to enter.
  await chmod(dataDir, 0o755);
  try {
    const first = await run(dataDir, 0);
    const second = await run(dataDir, RUN_MS);
    return [
      row('sandbox: first start until ready', first.readyMs, 10_000),
      row('sandbox: later start until ready', second.readyMs, 10_000),
      {
        name: 'sandbox: a bar at full speed, 10 symbols, cards delivered',
        value: `${second.msPerBar.toFixed(1)} ms`,
      },
      {
        name: 'sandbox: memory beside PostgreSQL, with the charts’ process',
        value: `${second.peakMegabytes.toFixed(0)} MB`,
        budget: '300 MB',
        ok: second.peakMegabytes < 300,
      },
      row('sandbox: Ctrl-C until ended', second.stopMs, 5_000),
    ];
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

const row = (name: string, ms: number, budgetMs: number): BenchRow => ({
  name,
  value: `${(ms / 1_000).toFixed(2)} s`,
  budget: `${budgetMs / 1_000} s`,
  ok: ms < budgetMs,
});

async function startCommand(): Promise<readonly string[]> {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  // Without its first words, which are exec and node.
  return scripts.start.split(' ').slice(2);
}

async function run(dataDir: string, forMs: number) {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [...(await startCommand()), '--speed', 'max'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: String(port) },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) await delay(20);
  const readyMs = performance.now() - begun;
  const watched = await watch(url, child.pid ?? 0, forMs);
  const stopping = performance.now();
  child.kill('SIGINT');
  await ended;
  return { readyMs, stopMs: performance.now() - stopping, ...watched };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** What the process that draws the charts of another one has for itself; 0 while there is none. */
async function drawerBytes(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  for (const id of children.trim().split(' ')) {
    const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('charts/worker')) return ownBytes(id);
  }
  return 0;
}

/** What a process has for itself alone, beside what it shares with others: 0 for one that has ended. */
async function ownBytes(pid: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = [...text.matchAll(/^Private_\w+: +(\d+) kB$/gm)].map(([, size]) =>
    Number(size),
  );
  return kilobytes.reduce((sum, size) => sum + size, 0) * 1_024;
}

async function watch(url: string, pid: number, forMs: number) {
  const from = await readMetrics(url);
  const begun = performance.now();
  let peak = from.bytes;
  let last = from;
  while (performance.now() - begun < forMs) {
    await delay(1_000);
    last = await readMetrics(url);
    peak = Math.max(peak, last.bytes + (await drawerBytes(pid)));
  }
  return {
    msPerBar: (performance.now() - begun) / Math.max(1, last.cycles - from.cycles),
    peakMegabytes: peak / MEGABYTE,
  };
}

async function readMetrics(url: string) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? 0);
  return { cycles: read('bracketeer_cycles_total'), bytes: read('process_resident_memory_bytes') };
}

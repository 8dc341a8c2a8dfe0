import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import type { Bench } from '#adapters/research/protocol.ts';
import { createResearchThreads } from '#adapters/research/threads.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { ticker } from '#core/ids.ts';
import { count, formatDuration } from '#core/number-words.ts';
import type { StudyKind, StudyRequest } from '#ports/studies.ts';
import type { PointOutcome } from '#research/outcome.ts';
import type { StudyReport } from '#research/report.ts';
import { stateOf, studiedDates } from '#research/run-study.ts';
import { warmUpOf } from '#research/study.ts';
import type { StudyPlan } from '#research/study.ts';

import { marketOfFolder, marketOfStore } from './load-market.ts';
import type { LoadMarket } from './load-market.ts';
import { createProgressBar } from './progress-bar.ts';
import { screenOf } from './research-screen.ts';
import { researchSettings } from './research-settings.ts';
import { UsageError } from './tool.ts';

/** What a shell gives a program that was stopped by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * A sweep or a walk-forward on all cores of this machine. Exit code 0: it ran, whatever the verdict; 1: it could
 * not; 2: it was not asked properly; 130: it was interrupted.
 */
export async function researchTool(kind: StudyKind, argv: readonly string[]): Promise<number> {
  const asked = researchSettings(kind, process.env, argv);
  if ('help' in asked) {
    process.stdout.write(`${asked.help}\n`);
    return 0;
  }
  const { request, study, folder, dataDir, json } = asked;
  const load = folder === null ? marketOfStore(dataDir) : marketOfFolder(folder);
  const { bench, notes } = await benchOf(load, request, study);
  for (const note of notes) process.stderr.write(`${note}\n`);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const startedAt = performance.now();
  const report = await reportIn(bench, { request, study }, stopping.signal);
  if (report === null) {
    process.stderr.write('stopped; nothing was written\n');
    return INTERRUPTED;
  }
  if (json !== null) await writeFile(json, `${JSON.stringify({ request, report }, null, 2)}\n`);
  const took = formatDuration(performance.now() - startedAt);
  const title = `${kind === 'sweep' ? 'Sweep' : 'Walk-forward'} of ${request.symbols.join(', ')}, ${request.from} to ${request.to}, by ${request.objective} (${took})`;
  process.stdout.write(`${[title, '', ...screenOf(report)].join('\n')}\n`);
  return 0;
}

/** Points of longer bars are made of these. */
const BAR_MINUTES = 5;

/**
 * The bars of a request, with a warm-up that is enough for every point of its grid, and how they are traded. Throws
 * an error of a line for each thing that is wrong.
 */
export async function benchOf(
  load: LoadMarket,
  request: StudyRequest,
  study: StudyPlan,
): Promise<{ readonly bench: Bench; readonly notes: readonly string[] }> {
  const { symbols, from, to } = request;
  const warmUp = warmUpOf(study);
  const loaded = await load({ symbols, from, to, barMinutes: BAR_MINUTES, warmUp });
  if (loaded.kind === 'refused') throw new Error(loaded.lines.join('\n'));
  const sectors = new Map(
    Object.entries(request.sectors).map(([symbol, sector]) => [ticker(symbol), sector]),
  );
  const { market, notes } = loaded;
  return { bench: { market, options: { ...DEFAULT_OPTIONS, sectors } }, notes };
}

interface Asked {
  readonly request: StudyRequest;
  readonly study: StudyPlan;
}

/** Null when it was stopped. */
async function reportIn(
  bench: Bench,
  { request, study }: Asked,
  signal: AbortSignal,
): Promise<StudyReport | null> {
  const dates = studiedDates(bench, request.from);
  const outcomes = new Map<string, PointOutcome>();
  const threads = createResearchThreads(availableParallelism());
  const bar = createProgressBar(process.stderr);
  try {
    for (;;) {
      const state = stateOf(study, dates, outcomes);
      if (state.kind === 'impossible') throw new UsageError(state.error);
      if (state.kind === 'ready') {
        bar.show(1, 1, 'the report is made');
        return await threads.report(bench, { study, dates, outcomes }, signal);
      }
      const { tasks } = state;
      const [begun, of] = [performance.now(), outcomes.size + tasks.length];
      let done = 0;
      const more = (number: number): void => {
        done += number;
        const left = ((performance.now() - begun) / done) * (tasks.length - done);
        const words = `${outcomes.size + done} of ${count(of, 'run')}, about ${formatDuration(left)} left`;
        bar.show(outcomes.size + done, of, words);
      };
      const found = await threads.outcomes(bench, tasks, { done: more, signal });
      for (const [key, outcome] of found) outcomes.set(key, outcome);
    }
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    bar.clear();
    await threads.close();
  }
}

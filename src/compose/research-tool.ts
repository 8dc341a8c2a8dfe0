import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

import type { Bench } from '#adapters/research/protocol.ts';
import { createResearchThreads } from '#adapters/research/threads.ts';
import { createLogger } from '#adapters/system/logger.ts';
import { count, formatDuration } from '#core/number-words.ts';
import type { StudyKind } from '#ports/studies.ts';
import type { PointOutcome } from '#research/outcome.ts';
import { withNotes } from '#research/report.ts';
import type { StudyReport } from '#research/report.ts';
import { stateOf, studiedDates } from '#research/run-study.ts';

import { benchOf } from './bench.ts';
import { studyByAll } from './distributed-study.ts';
import { marketOfFolder, marketOfStore } from './load-market.ts';
import { checkOutputs } from './output-files.ts';
import { createProgressBar } from './progress-bar.ts';
import { screenOf } from './research-screen.ts';
import { researchSettings } from './research-settings.ts';
import type { ResearchSettings } from './research-settings.ts';
import { pageOf } from './study-reader.ts';
import { UsageError } from './tool.ts';

/** What a shell gives a program that was stopped by Ctrl-C. */
const INTERRUPTED = 130;

/**
 * A sweep or a walk-forward on all cores of this machine, or by all processes that research. Exit code 0: it ran, whatever the verdict; 1: it could
 * not; 2: it was not asked properly; 130: it was interrupted.
 */
export async function researchTool(kind: StudyKind, argv: readonly string[]): Promise<number> {
  const asked = researchSettings(kind, process.env, argv);
  if ('help' in asked) {
    process.stdout.write(`${asked.help}\n`);
    return 0;
  }
  const { request } = asked;
  checkOutputs(asked.json, asked.html);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const startedAt = performance.now();
  const report = await reportOf(asked, stopping.signal);
  if (report === null) return INTERRUPTED;
  const took = formatDuration(performance.now() - startedAt);
  const title = `${kind === 'sweep' ? 'Sweep' : 'Walk-forward'} of ${request.symbols.join(', ')}, ${request.from} to ${request.to}, by ${request.objective} (${took})`;
  process.stdout.write(`${[title, '', ...screenOf(request, report)].join('\n')}\n`);
  await writeFiles(asked, report);
  return 0;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Null when it was stopped, which is said. */
async function reportOf(asked: ResearchSettings, signal: AbortSignal): Promise<StudyReport | null> {
  const { request, study, folder, repair, dataDir, distributed } = asked;
  if (distributed !== null) {
    const log = createLogger({ level: 'warn', secrets: [distributed.databaseUrl] });
    return studyByAll(request, { stores: distributed, dataDir, signal, say, log });
  }
  const load = folder === null ? marketOfStore(dataDir) : marketOfFolder(folder, { repair });
  const { bench, notes } = await benchOf(load, request, study);
  // At once, while it can still be stopped for them; the report has them as well.
  for (const note of notes) say(note);
  const report = await reportIn(bench, asked, signal);
  if (report === null) say('stopped; nothing was written');
  return report === null ? null : withNotes(report, notes);
}

async function writeFiles(
  { request, json, html }: ResearchSettings,
  report: StudyReport,
): Promise<void> {
  if (json !== null) await writeFile(json, `${JSON.stringify({ request, report }, null, 2)}\n`);
  if (html !== null) await writeFile(html, pageOf(request, report));
}

/** Null when it was stopped. */
async function reportIn(
  bench: Bench,
  { request, study }: ResearchSettings,
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

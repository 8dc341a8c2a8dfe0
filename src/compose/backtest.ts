import { writeFileSync } from 'node:fs';

import { prepareMarket } from '#backtest/prepare.ts';
import type { BacktestResult } from '#backtest/result.ts';
import { startBacktest } from '#backtest/run-backtest.ts';
import { sessionsWithin } from '#core/bar-notes.ts';
import type { Ticker } from '#core/ids.ts';
import { count } from '#core/number-words.ts';
import { optionWords } from '#core/option-words.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { warmUpSessions } from '#core/warm-up.ts';
import { assess } from '#research/assess.ts';
import { pageDataOf } from '#research/report/page-data.ts';
import { screenOf } from '#research/report/screen.ts';
import type { ReportSubject } from '#research/report/subject.ts';
import { optionsFor, runIdOf } from '#research/run-id.ts';

import { studyOptions } from './backtest-schema.ts';
import { parseBacktestSettings } from './backtest-settings.ts';
import type { BacktestSettings } from './backtest-settings.ts';
import { codeVersion } from './code-version.ts';
import { marketOfFolder, marketOfStore, withMinuteBars } from './load-market.ts';
import type { LoadedMarket } from './load-market.ts';
import { checkOutputs } from './output-files.ts';
import { createProgressBar } from './progress-bar.ts';
import { runTool, UsageError } from './tool.ts';
import { writeReport } from './write-report.ts';

/*
 * `npm run backtest -- --data FOLDER --from 2024-01-02 --to 2024-06-28 --html report.html`: replays history
 * through the rules and says what it was worth. Exit code 0: it ran; 1: the bars were refused; 2: it was not
 * asked properly.
 */
async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseBacktestSettings(process.env, argv);
  if (parsed.kind === 'errors') throw new UsageError(parsed.errors.join('\n'));
  if (parsed.kind === 'help') {
    say([parsed.text]);
    return 0;
  }
  const { settings } = parsed;
  checkOutputs(settings.json, settings.html);
  const loaded = await load(settings);
  if (loaded.kind === 'refused') {
    for (const line of loaded.lines) process.stderr.write(`${line}\n`);
    return 1;
  }
  const { from, to } = settings;
  if (sessionsWithin(loaded.market.sessions, settings).length === 0) {
    throw new UsageError(
      `there is no session with bars from ${from ?? 'the first bar'} to ${to ?? 'the last one'}: name other dates`,
    );
  }
  say(loaded.notes);
  run(settings, loaded);
  return 0;
}

async function load(settings: BacktestSettings): Promise<LoadedMarket> {
  const { data, dataDir, repair, minuteData, parameters } = settings;
  const loadMarket = data === null ? marketOfStore(dataDir) : marketOfFolder(data, { repair });
  const loaded = await loadMarket({
    ...settings,
    barMinutes: parameters.barMinutes,
    warmUp: warmUpSessions(parameters),
  });
  return minuteData === null ? loaded : withMinuteBars(loaded, minuteData, settings);
}

const say = (lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};

function run(
  settings: BacktestSettings,
  { market: bars, notes }: Extract<LoadedMarket, { kind: 'loaded' }>,
): void {
  const { parameters } = settings;
  const options = { ...settings.options, tradeFrom: settings.from, recording: null };
  const market = prepareMarket(bars, parameters);
  const stepped = startBacktest(market, parameters, options);
  const bar = createProgressBar(process.stderr);
  while (stepped.next()) bar.show(stepped.share(), 1, 'of the bars');
  bar.clear();
  const result = stepped.result();
  const runId = runIdOf({ codeVersion: codeVersion(), parameters, options, market: bars });
  const symbols = [...bars.bars.keys()];
  const subject = { ...subjectOf(settings, symbols, { result, runId }), notes };
  const made = { prepared: market, result, market: bars, options, parameters };
  const assessment = assess(made, runId);
  say(screenOf(subject, result, assessment));
  if (settings.json !== null) {
    const asked = { runId, parameters, options: optionsFor(options, symbols), notes };
    const told = { ...asked, result, assessment };
    writeFileSync(settings.json, `${JSON.stringify(told, listed)}\n`);
    say([`The whole result is in ${settings.json}.`]);
  }
  if (settings.html !== null) {
    writeReport(settings.html, pageDataOf(subject, result, assessment, market));
    say([`The report is in ${settings.html}.`]);
  }
}

/** A typed array as a list of its numbers. */
const listed = (_: string, value: unknown): unknown =>
  value instanceof Float64Array ? [...value] : value;

function subjectOf(
  { parameters, options, data }: BacktestSettings,
  names: readonly Ticker[],
  { result, runId }: { readonly result: BacktestResult; readonly runId: string },
): Omit<ReportSubject, 'notes'> {
  const { sessions, totalBars } = result;
  const symbols = names.length > 6 ? `${names.length} symbols` : names.join(', ');
  const changed = Object.entries(parameters).filter(
    ([name, value]) => value !== Reflect.get(DEFAULT_PARAMETERS, name),
  );
  const rules = changed.map(([name, value]) => `${name} ${value}`).join(', ');
  return {
    runId,
    span: `${symbols}, ${parameters.barMinutes}-minute bars, ${sessions[0]?.date ?? 'no'} to ${sessions.at(-1)?.date ?? 'session'} (${count(sessions.length, 'session')}, ${count(totalBars, 'bar')})`,
    what: `Rules: ${rules || 'the defaults'}. Fills, costs and account: ${optionWords(studyOptions(options))}. Bars from ${data ?? 'the bar store'}.`,
  };
}

await runTool(main);

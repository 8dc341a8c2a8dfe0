import { writeFileSync } from 'node:fs';

import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { prepareMarket } from '#backtest/prepare.ts';
import type { BacktestResult } from '#backtest/result.ts';
import { startBacktest } from '#backtest/run-backtest.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { assess } from '#research/assess.ts';
import { pageDataOf } from '#research/report/page-data.ts';
import { runIdOf, stableJson } from '#research/report/run-id.ts';
import { screenOf } from '#research/report/screen.ts';
import type { ReportSubject } from '#research/report/subject.ts';

import { parseBacktestSettings } from './backtest-settings.ts';
import type { BacktestSettings } from './backtest-settings.ts';
import { codeVersion } from './code-version.ts';
import { loadHistory } from './load-history.ts';
import type { History } from './load-history.ts';
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
  const history = await loadHistory({
    ...settings,
    barMinutes: settings.parameters.barMinutes,
  });
  if (history.kind === 'refused') {
    for (const line of history.lines) process.stderr.write(`${line}\n`);
    return 1;
  }
  say(history.notes);
  run(settings, history);
  return 0;
}

const say = (lines: readonly string[]): void => {
  for (const line of lines) process.stdout.write(`${line}\n`);
};

function run(settings: BacktestSettings, history: History): void {
  const { parameters } = settings;
  const options = { ...settings.options, tradeFrom: settings.from };
  const market = prepareMarket(history.market, parameters);
  const stepped = startBacktest(market, parameters, options);
  const bar = createProgressBar(process.stderr);
  while (stepped.next()) bar.show(stepped.share(), 1, 'of the bars');
  bar.clear();
  const result = stepped.result();
  const dataHash = history.hash;
  const runId = runIdOf({ codeVersion: codeVersion(), parameters, options, dataHash });
  const subject = subjectOf(settings, history, { result, runId });
  const assessment = assess(market, result, runId);
  say(screenOf(subject, result, assessment));
  if (settings.json !== null) {
    writeFileSync(
      settings.json,
      `${stableJson({ runId, parameters, options, result, assessment })}\n`,
    );
    say([`The whole result is in ${settings.json}.`]);
  }
  if (settings.html !== null) {
    writeReport(settings.html, pageDataOf(subject, result, assessment, market));
    say([`The report is in ${settings.html}.`]);
  }
}

function subjectOf(
  { parameters, options, data }: BacktestSettings,
  { market }: History,
  { result, runId }: { readonly result: BacktestResult; readonly runId: string },
): ReportSubject {
  const { sessions, totalBars } = result;
  const names = [...market.bars.keys()];
  const symbols = names.length > 6 ? `${names.length} symbols` : names.join(', ');
  const changed = Object.entries(parameters).filter(
    ([name, value]) => value !== Reflect.get(DEFAULT_PARAMETERS, name),
  );
  const rules = changed.map(([name, value]) => `${name} ${value}`).join(', ');
  const model = Object.entries(options.fills).filter(
    ([name, value]) => name !== 'fees' && value !== Reflect.get(DEFAULT_OPTIONS.fills, name),
  );
  const fills = model.map(([name, value]) => `${name} ${value}`).join(', ');
  return {
    runId,
    span: `${symbols}, ${parameters.barMinutes}-minute bars, ${sessions[0]?.date ?? 'no'} to ${sessions.at(-1)?.date ?? 'session'} (${sessions.length} sessions, ${totalBars.toLocaleString('en-US')} bars)`,
    what: `Rules: ${rules || 'the defaults'}. Fills: ${fills || 'the defaults'}. Bars from ${data ?? 'the bar store'}.`,
  };
}

await runTool(main);

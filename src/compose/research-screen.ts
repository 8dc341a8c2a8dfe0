import type { KeyFigures } from '#backtest/metrics/measure.ts';
import { count, formatGain, formatNumber, NONE } from '#core/number-words.ts';
import { optionWords } from '#core/option-words.ts';
import { shadeOf } from '#core/shades.ts';
import {
  efficiencyWords,
  luckLine,
  luckWords,
  NOTHING_RECOMMENDED,
  placeWord,
} from '#core/study-words.ts';
import type { StudyRequest } from '#ports/studies.ts';
import type { FoundPoint, StudyReport, SweepReport, WalkForwardReport } from '#research/report.ts';
import { lookAheadWords, stabilityWords, warmUpWords } from '#research/report/words.ts';
import { pointText } from '#research/space.ts';
import type { HeatMap } from '#research/surface.ts';
import { luckTests } from '#research/verdict.ts';
import type { SessionSpan } from '#research/walk-forward.ts';

/** A report on one screen of a terminal, line by line. */
export function screenOf(request: StudyRequest, report: StudyReport): readonly string[] {
  const own = report.kind === 'sweep' ? sweepLines(report) : walkForwardLines(report);
  return [
    ...own,
    '',
    `fills, costs   ${optionWords(request.options)}`,
    `in sample      ${playedWords(report, report.inSample)}`,
    `out of sample  ${playedWords(report, report.outOfSample)}`,
    ...evidenceLines(report),
    `look-ahead     ${lookAheadWords(report.lookAhead).filter(Boolean).join(': ')}`,
    `warm-up        ${warmUpWords(report.warmUp).join(' ')}`,
    ...(report.notes ?? []).map((note) => `note           ${note}`),
    '',
    `Verdict: ${report.sentence}.`,
  ];
}

const number = (value: number | null, decimals = 2): string =>
  value === null ? NONE : formatNumber(value, decimals);

const spanWords = ({ from, to, sessions }: SessionSpan): string =>
  `${from} – ${to} (${count(sessions, 'session')})`;

/** Windows of a walk-forward may have traded although the time to come has no place to trade. */
const playedWords = ({ recommended }: StudyReport, figures: KeyFigures): string =>
  recommended === null && figures.trades === 0 ? 'nothing was traded' : figureWords(figures);

const figureWords = (figures: KeyFigures): string =>
  [
    count(figures.trades, 'trade'),
    formatGain(figures.netPnl),
    `profit factor ${number(figures.profitFactor)}`,
    `expectancy ${number(figures.expectancyR)} R`,
    `Sharpe ${number(figures.sharpe)}`,
    `Calmar ${number(figures.calmar)}`,
  ].join(', ');

/** As many neighbours as are looked at; the rest is in the report. */
const NEIGHBOURS = 8;

const neighbourWords = (all: number): string =>
  all > NEIGHBOURS ? `the best ${NEIGHBOURS} of its ${all} neighbours` : 'its neighbours';

function sweepLines(report: SweepReport): readonly string[] {
  const { objective, recommended, neighbours, heatMap } = report;
  const shown = neighbours
    .toSorted((one, other) => (other.value ?? -Infinity) - (one.value ?? -Infinity))
    .slice(0, NEIGHBOURS);
  return [
    `chosen on      ${spanWords(report.train)}, ${count(report.trials, 'point')} tried by ${report.search}`,
    `tried on       ${spanWords(report.test)}`,
    '',
    ...recommendedLines(report),
    ...(recommended === null ? [] : [`${neighbourWords(neighbours.length)}, by ${objective}:`]),
    ...shown.map((point) => `  ${pointWords(point)}`),
    ...(heatMap === null
      ? []
      : ['', `${objective}, the best over all other axes:`, ...heatLines(heatMap)]),
  ];
}

/** Characters. */
const LABEL = 14;

const labelled = (label: string, text: string): string => `${label.padEnd(LABEL)} ${text}`;

function recommendedLines({ recommended, objective, verdict }: StudyReport): readonly string[] {
  if (recommended === null) {
    return [labelled('recommended', NOTHING_RECOMMENDED)];
  }
  const { coordinates, smoothed, points, peak } = recommended;
  const word = placeWord(verdict.failed === null).toLowerCase();
  return [
    // A long word has a line of its own.
    ...(word.length > LABEL
      ? [word, labelled('', pointText(coordinates))]
      : [labelled(word, pointText(coordinates))]),
    `               ${objective} ${number(smoothed)} in the mean of ${count(points, 'point')} there; the highest single point is ${pointText(peak)}`,
  ];
}

const pointWords = ({ coordinates, value, trades }: FoundPoint): string =>
  `${number(value).padStart(7)}  ${pointText(coordinates)}, ${count(trades, 'trade')}`;

/** A heat map as a table: darker is better. */
export function heatLines({ x, y, cells }: HeatMap): readonly string[] {
  const known = cells.flat().filter((cell) => cell !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const header = ['', ...x.values.map((value) => `${x.name}=${String(value)}`)];
  const rows = y.values.map((value, row) => [
    `${y.name}=${String(value)}`,
    ...(cells[row] ?? []).map((cell) => cellText(cell, low, high)),
  ]);
  const table = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table.map(
    (row) => `  ${row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`,
  );
}

function cellText(cell: number | null, low: number, high: number): string {
  if (cell === null) return NONE;
  return `${number(cell)} ${shadeOf(cell, low, high)}`;
}

function walkForwardLines(report: WalkForwardReport): readonly string[] {
  const { windows, efficiency, trials, search } = report;
  return [
    `${count(windows.length, 'window')}, ${count(trials, 'point')} tried by ${search}`,
    ...windows.map(
      ({ train, test, choice, outOfSample }) =>
        `  ${train.from} – ${train.to} → ${test.to}  ${choice === null ? 'nothing to trade' : pointText(choice)}: ${count(outOfSample.trades, 'trade')}, ${number(outOfSample.expectancyR)} R`,
    ),
    '',
    ...stabilityWords(report).map((words) => `stability      ${words}`),
    `efficiency     ${efficiencyWords(efficiency)}`,
    ...recommendedLines(report),
  ];
}

const percent = (value: number | null): string =>
  value === null ? NONE : `${formatNumber(100 * value, 1)} %`;

function evidenceLines({ bootstrap, verdict }: StudyReport): readonly string[] {
  const [low, high] = bootstrap?.totalReturn ?? [null, null];
  const [least, most] = bootstrap?.maxDrawdownPercent ?? [null, null];
  return [
    ...luckTests(verdict)
      .map(luckWords)
      .map((words, index) =>
        labelled(index === 0 ? 'luck' : '', `${luckLine(words)}: ${words.verdict}`),
      ),
    `as well might  return ${percent(low)} to ${percent(high)}, drawdown ${number(least, 1)} to ${number(most, 1)} %: 95 % of what came out of the same trades drawn anew; not judged`,
  ];
}

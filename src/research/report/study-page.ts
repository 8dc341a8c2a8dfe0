import type { KeyFigures } from '#backtest/metrics/measure.ts';
import type { SessionEquity } from '#backtest/result.ts';
import { count, NONE } from '#core/number-words.ts';
import { optionWords } from '#core/option-words.ts';
import { placeBetween } from '#core/shades.ts';
import { efficiencyWords, luckWords, NOTHING_RECOMMENDED, placeWord } from '#core/study-words.ts';
import type { StudyRequest } from '#ports/studies.ts';

import type { FoundPoint, StudyReport, SweepReport, WalkForwardReport } from '../report.ts';
import { pointText } from '../space.ts';
import type { HeatMap } from '../surface.ts';
import { luckTests } from '../verdict.ts';
import { markup, tableOf } from './markup.ts';
import type { Markup } from './markup.ts';
import {
  figure,
  gain,
  inR,
  lookAheadWords,
  percentGain,
  stabilityWords,
  warmUpWords,
} from './words.ts';

const KIND = { sweep: 'Sweep', 'walk-forward': 'Walk-forward' } as const;

/** The report of a study as a page that needs nothing else, no script either. */
export function studyPage(request: StudyRequest, report: StudyReport, style: string): string {
  const { kind, symbols, from, to } = request;
  const title = `${KIND[kind]} of ${symbols.join(', ')}, ${from} to ${to}`;
  const body = markup`<header><h1>${KIND[kind]}</h1>
<p>${symbols.join(', ')}, ${from} to ${to}</p>
<p class="muted">${request.grid}</p>
<p class="muted">${count(report.trials, 'point')} tried by ${report.search}, ranked by ${report.objective}. Fills and costs: ${optionWords(request.options)}.</p>
${(report.notes ?? []).map((note) => markup`<p class="muted">Note: ${note}.</p>`)}</header>
<section id="verdict" class="${report.verdict.failed === null ? 'good' : 'open'}"><p id="sentence">Verdict: ${report.sentence}.</p>
${evidence(report)}</section>
${recommendation(request, report)}
<section><h2>Figures after costs</h2>${figures(report)}</section>
${curve(report.equity)}
${report.kind === 'sweep' ? sweepParts(report) : walkForwardParts(report)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>${markup`${title}`.html}</title>
<style>${style}</style></head>
<body>${body.html}</body></html>
`;
}

function evidence({ bootstrap, verdict, lookAhead, warmUp }: StudyReport): Markup {
  const [low, high] = bootstrap?.totalReturn ?? [null, null];
  const tiles = luckTests(verdict).map((test) => {
    const { name, value, needs, verdict: told } = luckWords(test);
    return markup`<div class="tile"><div class="name">${name}</div>
<div class="value ${TONE[told]}">${value}</div>
<div class="note">${needs}: ${told}</div></div>\n`;
  });
  return markup`<div class="luck">${tiles}</div>
<p class="muted">The same trades drawn anew return ${percentGain(low)} to ${percentGain(high)} in 95 % of all draws; not judged.</p>
<p class="muted">Look-ahead: ${lookAheadWords(lookAhead).filter(Boolean).join(': ')}. Warm-up: ${warmUpWords(warmUp).join(' ')}.</p>`;
}

const TONE = { met: 'up', missed: 'down', 'not known': 'muted' } as const;

function recommendation({ base }: StudyRequest, { recommended, verdict }: StudyReport): Markup {
  if (recommended === null) {
    return markup`<section><h2>Recommended</h2><p>${NOTHING_RECOMMENDED}.</p></section>`;
  }
  const { coordinates, parameters, peak, points } = recommended;
  const changed = Object.entries(parameters).filter(
    ([name, value]) => Reflect.get(base, name) !== value,
  );
  return markup`<section><h2>${placeWord(verdict.failed === null)}: ${pointText(coordinates)}</h2>
<p class="muted">The middle of ${count(points, 'point')}; the highest single point is ${pointText(peak)}.</p>
${
  changed.length === 0
    ? markup`<p>That is what the search began with.</p>`
    : tableOf(
        ['parameter', 'before', 'recommended'],
        changed.map(([name, value]) => [name, String(Reflect.get(base, name)), String(value)]),
      )
}</section>`;
}

const FIGURES = ['trades', 'net', 'profit factor', 'expectancy', 'Sharpe', 'Calmar'] as const;

const figureCells = (of: KeyFigures): readonly string[] => [
  of.trades.toLocaleString('en-US'),
  gain(of.netPnl),
  figure(of.profitFactor),
  inR(of.expectancyR),
  figure(of.sharpe),
  figure(of.calmar),
];

const figures = ({ inSample, outOfSample }: StudyReport): Markup =>
  tableOf(
    ['', ...FIGURES],
    [
      ['in sample', ...figureCells(inSample)],
      ['out of sample', ...figureCells(outOfSample)],
    ],
  );

const dollars = (value: number): string => `$${Math.round(value).toLocaleString('en-US')}`;

const [WIDTH, HEIGHT] = [1_000, 260];

function curve(equity: readonly SessionEquity[]): Markup {
  const [first, last] = [equity[0], equity.at(-1)];
  if (first === undefined || last === undefined) return markup``;
  const values = equity.map((session) => session.equity);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (index: number): number => (index * WIDTH) / Math.max(1, values.length - 1);
  const y = (value: number): number => HEIGHT - placeBetween(value, low, high) * HEIGHT;
  const points = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`);
  return markup`<section><h2>Equity out of sample</h2>
<svg viewBox="-4 -4 ${WIDTH + 8} ${HEIGHT + 8}" width="100%" role="img" aria-label="Equity from ${dollars(first.equity)} to ${dollars(last.equity)}">
<polyline fill="none" stroke="#5ea1ff" stroke-width="2" points="${points.join(' ')}" /></svg>
<p class="muted">${first.date} ${dollars(first.equity)} – ${last.date} ${dollars(last.equity)}; lowest ${dollars(low)}, highest ${dollars(high)}</p></section>`;
}

/** More would not open on a phone. */
const MOST_ROWS = 1_000;

function sweepParts(report: SweepReport): Markup {
  const { heatMap, objective, points, train, test } = report;
  const ranked = points.toSorted((one, other) => rank(other) - rank(one)).slice(0, MOST_ROWS);
  return markup`<p class="muted">Chosen on ${train.from} to ${train.to} (${count(train.sessions, 'session')}), tried on ${test.from} to ${test.to} (${count(test.sessions, 'session')}).</p>
${heatMap === null ? '' : markup`<section><h2>${objective}, the best over all other axes</h2>${heatTable(heatMap)}</section>`}
<section><h2>${ranked.length < points.length ? `The best ${count(ranked.length, 'point')} of ${points.length.toLocaleString('en-US')}` : 'All points'}</h2>${tableOf(
    ['point', objective, ...FIGURES],
    ranked.map((point) => [
      pointText(point.coordinates),
      figure(point.value),
      ...figureCells(point.figures),
    ]),
  )}</section>`;
}

const rank = ({ value }: FoundPoint): number => value ?? Number.NEGATIVE_INFINITY;

function heatTable({ x, y, cells }: HeatMap): Markup {
  const known = cells.flat().filter((cell) => cell !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const cellOf = (cell: number | null): Markup => {
    if (cell === null) return markup`<span class="muted">${NONE}</span>`;
    const shade = (0.1 + 0.7 * placeBetween(cell, low, high)).toFixed(2);
    return markup`<span style="padding:6px 10px;border-radius:4px;background:rgb(53 184 113/${shade})">${figure(cell)}</span>`;
  };
  return tableOf(
    [`${y.name} \\ ${x.name}`, ...x.values.map(String)],
    y.values.map((value, row) => [String(value), ...(cells[row] ?? []).map(cellOf)]),
  );
}

const walkForwardParts = (report: WalkForwardReport): Markup =>
  markup`<section><h2>Window by window</h2>${tableOf(
    ['trained', 'tested to', 'chosen', ...FIGURES],
    report.windows.map(({ train, test, choice, outOfSample }) => [
      `${train.from} – ${train.to}`,
      test.to,
      choice === null ? 'nothing to trade' : pointText(choice),
      ...figureCells(outOfSample),
    ]),
  )}
${stabilityWords(report).map((words) => markup`<p class="muted">${words}.</p>`)}
<p class="muted">Efficiency: ${efficiencyWords(report.efficiency)}.</p></section>`;

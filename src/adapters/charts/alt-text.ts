import { usdToNumber } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { CandlesChart, ChartFill, EquityChart, PerformanceChart } from '#ports/charts.ts';

import { dateSpan, newYorkSpan, shortDate } from './calendar.ts';
import { drawdownsOf, runningSums } from './derived.ts';
import { dollars, gain, percent, percentGain, price, whole } from './figures.ts';
import { averagePriceOf } from './trade-marks.ts';

/** Discord takes 1,024 characters for a picture's description; ours stay far below, but for the title. */
const MAX_TITLE = 200;

const titled = (title: string, sentences: readonly string[]): string => {
  const heading = Array.from(title.replace(/\s+/g, ' ').trim()).slice(0, MAX_TITLE).join('');
  return [`${heading}.`, ...sentences].join(' ');
};

/** `Session of Feb 11. Equity from 09:30 to 14:20 …: $101,240.00, +1.24 % on the open's $100,000.00; …` */
export function equityAltText(chart: EquityChart): string {
  const { points, sessionOpen, haltsAt, title } = chart;
  const values = points.map(({ equity }) => usdToNumber(equity));
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const base = sessionOpen === null ? first : usdToNumber(sessionOpen);
  const against = sessionOpen === null ? 'the first' : "the session's open of";
  const change =
    base > 0 ? `, ${percentGain(((last - base) / base) * 100)} on ${against} ${dollars(base)}` : '';
  return titled(title, [
    `Equity, ${newYorkSpan(points[0]?.at ?? 0, points.at(-1)?.at ?? 0)}: now ${dollars(last)}${change};`,
    `highest ${dollars(Math.max(...values))}, lowest ${dollars(Math.min(...values))},`,
    `largest drawdown ${percent(Math.min(...drawdownsOf(chart)))}.`,
    ...(haltsAt === null ? [] : [`Entries halt at ${dollars(usdToNumber(haltsAt))}.`]),
  ]);
}

/** `NVDA long. NVDA, 5-minute bars, …: last 187.02, between 181.20 and 188.00. Long from 185.96, …` */
export function candlesAltText(chart: CandlesChart): string {
  const { symbol, title, barMinutes, bars } = chart;
  const [first, last] = [bars[0], bars.at(-1)];
  const end = (last?.start ?? 0) + barMinutes * MINUTE_MS;
  const low = Math.min(...bars.map((bar) => bar.low));
  const high = Math.max(...bars.map((bar) => bar.high));
  return titled(title, [
    `${symbol} in ${barMinutes}-minute bars, ${newYorkSpan(first?.start ?? 0, end)}:`,
    `last ${price(last?.close ?? 0)}, between ${price(low)} and ${price(high)}.`,
    ...positionSentence(chart),
    ...fillsSentence(chart.fills, 'entry', 'in'),
    ...fillsSentence(chart.fills, 'exit', 'out'),
  ]);
}

function positionSentence({ position }: CandlesChart): readonly string[] {
  if (position === null) return [];
  const { side, entryPrice, stops, targetPrice } = position;
  const [planned, current] = [stops[0], stops.at(-1)];
  const facts = [`entry ${price(usdToNumber(entryPrice))}`];
  if (planned !== undefined && current !== undefined) {
    const moved =
      planned.price === current.price ? '' : ` (moved from ${price(usdToNumber(planned.price))})`;
    facts.push(`stop ${price(usdToNumber(current.price))}${moved}`);
  }
  if (targetPrice !== null) facts.push(`target ${price(usdToNumber(targetPrice))}`);
  return [`${side === 'long' ? 'Long' : 'Short'}: ${facts.join(', ')}.`];
}

function fillsSentence(
  fills: readonly ChartFill[],
  role: ChartFill['role'],
  word: 'in' | 'out',
): readonly string[] {
  const those = fills.filter((fill) => fill.role === role);
  if (those.length === 0) return [];
  const shares = those.reduce((sum, { quantity }) => sum + quantity, 0);
  const noun = shares === 1 ? 'share' : 'shares';
  return [`${whole(shares)} ${noun} ${word} at ${price(averagePriceOf(those))} on average.`];
}

/** `Last 20 days. Profit and loss a day, Feb 3 – Mar 3, 2025: +$1,240.00 in all, …` */
export function performanceAltText(chart: PerformanceChart): string {
  const { days, title } = chart;
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return titled(title, []);
  const byPnl = days.toSorted((left, right) => right.pnl - left.pnl);
  const named = (day = first) => `${gain(usdToNumber(day.pnl))} on ${shortDate(day.date)}`;
  const up = days.filter(({ pnl }) => pnl > 0).length;
  const down = days.filter(({ pnl }) => pnl < 0).length;
  return titled(title, [
    `Profit and loss a day, ${dateSpan(first.date, last.date)}:`,
    `${gain(runningSums(chart).at(-1) ?? 0)} in all, ${up} of ${days.length} days up, ${down} down;`,
    `best ${named(byPnl[0])}, worst ${named(byPnl.at(-1))}.`,
  ]);
}

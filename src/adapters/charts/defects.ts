import { barDefect } from '#core/bars.ts';
import type { Usd } from '#core/money.ts';
import { usdToNumber } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';
import type {
  CandlesChart,
  ChartAverage,
  ChartSpec,
  EquityChart,
  PerformanceChart,
} from '#ports/charts.ts';

/** More would be thinner than a pixel each, and copying them to the drawing process would take time. */
const MOST = { points: 5_000, bars: 400, days: 400, fills: 400, stops: 400 } as const;
/** Dollars or shares; beyond it nothing is real. */
const LARGEST = 1e12;
/** Instants outside have no calendar date. */
const LATEST = 8e15;

type Defect = string | null;

/** Why facts cannot be drawn, in a sentence, or null. */
export function chartDefect(chart: ChartSpec): Defect {
  switch (chart.kind) {
    case 'equity':
      return equityDefect(chart);
    case 'candles':
      return candlesDefect(chart);
    case 'performance':
      return performanceDefect(chart);
    default:
      return chart satisfies never;
  }
}

const equityDefect = ({ points, sessionOpen, haltsAt }: EquityChart): Defect =>
  emptyDefect('points', points.length) ??
  countDefect('points', points.length) ??
  timesDefect(
    'points',
    points.map(({ at }) => at),
  ) ??
  amountsDefect('equity', [...points.map(({ equity }) => equity), sessionOpen, haltsAt]);

const performanceDefect = ({ days }: PerformanceChart): Defect =>
  emptyDefect('days', days.length) ??
  countDefect('days', days.length) ??
  timesDefect(
    'days',
    days.map(({ date }) => Date.parse(date)),
  ) ??
  amountsDefect(
    'profit and loss',
    days.map(({ pnl }) => pnl),
  );

const candlesDefect = (chart: CandlesChart): Defect =>
  barsDefect(chart) ?? averagesDefect(chart) ?? positionDefect(chart) ?? fillsDefect(chart);

function barsDefect({ bars, barMinutes }: CandlesChart): Defect {
  if (!Number.isSafeInteger(barMinutes) || barMinutes <= 0) return 'a bar must last whole minutes';
  const tooMany = emptyDefect('bars', bars.length) ?? countDefect('bars', bars.length);
  if (tooMany !== null) return tooMany;
  for (const [index, bar] of bars.entries()) {
    const defect = barDefect(bar);
    if (defect !== null) return `bar ${index + 1}: ${defect}`;
    if (!isDrawable(bar.high) || !isDrawable(bar.volume)) return `bar ${index + 1} is too large`;
  }
  const starts = bars.map(({ start }) => start);
  return (
    timesDefect('bars', starts) ??
    (new Set(starts).size < starts.length ? 'two bars start at the same time' : null)
  );
}

function averagesDefect({ bars, averages }: CandlesChart): Defect {
  if (averages === null) return null;
  const defectOf = ({ period, values }: ChartAverage): Defect => {
    if (values.length !== bars.length) return `the average of ${period} has not one value a bar`;
    const isFit = values.every((value) => value === null || isDrawable(value));
    return isFit ? null : `the average of ${period} holds what is no number`;
  };
  return defectOf(averages.fast) ?? defectOf(averages.slow);
}

function positionDefect({ position }: CandlesChart): Defect {
  if (position === null) return null;
  const { stops, entryPrice, targetPrice, openedAt, until } = position;
  return (
    countDefect('stops', stops.length) ??
    amountsDefect('the bracket', [entryPrice, targetPrice, ...stops.map(({ price }) => price)]) ??
    timesDefect('the position', [openedAt, until ?? openedAt]) ??
    timesDefect(
      'stops',
      stops.map(({ at }) => at),
    )
  );
}

const fillsDefect = ({ fills }: CandlesChart): Defect =>
  countDefect('fills', fills.length) ??
  amountsDefect(
    'fills',
    fills.map(({ price }) => price),
  ) ??
  (fills.every(({ at }) => isInstant(at)) ? null : 'fills: a time is no instant') ??
  (fills.every(({ quantity }) => Number.isSafeInteger(quantity) && quantity > 0)
    ? null
    : 'fills must be of whole shares');

const emptyDefect = (what: string, count: number): Defect =>
  count === 0 ? `there are no ${what} to draw` : null;

const countDefect = (what: keyof typeof MOST, count: number): Defect =>
  count > MOST[what] ? `${count} ${what} are more than the ${MOST[what]} that can be drawn` : null;

const amountsDefect = (what: string, amounts: readonly (Usd | null)[]): Defect =>
  amounts.every((amount) => amount === null || isDrawable(usdToNumber(amount)))
    ? null
    : `${what}: an amount is no number, or too large`;

function timesDefect(what: string, instants: readonly EpochMs[]): Defect {
  if (!instants.every(isInstant)) return `${what}: a time is no instant`;
  return instants.every((at, index) => index === 0 || at >= (instants[index - 1] ?? at))
    ? null
    : `${what} must be in order of time`;
}

const isDrawable = (value: number): boolean => Number.isFinite(value) && Math.abs(value) <= LARGEST;

const isInstant = (at: EpochMs): boolean => Number.isFinite(at) && Math.abs(at) <= LATEST;

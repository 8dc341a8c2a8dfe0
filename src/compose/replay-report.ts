import { LEGEND, metricWords } from '#adapters/discord/cards/targets.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import { count, formatNumber } from '#core/number-words.ts';
import type { SignalCounts } from '#core/signal-counts.ts';

/**
 * What the entry filters removed, a line each: what stands above a line is more than it by just what the
 * lines between them took away.
 */
export function signalTable(counts: SignalCounts): readonly string[] {
  const { decisions, unjudged, noSignal, signals, removed, entries } = counts;
  return table([
    ['bars of all symbols', formatNumber(decisions)],
    ...unjudged.map(({ filter, count: times }) => [`− ${filter}`, formatNumber(times)]),
    ['− no signal', formatNumber(noSignal)],
    ['= signals', formatNumber(signals)],
    ...removed.map(({ filter, count: times }) => [`− ${filter}`, formatNumber(times)]),
    ['= entries', formatNumber(entries)],
  ]);
}

/** The six metrics against their targets. */
export function metricTable(metrics: DailyMetrics): readonly string[] {
  const rows = metricWords(metrics).map((words) => [
    `${words.mark} ${words.label}`,
    words.value,
    words.interval === null ? '' : `(${words.interval})`,
    `on ${words.on}`,
    `target ${words.target}:`,
    words.verdict,
  ]);
  return [...table(rows), LEGEND];
}

/** The title of the metrics. */
export const metricTitle = ({ winRate }: DailyMetrics): string =>
  `the targets, by ${count(winRate.count, 'closed trade')}:`;

/** Of two columns the second is one of figures; otherwise words. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return row.length === 2 && column === 1 ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

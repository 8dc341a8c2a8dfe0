import { benchAnswers, playBacktests } from './answers.ts';
import { benchBacktest } from './backtest.ts';
import { benchBars } from './bars.ts';
import type { BenchRow } from './bench-row.ts';
import { benchCharts } from './charts.ts';
import { benchDecide } from './decide.ts';
import { benchDecisions } from './decisions.ts';
import { benchDelivery } from './delivery.ts';
import { benchExits } from './exits.ts';
import { benchOrderSafety } from './order-safety.ts';
import { benchResearch } from './research.ts';
import { benchSandbox } from './sandbox.ts';

/** Prints what was measured, row by row, against its budget where there is one. */
function print(rows: readonly BenchRow[]): void {
  const cells = rows.map(({ name, value, budget, ok }) => [
    name,
    value,
    budget ?? '',
    ok === undefined ? '' : ok ? 'met' : 'MISSED',
  ]);
  const table = [['what', 'measured', 'budget', ''], ...cells];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  for (const row of table) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

const rows = [
  ...(await benchBars()),
  ...(await benchBacktest()),
  ...(await benchDecide()),
  ...benchExits(),
  ...(await benchDecisions()),
  ...(await benchDelivery()),
  ...(await benchAnswers(playBacktests)),
  ...(await benchCharts()),
  ...(await benchOrderSafety()),
  ...(await benchResearch()),
  ...(await benchSandbox()),
];
print(rows);
process.exitCode = rows.some(({ ok }) => ok === false) ? 1 : 0;

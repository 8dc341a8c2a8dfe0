import { readFileSync } from 'node:fs';

import type { BarColumns } from '#core/bars.ts';

import { sharedPath } from '../../support/shared.ts';

const ENGINES = 'golden/engines';

/** Rows of a file with numbers and words, by its header. */
export function readRows(name: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = readFileSync(sharedPath(ENGINES, name), 'utf8')
    .trim()
    .split(/\r?\n/);
  const names = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((each, at) => [each, cells[at] ?? '']));
  });
}

/** The generated bars that all engines were run on; their clock is not the exchange's, so they are taken as they are. */
export function readEngineBars(): BarColumns {
  const rows = readRows('bars_100k.csv');
  const column = (name: string) => Float64Array.from(rows, (row) => Number(row[name]));
  return {
    start: Float64Array.from(rows, ({ timestamp = '' }) => Date.parse(timestamp)),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { reportHtml } from '#research/report/html.ts';
import type { PageData } from '#research/report/page-data.ts';

const MAIN_SCRIPT = new URL('../research/report/page/report.js', import.meta.url);
const SCRIPTS = ['dom.js', 'charts.js', 'report.js'];

const read = (name: string): string => readFileSync(new URL(name, MAIN_SCRIPT), 'utf8');

/** Writes the page of a backtest as one file. */
export function writeReport(path: string, data: PageData): void {
  const charts = createRequire(import.meta.url).resolve('echarts/dist/echarts.min.js');
  const html = reportHtml(data, {
    template: read('report.html'),
    style: read('report.css'),
    scripts: SCRIPTS.map(read),
    charts: readFileSync(charts, 'utf8'),
  });
  writeFileSync(path, html);
}

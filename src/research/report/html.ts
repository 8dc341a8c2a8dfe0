import type { PageData } from './page-data.ts';

/** The files that a report is made of, as text. */
export interface PageFiles {
  readonly template: string;
  readonly style: string;
  /** Modules of the page in the order in which they need each other. */
  readonly scripts: readonly string[];
  /** ECharts, built for the browser. */
  readonly charts: string;
}

/** One file that holds everything: it can be sent, kept, and opened without a network. */
export function reportHtml(
  data: PageData,
  { template, style, scripts, charts }: PageFiles,
): string {
  const json = inScript(JSON.stringify(data));
  const parts: Readonly<Record<string, string>> = {
    style: `<style>\n${style}</style>`,
    charts: `<script>${inScript(charts)}</script>`,
    data: `<script type="application/json" id="data">${json}</script>`,
    script: `<script type="module">\n${inScript(scripts.map(asOneModule).join('\n'))}</script>`,
  };
  return template.replaceAll(/<!-- (\w+) -->/g, (whole, name: string) => parts[name] ?? whole);
}

/** In one file the modules find each other’s names as they are. */
const asOneModule = (script: string): string =>
  script.replaceAll(/^import [^;]*;\n/gm, '').replaceAll(/^export (?=const |function )/gm, '');

/** Nothing inside a script may end it, or begin a comment. */
const inScript = (text: string): string =>
  text.replaceAll('</', String.raw`<\/`).replaceAll('<!--', String.raw`<\!--`);

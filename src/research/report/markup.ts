/** A piece of a page in which whatever came from elsewhere is escaped. */
export interface Markup {
  readonly html: string;
}

type Part = Markup | string | number | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function htmlOf(part: Part): string {
  if (typeof part === 'string') return part.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(htmlOf).join('');
}

/** Marks its text up; values are shown as they are, whatever they hold. */
export const markup = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  html: String.raw({ raw: texts }, ...parts.map(htmlOf)),
});

/** A table whose first column names its rows. */
export const tableOf = (
  head: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup => markup`<div class="scroll"><table>
<thead><tr>${head.map((cell) => markup`<th>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`)}</tbody>
</table></div>`;

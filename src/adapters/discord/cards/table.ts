import { formatR } from '#core/number-words.ts';

/**
 * Rows in columns of equal width, for a block of code; the first row is the head.
 *
 * @param figures columns whose cells stand to the right, as figures do
 */
export function table(
  rows: readonly (readonly string[])[],
  figures: ReadonlySet<number>,
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const cell = (text: string, column: number) =>
    figures.has(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return rows.map((row) => row.map(cell).join(' ').trimEnd());
}

/** A figure under a head that says R: every character of a phone's line counts. */
export const cellOfR = (multiple: number): string => formatR(multiple).replace(/ R$/, '');

/** The items in pieces of so many; the last has what is left. */
export const chunks = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** A cell that a spreadsheet would run as a formula, also behind a sign or white space. */
const FORMULA = /^[\s]*[=+\-@]|^[\t\r]/;

/** Cells that must be quoted: RFC 4180, section 2, rules 6 and 7. */
const NEEDS_QUOTES = /[",\r\n]/;

function cell(text: string): string {
  // An apostrophe makes a spreadsheet take what follows as text, as the OWASP page on CSV injection advises.
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line of comma-separated values after RFC 4180, with its end. Nothing in it is run as a formula. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;

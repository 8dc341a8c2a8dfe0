/** The beginning of a text, cut between characters, never inside one. */
export const head = (text: string, length: number): string =>
  text.slice(0, Math.max(0, length)).replace(/[\uD800-\uDBFF]$/, '');

/** One line of text that fits, with an ellipsis where it was cut. */
export const clipLine = (text: string, limit: number): string =>
  text.length <= limit ? text : `${head(text, limit - 1)}…`;

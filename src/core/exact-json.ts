/** What JSON has no word for: each is written as an object with this one key. */
const MARK = '$';

/**
 * A value of plain data as JSON that gives back the same value, bit for bit: also NaN, the infinities, minus
 * zero and maps. The keys are in the order of the alphabet, so that equal values are equal bytes, whoever
 * made them. A property that is undefined is left out, as JSON does.
 */
export const exactJson = (value: unknown): string => JSON.stringify(marked(value));

/** The value of such a text. Throws SyntaxError on text that is no JSON. */
export const readExactJson = (text: string): unknown => fromExact(JSON.parse(text));

/** The value of such a text that was parsed as plain JSON already. */
export function fromExact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromExact);
  if (typeof value !== 'object' || value === null) return value;
  if (!(MARK in value)) {
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fromExact(part)]));
  }
  const what = value[MARK];
  if (!Array.isArray(what)) return Number(what);
  return new Map(
    what.map((entry: readonly unknown[]) => [fromExact(entry[0]), fromExact(entry[1])]),
  );
}

function marked(value: unknown): unknown {
  if (typeof value === 'number') return hasWord(value) ? value : { [MARK]: nameOf(value) };
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(marked);
  if (value instanceof Map) {
    return { [MARK]: [...value].map(([key, part]) => [marked(key), marked(part)]) };
  }
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, part]) => [key, marked(part)]),
  );
}

const hasWord = (value: number): boolean => Number.isFinite(value) && !Object.is(value, -0);

const nameOf = (value: number): string => (value === 0 ? '-0' : String(value));

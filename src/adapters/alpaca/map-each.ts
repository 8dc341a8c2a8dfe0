import type { Logger } from '#ports/logger.ts';

/** Maps the entries of a list one by one, so that one that cannot be mapped takes no other with it. */
export type MapEach = <Wire, T>(
  what: string,
  entries: readonly Wire[],
  toOurs: (entry: Wire) => T,
) => readonly T[];

/**
 * The account may hold what this bot does not trade (options, coins, fractions of shares), in forms that
 * it cannot read. Those are left out, each told of once.
 */
export function createMapEach(log: Logger): MapEach {
  const told = new Set<string>();
  const tell = (name: string, error: unknown): void => {
    if (told.has(name)) return;
    told.add(name);
    log.warn({ error: String(error) }, `${name} cannot be read and is left out`);
  };
  return (what, entries, toOurs) =>
    entries.flatMap((entry) => {
      try {
        return [toOurs(entry)];
      } catch (error) {
        tell(`${what} ${nameOf(entry)}`, error);
        return [];
      }
    });
}

/** Its id, or a position's symbol. */
function nameOf(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return 'without a name';
  if ('id' in entry) return String(entry.id);
  return 'symbol' in entry ? String(entry.symbol) : 'without a name';
}

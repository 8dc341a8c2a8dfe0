import type { StoredMessage } from './journal.ts';
import { compareSnowflakes } from './snowflake.ts';

/** Which messages of a channel are wanted; at most one of the bounds. */
export interface PageQuery {
  readonly limit: number;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly around?: string | undefined;
  /** A person's id: only what that person sees. */
  readonly seenBy?: string;
}

export interface Timeline {
  add(id: string): void;
  remove(id: string): void;
  /** Newest first, as Discord answers. */
  page(query: PageQuery): StoredMessage[];
}

type Lookup = (id: string) => StoredMessage | undefined;

/** The ids of one channel's messages; they come in ascending order and stay so. */
export function createTimeline(lookup: Lookup): Timeline {
  const ids: string[] = [];
  return {
    add: (id) => void ids.push(id),
    remove(id) {
      const at = indexAfter(ids, id) - 1;
      if (ids[at] === id) ids.splice(at, 1);
    },
    page: (query) => pageOf(ids, query, lookup),
  };
}

/** Where the first id greater than the given one stands; ids are in ascending order. */
function indexAfter(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareSnowflakes(ids[middle] ?? '', id) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pageOf(ids: readonly string[], query: PageQuery, lookup: Lookup): StoredMessage[] {
  const { limit, before, after, around } = query;
  const isSeen = ({ visibleTo }: StoredMessage) => visibleTo === null || visibleTo === query.seenBy;
  const collect = (from: number, step: 1 | -1, count: number) => {
    const found: StoredMessage[] = [];
    for (let at = from; at >= 0 && at < ids.length && found.length < count; at += step) {
      const message = lookup(ids[at] ?? '');
      if (message && isSeen(message)) found.push(message);
    }
    return found;
  };
  if (after !== undefined) return collect(indexAfter(ids, after), 1, limit).toReversed();
  if (around !== undefined) {
    const middle = indexAfter(ids, around);
    const newer = collect(middle, 1, Math.floor(limit / 2)).toReversed();
    return [...newer, ...collect(middle - 1, -1, limit - newer.length)];
  }
  // The bound itself is left out: it may have been deleted meanwhile.
  const end = before === undefined ? ids.length : lowerBound(ids, before);
  return collect(end - 1, -1, limit);
}

/** How many ids are smaller than the given one. */
function lowerBound(ids: readonly string[], id: string): number {
  const after = indexAfter(ids, id);
  return ids[after - 1] === id ? after - 1 : after;
}

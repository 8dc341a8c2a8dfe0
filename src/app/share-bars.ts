import { isCovered } from '#core/span.ts';
import type { BarArchive, BarKey, BarStore, StoredBars } from '#ports/bar-store.ts';

import { fillBars } from './fill-bars.ts';
import type { FillContext, FillProgress, FillQuery, FillResult } from './fill-bars.ts';
import { archivedOf, publishBars, syncBars } from './sync-bars.ts';

export interface SharedPlaces {
  readonly store: BarStore;
  /** Null where no other machine shares the ledger. */
  readonly archive: BarArchive | null;
}

/**
 * Adds bars to some files of the store between machines that share a ledger: first what the others have comes from the
 * archive, in the end all of it is there for them. What is interrupted is shared by the next one.
 *
 * @returns what came of the adding, and what could not be taken or shared, a line each with its cure
 */
export async function shareBars<Result>(
  { store, archive }: SharedPlaces,
  keys: readonly BarKey[],
  add: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly problems: readonly string[] }> {
  if (archive === null) return { result: await add(), problems: [] };
  const places = { store, archive };
  const taken = await syncBars(places, await withLess(store, await archivedOf(archive, keys)));
  const result = await add();
  const shared = await publishBars(places, keys);
  return { result, problems: [...new Set([...taken.problems, ...shared.problems])] };
}

/** Those of which the store has not all that the archive has, and more. */
async function withLess(
  store: BarStore,
  archived: readonly StoredBars[],
): Promise<readonly BarKey[]> {
  const looks = await Promise.all(archived.map((each) => store.look(each)));
  return archived.filter((each, index) => {
    const look = looks[index];
    return look?.kind !== 'stored' || !hasMore(look.stored, each);
  });
}

const hasMore = (stored: StoredBars, than: StoredBars): boolean =>
  covers(stored, than) && !covers(than, stored);

const covers = (one: StoredBars, other: StoredBars): boolean =>
  other.covered.every((span) => isCovered(one.covered, span));

/** Fills the store as {@link fillBars} does, asking for what no machine has, and shares it. */
export async function fillSharedBars(
  context: FillContext & SharedPlaces,
  query: FillQuery,
  onProgress: (progress: FillProgress) => void,
): Promise<FillResult> {
  const keys = query.symbols.map((symbol) => ({ symbol, barMinutes: query.barMinutes }));
  const { result, problems } = await shareBars(context, keys, () =>
    fillBars(context, query, onProgress),
  );
  return { ...result, problems: [...problems, ...result.problems] };
}

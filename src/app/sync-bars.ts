import { isDeepStrictEqual } from 'node:util';

import type { BarArchive, BarKey, BarStore, StoredBars } from '#ports/bar-store.ts';

export interface BarPlaces {
  readonly store: BarStore;
  readonly archive: BarArchive;
}

export interface SyncedBars {
  /** Files that were copied; all others were the same on both sides, or on one side alone. */
  readonly copied: readonly BarKey[];
  /** What could not be copied, a line a file with its cure. */
  readonly problems: readonly string[];
}

/**
 * Fetches into the store what the archive has otherwise of some files, so that every machine works on the same bars.
 * Bars of another source never take the place of others.
 */
export async function syncBars(
  { store, archive }: BarPlaces,
  keys: readonly BarKey[],
): Promise<SyncedBars> {
  const copied: BarKey[] = [];
  const problems: string[] = [];
  for (const archived of await archivedOf(archive, keys)) {
    const look = await store.look(archived);
    if (look.kind === 'stored' && isDeepStrictEqual(look.stored, archived)) continue;
    if (look.kind === 'stored' && !isSameSource(look.stored, archived)) {
      problems.push(otherSource(look.stored, archived));
      continue;
    }
    const bytes = await archive.read(archived);
    if (bytes === null) continue;
    const installed = await store.install(bytes);
    if (installed.kind === 'stored') copied.push(keyOf(archived));
    else
      problems.push(
        `${nameOf(archived)}: the archive's file is damaged; remove its row from bar_files and publish it again`,
      );
  }
  return { copied, problems };
}

/** Puts into the archive what the store has otherwise of some files. */
export async function publishBars(
  { store, archive }: BarPlaces,
  keys: readonly BarKey[],
): Promise<SyncedBars> {
  const archived = await archivedOf(archive, keys);
  const copied: BarKey[] = [];
  const problems: string[] = [];
  for (const key of keys) {
    const look = await store.look(key);
    if (look.kind === 'damaged') problems.push(look.text);
    if (look.kind !== 'stored') continue;
    const { stored } = look;
    const known = archived.find((other) => isOf(other, key));
    if (known !== undefined && isDeepStrictEqual(known, stored)) continue;
    if (known !== undefined && !isSameSource(stored, known)) {
      problems.push(otherSource(stored, known));
      continue;
    }
    const bytes = await store.read(stored);
    if (bytes === null) continue;
    await archive.save(stored, bytes);
    copied.push(keyOf(stored));
  }
  return { copied, problems };
}

/** What the archive has of some files. */
export async function archivedOf(
  archive: BarArchive,
  keys: readonly BarKey[],
): Promise<readonly StoredBars[]> {
  const all = await archive.list();
  return all.filter((archived) => keys.some((key) => isOf(archived, key)));
}

const isOf = (one: BarKey, other: BarKey): boolean =>
  one.symbol === other.symbol && one.barMinutes === other.barMinutes;

const isSameSource = (one: StoredBars, other: StoredBars): boolean =>
  one.feed === other.feed && one.adjustment === other.adjustment && one.hours === other.hours;

const otherSource = (stored: StoredBars, archived: StoredBars): string =>
  `${nameOf(stored)}: this machine has bars of the feed ${stored.feed}, and the ledger shares those of ${archived.feed}; ` +
  'remove the file from the bar store, or its row from bar_files, and fill the bars again';

const keyOf = ({ symbol, barMinutes }: BarKey): BarKey => ({ symbol, barMinutes });
const nameOf = ({ symbol, barMinutes }: BarKey): string => `${symbol} ${barMinutes} minutes`;

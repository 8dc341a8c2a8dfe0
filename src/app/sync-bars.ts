import { isDeepStrictEqual } from 'node:util';

import type { BarArchive, BarKey, BarStore, StoredBars } from '#ports/bar-store.ts';

export interface BarPlaces {
  readonly store: BarStore;
  readonly archive: BarArchive;
}

export interface SyncedBars {
  /** Files that were copied; all others were the same on both sides. */
  readonly copied: readonly BarKey[];
  /** What could not be copied, a line a file with its cure. */
  readonly problems: readonly string[];
}

/** Fetches into the store what the archive has otherwise, so that every machine works on the same bars. */
export async function syncBars({ store, archive }: BarPlaces): Promise<SyncedBars> {
  const copied: BarKey[] = [];
  const problems: string[] = [];
  for (const archived of await archive.list()) {
    if (await isSame(store, archived)) continue;
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

/** Puts into the archive what the store has otherwise. */
export async function publishBars({ store, archive }: BarPlaces): Promise<SyncedBars> {
  const archived = await archive.list();
  const copied: BarKey[] = [];
  const problems: string[] = [];
  for (const look of await store.list()) {
    if (look.kind === 'damaged') problems.push(look.text);
    if (look.kind !== 'stored') continue;
    const { stored } = look;
    if (archived.some((known) => isDeepStrictEqual(known, stored))) continue;
    const bytes = await store.read(stored);
    if (bytes === null) continue;
    await archive.save(stored, bytes);
    copied.push(keyOf(stored));
  }
  return { copied, problems };
}

async function isSame(store: BarStore, archived: StoredBars): Promise<boolean> {
  const look = await store.look(archived);
  return look.kind === 'stored' && isDeepStrictEqual(look.stored, archived);
}

const keyOf = ({ symbol, barMinutes }: BarKey): BarKey => ({ symbol, barMinutes });
const nameOf = ({ symbol, barMinutes }: BarKey): string => `${symbol} ${barMinutes} minutes`;

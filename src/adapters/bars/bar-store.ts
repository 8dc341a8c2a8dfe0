import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { createColumns, rowFrom, setRows, sliceRows } from '#core/bar-columns.ts';
import type { BarColumns } from '#core/bars.ts';
import { isTicker } from '#core/ids.ts';
import { addSpan } from '#core/span.ts';
import type {
  BarAddition,
  BarKey,
  BarLoad,
  BarLookup,
  BarStore,
  DamagedBars,
  StoredBars,
} from '#ports/bar-store.ts';

import { fileParts, readColumns, readHeader, readerOf, readerOfBytes } from './bar-file.ts';
import type { FileHeader, ReadAt } from './bar-file.ts';
import { hashBars } from './hash-bars.ts';

const NAME = /^(.+)_(\d+)min\.bars$/;

/** A ticker may have a slash, a file name not. */
const nameOf = ({ symbol, barMinutes }: BarKey): string =>
  `${symbol.replace('/', '~')}_${barMinutes}min.bars`;

function keyOf(name: string): BarKey | null {
  const [, symbol = '', minutes = ''] = NAME.exec(name) ?? [];
  const spelled = symbol.replace('~', '/');
  return isTicker(spelled) ? { symbol: spelled, barMinutes: Number(minutes) } : null;
}

const damaged = (path: string): DamagedBars => ({
  kind: 'damaged',
  text: `${path}: is not the file that was written; remove it and fill the bars again`,
});

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Files in a folder, which is made when the first one is written. */
export function createBarStore(folder: string): BarStore {
  const pathOf = (key: BarKey) => join(folder, nameOf(key));
  const load = (key: BarKey) =>
    withFile(pathOf(key), (readAt) => loadFile(readAt, key, pathOf(key)));
  const look = (key: BarKey) => withFile(pathOf(key), (readAt) => lookAt(readAt, key, pathOf(key)));
  return {
    async load({ from, until, ...key }) {
      const loaded = await load(key);
      if (loaded.kind !== 'loaded') return loaded;
      const { columns } = loaded;
      const rows = sliceRows(columns, rowFrom(columns, from), rowFrom(columns, until));
      return { ...loaded, columns: rows };
    },
    look,
    async merge(addition) {
      const before = await load(addition);
      if (before.kind === 'damaged') return before;
      if (before.kind === 'loaded' && !isSameSource(before.stored, addition)) {
        return { kind: 'refused', text: otherSource(pathOf(addition), before.stored, addition) };
      }
      const { stored, columns } = merged(before, addition);
      await writeParts(folder, nameOf(addition), fileParts(stored, columns));
      return { kind: 'merged', stored };
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    async list() {
      const keys = await keysIn(folder);
      return Promise.all(keys.map(async (key) => ({ ...key, ...(await look(key)) })));
    },
    read: (key) => readFile(pathOf(key)).catch(nullIfMissing),
    install: (bytes) => install(folder, bytes),
  };
}

async function keysIn(folder: string): Promise<readonly BarKey[]> {
  const names = await readdir(folder).catch(noneIfMissing);
  return names
    .map(keyOf)
    .filter((key) => key !== null)
    .toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
}

async function install(folder: string, bytes: Uint8Array): Promise<BarLookup> {
  const readAt = readerOfBytes(bytes);
  const found = await readHeader(readAt);
  if (found === null || (await readColumns(readAt, found)) === null) {
    return damaged('a file of another machine');
  }
  await writeParts(folder, nameOf(found.stored), [bytes]);
  return { kind: 'stored', stored: found.stored };
}

async function withFile<Result>(
  path: string,
  work: (readAt: ReadAt) => Promise<Result>,
): Promise<Result | { readonly kind: 'missing' }> {
  const file = await open(path).catch(nullIfMissing);
  if (file === null) return { kind: 'missing' };
  try {
    return await work(readerOf(file));
  } finally {
    await file.close();
  }
}

function nullIfMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

const noneIfMissing = (error: unknown): readonly string[] => nullIfMissing(error) ?? [];

/** A file says itself whose bars it holds: one that was renamed is none of its new name. */
const isOf = ({ stored }: FileHeader, { symbol, barMinutes }: BarKey): boolean =>
  stored.symbol === symbol && stored.barMinutes === barMinutes;

async function lookAt(readAt: ReadAt, key: BarKey, path: string): Promise<BarLookup> {
  const found = await readHeader(readAt);
  if (found === null || !isOf(found, key)) return damaged(path);
  return { kind: 'stored', stored: found.stored };
}

async function loadFile(readAt: ReadAt, key: BarKey, path: string): Promise<BarLoad> {
  const found = await readHeader(readAt);
  if (found === null || !isOf(found, key)) return damaged(path);
  const columns = await readColumns(readAt, found);
  return columns === null ? damaged(path) : { kind: 'loaded', columns, stored: found.stored };
}

const isSameSource = (left: StoredBars, right: BarAddition): boolean =>
  left.feed === right.feed && left.adjustment === right.adjustment && left.hours === right.hours;

const otherSource = (path: string, stored: StoredBars, added: BarAddition): string =>
  `${path}: holds bars of the feed ${stored.feed}, and those of ${added.feed} are not mixed with them; ` +
  'remove it to begin anew, or stay with the feed';

function merged(
  before: Exclude<BarLoad, DamagedBars>,
  { columns: added, span, ...rest }: BarAddition,
): { readonly stored: StoredBars; readonly columns: BarColumns } {
  const old = before.kind === 'loaded' ? before.columns : createColumns(0);
  const covered = before.kind === 'loaded' ? before.stored.covered : [];
  const columns = joined([
    sliceRows(old, 0, rowFrom(old, span.from)),
    added,
    sliceRows(old, rowFrom(old, span.until), old.start.length),
  ]);
  const { symbol, barMinutes, feed, adjustment, hours } = rest;
  return {
    columns,
    stored: {
      symbol,
      barMinutes,
      feed,
      adjustment,
      hours,
      count: columns.start.length,
      first: columns.start[0] ?? null,
      last: columns.start.at(-1) ?? null,
      covered: addSpan(covered, span),
      sha256: hashBars(columns),
    },
  };
}

function joined(parts: readonly BarColumns[]): BarColumns {
  const all = createColumns(parts.reduce((rows, { start }) => rows + start.length, 0));
  let row = 0;
  for (const part of parts) {
    setRows(all, part, row);
    row += part.start.length;
  }
  return all;
}

/** The name belongs to the old file until the new one is on the disk. */
async function writeParts(
  folder: string,
  name: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Two writers of one process, or of two, never share an unfinished file.
  const unfinished = join(folder, `${name}.${randomUUID()}${UNFINISHED}`);
  try {
    await writeWhole(unfinished, parts);
    await rename(unfinished, join(folder, name));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await clearAway(folder, name);
}

async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

const UNFINISHED = '.new';
/** No writer takes so long. */
const ABANDONED_MS = 3_600_000;

/** Removes what writers of a file have left behind that were killed. */
async function clearAway(folder: string, name: string): Promise<void> {
  const left = (await readdir(folder)).filter(
    (other) => other.startsWith(`${name}.`) && other.endsWith(UNFINISHED),
  );
  for (const path of left.map((other) => join(folder, other))) {
    const found = await stat(path).catch(nullIfMissing);
    if (found !== null && Date.now() - found.mtimeMs > ABANDONED_MS)
      await rm(path, { force: true });
  }
}

import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

import { z } from 'zod';

import type { BarColumns } from '#core/bars.ts';
import { isTicker } from '#core/ids.ts';
import type { StoredBars } from '#ports/bar-store.ts';

import { createSharedColumns } from './shared-columns.ts';

/*
 * A file of bars: 8 bytes of magic, then three 32-bit numbers (version, length of the header, CRC-32 of
 * it), the header as JSON, and six columns of 64-bit floats: start, open, high, low, close, volume. All
 * little-endian, as every machine that Node runs on. The same bars from the same source are the same bytes.
 */
const MAGIC = Buffer.from('BRKTBARS');
const VERSION = 1;
const PREAMBLE_BYTES = MAGIC.length + 12;
/** More would be no header of ours. */
const MOST_HEADER_BYTES = 1 << 20;

const instant = z.number();
const header = z.object({
  symbol: z.string().refine(isTicker),
  barMinutes: z.int().positive(),
  feed: z.string(),
  adjustment: z.literal('split'),
  hours: z.literal('regular'),
  count: z.int().nonnegative(),
  first: instant.nullable(),
  last: instant.nullable(),
  covered: z.array(z.object({ from: instant, until: instant })),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface FileHeader {
  readonly stored: StoredBars;
  /** Where the columns begin. */
  readonly offset: number;
}

/** Reads into a view and says how many bytes there were. */
export type ReadAt = (view: Uint8Array, position: number) => Promise<number>;

export const readerOf =
  (file: FileHandle): ReadAt =>
  async (view, position) => {
    let done = 0;
    while (done < view.length) {
      const { bytesRead } = await file.read(view, done, view.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  };

export const readerOfBytes =
  (bytes: Uint8Array): ReadAt =>
  async (view, position) => {
    const part = bytes.subarray(position, position + view.length);
    view.set(part);
    return part.length;
  };

/** The header; null when it is not one, or not whole. */
export async function readHeader(readAt: ReadAt): Promise<FileHeader | null> {
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  if ((await readAt(preamble, 0)) < PREAMBLE_BYTES) return null;
  const [version, length, sum] = [0, 4, 8].map((at) => preamble.readUInt32LE(MAGIC.length + at));
  const isOurs = preamble.subarray(0, MAGIC.length).equals(MAGIC) && version === VERSION;
  if (!isOurs || length === undefined || length > MOST_HEADER_BYTES) return null;
  const text = Buffer.alloc(length);
  if ((await readAt(text, PREAMBLE_BYTES)) < length || crc32(text) !== sum) return null;
  const parsed = header.safeParse(JSON.parse(text.toString('utf8')));
  return parsed.success ? { stored: parsed.data, offset: PREAMBLE_BYTES + length } : null;
}

/** The bars behind a header, in shared memory; null when they are not those that were written. */
export async function readColumns(
  readAt: ReadAt,
  { stored: { count, sha256 }, offset }: FileHeader,
): Promise<BarColumns | null> {
  const { columns, bytes } = createSharedColumns(count);
  if ((await readAt(bytes, offset)) < bytes.length) return null;
  return createHash('sha256').update(bytes).digest('hex') === sha256 ? columns : null;
}

/** The file's parts, in order. */
export function fileParts(stored: StoredBars, columns: BarColumns): readonly Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header.parse(stored)));
  const preamble = Buffer.alloc(PREAMBLE_BYTES);
  MAGIC.copy(preamble);
  for (const [index, value] of [VERSION, text.length, crc32(text)].entries()) {
    preamble.writeUInt32LE(value, MAGIC.length + index * 4);
  }
  const { start, open, high, low, close, volume } = columns;
  const cells = [start, open, high, low, close, volume].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return [preamble, text, ...cells];
}

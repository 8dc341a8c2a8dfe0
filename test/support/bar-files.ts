import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { sessionsBetween } from '#core/exchange-calendar.ts';
import { MINUTE_MS, asSessionDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

export const HEADER = 'timestamp,open,high,low,close,volume';

/** A new folder with these files, gone when the test is over. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bars-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export const csv = (...rows: readonly string[]): string => [HEADER, ...rows, ''].join('\n');

export const stamp = (at: EpochMs): string => new Date(at).toISOString().replace('.000Z', 'Z');

/** A row whose price is told by its number. */
export const row = (at: EpochMs, price = 100): string =>
  `${stamp(at)},${price},${price + 1},${price - 1},${price + 0.5},1000`;

/** The starts of all 5-minute bars of the sessions from one date to another. */
export const barStarts = (from: string, to: string): readonly EpochMs[] =>
  sessionsBetween(asSessionDate(from), asSessionDate(to)).flatMap(({ open, close }) =>
    Array.from(
      { length: (close - open) / (5 * MINUTE_MS) },
      (_, index) => open + index * 5 * MINUTE_MS,
    ),
  );

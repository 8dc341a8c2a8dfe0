import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '..');

/** The files that a backtest's result depends on, its verdict and its report included. */
const PARTS = ['core/**/*.ts', 'backtest/**/*.ts', 'research/**/*.{ts,js,css,html}'];

let known: string | null = null;

/**
 * Names the rules, the engine and the verdict by their content: another version of the code, another name. Files
 * that are exchanged while the process runs do not count: it goes on with those that it has read.
 */
export const codeVersion = (): string => (known ??= hashOfParts());

function hashOfParts(): string {
  const hash = createHash('sha256');
  const files = globSync(PARTS, { cwd: SOURCE }).toSorted((one, other) => (one < other ? -1 : 1));
  for (const file of files) {
    hash.update(file.replaceAll('\\', '/')).update(readFileSync(join(SOURCE, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

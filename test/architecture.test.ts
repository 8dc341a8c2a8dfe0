import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { describe, expect, it } from 'vitest';

/** Room → the rooms it may import. The table is the architecture; the test only reads it. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/core': [],
  'src/ports': ['src/core'],
  'src/app': ['src/core', 'src/ports'],
  commands: ['src/core', 'src/app'],
  jobs: ['src/core', 'src/app'],
  'src/adapters/alpaca': ['src/core', 'src/ports', 'src/app'],
  'src/adapters/discord': ['src/core', 'src/ports', 'src/app'],
  'src/adapters/postgres': ['src/core', 'src/ports', 'src/app'],
  'src/adapters/backtest': ['src/core', 'src/ports', 'src/backtest', 'src/research'],
  'src/adapters/bullmq': ['src/core', 'src/ports', 'src/app'],
  'src/adapters/charts': ['src/core', 'src/ports', 'src/app'],
  'src/adapters/bars': ['src/core', 'src/ports', 'src/app'],
  'src/adapters/research': ['src/core', 'src/ports', 'src/backtest', 'src/research'],
  'src/adapters/system': ['src/core', 'src/ports', 'src/app'],
  'src/backtest': ['src/core', 'src/ports'],
  'src/research': ['src/core', 'src/ports', 'src/backtest'],
  'src/sandbox': ['src/core'],
};

/** The composition root and its settings: the only files that may import everything. */
const COMPOSITION_ROOT = /^src\/(main|watchdog|config|compose\/.+)\.ts$/;

/** Of the core, the stand-ins may use only these: more would let them share the bot's misreadings. */
const SANDBOX_CORE =
  /^src\/core\/(matching\/.+|bar-file\/.+|bar-columns|exchange-calendar|money|bars|ids|session|order|random)\.ts$/;

const root = join(import.meta.dirname, '..');
const toPosix = (path: string) => path.replaceAll('\\', '/');
const roomOf = (file: string) =>
  Object.keys(MAY_IMPORT).find((room) => file.startsWith(`${room}/`)) ??
  (COMPOSITION_ROOT.test(file) ? 'root' : 'nowhere');
const importsOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  );
const resolve = (file: string, specifier: string) => {
  if (/^#(commands|jobs|test)\//.test(specifier)) return specifier.slice(1);
  if (specifier.startsWith('#')) return specifier.replace('#', 'src/');
  return toPosix(relative(root, join(root, dirname(file), specifier)));
};
const targetsOf = (file: string) =>
  importsOf(file)
    .filter((specifier) => /^[.#]/.test(specifier))
    .map((specifier) => resolve(file, specifier));

describe('the dependency table', () => {
  const files = ['src', 'commands', 'jobs'].flatMap((folder) =>
    globSync(`${folder}/**/*.ts`, { cwd: root }).map(toPosix),
  );

  it.each(files)('%s lives in a room and imports only what its room may import', (file) => {
    const room = roomOf(file);
    expect(room, 'every source file lives in a room of the table').not.toBe('nowhere');
    if (room === 'root') return;
    const strangers = targetsOf(file).filter((target) => {
      const targetRoom = roomOf(target);
      return targetRoom !== room && !(MAY_IMPORT[room] ?? []).includes(targetRoom);
    });
    expect(strangers).toEqual([]);
  });

  it.each(files.filter((file) => file.startsWith('src/core/')))(
    '%s imports no library: the core is pure',
    (file) => {
      expect(importsOf(file).filter((specifier) => !/^[.#]/.test(specifier))).toEqual([]);
    },
  );

  it.each(files.filter((file) => file.startsWith('src/sandbox/')))(
    '%s uses of the core only what a stand-in may',
    (file) => {
      const core = targetsOf(file).filter((target) => target.startsWith('src/core/'));
      expect(core.filter((target) => !SANDBOX_CORE.test(target))).toEqual([]);
    },
  );

  it('takes what it uses of drizzle-orm from one place, since a start pays for each of its modules', () => {
    const direct = /import (?!type)[^;]*from 'drizzle-orm/;
    const takers = files.filter((file) => direct.test(readFileSync(join(root, file), 'utf8')));
    expect(takers).toEqual([]);
  });
});

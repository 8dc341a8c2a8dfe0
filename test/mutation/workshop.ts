import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the tests made of a source: green, red, or nothing within the time. */
export type Verdict = 'passed' | 'failed' | 'timed out';

/** A copy of the project in which sources may be spoilt. */
export interface Workshop {
  read(module: string): Promise<string>;
  /** Puts a text in a module's place. */
  write(module: string, source: string): Promise<void>;
  /** Runs the tests of the core that reach a module, up to the first that fails. */
  test(module: string, timeoutMs: number): Promise<Verdict>;
  close(): Promise<void>;
}

export async function openWorkshop(root: string): Promise<Workshop> {
  const folder = await mkdtemp(join(tmpdir(), 'bracketeer-mutants-'));
  for (const path of ['src', 'test', 'package.json', 'tsconfig.json']) {
    await cp(join(root, path), join(folder, path), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return {
    read: (module) => readFile(join(folder, module), 'utf8'),
    write: (module, source) => writeFile(join(folder, module), source),
    test: (module, timeoutMs) => runTests(folder, module, timeoutMs),
    close: () => rm(folder, { recursive: true }),
  };
}

function runTests(folder: string, module: string, timeoutMs: number): Promise<Verdict> {
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const settings = ['--root', '.', '--config', join('test', 'mutation', 'vitest.config.ts')];
  const child = spawn(process.execPath, [vitest, 'related', '--run', module, ...settings], {
    cwd: folder,
    // A rule must be pinned by tests that run everywhere, not by the reference data alone.
    env: { ...process.env, BRACKETEER_SHARED: join(folder, 'none'), MUTATED_MODULE: module },
    stdio: 'ignore',
    // A change may make a loop endless, which no test can end by itself.
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code === null ? 'timed out' : code === 0 ? 'passed' : 'failed');
    });
  });
}

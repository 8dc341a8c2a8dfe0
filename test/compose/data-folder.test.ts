import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLog } from '#test/support/log.ts';

import { claimDataFolder } from '../../src/compose/data-folder.ts';
import { createLifecycle } from '../../src/compose/lifecycle.ts';

describe('the data folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bracketeer-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const claim = async () => {
    const lifecycle = createLifecycle(() => silentLog);
    await claimDataFolder(folder, lifecycle);
    return lifecycle;
  };
  const mark = () => join(folder, 'bracketeer.pid');

  it('is free again when the bot has ended', async () => {
    const lifecycle = await claim();
    expect(readFileSync(mark(), 'utf8')).toContain(String(process.pid));
    await lifecycle.close();
    expect(() => readFileSync(mark())).toThrow('ENOENT');
  });

  it('is refused while another process uses it, whose id is named', async () => {
    // The parent of this process is certain to live.
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeFileSync(mark(), `${process.ppid} ${start}`);
    await expect(claim()).rejects.toThrow(new RegExp(`process ${process.ppid}.*DATA_DIR`));
    const claiming = claimDataFolder(
      folder,
      createLifecycle(() => silentLog),
      'stop it first',
    );
    await expect(claiming).rejects.toThrow(/is running on .*: stop it first$/);
  });

  it('is taken over from a process that died, also when its id is used again', async () => {
    writeFileSync(mark(), `${process.ppid} 1`);
    await expect(claim()).resolves.toBeDefined();
  });

  it('that cannot be made is named with the cure', async () => {
    writeFileSync(join(folder, 'file'), '');
    const lifecycle = createLifecycle(() => silentLog);
    const below = join(folder, 'file', 'data');
    await expect(claimDataFolder(below, lifecycle)).rejects.toThrow(/file\/data.*DATA_DIR/);
  });
});

import { globSync } from 'node:fs';
import { basename, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { jobs } from '#jobs/index.ts';

const namesIn = (folder: string): readonly string[] =>
  globSync(`${folder}/*.ts`, { cwd: join(import.meta.dirname, '..') })
    .map((file) => basename(file, '.ts'))
    .filter((name) => name !== 'index')
    .toSorted();

describe('the lists of what there is', () => {
  it('name every job by its file, and each once', () => {
    expect(jobs.map(({ name }) => name).toSorted()).toEqual(namesIn('jobs'));
  });

  it('name every command by its file, and each once', () => {
    expect(commands.map(({ name }) => name).toSorted()).toEqual(namesIn('commands'));
  });

  it('have only commands that Discord takes', () => {
    for (const { name, description } of commands) {
      expect(name).toMatch(/^[a-z][a-z-]{0,31}$/);
      expect(description.length).toBeLessThanOrEqual(100);
    }
  });
});

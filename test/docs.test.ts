import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ENTRY_FILTERS } from '#core/decision.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

const rules = readFileSync(join(import.meta.dirname, '../docs/rules.md'), 'utf8');

/** The text of a table's row that names the figure. */
const rowOf = (name: string): string =>
  rules.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``)) ?? '';

describe('the page on the rules', () => {
  it.each(Object.entries(DEFAULT_PARAMETERS))('names %s with its default', (name, value) => {
    const words = rowOf(name).match(/[\w.-]+/g) ?? [];
    expect(words).toContain(String(value));
  });

  it('names the filters in the order in which they are asked', () => {
    const named = rules
      .split('\n')
      .map((line) => /^\| ([\w-]+) +\|/.exec(line)?.[1])
      .filter((name) => ENTRY_FILTERS.some((filter) => filter === name));
    expect(named).toEqual([...ENTRY_FILTERS]);
  });
});

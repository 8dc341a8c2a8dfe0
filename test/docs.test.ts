import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { describe, expect, it } from 'vitest';

import { commands } from '#commands/index.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { ARGUMENTS } from '../src/compose/arguments.ts';
import { ENVIRONMENT_NAMES, FILE_KEYS } from '../src/compose/schema.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const pages = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })];
const all = pages.map(read).join('\n');
const readme = read('README.md');

/** The first row of a table that names something as code. */
const rowOf = (page: string, name: string): string =>
  page
    .split('\n')
    .find((line) => line.startsWith('|') && new RegExp(`\`${name}(?![\\w-])`).test(line)) ?? '';

describe('the page on the rules', () => {
  const rules = read('docs/rules.md');

  it.each(Object.entries(DEFAULT_PARAMETERS))('names %s with its default', (name, value) => {
    const words = rowOf(rules, name).match(/[\w.-]+/g) ?? [];
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

describe('the README', () => {
  it.each(commands.map((command) => [command.name, command] as const))(
    'has a row for /%s with its options and who may give it',
    (name, { options, role }) => {
      const row = rowOf(readme, `/${name}`);
      for (const option of options) expect(row).toMatch(new RegExp(`\\b${option.name}\\b`));
      expect(row).toContain(`| ${role}s`);
    },
  );

  it.each(FILE_KEYS.cards)('has a row for the card %s', (kind) => {
    expect(rowOf(readme, kind)).toMatch(/^\| \*\*/);
  });

  it('names all that can be set', () => {
    const names = [...ENVIRONMENT_NAMES, ...FILE_KEYS.top, ...Object.keys(ARGUMENTS)];
    expect(names.filter((name) => name !== '--help' && !readme.includes(name))).toEqual([]);
  });
});

describe('the page on running it', () => {
  const running = read('docs/running.md');

  it('tells of every alarm, in its own words', () => {
    const titles = globSync('src/app/**/*.ts', { cwd: ROOT }).flatMap((file) =>
      [...read(file).matchAll(/kind: 'alarm',\s+title: `([^`]+)`/g)].map(([, title = '']) => title),
    );
    expect(titles.length).toBeGreaterThan(4);
    const words = titles.flatMap((title) => title.split(/\$\{[^}]+\}/)).map(trimmed);
    expect(words.filter((part) => part.length > 2 && !running.includes(part))).toEqual([]);
  });
});

const trimmed = (text: string): string => text.replaceAll(/^[ :]+|[ :]+$/g, '');

describe('all pages', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const broken = [...read(page).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)]
      .map(([, link, image]) => link ?? image ?? '')
      .filter((link) => !link.startsWith('https:') && !isThere(page, link));
    expect(broken).toEqual([]);
  });

  it('name only files and folders that are there', () => {
    const named = [...all.matchAll(/`((?:src|test|jobs|commands|migrations|docs)\/[\w./-]*)/g)];
    const paths = named.map(([, path = '']) => path.replace(/\.$/, ''));
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('name every command of npm that people give, and none that there is not', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...all.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    const short = ['start', 'test', 'pretest', 'typecheck', 'lint', 'unused'];
    const missing = Object.keys(scripts).filter(
      (name) => !named.includes(name) && !short.includes(name),
    );
    expect(missing).toEqual([]);
  });
});

/** Whether a file is there, and in it the heading that the link leads to. */
function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? page : relative('.', join(dirname(page), path));
  if (!existsSync(join(ROOT, file))) return false;
  if (anchor === undefined) return true;
  const headings = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  return headings.includes(anchor);
}

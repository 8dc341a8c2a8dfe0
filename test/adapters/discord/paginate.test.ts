import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { customIdOf, parseCustomId } from '#adapters/discord/custom-id.ts';
import { sizeOf } from '#adapters/discord/limits.ts';
import { splitEmbed, splitText } from '#adapters/discord/paginate.ts';

const visible = (text: string) => text.replace(/\s/g, '');

describe('a text in pieces', () => {
  it.each([
    ['fits', 'abc', 3, ['abc']],
    ['is cut at the end of a line', 'abcd\nef\ngh', 8, ['abcd\nef', 'gh']],
    ['is cut between words where there is no line', 'abcd ef gh', 8, ['abcd ef', ' gh']],
    ['is cut anywhere where there are no words', 'abcdefgh', 3, ['abc', 'def', 'gh']],
    [
      'is not cut early for a line that leaves most of the room',
      'a\nbcdefgh',
      6,
      ['a\nbcde', 'fgh'],
    ],
    ['is not cut inside a character', 'ab😀c', 3, ['ab', '😀c']],
    [
      'is not cut between an escape and what it escapes',
      String.raw`ab\*cd`,
      3,
      ['ab', String.raw`\*c`, 'd'],
    ],
  ])('%s', (_, text, limit, pieces) => {
    expect(splitText(text, limit)).toEqual(pieces);
  });

  it('keeps every sign that can be seen, and each piece within its limit', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 150 }),
        fc.integer({ min: 2, max: 60 }),
        (text, limit) => {
          const pieces = splitText(text, limit);
          expect(visible(pieces.join(''))).toBe(visible(text));
          expect(Math.max(0, ...pieces.map(({ length }) => length))).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});

describe('an embed in pages', () => {
  it('keeps every field, with the title on each page and the description on the first', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            name: fc.string({ minLength: 1, maxLength: 256 }),
            value: fc.string({ minLength: 1, maxLength: 1024 }),
          }),
          { maxLength: 70 },
        ),
        (fields) => {
          const pages = splitEmbed({ title: 'T', description: 'D', fields });
          expect(pages.flatMap((page) => page.fields ?? [])).toEqual(fields);
          expect(pages.map(({ title, description }) => [title, description])).toEqual(
            pages.map((_, n) => ['T', n === 0 ? 'D' : undefined]),
          );
          for (const page of pages) {
            expect(page.fields?.length).toBeLessThanOrEqual(25);
            expect(sizeOf(page)).toBeLessThanOrEqual(6000);
          }
        },
      ),
    );
  });

  it('is one page as long as it fits', () => {
    const fields = Array.from({ length: 25 }, (_, n) => ({ name: `${n}`, value: 'v' }));
    expect(splitEmbed({ title: 'T', fields })).toHaveLength(1);
    expect(
      splitEmbed({ title: 'T', fields: [...fields, { name: '26', value: 'v' }] }),
    ).toHaveLength(2);
  });
});

describe('what a button carries', () => {
  it.each([
    { prefix: 'confirm', action: 'yes', id: '6f9619ff-8b86-d011-b42d-00c04fc964ff' },
    { prefix: 'confirm', action: 'no', id: 'a' },
    { prefix: 'pages', action: 'show', id: '6f9619ff-8b86-d011-b42d-00c04fc964ff', page: 12 },
    { prefix: 'refresh', action: 'run', id: 'close-all', flags: [] },
    { prefix: 'refresh', action: 'run', id: 'status', flags: ['table', 'wide'] },
  ] as const)('is read as it was written: $prefix', (press) => {
    const id = customIdOf(press);
    expect(id.length).toBeLessThanOrEqual(100);
    expect(parseCustomId(id)).toEqual(press);
  });

  it.each([
    '',
    'confirm',
    'confirm:yes',
    'confirm:show:a',
    'confirm:yes:a:1',
    'pages:show:a',
    'pages:here:a',
    'pages:show:a:-1',
    'refresh:run:a:',
    'refresh:run:a:b c',
    `refresh:run:a:${'b'.repeat(33)}`,
    'refresh:yes:a',
    'confirm:yes:a b',
    'confirm:yes:a:1:2',
    `confirm:yes:${'a'.repeat(65)}`,
  ])('is nothing when it is not the bot’s: %o', (text) => {
    expect(parseCustomId(text)).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

// @ts-expect-error -- the page's scripts are plain JavaScript for the browser.
import { parseInline, parseMarkdown } from '#sandbox/discord/page/markdown.js';

interface Node {
  readonly type: string;
  readonly text?: string;
  readonly code?: string;
  readonly children?: readonly Node[];
  readonly items?: readonly (readonly Node[])[];
  readonly [key: string]: unknown;
}

const parse = parseMarkdown as (text: string) => readonly Node[];

/** A tree in short: `bold(text)`, with blocks apart. */
const short = (nodes: readonly Node[]): string =>
  nodes
    .map((node) => {
      if (node.type === 'text') return node.text;
      if (node.items) return `list[${node.items.map(short).join('|')}]`;
      if (node.children) return `${node.type}(${short(node.children)})`;
      const rest = Object.entries(node).flatMap(([key, value]) => (key === 'type' ? [] : [value]));
      return `${node.type}<${rest.join(' ')}>`;
    })
    .join('');

describe("the page's markdown", () => {
  it.each([
    ['**a** *b* _c_ __d__ ~~e~~', 'bold(a) italic(b) italic(c) underline(d) strike(e)'],
    ['***both***', 'bold(italic(both))'],
    ['**bold *and italic***', 'bold(bold italic(and italic))'],
    ['__**a**__ ||b||', 'underline(bold(a)) spoiler(b)'],
    ['`a **b**` and ``c`d``', 'code<a **b**> and code<c`d>'],
    [String.raw`\*a\* 2 * 3 * 4`, '*a* 2 * 3 * 4'],
    ['client_order_id and snake_case_', 'client_order_id and snake_case_'],
    ['<t:1767225600:R> <t:1767225600>', 'time<1767225600 R> time<1767225600 f>'],
    [
      '<@&1100000000000000012> <@1100000000000000021>',
      'role<1100000000000000012> user<1100000000000000021>',
    ],
    ['[log](https://a.test/x) <https://b.test>', 'link(log) link(https://b.test)'],
    ['see https://a.test/x, then', 'see link(https://a.test/x), then'],
    ['[bad](javascript:alert(1))', '[bad](javascript:alert(1))'],
    ['<b>not html</b> & <script>', '<b>not html</b> & <script>'],
    ['@everyone look', 'everyone<everyone> look'],
    ['3 < 4 > 2 ** x', '3 < 4 > 2 ** x'],
  ])('reads the line %s', (text, expected) => {
    expect(short(parse(text))).toBe(`paragraph(${expected})`);
  });

  it.each([
    ['# A\n## B\n### C', 'heading(A)heading(B)heading(C)'],
    ['-# small', 'subtext(small)'],
    ['#no heading', 'paragraph(#no heading)'],
    ['> a\n> **b**\nc', 'quote(paragraph(a\nbold(b)))paragraph(c)'],
    ['x\n>>> a\nb', 'paragraph(x)quote(paragraph(a\nb))'],
    ['- a\n- b\n  - c\n- d', 'list[a|blist[c]|d]'],
    ['- a\n1. b\n2. c', 'list[a]list[b|c]'],
    ['```diff\n- a\n+ b\n```', 'code-block<diff - a\n+ b>'],
    ['```one line```', 'code-block< one line>'],
    ['see ```js\nx```after', 'paragraph(see )code-block<js x>paragraph(after)'],
    ['```never closed', 'paragraph(```never closed)'],
    ['a\n\nb', 'paragraph(a\n\nb)'],
  ])('reads the blocks of %j', (text, expected) => {
    expect(short(parse(text))).toBe(expected);
  });

  it('keeps every word of whatever it is given, and always comes to an end', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '**',
        '*',
        '_',
        '__',
        '`',
        '```',
        '> ',
        '- ',
        '\n',
        '# ',
        '~~',
        '||',
        '[',
        '](',
      ),
    );
    fc.assert(
      fc.property(pieces, fc.array(fc.stringMatching(/^[a-z]{1,6}$/)), (marks, words) => {
        const text = marks.flatMap((mark, index) => [mark, words[index] ?? '']).join('');
        const shown = JSON.stringify(parse(text));
        return words.slice(0, marks.length).every((word) => shown.includes(word));
      }),
    );
  });

  it('reads a long line without marks in one piece', () => {
    expect(parseInline('word '.repeat(2_000))).toHaveLength(1);
  });
});

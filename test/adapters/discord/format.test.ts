import { describe, expect, it } from 'vitest';

import { plain, stamp } from '#adapters/discord/format.ts';

it('an instant is stamped so that each reader sees the own time zone', () => {
  expect(stamp(1_764_343_800_999, 'f')).toBe('<t:1764343800:f>');
});

describe('text by a person or the broker', () => {
  it.each([
    [
      '**bold** _it_ ~~no~~ `code` ||spoiler||',
      String.raw`\*\*bold\*\* \_it\_ \~\~no\~\~ \`code\` \|\|spoiler\|\|`,
    ],
    ['[click](https://x.example)', String.raw`\[click\](https://x.example)`],
    ['<@1100000000000000021> <t:0:R>', String.raw`\<@1100000000000000021\> \<t:0:R\>`],
    ['@everyone and @here', '@\u200Beveryone and @\u200Bhere'],
    ['# title\n- item\n1. first', '\\# title\n\\- item\n1\\. first'],
    ['price -1.5, 10.25 each', 'price -1.5, 10.25 each'],
    ['Eve \u202E37.41$+\u2069 news', 'Eve 37.41$+ news'],
    [String.raw`already \*escaped`, String.raw`already \\\*escaped`],
  ])('is shown as it was written: %s', (written, sent) => {
    expect(plain(written)).toBe(sent);
  });
});

import type { EpochMs } from '#core/session.ts';

/**
 * `t` time, `f` date and time: each reader sees it in the own time zone. Relative ones ("in an hour") are
 * left out, since they count from the reader's clock, and the exchange's may be a replayed one.
 */
type StampStyle = 't' | 'f';

/** Discord's time stamp. It is rendered in descriptions and fields, never in titles and footers. */
export const stamp = (at: EpochMs, style: StampStyle = 't'): string =>
  `<t:${Math.floor(at / 1000)}:${style}>`;

/**
 * Text by a person or another system, so that Discord shows it as it was written: no markdown, no
 * mention, no link with a false face. Signs that turn the direction of reading are left out: they would turn
 * what follows them as well, figures included.
 */
export const plain = (text: string): string =>
  text
    .replace(/\p{Bidi_Control}/gu, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\\*_~`|[\]<>]/g, '\\$&')
    .replace(/^(\s*)([-+#])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s)/gm, '$1\\$2')
    .replace(/@(?=everyone|here)/g, '@\u200B');

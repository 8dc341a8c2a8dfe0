import type { APIEmbed, APIEmbedField } from 'discord.js';

import { LIMITS, sizeOf } from './limits.ts';

/**
 * The text in pieces of at most so many characters, none of it left out: cut at the end of a line where that
 * keeps half of the room, else between words, and never inside a character or right after a backslash, which
 * escapes what follows it.
 */
export function splitText(text: string, limit: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const cut = cutBefore(rest, limit);
    pieces.push(rest.slice(0, cut));
    // The break between two pages stands for the line's end.
    rest = rest.slice(cut).replace(/^\n/, '');
  }
  return [...pieces, rest].filter((piece) => piece.trim() !== '');
}

function cutBefore(text: string, limit: number): number {
  for (const sign of ['\n', ' ']) {
    const at = text.lastIndexOf(sign, limit);
    if (at >= limit / 2) return at;
  }
  return text.slice(0, limit).replace(/[\uD800-\uDBFF]$|\\+$/, '').length || limit;
}

/** The embed in pages, each with its title; the description is on the first one, the fields go where they fit. */
export function splitEmbed(embed: APIEmbed): readonly APIEmbed[] {
  const { description: _description, ...later } = embed;
  const pages: APIEmbed[] = [];
  let page: APIEmbed & { fields: APIEmbedField[] } = { ...embed, fields: [] };
  for (const field of embed.fields ?? []) {
    const wider = { ...page, fields: [...page.fields, field] };
    const fits = wider.fields.length <= LIMITS.fields && sizeOf(wider) <= LIMITS.embedTotal;
    if (!fits) pages.push(page);
    page = fits ? wider : { ...later, fields: [field] };
  }
  return [...pages, page];
}

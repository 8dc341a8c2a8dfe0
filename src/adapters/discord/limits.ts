import type { APIEmbed, APIEmbedField } from 'discord.js';

import { clipLine, head } from '#core/clip.ts';
import { NONE } from '#core/number-words.ts';

/** What Discord accepts, in characters and pieces. One over, and it refuses the whole message. */
export const LIMITS = {
  content: 2000,
  title: 256,
  description: 4096,
  fields: 25,
  fieldName: 256,
  fieldValue: 1024,
  // Discord allows 2048; a footer is a marker here, and so title, description and footer always fit together.
  footer: 256,
  embedTotal: 6000,
  choices: 25,
  choiceText: 100,
} as const;

/** Room for the line that says how much was left out, and for the end of a code block. */
const NOTE_LENGTH = 48;

const FENCE = '```';
const closeFence = (text: string): string =>
  text.split(FENCE).length % 2 === 0 ? `${text}\n${FENCE}` : text;

function keptLines(lines: readonly string[], room: number): number {
  let length = 0;
  const cut = lines.findIndex((line) => (length += line.length + 1) > room);
  return cut === -1 ? lines.length : cut;
}

/**
 * Text that fits, cut at a line's end where that keeps at least half of the room, and with a last line
 * that says how much is missing. A code block stays closed.
 */
export function clipText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = limit - NOTE_LENGTH;
  const lines = text.split('\n');
  const kept = keptLines(lines, room);
  const whole = lines.slice(0, kept).join('\n');
  if (whole.length >= room / 2) return `${closeFence(whole)}\n… ${lines.length - kept} more lines`;
  const cut = head(text, room);
  return `${closeFence(cut)}\n… ${text.length - cut.length} more characters`;
}

const orNone = (text: string): string => (text.trim() === '' ? NONE : text);

const clampField = (field: APIEmbedField): APIEmbedField => ({
  ...field,
  name: clipLine(orNone(field.name), LIMITS.fieldName),
  value: clipText(orNone(field.value), LIMITS.fieldValue),
});

/** The first fields, and a last one that tells how many were left out. */
function firstFields(fields: readonly APIEmbedField[], shown: number): APIEmbedField[] {
  if (shown >= fields.length) return [...fields];
  const left = fields.length - shown;
  return [...fields.slice(0, shown), { name: '…', value: `… ${left} more` }];
}

/** The characters that Discord counts against an embed's total. */
export function sizeOf(embed: APIEmbed): number {
  const texts = [
    embed.title,
    embed.description,
    embed.footer?.text,
    ...(embed.fields ?? []).flatMap((field) => [field.name, field.value]),
  ];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

/**
 * The embed within Discord's limits. Fields are left out from the end, the description is shortened
 * last; what is missing is always counted in sight, since a refused alert would be a lost one.
 */
export function clampEmbed(embed: APIEmbed): APIEmbed {
  const fields = (embed.fields ?? []).map(clampField);
  const clipped: APIEmbed = {
    ...embed,
    title: clipLine(orNone(embed.title ?? ''), LIMITS.title),
    ...(embed.description === undefined
      ? {}
      : { description: clipText(embed.description, LIMITS.description) }),
    ...(embed.footer === undefined
      ? {}
      : { footer: { ...embed.footer, text: clipLine(embed.footer.text, LIMITS.footer) } }),
  };
  let shown = fields.length > LIMITS.fields ? LIMITS.fields - 1 : fields.length;
  let candidate = { ...clipped, fields: firstFields(fields, shown) };
  while (shown > 0 && sizeOf(candidate) > LIMITS.embedTotal) {
    shown -= 1;
    candidate = { ...clipped, fields: firstFields(fields, shown) };
  }
  return candidate;
}

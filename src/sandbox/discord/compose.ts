import { isRole, memberById } from './guild.ts';
import type { AllowedMentions, EmbedForm, MessageForm } from './validation/message.ts';
import type { WireAttachment, WireEmbed, WireMedia, WireRow, WireUser } from './wire.ts';

/** Whether a key's value is worth sending: Discord leaves out what is null. */
function withoutNulls<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutNulls) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => child !== null && child !== undefined)
      .map(([key, child]) => [key, withoutNulls(child)]),
  ) as Value;
}

export const composeComponents = (rows: MessageForm['components']): readonly WireRow[] =>
  withoutNulls(rows ?? []) as readonly WireRow[];

const OWN_ATTACHMENT =
  /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?(\/attachments\/.+)$/;

/** Embeds as they are stored: files are found by name, our own addresses lose their origin. */
export function composeEmbeds(
  embeds: readonly EmbedForm[],
  files: readonly WireAttachment[],
): WireEmbed[] {
  return embeds.map((embed) => {
    const { image, thumbnail, author, footer, ...rest } = embed;
    const authorIcon = resolveUrl(author?.icon_url, files);
    const footerIcon = resolveUrl(footer?.icon_url, files);
    const parts = {
      ...rest,
      type: 'rich',
      timestamp: embed.timestamp ? new Date(embed.timestamp).toISOString() : null,
      fields: embed.fields?.map((field) => ({ ...field, inline: field.inline ?? false })),
      image: resolveMedia(image?.url, files),
      thumbnail: resolveMedia(thumbnail?.url, files),
      author: author && { ...author, icon_url: authorIcon },
      footer: footer && { ...footer, icon_url: footerIcon },
    };
    return withoutNulls(parts) as unknown as WireEmbed;
  });
}

/** A name without a file comes to nothing, as it does in Discord. */
function resolveUrl(
  url: string | null | undefined,
  files: readonly WireAttachment[],
): string | null {
  if (!url) return null;
  if (!url.startsWith('attachment://')) return OWN_ATTACHMENT.exec(url)?.[1] ?? url;
  const name = url.slice('attachment://'.length);
  return files.find(({ filename }) => filename === name)?.url ?? null;
}

function resolveMedia(
  url: string | null | undefined,
  files: readonly WireAttachment[],
): WireMedia | null {
  const resolved = resolveUrl(url, files);
  if (resolved === null) return null;
  const file = files.find((candidate) => candidate.url === resolved);
  const size = file?.width && file.height ? { width: file.width, height: file.height } : {};
  return { url: resolved, ...size };
}

/** Files that no embed shows: Discord lists only these in the message. */
export function listedAttachments(
  files: readonly WireAttachment[],
  embeds: readonly WireEmbed[],
): WireAttachment[] {
  const shown = new Set(
    embeds.flatMap(({ image, thumbnail, author, footer }) => [
      image?.url,
      thumbnail?.url,
      author?.icon_url,
      footer?.icon_url,
    ]),
  );
  return files.filter(({ url }) => !shown.has(url));
}

export interface Mentions {
  readonly mention_everyone: boolean;
  readonly mentions: readonly WireUser[];
  readonly mention_roles: readonly string[];
}

/** Whom a text really mentions, after what the sender allows. Without a word on it, everybody. */
export function composeMentions(
  content: string,
  allowed: AllowedMentions | null | undefined,
): Mentions {
  const idsIn = (pattern: RegExp) => [
    ...new Set([...content.matchAll(pattern)].map(([, id = '']) => id)),
  ];
  const isAllowed = (kind: 'users' | 'roles', id: string) =>
    !allowed || allowed.parse?.includes(kind) === true || allowed[kind]?.includes(id) === true;
  return {
    mention_everyone:
      /@(?:everyone|here)\b/.test(content) &&
      (!allowed || allowed.parse?.includes('everyone') === true),
    mentions: idsIn(/<@!?(\d{17,19})>/g)
      .filter((id) => isAllowed('users', id))
      .flatMap((id) => memberById(id)?.user ?? []),
    mention_roles: idsIn(/<@&(\d{17,19})>/g).filter((id) => isRole(id) && isAllowed('roles', id)),
  };
}

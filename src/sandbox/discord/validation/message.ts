import { z } from 'zod';

import { MESSAGE_FLAGS } from '../constants.ts';
import { messageComponents } from './components.ts';
import { address, complain, lengthOf, list, requiredText, snowflake, text, whole } from './form.ts';

const media = z.object({ url: address('http', 'https', 'attachment') });
const link = address('http', 'https');
const icon = address('http', 'https', 'attachment');
const EMBED_CHARACTERS = 6_000;

const embed = z
  .object({
    title: text(256).nullish(),
    description: text(4096).nullish(),
    url: link.nullish(),
    timestamp: z.string().nullish(),
    color: whole(0, 0xff_ff_ff).nullish(),
    author: z
      .object({ name: requiredText(256), url: link.nullish(), icon_url: icon.nullish() })
      .nullish(),
    footer: z.object({ text: requiredText(2048), icon_url: icon.nullish() }).nullish(),
    image: media.nullish(),
    thumbnail: media.nullish(),
    fields: list(
      z.object({
        name: requiredText(256),
        value: requiredText(1024),
        inline: z.boolean().nullish(),
      }),
      0,
      25,
    ).nullish(),
  })
  .superRefine((value, context) => {
    const { title, description, author, footer, image, thumbnail, fields } = value;
    const shown = [title, description, author, footer, image, thumbnail, fields?.[0]];
    if (!shown.some(Boolean)) {
      complain(context, 'BASE_TYPE_REQUIRED', 'This field is required', ['description']);
    }
    if (value.timestamp && Number.isNaN(Date.parse(value.timestamp))) {
      complain(
        context,
        'DATE_TIME_TYPE_PARSE',
        `Could not parse ${value.timestamp}. Should be ISO8601.`,
        ['timestamp'],
      );
    }
  });

export type EmbedForm = z.output<typeof embed>;

const charactersOf = ({ title, description, author, footer, fields }: EmbedForm) =>
  [
    title,
    description,
    author?.name,
    footer?.text,
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
  ].reduce<number>((sum, part) => sum + lengthOf(part ?? ''), 0);

const embeds = list(embed, 0, 10).superRefine((value, context) => {
  const total = value.reduce((sum, one) => sum + charactersOf(one), 0);
  if (total > EMBED_CHARACTERS) {
    complain(
      context,
      'MAX_EMBED_SIZE_EXCEEDED',
      `Embed size exceeds maximum size of ${EMBED_CHARACTERS}`,
    );
  }
});

const allowedMentions = z
  .object({
    parse: z.array(z.enum(['roles', 'users', 'everyone'])).nullish(),
    roles: z.array(snowflake).max(100).nullish(),
    users: z.array(snowflake).max(100).nullish(),
    replied_user: z.boolean().nullish(),
  })
  .superRefine((value, context) => {
    for (const kind of ['users', 'roles'] as const) {
      if (!value.parse?.includes(kind) || !value[kind]?.length) continue;
      complain(
        context,
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  });

export type AllowedMentions = z.output<typeof allowedMentions>;

const flags = z.number().superRefine((value, context) => {
  if ((value & MESSAGE_FLAGS.componentsV2) === 0) return;
  complain(
    context,
    'SANDBOX_NOT_SUPPORTED',
    'The sandbox shows content and embeds; it does not know the components of version 2.',
  );
});

/** What a message is made of: for a new one, an edit, and an answer to an interaction alike. */
export const messageForm = z.object({
  content: text(2000).nullish(),
  embeds: embeds.nullish(),
  components: messageComponents.nullish(),
  allowed_mentions: allowedMentions.nullish(),
  attachments: z
    .array(
      z.object({
        id: z.union([z.string(), z.number()]).transform(String),
        filename: z.string().nullish(),
        description: text(1024).nullish(),
      }),
    )
    .max(10)
    .nullish(),
  flags: flags.nullish(),
  tts: z.boolean().nullish(),
  nonce: z.union([z.string(), z.number()]).transform(String).pipe(text(25)).nullish(),
  enforce_nonce: z.boolean().nullish(),
  message_reference: z
    .object({ message_id: snowflake, fail_if_not_exists: z.boolean().nullish() })
    .nullish(),
});

export type MessageForm = z.output<typeof messageForm>;

export const threadForm = z.object({
  name: requiredText(100),
  auto_archive_duration: z.literal([60, 1440, 4320, 10_080]).nullish(),
});

export const threadEditForm = z.object({
  name: requiredText(100).optional(),
  archived: z.boolean().optional(),
  locked: z.boolean().optional(),
  auto_archive_duration: z.literal([60, 1440, 4320, 10_080]).optional(),
});

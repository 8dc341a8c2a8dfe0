import { z } from 'zod';

import { address, complain, list, requiredText, snowflake, text, whole } from './form.ts';

const emoji = z.object({
  id: snowflake.nullish(),
  name: z.string().nullish(),
  animated: z.boolean().optional(),
});

const customId = requiredText(100);
const LINK = 5;

const button = z
  .object({
    type: z.literal(2),
    style: whole(1, LINK),
    label: text(80).optional(),
    emoji: emoji.optional(),
    custom_id: customId.optional(),
    url: address('http', 'https', 'discord').optional(),
    disabled: z.boolean().optional(),
  })
  .superRefine((value, context) => {
    const isLink = value.style === LINK;
    if (isLink && value.url === undefined) {
      complain(context, 'BASE_TYPE_REQUIRED', 'A url is required', ['url']);
    }
    if (!isLink && value.custom_id === undefined) {
      complain(context, 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required', [
        'custom_id',
      ]);
    }
    if (value.custom_id !== undefined && value.url !== undefined) {
      complain(
        context,
        'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE',
        'A custom id and url cannot both be specified',
        ['custom_id'],
      );
    }
    if (!value.label && !value.emoji) {
      complain(context, 'BUTTON_COMPONENT_INVALID_EMOJI', 'A label or emoji is required', [
        'label',
      ]);
    }
  });

const select = z
  .object({
    type: z.literal(3),
    custom_id: customId,
    options: list(
      z.object({
        label: requiredText(100),
        value: requiredText(100),
        description: text(100).optional(),
        emoji: emoji.optional(),
        default: z.boolean().optional(),
      }),
      1,
      25,
    ),
    placeholder: text(150).optional(),
    min_values: whole(0, 25).optional(),
    max_values: whole(1, 25).optional(),
    disabled: z.boolean().optional(),
  })
  .superRefine((value, context) => {
    const values = value.options.map((option) => option.value);
    values.forEach((option, index) => {
      if (values.indexOf(option) === index) return;
      complain(
        context,
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
        ['options', index, 'value'],
      );
    });
    if ((value.max_values ?? 1) > value.options.length) {
      complain(
        context,
        'BASE_TYPE_BAD_LENGTH',
        `Must be between ${value.max_values} and 25 in length.`,
        ['options'],
      );
    }
  });

const row = z
  .object({
    type: z.literal(1),
    components: list(z.discriminatedUnion('type', [button, select]), 1, 5),
  })
  .superRefine((value, context) => {
    const hasSelect = value.components.some((component) => component.type === 3);
    if (hasSelect && value.components.length > 1) {
      complain(
        context,
        'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
        'The specified component exceeds the maximum width',
        ['components', 1],
      );
    }
  });

/** Up to five rows of buttons or one menu each; every custom id once in the message. */
export const messageComponents = z.array(row).superRefine((rows, context) => {
  if (rows.length > 5) {
    complain(context, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 5 in length.');
  }
  const seen = new Set<string>();
  rows.forEach(({ components }, rowIndex) => {
    components.forEach(({ custom_id: id }, index) => {
      if (id === undefined) return;
      if (seen.has(id)) {
        complain(
          context,
          'COMPONENT_CUSTOM_ID_DUPLICATED',
          'Component custom id cannot be duplicated',
          [rowIndex, 'components', index, 'custom_id'],
        );
      }
      seen.add(id);
    });
  });
});

const textInput = z.object({
  type: z.literal(4),
  custom_id: customId,
  style: whole(1, 2),
  label: requiredText(45).optional(),
  min_length: whole(0, 4000).optional(),
  max_length: whole(1, 4000).optional(),
  required: z.boolean().optional(),
  value: text(4000).optional(),
  placeholder: text(100).optional(),
});

/** A dialog of text inputs, either labelled (the present way) or in rows (the old one). */
export const modalForm = z.object({
  custom_id: customId,
  title: requiredText(45),
  components: list(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal(1), components: list(textInput, 1, 1) }),
      z.object({
        type: z.literal(18),
        label: requiredText(45),
        description: text(100).optional(),
        component: textInput,
      }),
    ]),
    1,
    5,
  ),
});

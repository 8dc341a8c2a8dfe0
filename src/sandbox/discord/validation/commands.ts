import { z } from 'zod';

import { complain, list, requiredText, whole } from './form.ts';

/** Discord's own pattern; a name is also lower case where its script knows cases. */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

const name = z.string().superRefine((value, context) => {
  if (NAME.test(value) && value === value.toLowerCase()) return;
  complain(
    context,
    'APPLICATION_COMMAND_INVALID_NAME',
    'Command name is invalid: 1 to 32 lower-case letters, digits, "-" or "_".',
  );
});

/** Sub-command, group, string, integer, boolean, user, role, number. */
const OPTION_TYPES = [1, 2, 3, 4, 5, 6, 8, 10] as const;
const NESTING_TYPES: readonly number[] = [1, 2];

interface OptionForm {
  readonly type: number;
  readonly name: string;
  readonly required?: boolean | undefined;
  readonly autocomplete?: boolean | undefined;
  readonly choices?: readonly unknown[] | undefined;
}

const option = z
  .object({
    type: z.literal(OPTION_TYPES),
    name,
    description: requiredText(100),
    required: z.boolean().optional(),
    autocomplete: z.boolean().optional(),
    choices: list(
      z.object({ name: requiredText(100), value: z.union([z.string(), z.number()]) }),
      0,
      25,
    ).optional(),
    min_value: z.number().optional(),
    max_value: z.number().optional(),
    min_length: whole(0, 6000).optional(),
    max_length: whole(1, 6000).optional(),
    get options() {
      return options.optional();
    },
  })
  .superRefine((value, context) => {
    if (value.autocomplete && value.choices?.length) {
      complain(
        context,
        'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES',
        'Options with autocomplete enabled cannot have choices',
      );
    }
  });

const options: z.ZodArray<typeof option> = list(option, 0, 25).superRefine((all, context) => {
  checkOrder(all, context);
});

function checkOrder(all: readonly OptionForm[], context: z.core.$RefinementCtx): void {
  all.forEach((entry, index) => {
    if (all.findIndex((other) => other.name === entry.name) < index) {
      complain(
        context,
        'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
        'Option name already exists',
        [index, 'name'],
      );
    }
    const previous = all[index - 1];
    const isNesting = NESTING_TYPES.includes(entry.type);
    if (entry.required && previous && !previous.required && !isNesting) {
      complain(
        context,
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
        [index],
      );
    }
    if (previous && isNesting !== NESTING_TYPES.includes(previous.type)) {
      complain(
        context,
        'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID',
        'Sub-command and sub-command group option types are mutually exclusive to all other types',
        [index],
      );
    }
  });
}

/** One slash command; context menus are no part of the sandbox. */
export const commandForm = z.object({
  type: z.literal(1).optional(),
  name,
  description: requiredText(100),
  options: options.optional(),
  default_member_permissions: z.string().nullish(),
  nsfw: z.boolean().optional(),
});

export type CommandForm = z.output<typeof commandForm>;

export const commandEditForm = commandForm.partial();

/** The whole list, as a bot registers it at once. */
export const commandListForm = list(commandForm, 0, 100).superRefine((all, context) => {
  all.forEach((entry, index) => {
    if (all.findIndex((other) => other.name === entry.name) === index) return;
    complain(
      context,
      'APPLICATION_COMMANDS_DUPLICATE_NAME',
      'Application command names must be unique',
      [index, 'name'],
    );
  });
});

import { z } from 'zod';

import { PERSON_KEYS } from '../constants.ts';

const as = z.enum(PERSON_KEYS);
const channelId = z.string().optional();
const options = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({});

/** Everything that a person can do in the channel. */
export const actionSchema = z.discriminatedUnion('kind', [
  /** `command` is the name, with a sub-command "config show". */
  z.object({ kind: z.literal('slash'), as, channelId, command: z.string(), options }),
  z.object({
    kind: z.literal('autocomplete'),
    as,
    channelId,
    command: z.string(),
    options,
    /** The option that is being typed. */
    focused: z.string(),
  }),
  z.object({ kind: z.literal('click'), as, messageId: z.string(), customId: z.string() }),
  z.object({
    kind: z.literal('select'),
    as,
    messageId: z.string(),
    customId: z.string(),
    values: z.array(z.string()),
  }),
  /** Sends off the dialog that this interaction was answered with. */
  z.object({
    kind: z.literal('modal'),
    as,
    interactionId: z.string(),
    values: z.record(z.string(), z.string()),
  }),
  z.object({ kind: z.literal('say'), as, channelId, content: z.string() }),
]);

/** As a caller writes it: `options` may be left out. */
export type Action = z.input<typeof actionSchema>;
type CheckedAction = z.output<typeof actionSchema>;
export type ActionOf<Kind extends CheckedAction['kind']> = Extract<CheckedAction, { kind: Kind }>;

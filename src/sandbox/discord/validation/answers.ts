import { z } from 'zod';

import { apiErrors } from '../api-error.ts';
import type { InteractionType } from '../interaction.ts';
import { complain, list, readForm, requiredText } from './form.ts';

/** What may be answered to what: Discord refuses the rest. */
const ANSWERS: Record<InteractionType, readonly number[]> = {
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
};

const answerForm = z.object({ type: z.number(), data: z.unknown().optional() });

export const deferForm = z.object({ flags: z.number().nullish() }).nullish();

export const suggestionsForm = z.object({
  choices: list(
    z.object({
      name: requiredText(100),
      value: z.union([z.string(), z.number()]).superRefine((value, context) => {
        if (typeof value === 'string' && (value.length === 0 || value.length > 100)) {
          complain(context, 'BASE_TYPE_BAD_LENGTH', 'Must be between 1 and 100 in length.');
        }
      }),
    }),
    0,
    25,
  ),
});

export type AnswerType = 4 | 5 | 6 | 7 | 8 | 9;

/** Reads the envelope of an answer and checks that it fits the interaction. */
export function readAnswer(
  body: unknown,
  type: InteractionType,
  hasMessage: boolean,
): { readonly type: AnswerType; readonly data: unknown } {
  const answer = readForm(answerForm, body);
  const allowed = ANSWERS[type].filter((kind) => hasMessage || (kind !== 6 && kind !== 7));
  if (!allowed.includes(answer.type)) {
    throw apiErrors.invalidForm([
      {
        path: ['type'],
        code: 'BASE_TYPE_CHOICES',
        message: `Value must be one of {${allowed.join(', ')}}.`,
      },
    ]);
  }
  return { type: answer.type as AnswerType, data: answer.data };
}

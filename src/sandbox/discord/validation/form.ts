import { z } from 'zod';

import { apiErrors } from '../api-error.ts';
import type { FieldError } from '../api-error.ts';

/** Raises a complaint in Discord's own words from inside a schema. */
export function complain(
  context: z.core.$RefinementCtx,
  code: string,
  message: string,
  path: readonly PropertyKey[] = [],
): void {
  context.addIssue({ code: 'custom', message, params: { code }, path: [...path] });
}

/** Lengths are counted in characters, not in UTF-16 units: an emoji is one. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** A text of at most `max` characters that may be empty. */
export const text = (max: number) =>
  z.string().superRefine((value, context) => {
    if (lengthOf(value) > max) {
      complain(context, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    }
  });

/** A text that must say something; blanks alone do not count. */
export const requiredText = (max: number) =>
  z.string().superRefine((value, context) => {
    const length = lengthOf(value.trim());
    if (length === 0) complain(context, 'BASE_TYPE_REQUIRED', 'This field is required');
    if (length > max) {
      complain(context, 'BASE_TYPE_BAD_LENGTH', `Must be between 1 and ${max} in length.`);
    }
  });

export const list = <Schema extends z.ZodType>(schema: Schema, min: number, max: number) =>
  z.array(schema).superRefine((value, context) => {
    if (value.length < min || value.length > max) {
      complain(context, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    }
  });

export const whole = (min: number, max: number) =>
  z.number().superRefine((value, context) => {
    if (!Number.isInteger(value)) {
      complain(context, 'NUMBER_TYPE_COERCE', `Value "${value}" is not int.`);
    } else if (value < min) {
      complain(context, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
    } else if (value > max) {
      complain(context, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
    }
  });

export const snowflake = z.string().superRefine((value, context) => {
  if (!/^\d{17,19}$/.test(value)) {
    complain(context, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`);
  }
});

/** An address with one of the schemes that Discord lets through at this place. */
export const address = (...schemes: readonly string[]) =>
  z.string().superRefine((value, context) => {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase();
    if (scheme === undefined || !URL.canParse(value)) {
      complain(context, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
    } else if (!schemes.includes(scheme)) {
      const allowed = schemes.map((name) => `'${name}'`).join(', ');
      complain(
        context,
        'URL_TYPE_INVALID_SCHEME',
        `Scheme "${scheme}" must be one of (${allowed}).`,
      );
    }
  });

/**
 * Reads a body against a schema.
 *
 * @throws DiscordApiError 50035 with one complaint for each field that is wrong.
 */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw apiErrors.invalidForm(parsed.error.issues.map((issue) => toFieldError(issue, body)));
}

function toFieldError(issue: z.core.$ZodIssue, body: unknown): FieldError {
  const { path } = issue;
  if (issue.code === 'custom') {
    return { path, code: String(issue.params?.['code']), message: issue.message };
  }
  const value = path.reduce<unknown>(
    (node, key) => (node as Record<PropertyKey, unknown> | undefined)?.[key],
    body,
  );
  if (value === undefined || value === null) {
    return { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
  }
  if (issue.code === 'invalid_type') {
    return { path, code: 'MODEL_TYPE_CONVERT', message: `Expected ${issue.expected}.` };
  }
  return { path, code: 'BASE_TYPE_CHOICES', message: 'Value is not one of the allowed choices.' };
}

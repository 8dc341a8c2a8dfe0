import type { z } from 'zod';

import { readArguments } from './arguments.ts';
import type { ArgumentTable, ReadArguments } from './arguments.ts';
import { describeIssue } from './config-errors.ts';

/** Where a tool's settings are from. */
export interface SettingsSources<Table extends ArgumentTable> {
  readonly table: Table;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly argv: readonly string[];
  /** What else is wrong with the arguments, a line each. */
  readonly alsoWrong?: (values: ReadArguments<keyof Table & string>['values']) => readonly string[];
}

export type ReadSettings<Settings> =
  | { readonly kind: 'read'; readonly settings: Settings }
  | { readonly kind: 'help' }
  | { readonly kind: 'errors'; readonly errors: readonly string[] };

/** Reads a tool's `environment` and `commandLine`: what they say, the wish for help, or all that is wrong. */
export function readSettings<Settings, Table extends ArgumentTable>(
  schema: z.ZodType<Settings>,
  { table, env, argv, alsoWrong }: SettingsSources<Table>,
): ReadSettings<Settings> {
  const { values, errors } = readArguments(table, argv);
  if (Object.hasOwn(values, '--help')) return { kind: 'help' };
  const given = Object.entries(env).filter(([, value]) => value?.trim() !== '');
  const input = { environment: Object.fromEntries(given), commandLine: values };
  const parsed = schema.safeParse(input);
  const wrong = [
    ...errors,
    ...(parsed.error?.issues.flatMap((issue) => describeIssue(issue, input)) ?? []),
    ...(alsoWrong?.(values) ?? []),
  ];
  if (!parsed.success || wrong.length > 0) return { kind: 'errors', errors: wrong };
  return { kind: 'read', settings: parsed.data };
}

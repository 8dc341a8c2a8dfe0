import type { z } from 'zod';

import { nearestName } from '#core/nearest.ts';
import { ruleConflicts } from '#core/rule-conflicts.ts';

import { FILE_KEYS, settingsSchema } from './schema.ts';

export const CONFIG_FILE_NAME = 'bracketeer.config.json';

/** Settings whose values no message shows. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'APCA_API_KEY_ID',
  'APCA_API_SECRET_KEY',
  'DISCORD_TOKEN',
  'DATABASE_URL',
  'REDIS_URL',
  'ALERT_WEBHOOK_URL',
]);

export interface Json {
  readonly value: unknown;
  readonly errors: readonly string[];
}

/** The file's content; an absent file is an empty one. */
export function parseJson(text: string | null): Json {
  try {
    return { value: text === null ? {} : JSON.parse(text), errors: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : 'unreadable';
    return {
      value: {},
      errors: [`${CONFIG_FILE_NAME}: is no valid JSON (${reason}); correct it, or remove the file`],
    };
  }
}

type Issue = z.core.$ZodIssue;

/** One of the schema's complaints as lines: the setting's own name, what is seen, what is allowed. */
export function describeIssue(issue: Issue, input: unknown): readonly string[] {
  const [source, ...path] = issue.path;
  const name = source === 'file' ? fileName(path) : path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(fileName([...path, key]), key, path));
  }
  if (issue.code === 'invalid_key')
    return [`${name}: is under no stock symbol; it must be one like AAPL`];
  const seen = valueAt(input, issue.path);
  return [
    `${name}: is ${SECRET_NAMES.has(name) ? masked(seen) : shown(seen)}; it ${issue.message}`,
  ];
}

const fileName = (path: readonly PropertyKey[]): string =>
  path.length === 0 ? CONFIG_FILE_NAME : `${CONFIG_FILE_NAME} ${path.map(String).join('.')}`;

function unknownKey(name: string, key: string, path: readonly PropertyKey[]): string {
  const known = keysUnder(path[0]);
  const nearest = nearestName(key, known);
  const cure = nearest === null ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return `${name}: there is no such setting; ${cure}`;
}

const keysUnder = (part: PropertyKey | undefined): readonly string[] =>
  part === 'cards' || part === 'mentions' || part === 'rules' ? FILE_KEYS[part] : FILE_KEYS.top;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    input,
  );
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const masked = (value: unknown): string => `[secret, ${String(value).length} characters]`;

/** Settings that are right alone but not together; parts that are wrong already are left out. */
export function conflicts(input: { commandLine: unknown; file: unknown }): readonly string[] {
  const { commandLine, file } = settingsSchema.shape;
  const dates = commandLine
    .pick({ '--from': true, '--to': true })
    .safeParse(input.commandLine).data;
  const rules = file.shape.rules.safeParse(valueAt(input.file, ['rules'])).data;
  const from = dates?.['--from'];
  const to = dates?.['--to'];
  return [
    ...(from !== undefined && to !== undefined && from > to
      ? [`--from: is "${from}"; it must not be later than --to ${to}`]
      : []),
    ...(rules === undefined ? [] : ruleConflicts(rules)).map(
      ({ rule, value, must }) => `${fileName(['rules', rule])}: is ${value}; it must ${must}`,
    ),
  ];
}

import pino from 'pino';

import type { Logger } from '#ports/logger.ts';

import { formatLogEntry } from './log-line.ts';
import { createRedactor } from './redact.ts';

export interface LoggerOptions {
  readonly level: 'info' | 'warn' | 'error';
  /** Texts that never appear in the log, wherever they turn up. */
  readonly secrets: readonly string[];
  readonly stream?: { write(text: string): unknown };
}

type Fields = Readonly<Record<string, unknown>>;

/** Nested deeper, a field is shown as text. */
const MAX_DEPTH = 4;

/** A log for people at a terminal: one readable line an entry. */
export function createLogger({ level, secrets, stream = process.stdout }: LoggerOptions): Logger {
  const redact = createRedactor(secrets);
  const destination = {
    write: (line: string) => stream.write(redact(formatLogEntry(JSON.parse(line)))),
  };
  const log = pino(
    {
      level,
      base: null,
      nestedKey: 'fields',
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    info: (fields, message) => log.info(plain(fields), message),
    warn: (fields, message) => log.warn(plain(fields), message),
    error: (fields, message) => log.error({ ...plain(fields), ...stacksOf(fields) }, message),
  };
}

const plain = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value, 1)]));

/** Errors as text wherever they are nested; JSON would leave nothing of them. */
function plainValue(value: unknown, depth: number): unknown {
  if (value instanceof Error) return errorText(value);
  if (typeof value !== 'object' || value === null || hasToJson(value)) return value;
  if (depth > MAX_DEPTH) return Object.prototype.toString.call(value);
  if (Array.isArray(value)) return value.map((item: unknown) => plainValue(item, depth + 1));
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, item]) => [String(name), plainValue(item, depth + 1)]),
  );
}

const hasToJson = (value: object): boolean => 'toJSON' in value;

/** `BrokerError: lost reply (ETIMEDOUT) ← Error: socket hang up` */
function errorText(error: Error, depth = 1): string {
  const code = 'code' in error ? ` (${String(error.code)})` : '';
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  const causes = inner
    .filter((cause: unknown) => cause !== undefined && depth < MAX_DEPTH)
    .map(
      (cause: unknown) =>
        ` ← ${cause instanceof Error ? errorText(cause, depth + 1) : String(cause)}`,
    );
  return `${error.name}: ${error.message}${code}${causes.join('')}`;
}

/** Where the errors among the fields come from. */
function stacksOf(fields: Fields): Fields {
  const stacks = Object.values(fields)
    .filter((value) => value instanceof Error)
    .map((error) => framesOf(error.stack ?? ''))
    .filter((frames) => frames !== '');
  return stacks.length === 0 ? {} : { stacks };
}

const framesOf = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => line.trim().startsWith('at '))
    .join('\n');

/**
 * The kinds of the ledger's columns. Money is in whole micro-dollars, instants are UTC with milliseconds,
 * dates are the exchange's own (New York), quantities are whole shares. Only the audit log and the outbox
 * say what happened to people's messages; everything else says what was decided, sent and filled, and why.
 */

import type { Usd } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';

import { bigint, customType } from './drizzle.ts';

/** Money: whole micro-dollars (1e-6 USD) in a `bigint`, exact. */
export const usd = (name: string) => bigint(name, { mode: 'number' }).$type<Usd>();

/** An instant: `timestamptz` in the database, epoch milliseconds here. */
export const instant = customType<{ data: EpochMs; driverData: string }>({
  dataType: () => 'timestamp (3) with time zone',
  toDriver: (at) => new Date(at).toISOString(),
  fromDriver: (text) => Date.parse(text),
});

/**
 * Text as PostgreSQL takes it: without the character U+0000 and without halves of surrogate pairs. Words
 * of a broker or a chat may hold either, and no trade shall be lost over them.
 */
export const storableText = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** JSON whose strings are all storable. */
const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? storableText(part) : part,
  );

const jsonColumn = (type: 'json' | 'jsonb') =>
  customType<{ data: unknown; driverData: unknown }>({
    dataType: () => type,
    toDriver: storableJson,
  });

/** A JSON document. */
export const document = jsonColumn('jsonb');

/** A JSON document of this shape. */
export const documentOf = <T>(name: string) => document(name).$type<T>().notNull();

/** A JSON document whose keys stay in the order in which they were written, as people are shown them. */
export const orderedDocument = jsonColumn('json');

/** Free text, made storable. */
export const words = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: storableText,
});

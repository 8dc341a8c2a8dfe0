import type { Span } from '#core/span.ts';
import type { BarSource } from '#ports/bar-store.ts';

import { documentOf, instant, words } from '../columns.ts';
import { customType, integer, pgTable, primaryKey, text } from '../drizzle.ts';
import { symbol } from './common.ts';

const bytea = customType<{ data: Uint8Array; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

/** Files of the bar store, for processes on other machines: a row a symbol and bar length. */
export const barFiles = pgTable(
  'bar_files',
  {
    symbol: symbol(),
    barMinutes: integer('bar_minutes').notNull(),
    feed: words('feed').notNull(),
    adjustment: text('adjustment').$type<BarSource['adjustment']>().notNull(),
    hours: text('hours').$type<BarSource['hours']>().notNull(),
    /** How many bars. */
    rows: integer('rows').notNull(),
    /** Starts of the first and the last bar; null without any. */
    from: instant('from'),
    until: instant('until'),
    /** The times that the source was asked for. */
    covered: documentOf<readonly Span[]>('covered'),
    /** Of the bars, in hexadecimal. */
    sha256: text('sha256').notNull(),
    /** The file as it is, header included. */
    bytes: bytea('bytes').notNull(),
    /** By the database's clock. */
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.symbol, table.barMinutes] })],
);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { createBarArchive } from '#adapters/postgres/bar-archive.ts';
import { drizzle, getTableConfig } from '#adapters/postgres/drizzle.ts';
import { barFiles } from '#adapters/postgres/schema/bars.ts';
import { publishBars, syncBars } from '#app/sync-bars.ts';
import { ticker } from '#core/ids.ts';
import type { BarArchive, BarStore } from '#ports/bar-store.ts';
import { barStarts } from '#test/support/bar-files.ts';
import { barsAt } from '#test/support/bars.ts';
import { freshDatabase } from '#test/support/database.ts';

const AAPL = ticker('AAPL');
const MSFT = ticker('MSFT');
const STARTS = barStarts('2025-11-24', '2025-11-28');

let pool: Pool;
let drop: () => Promise<void>;
let archive: BarArchive;

/** As the schema says, where no migration has made the table yet. */
async function makeTable(): Promise<void> {
  const { name, columns } = getTableConfig(barFiles);
  const cells = columns.map(
    (column) => `"${column.name}" ${column.getSQLType()}${column.notNull ? ' NOT NULL' : ''}`,
  );
  const key = 'PRIMARY KEY (symbol, bar_minutes)';
  await pool.query(`CREATE TABLE IF NOT EXISTS ${name} (${[...cells, key].join(', ')})`);
}

beforeAll(async () => {
  const database = await freshDatabase();
  ({ drop } = database);
  pool = new Pool({ connectionString: database.url });
  await makeTable();
  archive = createBarArchive(drizzle(pool));
});
beforeEach(() => pool.query('DELETE FROM bar_files'));
afterAll(async () => {
  await pool.end();
  await drop();
});

async function aStore(): Promise<BarStore> {
  const folder = await mkdtemp(join(tmpdir(), 'bar-archive-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return createBarStore(folder);
}

const fill = (store: BarStore, symbol = AAPL, count = 40, feed = 'sip') =>
  store.merge({
    symbol,
    barMinutes: 5,
    feed,
    adjustment: 'split',
    hours: 'regular',
    columns: barsAt(STARTS.slice(0, count)),
    span: { from: STARTS[0] ?? 0, until: STARTS[count] ?? 0 },
  });

const key = (symbol = AAPL) => ({ symbol, barMinutes: 5 });
const BOTH = [key(AAPL), key(MSFT)];

describe('bars that many machines share', () => {
  it('are the same bytes on each of them', async () => {
    const [here, there] = [await aStore(), await aStore()];
    await fill(here);
    await fill(here, MSFT);
    const both = { copied: [key(AAPL), key(MSFT)], problems: [] };
    expect(await publishBars({ store: here, archive }, BOTH)).toEqual(both);
    expect(await syncBars({ store: there, archive }, BOTH)).toEqual(both);
    expect(await there.read(key())).toEqual(await here.read(key()));
    expect(await there.list()).toEqual(await here.list());
  });

  it('are copied again only where they differ', async () => {
    const [here, there] = [await aStore(), await aStore()];
    await fill(here);
    await fill(here, MSFT);
    await publishBars({ store: here, archive }, BOTH);
    await syncBars({ store: there, archive }, BOTH);
    await fill(here, MSFT, 60);
    const changed = { copied: [key(MSFT)], problems: [] };
    expect(await publishBars({ store: here, archive }, BOTH)).toEqual(changed);
    expect(await syncBars({ store: there, archive }, BOTH)).toEqual(changed);
    expect(await publishBars({ store: here, archive }, BOTH)).toEqual({ copied: [], problems: [] });
    expect(await syncBars({ store: there, archive }, BOTH)).toEqual({ copied: [], problems: [] });
  });

  it('are told of, whole numbers and times as they are', async () => {
    const here = await aStore();
    await fill(here);
    await publishBars({ store: here, archive }, BOTH);
    const looks = await here.list();
    expect(await archive.list()).toEqual(
      looks.map((look) => look.kind === 'stored' && look.stored),
    );
    expect(await archive.read(key(MSFT))).toBeNull();
  });

  it('are those that are named, and no others', async () => {
    const [here, there] = [await aStore(), await aStore()];
    await fill(here);
    await fill(here, MSFT);
    const own = { copied: [key(MSFT)], problems: [] };
    expect(await publishBars({ store: here, archive }, [key(MSFT)])).toEqual(own);
    await publishBars({ store: here, archive }, BOTH);
    expect(await syncBars({ store: there, archive }, [key(MSFT)])).toEqual(own);
  });

  it('never take the place of bars of another source, on neither side', async () => {
    const [here, there] = [await aStore(), await aStore()];
    await fill(here);
    await fill(there, AAPL, 40, 'sandbox');
    await publishBars({ store: here, archive }, BOTH);
    const refused = {
      copied: [],
      problems: [
        'AAPL 5 minutes: this machine has bars of the feed sandbox, and the ledger shares those of sip; remove the file from the bar store, or its row from bar_files, and fill the bars again',
      ],
    };
    expect(await syncBars({ store: there, archive }, BOTH)).toEqual(refused);
    expect(await publishBars({ store: there, archive }, BOTH)).toEqual(refused);
  });

  it('are not taken when the archive has them damaged', async () => {
    const [here, there] = [await aStore(), await aStore()];
    await fill(here);
    await publishBars({ store: here, archive }, BOTH);
    await pool.query('UPDATE bar_files SET bytes = set_byte(bytes, 900, 7)');
    expect(await syncBars({ store: there, archive }, BOTH)).toEqual({
      copied: [],
      problems: [
        "AAPL 5 minutes: the archive's file is damaged; remove its row from bar_files and publish it again",
      ],
    });
    expect(await there.list()).toEqual([]);
  });
});

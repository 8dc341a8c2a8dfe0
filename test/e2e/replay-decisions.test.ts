import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { replaySession } from '#app/replay-decisions.ts';
import type { ReplayReport } from '#app/replay-decisions.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { SessionDate } from '#core/session.ts';

import type { RunningBot } from '../../src/compose/start.ts';
import { withChanged } from './changed-ledger.ts';
import { createWorld, writeBarFolder } from './world.ts';
import type { BarFolder, World } from './world.ts';

const SYMBOLS = ['AAPL', 'AMD', 'JPM', 'MSFT', 'NVDA', 'TSLA'];
const BARS_A_SESSION = 78;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** The command line, as a person runs it. */
const commandLine = (...argv: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const script = join(import.meta.dirname, '../../src/compose/replay-decisions.ts');
    const env = { ...process.env, DATABASE_URL: url };
    execFile(process.execPath, [script, ...argv], { env }, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });

let bars: BarFolder;
let world: World;
let bot: RunningBot;
let url: string;
let date: SessionDate;

beforeAll(async () => {
  bars = writeBarFolder(SYMBOLS, 1);
  world = await createWorld(bars);
  url = world.databaseUrl;
  date = bars.sessions[0]!;
  // A day on which much is entered.
  const easy = { confidenceThreshold: 30, volumeNodeReach: 1_000, maxSectorShare: 1 };
  bot = await world.start({ parameters: { ...DEFAULT_PARAMETERS, ...easy } });
  await bot.ended;
});

afterAll(async () => {
  await bot.stop();
  await world.remove();
  bars.remove();
});

const replay = (): Promise<ReplayReport> => replaySession(bot.context.ledger, date);

const changed = <Result>(
  table: string,
  change: string,
  work: () => Promise<Result>,
): Promise<Result> => withChanged(url, { table, change }, work);

const AN_ENTRY = `(SELECT trade_id FROM decisions WHERE kind = 'enter' ORDER BY bar_end, symbol LIMIT 1)`;

describe('a recorded sandbox day', () => {
  it('gives the same intents, byte by byte, when it is decided again from its records', async () => {
    const report = await replay();
    expect(report).toEqual({
      date,
      cycles: BARS_A_SESSION,
      decisions: BARS_A_SESSION * SYMBOLS.length,
      intents: report.intents,
      notStored: 0,
      differences: [],
    });
    expect(report.intents, 'a day without intents would prove nothing').toBeGreaterThan(2);
  });

  it('has recorded the trades that were made, and no others', async () => {
    const { ledger } = bot.context;
    const stored = await Promise.all(
      (await ledger.storedCycles(date)).map((barEnd) => ledger.storedCycle(date, barEnd)),
    );
    const intended = stored.flatMap((cycle) =>
      cycle!.decisions.flatMap(({ tradeId }) => tradeId ?? []),
    );
    expect(intended).toHaveLength(await ledger.intentCount());
    for (const id of intended) expect(await ledger.trade(id)).not.toBeNull();
  });

  it('is found to differ when a single stored feature is another by a cent', async () => {
    const close = `(record->1->>1)::float8`;
    const change = `UPDATE decisions SET record = jsonb_set(record::jsonb, '{1,1}',
        to_jsonb(round((${close} + 0.0101)::numeric, 4)))::json WHERE trade_id = ${AN_ENTRY}`;
    const { differences } = await changed('decisions', change, replay);
    const intent = differences.find(({ what }) => what === 'intent')!;
    expect(intent.stored).not.toBe(intent.replayed);
    expect(intent.stored).toContain(`"symbol":"${intent.symbol}"`);
    expect(differences.every(({ symbol }) => symbol === intent.symbol)).toBe(true);
  });

  it.each([
    ['the account', `replace(inputs, '"equity":', '"equity":1')`],
    ['the session', `regexp_replace(inputs, '"close":1', '"close":2')`],
    ['the control state', `replace(inputs, '"active"', '"halted"')`],
  ])('is found to differ when %s was another', async (_, inputs) => {
    const bar = `(SELECT bar_end FROM decisions WHERE trade_id = ${AN_ENTRY})`;
    const change = `UPDATE cycle_inputs SET inputs = ${inputs} WHERE bar_end = ${bar}`;
    const { differences } = await changed('cycle_inputs', change, replay);
    expect(differences.length).toBeGreaterThan(0);
  });

  it('is found to differ when a stored intent was altered', async () => {
    const bar = `(SELECT bar_end FROM decisions WHERE trade_id = ${AN_ENTRY})`;
    const change = `UPDATE cycle_inputs SET intents = replace(intents, '"quantity":', '"quantity":1')
      WHERE bar_end = ${bar}`;
    const { differences } = await changed('cycle_inputs', change, replay);
    expect(differences.map(({ what }) => what)).toEqual(['intent']);
  });

  it('tells which cycle cannot be rebuilt since a record is missing', async () => {
    const change = `DELETE FROM decisions WHERE trade_id = ${AN_ENTRY}`;
    const { differences } = await changed('decisions', change, replay);
    expect(differences).toMatchObject([{ what: 'cycle', symbol: null }]);
  });

  it('tells how many cycles are not stored any more', async () => {
    const change = `DELETE FROM cycle_inputs WHERE bar_end = (SELECT min(bar_end) FROM cycle_inputs)`;
    expect(await changed('cycle_inputs', change, replay)).toMatchObject({
      cycles: BARS_A_SESSION - 1,
      notStored: 1,
      differences: [],
    });
  });
});

describe('npm run replay-decisions', () => {
  it('says it in one line, beside the running bot', async () => {
    const { code, out, errors } = await commandLine('--date', date);
    expect(errors).toBe('');
    expect(out).toMatch(/^78 cycles, 468 decisions, \d+ intents: identical\n$/);
    expect(code).toBe(0);
  });

  it('shows each difference, and fails', async () => {
    const change = `UPDATE decisions SET kind = 'no-signal' WHERE trade_id = ${AN_ENTRY}`;
    const { code, out } = await changed('decisions', change, () => commandLine(`--date=${date}`));
    expect(code).toBe(1);
    expect(out).toMatch(
      /intents: 1 DIFFERENCES\n\d\d:\d\d \w+: decision differs\n {2}stored .*\n {2}replayed .*\n$/,
    );
  });

  it('fails on a day of which nothing is stored', async () => {
    expect(await commandLine('--date', '2024-01-02')).toEqual({
      code: 1,
      out: '2024-01-02: no cycle is stored; it never ran, or it was pruned\n',
      errors: '',
    });
  });

  it.each([
    [[], '--date: is missing; write --date 2025-11-28\n'],
    [['--date'], '--date: is missing; write --date 2025-11-28\n'],
    [['--date', 'today'], '--date: is "today"; it must be a date like 2025-11-28\n'],
    [['--date', '2025-02-30'], '--date: is "2025-02-30"; it must be a date like 2025-11-28\n'],
  ])('with %j shows how it is used', async (argv, wrong) => {
    const { code, errors } = await commandLine(...argv);
    expect(code).toBe(2);
    expect(errors.startsWith(wrong)).toBe(true);
    expect(errors.slice(wrong.length)).toMatch(
      /^usage: npm run replay-decisions -- --date YYYY-MM-DD/,
    );
  });

  it('names a setting that is wrong', async () => {
    const { code, errors } = await commandLine('--date', date, '--speeed', '3');
    expect(code).toBe(2);
    expect(errors).toContain('did you mean --speed?');
  });
});

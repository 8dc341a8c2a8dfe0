import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { tellDueParity } from '#app/reports/parity.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { SessionDate } from '#core/session.ts';
import type { ParityReport } from '#ports/parity.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import type { RunningBot } from '../../src/compose/start.ts';
import { withChanged } from './changed-ledger.ts';
import { createWorld, writeBarFolder } from './world.ts';
import type { BarFolder, World } from './world.ts';

const SYMBOLS = ['AAPL', 'AMD', 'JPM', 'MSFT', 'NVDA', 'TSLA'];

let bars: BarFolder;
let world: World;
let bot: RunningBot;
/** The day with more behind it. */
let date: SessionDate;

beforeAll(async () => {
  bars = writeBarFolder(SYMBOLS, 2);
  world = await createWorld(bars);
  date = bars.sessions.at(-1)!;
  // Days on which much is entered, and of which the second one begins with what the first one left.
  const easy = { confidenceThreshold: 30, volumeNodeReach: 1_000, maxSectorShare: 1 };
  const parameters = {
    ...DEFAULT_PARAMETERS,
    ...easy,
    endOfDay: 'hold',
    timeExitMinutes: 45,
  } as const;
  bot = await world.start({ parameters });
  await bot.ended;
});

afterAll(async () => {
  await bot.stop();
  await world.remove();
  bars.remove();
});

async function compared(of = date): Promise<ParityReport> {
  const report = await bot.context.parity.of(of);
  if (report === null) throw new Error('the day has no record');
  return report;
}

const changed = (table: string, change: string): Promise<ParityReport> =>
  withChanged(world.databaseUrl, { table, change }, () => compared());

/** A row of the day's fills that an entry order made. */
const ENTRY_FILL = `(SELECT f.broker_order_id FROM fills f JOIN orders USING (broker_order_id)
  WHERE role = 'entry' AND f.at::date = '$DATE' ORDER BY f.at, f.broker_order_id LIMIT 1)`;
const entryFill = (): string => ENTRY_FILL.replace('$DATE', date);
const anEntry = (): string =>
  `(SELECT trade_id FROM decisions WHERE kind = 'enter' AND session_date = '${date}' ORDER BY bar_end, symbol LIMIT 1)`;

/** Titles of the cards that compare, in the channel. */
const cards = (): readonly string[] =>
  (bot.sandbox?.discord?.messages(SANDBOX_DISCORD.channelId) ?? [])
    .map(({ embeds }) => embeds[0]?.title ?? '')
    .filter((title) => title.includes('As tested'));

/** The command line, as a person runs it. */
const run = (...argv: readonly string[]) =>
  new Promise<{ readonly code: number; readonly out: string; readonly errors: string }>(
    (resolve) => {
      const script = join(import.meta.dirname, '../../src/compose/parity.ts');
      const env = { ...process.env, DATABASE_URL: world.databaseUrl };
      const settings = ['--replay', bars.folder, '--from', bars.sessions[0] ?? ''];
      execFile(process.execPath, [script, ...argv, ...settings], { env }, (error, out, errors) => {
        resolve({ code: error === null ? 0 : Number(error.code), out, errors });
      });
    },
  );

describe('a recorded sandbox day, played again by the backtest', () => {
  it('differs in nothing: no signal, no number, no fill, no price', async () => {
    for (const session of bars.sessions) {
      const report = await compared(session);
      expect(report.differences).toEqual([]);
      expect(report).toMatchObject({
        verdict: 'identical',
        barsWithoutCycle: 0,
        slippage: { bps: 0, usd: 0 },
        byHand: [],
      });
      expect(report.signals, 'a day without signals would prove nothing').toBeGreaterThan(10);
      expect(report.fills, 'nor one without fills').toBeGreaterThan(3);
    }
  });

  it('is found to differ by a fill at another price, in basis points and dollars', async () => {
    const change = `UPDATE fills SET price = price + 10000 WHERE broker_order_id = ${entryFill()}`;
    const { differences, slippage, verdict } = await changed('fills', change);
    expect(differences).toMatchObject([{ kind: 'fill-price', fill: { as: 'entry' } }]);
    const [one] = differences;
    const { fill } = one as Extract<typeof one, { readonly kind: 'fill-price' }>;
    const sign = fill.side === 'buy' ? 1 : -1;
    expect(slippage.usd).toBe(sign * 10_000 * fill.quantity);
    expect(verdict, 'a cent is slippage').toBe('as-tested');
  });

  it('is found to differ by a fill that came a bar late', async () => {
    const change = `UPDATE fills SET at = at + interval '5 minutes' WHERE broker_order_id = ${entryFill()}`;
    const { differences, verdict } = await changed('fills', change);
    expect(differences).toMatchObject([{ kind: 'fill-late', bars: 1, fill: { as: 'entry' } }]);
    expect(verdict).toBe('different');
  });

  it('is found to differ by an entry that was left out', async () => {
    const change = `UPDATE decisions SET kind = 'no-signal', trade_id = NULL WHERE trade_id = ${anEntry()}`;
    const { differences } = await changed('decisions', change);
    expect(differences).toMatchObject([{ kind: 'signal-missed', recorded: 'no-signal' }]);
  });

  it('is found to differ by a fill that is missing', async () => {
    const change = `DELETE FROM fills WHERE broker_order_id = ${entryFill()}`;
    const { differences } = await changed('fills', change);
    expect(differences).toMatchObject([{ kind: 'fill-missed', fill: { as: 'entry' } }]);
  });

  it('is found to differ by a trade that the backtest does not make', async () => {
    const change = `UPDATE decisions SET kind = 'enter', refused_by = NULL WHERE (session_date, bar_end, symbol) =
      (SELECT session_date, bar_end, symbol FROM decisions
       WHERE refused_by = 'confidence' AND session_date = '${date}' ORDER BY bar_end, symbol LIMIT 1)`;
    const { differences } = await changed('decisions', change);
    expect(differences).toMatchObject([{ kind: 'signal-extra', replayed: 'confidence' }]);
  });

  it('is found to differ by a fill that the backtest does not have', async () => {
    const change = `INSERT INTO fills SELECT 'another', cumulative_quantity, trade_id, symbol, side, quantity, price, at
      FROM fills WHERE broker_order_id = ${entryFill()}`;
    const { differences } = await changed('fills', change);
    expect(differences).toMatchObject([{ kind: 'fill-extra' }]);
  });

  it('has no report where nothing is recorded', async () => {
    expect(await bot.context.parity.of('2024-01-02' as SessionDate)).toBeNull();
  });
});

describe('the card of a session', () => {
  it('was told once for each', () => {
    expect(cards()).toEqual(bars.sessions.map((session) => `🪞 As tested: ${session}`));
  });

  it('is not told again, however often it is asked for', async () => {
    await tellDueParity(bot.context, bot.context.clock.now());
    await bot.context.wakeOutbox();
    expect(cards()).toHaveLength(bars.sessions.length);
  });
});

describe('npm run parity', () => {
  it('says in one line that nothing differs, and writes the report', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bracketeer-parity-'));
    const file = join(folder, 'report.json');
    const { code, out, errors } = await run('--date', date, '--json', file);
    expect(errors).toBe('');
    expect(out).toMatch(
      /^\S+: as tested: \d+ signals, \d+ fills, slippage 0\.0 bps against the backtest\n$/,
    );
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(await compared());
    rmSync(folder, { recursive: true });
  });

  it('lists what differs in words, and fails', async () => {
    const change = `UPDATE fills SET at = at + interval '5 minutes' WHERE broker_order_id = ${entryFill()}`;
    const { code, out } = await withChanged(world.databaseUrl, { table: 'fills', change }, () =>
      run('--date', date),
    );
    expect(out).toMatch(
      /: 1 difference: .*\n {2}\d\d:\d\d \w+: entry of \d+ @ \$[\d.,]+ 1 bar late\n$/,
    );
    expect(code).toBe(1);
  });

  it('says in one line that a day has no record', async () => {
    const { code, errors } = await run('--date', '2024-01-02');
    expect(errors).toBe('2024-01-02: no cycle is recorded; it never ran, or it was pruned\n');
    expect(code).toBe(2);
  });

  it.each([
    [
      ['--date', '2025-13-07'],
      '--date: is "2025-13-07"; it must be a date like 2025-11-28\nusage: ',
    ],
    [['--date'], '--date: is missing; write --date 2025-11-28\nusage: '],
    [
      ['--date', '2025-10-07', '--json', 'none/out.json'],
      'none/out.json cannot be written, for there is no folder none: make it first\n',
    ],
    [['--date', '2025-10-07', '--json'], '--json: has no value; write --json FILE\nusage: '],
  ])('with %j shows how it is used', async (argv, beginning) => {
    const script = join(import.meta.dirname, '../../src/compose/parity.ts');
    const errors = await new Promise<string>((resolve) => {
      execFile(process.execPath, [script, ...argv], (_error, _out, text) => resolve(text));
    });
    expect(errors.split('npm run parity -- --date YYYY-MM-DD')[0]).toBe(beginning);
  });
});

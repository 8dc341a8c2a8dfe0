import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { createEngineThread } from '#adapters/backtest/engine.ts';
import { createBarStore } from '#adapters/bars/bar-store.ts';
import { barsOf } from '#app/backtest/load-bars.ts';
import { backtestShown, requestBacktest } from '#app/backtest/request-backtest.ts';
import { runBacktests } from '#app/backtest/run-backtests.ts';
import type { AppContext } from '#app/context.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import type { BacktestCard } from '#ports/backtest-card.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { csv, folderWith, stamp } from '#test/support/bar-files.ts';
import { BARE_ENVIRONMENT } from '#test/support/bare-environment.ts';
import { silentLog } from '#test/support/log.ts';

import { storedBars } from '../../src/compose/backtest-bars.ts';
import { codeVersion } from '../../src/compose/code-version.ts';
import { sectorsFrom } from '../../src/compose/sectors.ts';
import { openDesk } from '../app/desk.ts';

const SYMBOLS = ['NVDA', 'AAPL'].map(ticker);
/** More than what warms up comes before the sessions that are tested. */
const MARKET = generateMarket({
  seed: 5,
  symbols: SYMBOLS,
  sessions: 1,
  historySessions: 85,
  startDate: asSessionDate('2025-11-26'),
});
const [FROM, TO] = ['2025-11-18', '2025-11-25'] as const;
const RULES = { confidenceThreshold: 20, volumeNodeReach: 1000 };

type Desk = Awaited<ReturnType<typeof openDesk>>;

/** What `/backtest` comes to, as the ledger keeps it. */
async function inTheChannel({ context: base }: Desk, changes: Partial<AppContext>) {
  const engine = createEngineThread({ codeVersion: codeVersion() });
  onTestFinished(() => engine.close());
  const context = { ...base, sectors: sectorsFrom({}), backtests: engine, ...changes };
  const params = Object.entries(RULES).map((rule) => rule.join('='));
  const options = { symbols: SYMBOLS.join(), from: FROM, to: TO, params: params.join(' ') };
  const actor = { id: 'theo', name: 'Theo', role: 'trader' } as const;
  const reply = await requestBacktest(context, { actor, options });
  const card = reply.kind === 'card' ? (reply.first as BacktestCard) : null;
  await backtestShown(context, card!, null);
  await runBacktests(context);
  return context.ledger.backtest(card!.id);
}

/** What the terminal prints and writes, of the bars of a folder of files or of a bar store. */
async function inTheTerminal(folder: string, ...from: readonly string[]) {
  const script = join(import.meta.dirname, '../../src/compose/backtest.ts');
  const asked = ['--symbols', SYMBOLS.join(), '--from', FROM, '--to', TO, '--params', 'rules.json'];
  const options = { cwd: folder, env: BARE_ENVIRONMENT };
  const argv = [script, ...asked, '--json', 'out.json', ...from];
  const out = await new Promise<string>((resolve, reject) =>
    execFile(process.execPath, argv, options, (error, text) =>
      error === null ? resolve(text) : reject(error),
    ),
  );
  const { runId } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as { runId: string };
  return { runId, out };
}

it('the same run has the same id and the same verdict in the channel and in the terminal, wherever its bars lie', async () => {
  const files = SYMBOLS.map((symbol) => {
    const rows = MARKET.bars(symbol, 0, Number.POSITIVE_INFINITY).map(
      ({ start, open, high, low, close, volume }) =>
        [stamp(start), open, high, low, close, volume].join(','),
    );
    return [`${symbol}_5min.csv`, csv(...rows)] as const;
  });
  const folder = folderWith({
    ...Object.fromEntries(files),
    'rules.json': JSON.stringify({ rules: RULES }),
  });
  const desk = await openDesk([], { market: MARKET });
  const { marketData, clock } = desk.context;
  const store = createBarStore(join(folder, '.data/bars'));
  const stored = storedBars({ marketData, store, archive: null, clock, log: silentLog });
  const runs = [
    await inTheChannel(desk, { backtestBars: barsOf(marketData) }),
    await inTheChannel(desk, { backtestBars: stored }),
  ];
  const printed = [await inTheTerminal(folder), await inTheTerminal(folder, '--data', '.')];
  const ids = new Set([...runs, ...printed].map((run) => run?.runId));
  expect([...ids]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  for (const { out } of printed) expect(out).toContain(`Verdict: ${runs[0]?.report?.verdict}.`);
  expect(runs[0]?.report?.metrics).toEqual(runs[1]?.report?.metrics);
});

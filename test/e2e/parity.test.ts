import { afterAll, beforeAll, describe, it } from 'vitest';

import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { createParity } from '../../src/compose/parity-port.ts';
import type { RunningBot } from '../../src/compose/start.ts';
import { createWorld, writeBarFolder } from './world.ts';
import type { BarFolder, World } from './world.ts';

const SYMBOLS = ['AAPL', 'AMD', 'JPM', 'MSFT', 'NVDA', 'TSLA'];

let bars: BarFolder;
let world: World;
let bot: RunningBot;

beforeAll(async () => {
  bars = writeBarFolder(SYMBOLS, 4);
  world = await createWorld(bars);
  const easy = { confidenceThreshold: 30, volumeNodeReach: 1_000, maxSectorShare: 1 };
  bot = await world.start({ parameters: { ...DEFAULT_PARAMETERS, ...easy } });
  await bot.ended;
}, 300_000);

afterAll(async () => {
  await bot.stop();
  await world.remove();
  bars.remove();
});

describe('parity', () => {
  it('is complete', async () => {
    const { ledger, broker, marketData } = bot.context;
    const parity = createParity({ mode: 'SANDBOX', ledger, broker, marketData });
    for (const date of bars.sessions) {
      const t = performance.now();
      const report = await parity.of(date);
      console.log(
        date,
        performance.now() - t,
        JSON.stringify({ ...report, differences: report!.differences.length }),
      );
      for (const d of report!.differences) console.log(JSON.stringify(d));
    }
    const closed = await ledger.closedTrades();
    console.log(
      JSON.stringify(
        Object.groupBy(closed, (t) => t.exitReason),
        ['exitReason', 'symbol'],
      ),
    );
  });
});

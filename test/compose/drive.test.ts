import { describe, expect, it } from 'vitest';

import { parseInstant } from '#core/session.ts';
import { jobs } from '#jobs/index.ts';

import { createBarCloseRunner } from '../../src/compose/drive.ts';

const CLOSE = parseInstant('2025-11-26T21:00:00Z');

function runnerOf(barMinutes = 5) {
  const ran: string[] = [];
  const run = createBarCloseRunner({
    jobs,
    queue: {
      runDue: async (name) => {
        ran.push(name);
      },
    },
    settling: [
      {
        idle: async () => {
          ran.push('outbox idle');
        },
      },
    ],
    barMinutes,
    isSessionClose: (at) => at === CLOSE,
  });
  return { ran, run };
}

describe("a bar's close in the exchange's own time", () => {
  it('runs the trading cycle and waits until the channel has heard', async () => {
    const { ran, run } = runnerOf();
    await run(parseInstant('2025-11-26T15:35:00Z'));
    expect(ran).toEqual(['trading-cycle', 'outbox idle']);
  });

  it('writes the digest after the last cycle of the session, and then compares it with the backtest', async () => {
    const { ran, run } = runnerOf();
    await run(CLOSE);
    expect(ran).toEqual(['trading-cycle', 'daily-digest', 'parity', 'outbox idle']);
  });

  it('runs no cycle between the bars of a slower strategy', async () => {
    const { ran, run } = runnerOf(15);
    await run(parseInstant('2025-11-26T15:35:00Z'));
    await run(parseInstant('2025-11-26T15:45:00Z'));
    expect(ran).toEqual(['outbox idle', 'trading-cycle', 'outbox idle']);
  });
});

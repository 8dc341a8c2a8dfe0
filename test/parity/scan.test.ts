import { it } from 'vitest';

import { liveThrough } from './lived-days.ts';

const VARIANTS = {
  plain: {},
  hold: { endOfDay: 'hold', timeExitMinutes: 0 },
  tight: {
    timeExitMinutes: 30,
    dailyDrawdownPercent: 0.3,
    peakDrawdownPercent: 0.6,
    riskBps: 150,
    sizing: 'fixed',
  },
  flatten: {
    dailyDrawdownPercent: 0.3,
    drawdownPolicy: 'flatten',
    riskBps: 200,
    sizing: 'fixed',
    maxOpenPositions: 6,
  },
  exposure: {
    maxPositionBps: 6000,
    maxExposureBps: 15000,
    riskBps: 300,
    sizing: 'fixed',
    timeExitMinutes: 45,
    maxOpenPositions: 6,
  },
  flatten2: {
    confidenceThreshold: 0,
    dailyDrawdownPercent: 0.1,
    drawdownPolicy: 'flatten',
    riskBps: 200,
    sizing: 'fixed',
    maxOpenPositions: 6,
    cooldownMinutes: 0,
  },
  exposure2: {
    confidenceThreshold: 0,
    maxPositionBps: 9000,
    maxExposureBps: 30000,
    riskBps: 500,
    sizing: 'fixed',
    timeExitMinutes: 15,
    timeExitPercent: 5,
    maxOpenPositions: 6,
    cooldownMinutes: 0,
    dailyDrawdownPercent: 20,
    peakDrawdownPercent: 50,
  },
  hold2: {
    confidenceThreshold: 0,
    endOfDay: 'hold',
    timeExitMinutes: 0,
    cooldownMinutes: 0,
    trailFromR: 0.5,
    trailBehindR: 0.4,
  },
} as const;

it.each(Object.keys(VARIANTS).filter((k) => !process.env.V || k === process.env.V))(
  '%s',
  async (name) => {
    for (const seed of (process.env.SEEDS ?? '1').split(',').map(Number)) {
      const t = performance.now();
      const { parity, dates, context } = await liveThrough({
        seed,
        sessions: 2,
        parameters: VARIANTS[name as 'plain'],
      });
      const lived = performance.now() - t;
      const closed = await context.ledger.closedTrades();
      const reasons: Record<string, number> = {};
      for (const { exitReason } of closed) reasons[exitReason] = (reasons[exitReason] ?? 0) + 1;
      console.log(name, seed, Math.round(lived), JSON.stringify(reasons));
      for (const date of dates) {
        const report = await parity.of(date).catch(async (error) => {
        console.log(String(error));
        for (const trade of await context.ledger.lastTrades(40)) {
          if (trade.intent.symbol !== 'MSFT') continue;
          console.log(JSON.stringify(trade));
          for (const o of await context.ledger.ordersOfTrade(trade.id)) console.log('  ', JSON.stringify(o), new Date(o.createdAt).toISOString(), new Date(o.updatedAt).toISOString());
          for (const o of await context.ledger.fillsOf(trade.id)) console.log('  ', JSON.stringify(o), new Date(o.at).toISOString());
        }
        return null;
      });
      if (report === null) continue;
        console.log(
          JSON.stringify({
            ...report,
            differences: report!.differences.length,
            byHand: report!.byHand.length,
          }),
        );
        for (const d of report!.differences.slice(0, 12)) console.log('   ', JSON.stringify(d));
      }
    }
  },
  600_000,
);

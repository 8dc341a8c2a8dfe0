/**
 * A trader process for the crash test: the real application between a real ledger and Alpaca's stand-in,
 * which does what its parent tells it, and kills itself at the step it is told to.
 */

import { flushCompileCache } from 'node:module';

import { requestClose } from '#app/close/request-close.ts';
import { startOpenCloses } from '#app/close/run-close.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { moveStop } from '#app/move-stop.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { CLOSE_TACTICS } from '#core/close.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { Card } from '#ports/cards.ts';
import type { MessageId, Notifier } from '#ports/notifier.ts';
import { anApplication } from '#test/support/application.ts';
import { dailyBarsAround } from '#test/support/daily-bars.ts';

import { features } from '../core/support/snapshots.ts';

/** What the parent tells its trader to do. */
export type Order =
  /** Decides on a bar, with a clear signal to buy. */
  | { readonly do: 'cycle'; readonly barEnd: number }
  | { readonly do: 'guard' }
  | { readonly do: 'move'; readonly to: string }
  /** The n-th closing of the scenario: asked for again after a crash, it is still the same. */
  | { readonly do: 'close'; readonly n: number; readonly quantity: number }
  | { readonly do: 'start' };

/** What the trader tells its parent. */
export type Word =
  | { readonly is: 'ready' }
  | { readonly is: 'done' }
  | { readonly is: 'failed'; readonly why: string }
  | { readonly is: 'posted'; readonly key: string; readonly card: Card };

const NVDA = ticker('NVDA');
const [, , alpacaUrl = '', databaseUrl = '', crashAt = '', occurrence = '1'] = process.argv;

const tell = (word: Word): void => {
  process.send?.(word);
};

/** The parent is the channel: what it has got, it has, whatever becomes of this process. */
const notifier: Notifier = {
  post: async (card, key) => {
    await new Promise<void>((resolve) =>
      process.send?.({ is: 'posted', key, card }, () => resolve()),
    );
    return `message of ${key}` as MessageId;
  },
  find: async () => null,
  edit: async () => 'edited',
  startThread: async () => {},
  pinned: async () => [],
  setPinned: async () => {},
  state: () => 'ready',
};

async function assemble(): Promise<AppContext> {
  // The exchange's clock stands still between the bars; each cycle moves it on.
  let now = Date.parse('2025-11-25T14:35:00Z');
  let left = Number(occurrence);
  const { context } = await anApplication({
    alpacaUrl,
    databaseUrl,
    watchlist: [NVDA],
    now: () => now,
    changes: {
      notifier,
      features: {
        at: async (at) => {
          now = at;
          const signal = { barEnd: at, close: 100, vwap: 99, emaFast: 100, emaSlow: 99 };
          return new Map([[NVDA, features(signal)]]);
        },
        barsSince: () => [],
      },
      dailyHistory: { before: async () => new Map([[NVDA, dailyBarsAround(NVDA, 100)]]) },
      closeTactics: { ...CLOSE_TACTICS, fillMs: 300, retryMs: 100 },
      reached: async (step) => {
        if (step !== crashAt) return;
        left -= 1;
        if (left !== 0) return;
        process.kill(process.pid, 'SIGKILL');
        // The signal takes a moment; nothing may happen in it.
        await new Promise(() => {});
      },
    },
  });
  return context;
}

async function close(context: AppContext, n: number, quantity: number): Promise<void> {
  const [trade] = await context.ledger.unfinishedTrades();
  const position = await context.broker.position(NVDA);
  if (trade === undefined || position === null) return;
  const known = await context.ledger.transaction((tx) => tx.countCloses(trade.id));
  if (known < n) {
    await requestClose(context, {
      tradeId: trade.id,
      position,
      reason: 'manual_close',
      quantity: Math.min(quantity, position.quantity),
      atMarket: false,
      requestedBy: 'test',
    });
  }
  await startOpenCloses(context);
  await context.background.idle();
}

async function carryOut(context: AppContext, order: Order): Promise<void> {
  switch (order.do) {
    case 'start':
      await reconcile(context);
      await guardPositions(context);
      break;
    case 'cycle':
      await runTradingCycle(context, order.barEnd);
      break;
    case 'guard':
      await guardPositions(context);
      break;
    case 'move': {
      const [trade] = await context.ledger.unfinishedTrades();
      if (trade !== undefined) await moveStop(context, trade.id, parseUsd(order.to));
      break;
    }
    case 'close':
      await close(context, order.n, order.quantity);
      break;
    default:
      order satisfies never;
  }
  await context.background.idle();
  await deliverOutbox(context);
}

const context = await assemble();
// It ends by a kill, which leaves no time to keep what was compiled for the next one.
flushCompileCache();
process.on('message', (order: Order) => {
  carryOut(context, order).then(
    () => tell({ is: 'done' }),
    (error: unknown) =>
      tell({ is: 'failed', why: error instanceof Error ? (error.stack ?? '') : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
tell({ is: 'ready' });

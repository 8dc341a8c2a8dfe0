import { readdirSync } from 'node:fs';

import { beforeAll, expect, it } from 'vitest';

import { decide } from '#core/decide.ts';
import type { Decision, EntryIntent } from '#core/decision.ts';
import { createFeatureEngine } from '#core/features.ts';
import { usdToNumber } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';

import { describeWithShared, sharedPath } from '../support/shared.ts';
import { readSessionBars } from './support/bars.ts';
import type { SessionBar } from './support/bars.ts';
import { position, snapshot, symbolSnapshot } from './support/snapshots.ts';

/** Whether the bar reaches the stop or the target, or is the last one before everything is closed. */
function isOver({ bracket, side }: EntryIntent, { bar, session }: SessionBar): boolean {
  const [stop, target] = [usdToNumber(bracket.stopPrice), usdToNumber(bracket.targetPrice)];
  const isLong = side === 'long';
  const hit = isLong ? bar.low <= stop || bar.high > target : bar.high >= stop || bar.low < target;
  return hit || bar.start + 10 * MINUTE_MS >= session.close;
}

/** One symbol's decisions at every bar, each entry held until its bracket is over. */
function decisionsOver(symbol: string, bars: readonly SessionBar[]): readonly Decision[] {
  const engine = createFeatureEngine(DEFAULT_PARAMETERS);
  let held: EntryIntent | null = null;
  return bars.map((each) => {
    if (held !== null && isOver(held, each)) held = null;
    const features = engine.push(each.bar, each.session);
    const [decision] = decide(
      snapshot({
        barEnd: features.barEnd,
        session: each.session,
        symbols: [symbolSnapshot(symbol, { features })],
        positions: held === null ? [] : [position(symbol)],
      }),
    );
    if (decision?.kind === 'enter') held = decision.intent;
    return decision!;
  });
}

interface Run {
  readonly symbol: string;
  readonly decisions: readonly Decision[];
  readonly entriesPerSession: number;
  readonly sessions: number;
}

function runOf(symbol: string): Run {
  const bars = readSessionBars(sharedPath(`data/5min/${symbol}_5min.csv`), 5);
  const sessions = new Set(bars.map(({ session }) => session.date)).size;
  const decisions = decisionsOver(symbol, bars);
  const entries = decisions.filter(({ kind }) => kind === 'enter').length;
  return { symbol, decisions, sessions, entriesPerSession: entries / sessions };
}

describeWithShared('data/5min', 'the default strategy over two hundred real sessions', () => {
  let runs: readonly Run[] = [];

  beforeAll(() => {
    runs = readdirSync(sharedPath('data/5min')).map((file) => runOf(file.split('_')[0]!));
  });

  it('enters between one in five and one session of each symbol', () => {
    const sessions = runs.reduce((sum, run) => sum + run.sessions, 0);
    const entries = runs.reduce((sum, run) => sum + run.entriesPerSession * run.sessions, 0);
    expect(sessions).toBeGreaterThan(3_000);
    expect(entries / sessions).toBeGreaterThan(0.2);
    expect(entries / sessions).toBeLessThan(1);
  });

  it('enters no symbol all the time or hardly ever', () => {
    for (const { symbol, entriesPerSession } of runs) {
      expect(entriesPerSession, `entries in ${symbol} a session`).toBeGreaterThan(0.1);
      expect(entriesPerSession, `entries in ${symbol} a session`).toBeLessThan(1.2);
    }
  });

  it('has no filter of its signals that never speaks or always does', () => {
    const decisions = runs.flatMap((run) => run.decisions);
    const refused = decisions.filter((decision) => decision.kind === 'refused');
    const refusals = Map.groupBy(refused, ({ by }) => by);
    const signals = decisions.filter(({ evidence }) => evidence.side !== null).length;
    for (const name of ['entry-window', 'confidence', 'trend-15m', 'one-position'] as const) {
      const count = refusals.get(name)?.length ?? 0;
      expect(count, `refusals by ${name}`).toBeGreaterThan(0);
      expect(count / signals, `share refused by ${name}`).toBeLessThan(0.9);
    }
  });
});

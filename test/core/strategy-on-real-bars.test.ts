import { readdirSync, readFileSync } from 'node:fs';

import { beforeAll, expect, it } from 'vitest';

import { ENTRY_FILTERS } from '#core/decision.ts';
import type { EntryFilterName, Features } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { signalOf } from '#core/signal.ts';

import { describeWithShared, sharedPath } from '../support/shared.ts';
import { readSessionBars } from './support/bars.ts';
import { runPortfolio } from './support/portfolio-run.ts';
import type { Step } from './support/portfolio-run.ts';

/** What became of the signals of all symbols. */
interface Tally {
  /** Counted from the features alone. */
  signals: number;
  entries: number;
  readonly entriesOf: Map<Ticker, number>;
  /** Signals that each filter removed. */
  readonly removedBy: Map<EntryFilterName, number>;
}

const readBars = () =>
  new Map(
    readdirSync(sharedPath('data/5min')).map((file) => [
      ticker(file.split('_')[0]!),
      readSessionBars(sharedPath('data/5min', file), 5),
    ]),
  );

const readSectors = () =>
  new Map(
    readFileSync(sharedPath('data/sectors/symbol_sector_for_bars.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([symbol = '', sector = '']) => [ticker(symbol), sector]),
  );

const isWarm = (features: Features): boolean =>
  Object.values(features).every((value: number) => !Number.isNaN(value));

const addTo = <Key>(counts: Map<Key, number>, key: Key) =>
  counts.set(key, (counts.get(key) ?? 0) + 1);

function takeDown(tally: Tally, { decisions, features }: Step): void {
  tally.signals += features.filter(
    (each) => isWarm(each) && signalOf(each, DEFAULT_PARAMETERS) !== null,
  ).length;
  for (const decision of decisions) {
    if (decision.kind === 'refused') addTo(tally.removedBy, decision.by);
    if (decision.kind === 'enter') addTo(tally.entriesOf, decision.symbol);
    if (decision.kind === 'enter') tally.entries += 1;
  }
}

/** Before there is a signal, the first two have spoken already. */
const REMOVING = ENTRY_FILTERS.filter((name) => name !== 'warm-up' && name !== 'freshness');

const SPEAKING = [
  'entry-window',
  'confidence',
  'trend-15m',
  'volume-profile',
  'one-position',
  'cooldown',
  'sector',
  'correlation',
] as const satisfies readonly EntryFilterName[];

describeWithShared('data/5min', 'the default strategy over two hundred real sessions', () => {
  const tally: Tally = { signals: 0, entries: 0, entriesOf: new Map(), removedBy: new Map() };
  const sessionsOf = new Map<Ticker, number>();

  beforeAll(() => {
    const bars = readBars();
    for (const [symbol, each] of bars) {
      sessionsOf.set(symbol, new Set(each.map(({ session }) => session.date)).size);
    }
    runPortfolio(bars, readSectors(), (step) => takeDown(tally, step));
  });

  it('loses no signal: each became an entry or was removed by one filter', () => {
    const removed = REMOVING.reduce((sum, name) => sum + (tally.removedBy.get(name) ?? 0), 0);
    expect(tally.signals).toBeGreaterThan(30_000);
    expect(tally.signals).toBe(tally.entries + removed);
  });

  it('has no filter of its signals that never speaks or always does', () => {
    for (const name of SPEAKING) {
      const removed = tally.removedBy.get(name) ?? 0;
      expect(removed, `signals removed by ${name}`).toBeGreaterThan(0);
      expect(removed / tally.signals, `share removed by ${name}`).toBeLessThan(0.9);
    }
  });

  it('is held back by nothing that is in order on these days', () => {
    for (const name of ['freshness', 'control', 'readiness', 'broker'] as const) {
      expect(tally.removedBy.get(name) ?? 0, `signals removed by ${name}`).toBe(0);
    }
  });

  it('enters in between one of twenty sessions and one of five of each symbol', () => {
    const sessions = [...sessionsOf.values()].reduce((sum, each) => sum + each, 0);
    expect(sessions).toBeGreaterThan(3_000);
    expect(tally.entries / sessions).toBeGreaterThan(0.05);
    expect(tally.entries / sessions).toBeLessThan(0.2);
  });

  it('enters no symbol all the time or hardly ever', () => {
    for (const [symbol, sessions] of sessionsOf) {
      const perSession = (tally.entriesOf.get(symbol) ?? 0) / sessions;
      expect(perSession, `entries in ${symbol} a session`).toBeGreaterThan(0.02);
      expect(perSession, `entries in ${symbol} a session`).toBeLessThan(0.5);
    }
  });
});

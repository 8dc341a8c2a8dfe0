import { describe, expect, it } from 'vitest';

import { decide } from '#core/decide.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import type { Decision, Snapshot } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { dailyBarsAround } from '../support/daily-bars.ts';
import { decideOne, intentOf, numbersOf, withFeatures } from './support/deciding.ts';
import {
  account,
  BAR_END,
  features,
  position,
  shortFeatures,
  snapshot,
  symbolSnapshot,
} from './support/snapshots.ts';

describe('a decision', () => {
  it('enters long on a clear signal, with its bracket, its size and its ids', () => {
    const decision = decideOne(snapshot());
    expect(intentOf(decision)).toEqual({
      tradeId: '2025-11-25-1030-NVDA',
      clientOrderId: 'brk-2025-11-25-1030-NVDA-entry',
      symbol: 'NVDA',
      side: 'long',
      quantity: 249,
      decisionPrice: parseUsd('100'),
      bracket: {
        limitPrice: parseUsd('100.05'),
        stopPrice: parseUsd('98.05'),
        targetPrice: parseUsd('105.05'),
        regime: 'trending',
        isVolatile: false,
        stopAtrs: 2,
        targetAtrs: 5,
      },
      scaleOut: { quantity: 124, targetPrice: parseUsd('104.05') },
      size: {
        equity: parseUsd('100000'),
        riskBps: 100,
        tier: { name: 'few', trades: 0, wins: 0 },
        riskBudget: parseUsd('1000'),
        riskPerShare: parseUsd('2'),
        sharesByRisk: 500,
        cappedBy: 'notional',
        shares: 249,
      },
      confidence: 100,
      decidedAt: BAR_END,
    });
    expect(decision.evidence).toMatchObject({
      side: 'long',
      confidence: 100,
      features: features(),
    });
    expect(decision.evidence.filters.map(({ filter }) => filter)).toEqual(ENTRY_FILTERS);
    expect(decision.evidence.filters.every(({ passed }) => passed)).toBe(true);
  });

  it('lets all of it run where the target lies within 2 R of the limit', () => {
    // Choppy: 3 ATR to the stop and 3.5 to the target.
    const choppy = features({ adx: 18, emaFast: 100.5, relativeVolume: 3, plusDi: 50 });
    const decision = decideOne(withFeatures(choppy));
    expect(intentOf(decision)).toMatchObject({ bracket: { regime: 'choppy' }, scaleOut: null });
  });

  it('enters short on the mirrored signal', () => {
    expect(intentOf(decideOne(withFeatures(shortFeatures())))).toMatchObject({
      side: 'short',
      bracket: {
        limitPrice: parseUsd('99.95'),
        stopPrice: parseUsd('101.95'),
        targetPrice: parseUsd('94.95'),
      },
      scaleOut: { targetPrice: parseUsd('95.95') },
    });
  });

  it('is no signal when the EMAs have not crossed lately, with the data filters it passed', () => {
    const decision = decideOne(withFeatures(features({ barsSinceCrossUp: 7 })));
    expect(decision).toMatchObject({
      kind: 'no-signal',
      symbol: 'NVDA',
      evidence: { side: null, confidence: null },
    });
    expect(decision.evidence.filters.map(({ filter }) => filter)).toEqual(['warm-up', 'freshness']);
  });

  it('is the same for the same snapshot', () => {
    const at = snapshot({ symbols: [symbolSnapshot('NVDA'), symbolSnapshot('AMD')] });
    expect(decide(structuredClone(at))).toEqual(decide(at));
  });

  it('comes for each symbol in the order given', () => {
    const symbols = ['XOM', 'AAPL', 'MSFT'].map((symbol) => symbolSnapshot(symbol));
    expect(decide(snapshot({ symbols })).map(({ symbol }) => symbol)).toEqual([
      'XOM',
      'AAPL',
      'MSFT',
    ]);
  });
});

const many = (count: number, changes: Partial<Snapshot> = {}) =>
  decide(
    snapshot({
      symbols: Array.from({ length: count }, (_, index) => symbolSnapshot(`S${index}`)),
      ...changes,
    }),
  );
const quantities = (decisions: readonly Decision[]) =>
  decisions.map(
    (decision) => intentOf(decision)?.quantity ?? decision.evidence.filters.at(-1)?.filter,
  );

describe('the intents of one cycle', () => {
  it('share the exposure: eight positions of 249 shares, and seven shares more', () => {
    const decisions = many(10, { account: account({ buyingPower: parseUsd('1000000') }) });
    expect(quantities(decisions)).toEqual([249, 249, 249, 249, 249, 249, 249, 249, 7, 'size']);
    expect(intentOf(decisions[8]!)?.size.cappedBy).toBe('exposure');
  });

  it('share the buying power', () => {
    const decisions = many(3, { account: account({ buyingPower: parseUsd('40000') }) });
    expect(quantities(decisions)).toEqual([249, 150, 'size']);
    expect(intentOf(decisions[1]!)?.size.cappedBy).toBe('buying-power');
  });

  it('never open a symbol twice, even when it is listed twice', () => {
    const symbols = [symbolSnapshot('NVDA'), symbolSnapshot('NVDA')];
    const decisions = decide(snapshot({ symbols }));
    expect(decisions.map(({ kind }) => kind)).toEqual(['enter', 'refused']);
    expect(decisions[1]).toMatchObject({ by: 'one-position' });
  });

  it('share the positions that are allowed', () => {
    const parameters = { ...DEFAULT_PARAMETERS, maxOpenPositions: 3 };
    const decisions = many(4, { parameters, positions: [position('KO')] });
    expect(quantities(decisions)).toEqual([249, 249, 'position-cap', 'position-cap']);
    expect(numbersOf(decisions[2]!, 'position-cap')).toEqual({ open: 3, max: 3 });
  });

  it('share the room in a sector', () => {
    const sectors = new Map([
      [ticker('S0'), 'Energy'],
      [ticker('S1'), 'Energy'],
      [ticker('S2'), 'Health Care'],
    ]);
    const decisions = many(3, { sectors });
    expect(quantities(decisions)).toEqual([249, 'sector', 249]);
    expect(numbersOf(decisions[1]!, 'sector')).toMatchObject({ open: 1, same: 1 });
  });

  it('are kept from moving alike', () => {
    const barsOf = { S0: 'TWINS', S1: 'TWINS', S2: 'OTHER' };
    const daily = new Map(
      Object.entries(barsOf).map(([symbol, path]) => [ticker(symbol), dailyBarsAround(path, 100)]),
    );
    const decisions = many(3, { daily });
    expect(quantities(decisions)).toEqual([249, 'correlation', 249]);
    expect(numbersOf(decisions[1]!, 'correlation')).toMatchObject({ with: 'S0' });
  });
});

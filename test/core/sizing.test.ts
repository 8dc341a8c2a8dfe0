import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Account } from '#core/account.ts';
import type { BracketPlan, PastTrade } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { openBook, sizeEntry } from '#core/sizing.ts';

import { account, pastTrade, position, snapshot } from './support/snapshots.ts';

const bracket = (limit: string, stop: string): BracketPlan => ({
  limitPrice: parseUsd(limit),
  stopPrice: parseUsd(stop),
  targetPrice: parseUsd(limit),
  regime: 'between',
  isVolatile: false,
  stopAtrs: 2.5,
  targetAtrs: 4,
});

interface World {
  readonly equity?: string;
  readonly buyingPower?: string;
  /** Value of a position elsewhere. */
  readonly held?: string;
  /** Notional of an entry that still works. */
  readonly pending?: string;
  readonly riskBps?: number;
  readonly maxExposureBps?: number;
}

function sizeIn(world: World, limit: string, stop: string) {
  const {
    equity = '100000',
    buyingPower = '400000',
    held = '0',
    pending = '0',
    ...parameters
  } = world;
  const at = snapshot({
    account: account({ equity: parseUsd(equity), buyingPower: parseUsd(buyingPower) }),
    positions: [position('KO', { quantity: 1, currentPrice: parseUsd(held) })],
    pendingEntries: [{ symbol: ticker('PG'), notional: parseUsd(pending) }],
    parameters: { ...DEFAULT_PARAMETERS, ...parameters },
  });
  return sizeEntry(at, openBook(at), bracket(limit, stop));
}

const past = (count: number, pnl: string): readonly PastTrade[] =>
  Array.from({ length: count }, () => pastTrade({ pnl: parseUsd(pnl) }));

/** Shares at 50 with a stop at 47.50, with so many shares of another symbol held. */
function sharesWith(changes: Partial<Account>, held = 0): number {
  const at = snapshot({
    account: account(changes),
    positions: [position('KO', { quantity: held })],
  });
  return sizeEntry(at, openBook(at), bracket('50.00', '47.50')).shares;
}

describe('the size of an entry', () => {
  it.each(
    // oxfmt-ignore
    [
      // world                                        limit     stop      by risk shares capped by
      [{},                                            '50.00',  '47.50',  400,    400,   null,           '1 % of $100,000 over $2.50'],
      [{},                                            '50.00',  '52.50',  400,    400,   null,           'a short one'],
      [{},                                            '10.00',  '9.30',   1_428,  1_428, null,           'rounded down'],
      [{ riskBps: 150 },                              '50.00',  '47.50',  600,    500,   'notional',     'more at risk, but 25 % of equity in a position'],
      [{ riskBps: 125 },                              '50.00',  '47.50',  500,    500,   null,           'just as much as a position may be'],
      [{},                                            '182.31', '180.00', 432,    137,   'notional',     'a near stop'],
      [{},                                            '0.50',   '0.45',   20_000, 20_000, null,          'below a dollar'],
      [{ held: '190000' },                            '50.00',  '47.50',  400,    200,   'exposure',     '200 % of equity, 190 % held'],
      [{ held: '150000', pending: '45000' },          '50.00',  '47.50',  400,    100,   'exposure',     'pending entries count too'],
      [{ held: '250000' },                            '50.00',  '47.50',  400,    0,     'exposure',     'more held than allowed'],
      [{ buyingPower: '12345' },                      '50.00',  '47.50',  400,    246,   'buying-power', 'little buying power'],
      [{ buyingPower: '12345', pending: '12300.01' }, '50.00',  '47.50',  400,    0,     'buying-power', 'taken by pending entries'],
      [{ buyingPower: '12345', held: '12000' },       '50.00',  '47.50',  400,    246,   'buying-power', 'a position has left it already'],
      [{ buyingPower: '-500' },                       '50.00',  '47.50',  400,    0,     'buying-power', 'a margin call'],
      [{ equity: '100' },                             '182.31', '180.00', 0,      0,     null,           'a small account'],
      [{ equity: '500' },                             '182.31', '180.00', 2,      0,     'notional',     'a share costs too much'],
      [{ equity: '0' },                               '50.00',  '47.50',  0,      0,     null,           'nothing left'],
      [{ equity: '0' },                               '50.00',  '50.00',  0,      0,     null,           'nothing left, and nothing at risk'],
      [{ equity: '-2000' },                           '50.00',  '47.50',  0,      0,     null,           'less than nothing'],
      [{ maxExposureBps: 0 },                         '50.00',  '47.50',  400,    0,     'exposure',     'no exposure allowed'],
    ] as const,
  )('in %j at %s with a stop at %s: %d by risk, %d at last, capped by %s (%s)', (...row) => {
    const [world, limit, stop, sharesByRisk, shares, cappedBy] = row;
    expect(sizeIn(world, limit, stop)).toMatchObject({ sharesByRisk, shares, cappedBy });
  });

  it('shows its arithmetic', () => {
    expect(sizeIn({}, '50.00', '47.50')).toEqual({
      equity: parseUsd('100000'),
      riskBps: 100,
      tier: { name: 'few', trades: 0, wins: 0 },
      riskBudget: parseUsd('1000'),
      riskPerShare: parseUsd('2.5'),
      sharesByRisk: 400,
      cappedBy: null,
      shares: 400,
    });
  });

  it.each(
    // oxfmt-ignore
    [
      // wins losses budget     by risk shares
      [14, 6,  '1500.00', 600, 500],
      [12, 8,  '1200.00', 480, 480],
      [10, 10, '1000.00', 400, 400],
      [8,  12, '500.00',  200, 200],
      [5,  0,  '1000.00', 400, 400],
    ] as const,
  )('after %d wins and %d losses risks $%s: %d by risk, %d at last', (...row) => {
    const [wins, losses, budget, sharesByRisk, shares] = row;
    const pastTrades = [...past(wins, '1'), ...past(losses, '-1')];
    const at = snapshot({ pastTrades });
    const size = sizeEntry(at, openBook(at), bracket('50.00', '47.50'));
    expect(size).toMatchObject({ riskBudget: parseUsd(budget), sharesByRisk, shares });
    expect(size.tier).toMatchObject({ trades: wins + losses, wins });
  });

  it.each(['0', '-2000'])('has nothing to risk of an equity of %s', (equity) => {
    expect(sizeIn({ equity }, '50.00', '47.50').riskBudget).toBe(0);
  });

  it('counts the last millionth of a dollar', () => {
    const world = { equity: '0.0001', buyingPower: '0.000001' };
    expect(sizeIn(world, '0.000001', '0.000002')).toMatchObject({ sharesByRisk: 1, shares: 1 });
  });

  it('is none where an amount is no number', () => {
    const nothing = Number.NaN as Usd;
    expect(sharesWith({})).toBe(400);
    expect(sharesWith({ equity: nothing })).toBe(0);
    expect(sharesWith({ buyingPower: nothing })).toBe(0);
    expect(sharesWith({}, Number.NaN)).toBe(0);
  });

  it('counts a holding or an entry of the wrong sign as one of the right sign', () => {
    expect(sizeIn({ held: '-190000' }, '50.00', '47.50').shares).toBe(200);
    expect(sizeIn({ buyingPower: '12345', pending: '-12300' }, '50.00', '47.50').shares).toBe(0);
  });

  it('names the limit that binds most', () => {
    const world = { held: '199000', buyingPower: '500' };
    expect(sizeIn(world, '50.00', '47.50')).toMatchObject({ shares: 10, cappedBy: 'buying-power' });
    expect(sizeIn({ ...world, held: '199900' }, '50.00', '47.50')).toMatchObject({
      shares: 2,
      cappedBy: 'exposure',
    });
  });

  it('computes the budget of a large account to the micro-dollar', () => {
    const equity = micros(8_123_456_789_123_456);
    const at = snapshot({ account: account({ equity }) });
    const size = sizeEntry(at, openBook(at), bracket('50.00', '47.50'));
    expect(size.riskBudget).toBe(Number((BigInt(equity) * 100n) / 10_000n));
  });

  it('never risks more than the budget nor breaks a cap, whatever the account holds', () => {
    const money = fc.integer({ min: -1e12, max: 5e12 }).map(micros);
    const price = fc.integer({ min: 1, max: 200_000 }).map((cents) => cents * 10_000);
    const inputs = fc.record({
      equity: money,
      buyingPower: money,
      held: fc.integer({ min: 0, max: 1e12 }).map(micros),
      pending: fc.integer({ min: 0, max: 1e12 }).map(micros),
      limit: price,
      stop: price,
      riskBps: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(inputs, ({ equity, buyingPower, held, pending, limit, stop, riskBps }) => {
        fc.pre(limit !== stop);
        const parameters = { ...DEFAULT_PARAMETERS, riskBps };
        const at = snapshot({
          account: account({ equity, buyingPower }),
          positions: [position('KO', { quantity: 1, currentPrice: held })],
          pendingEntries: [{ symbol: ticker('PG'), notional: pending }],
          parameters,
        });
        const plan = { ...bracket('1', '1'), limitPrice: micros(limit), stopPrice: micros(stop) };
        const { shares, riskPerShare, riskBudget } = sizeEntry(at, openBook(at), plan);
        expect(Number.isSafeInteger(shares) && shares >= 0).toBe(true);
        if (shares === 0) return;
        const notional = shares * limit;
        const share = (bps: number) => Math.ceil((equity / 10_000) * bps);
        expect(shares * riskPerShare).toBeLessThanOrEqual(riskBudget);
        expect(riskBudget).toBeLessThanOrEqual(share(riskBps));
        expect(notional).toBeLessThanOrEqual(share(parameters.maxPositionBps));
        expect(notional + held + pending).toBeLessThanOrEqual(share(parameters.maxExposureBps));
        expect(notional + pending).toBeLessThanOrEqual(buyingPower);
      }),
      { numRuns: 1_000 },
    );
  });
});

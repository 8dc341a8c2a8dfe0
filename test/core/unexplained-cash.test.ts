import { describe, expect, it } from 'vitest';

import { parseUsd, usdFromNumber } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import { EXPLAIN_MS, judgeCash, MOVED_PERCENT, NO_CASH_VIEW } from '#core/unexplained-cash.ts';
import type { CashVerdict, CashView } from '#core/unexplained-cash.ts';

const AT = Date.parse('2025-11-24T15:30:00Z');
const known: CashView = { ...NO_CASH_VIEW, unexplained: parseUsd('5000') };

/** Of an account with 100,000. */
const judged = (before: CashView, unexplained: number, at = AT): CashVerdict =>
  judgeCash(before, { at, equity: parseUsd('100000'), unexplained: usdFromNumber(unexplained) });

describe('cash that the ledger cannot explain', () => {
  it('has its constants', () => {
    expect([MOVED_PERCENT, EXPLAIN_MS]).toEqual([0.25, 30 * MINUTE_MS]);
  });

  it('is taken as it is at first', () => {
    expect(judged(NO_CASH_VIEW, 70_000)).toEqual({
      kind: 'explained',
      cash: { unexplained: parseUsd('70000'), assumed: 0, movedSince: null },
    });
  });

  it.each([
    [5_250, 'explained'],
    [5_250.01, 'waiting'],
    [4_750, 'explained'],
    [4_749.99, 'waiting'],
  ])('that is $5,000 and then $%d is %s', (unexplained, kind) => {
    expect(judged(known, unexplained).kind).toBe(kind);
  });

  it('waits for an explanation, measured from when it first moved', () => {
    const first = judged(known, 15_000);
    expect(first).toEqual({
      kind: 'waiting',
      cash: { ...known, movedSince: AT },
      moved: parseUsd('10000'),
    });
    expect(judged(first.cash, 15_000, AT + EXPLAIN_MS - 1)).toMatchObject({
      kind: 'waiting',
      cash: { movedSince: AT },
    });
    expect(judged(first.cash, 5_000, AT + 60_000)).toMatchObject({
      kind: 'explained',
      cash: { movedSince: null, assumed: 0 },
    });
  });

  it('counts as a flow after half an hour, and what is listed then counts no second time', () => {
    const waiting = judged(known, 15_000);
    const assumed = judged(waiting.cash, 15_000, AT + EXPLAIN_MS);
    expect(assumed).toEqual({
      kind: 'assumed',
      cash: { unexplained: parseUsd('15000'), assumed: parseUsd('10000'), movedSince: null },
      moved: parseUsd('10000'),
    });
    expect(judged(assumed.cash, 15_010)).toMatchObject({
      kind: 'explained',
      cash: { assumed: parseUsd('10000') },
    });
    expect(judged(assumed.cash, 5_000)).toMatchObject({
      kind: 'explained',
      cash: { unexplained: parseUsd('5000'), assumed: 0 },
    });
  });

  it('adds up what is assumed one after the other', () => {
    const before: CashView = { ...known, assumed: parseUsd('10000'), movedSince: AT - EXPLAIN_MS };
    expect(judged(before, 9_000)).toMatchObject({
      kind: 'assumed',
      cash: { assumed: parseUsd('14000') },
      moved: parseUsd('4000'),
    });
  });
});

import { addUsd, subtractUsd, ZERO_USD } from './money.ts';
import type { Usd } from './money.ts';
import { MINUTE_MS } from './session.ts';
import type { EpochMs } from './session.ts';

/**
 * What the broker's cash has that the ledger cannot explain. It is never zero, since the ledger does not know
 * what was there before it began: only its changes say that money came or went without being listed yet, or
 * was listed before it moved.
 */
export interface CashView {
  /** Cash, and what shares that are none of the ledger's have cost, less all that is booked; null: never measured. */
  readonly unexplained: Usd | null;
  /** What was taken for deposits less withdrawals, since nothing explained it in time. Part of the flows. */
  readonly assumed: Usd;
  /** Since when cash has moved without an explanation; null while it has not. */
  readonly movedSince: EpochMs | null;
}

export const NO_CASH_VIEW: CashView = { unexplained: null, assumed: ZERO_USD, movedSince: null };

/** A change by more than this part of equity, in per cent, is no fee that settles late. */
export const MOVED_PERCENT = 0.25;

/** After so long what moved counts as a deposit or a withdrawal, so that the drawdown is measured again. */
export const EXPLAIN_MS = 30 * MINUTE_MS;

export type CashVerdict =
  /** Nothing moved without an explanation, or one has come for what was assumed. */
  | { readonly kind: 'explained'; readonly cash: CashView }
  | { readonly kind: 'waiting'; readonly cash: CashView; readonly moved: Usd }
  /** It counts as a flow from now on. */
  | { readonly kind: 'assumed'; readonly cash: CashView; readonly moved: Usd };

/** The account's cash at one reading. */
export interface CashReading {
  readonly at: EpochMs;
  readonly equity: Usd;
  readonly unexplained: Usd;
}

/** Whether a reading can be believed, by what moved since the last one that could. */
export function judgeCash(before: CashView, { at, equity, unexplained }: CashReading): CashVerdict {
  const isSmall = (amount: Usd): boolean => Math.abs(amount) <= (equity * MOVED_PERCENT) / 100;
  const { assumed } = before;
  const moved = subtractUsd(unexplained, before.unexplained ?? unexplained);
  if (isSmall(moved)) {
    return { kind: 'explained', cash: { unexplained, assumed, movedSince: null } };
  }
  if (assumed !== 0 && isSmall(addUsd(moved, assumed))) {
    return { kind: 'explained', cash: { unexplained, assumed: ZERO_USD, movedSince: null } };
  }
  const movedSince = before.movedSince ?? at;
  if (at - movedSince < EXPLAIN_MS) {
    return { kind: 'waiting', cash: { ...before, movedSince }, moved };
  }
  const cash = { unexplained, assumed: addUsd(assumed, moved), movedSince: null };
  return { kind: 'assumed', cash, moved };
}

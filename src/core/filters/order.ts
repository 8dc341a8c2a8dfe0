import type { BracketPlan, FilterResult, SizeArithmetic } from '../decision.ts';
import { formatUsd } from '../money.ts';
import type { EntryQuestion, Verdict } from './question.ts';

/** A bracket can stand, and at least one share of it is allowed. */
export const askSize = ({ plan }: EntryQuestion): Verdict =>
  plan === null
    ? {
        passed: false,
        numbers: () => ({ bracket: 'none can stand at these prices', shares: 0 }),
      }
    : { passed: plan.size.shares >= 1, numbers: () => sizeNumbers(plan.bracket, plan.size) };

/** Amounts in dollars. */
const sizeNumbers = (bracket: BracketPlan, size: SizeArithmetic): FilterResult['numbers'] => ({
  equity: formatUsd(size.equity),
  riskBps: size.riskBps,
  tier: size.tier?.name ?? null,
  trades: size.tier?.trades ?? null,
  wins: size.tier?.wins ?? null,
  riskBudget: formatUsd(size.riskBudget),
  limitPrice: formatUsd(bracket.limitPrice),
  stopPrice: formatUsd(bracket.stopPrice),
  riskPerShare: formatUsd(size.riskPerShare),
  sharesByRisk: size.sharesByRisk,
  cappedBy: size.cappedBy,
  shares: size.shares,
});

/** The broker takes such an order. */
export function askBroker({ snapshot, symbol: { asset }, signal }: EntryQuestion): Verdict {
  const { account, parameters } = snapshot;
  const { tradingBlocked, shortingEnabled } = account;
  const { allowShort } = parameters;
  const maySell = asset?.shortable === true && shortingEnabled && allowShort;
  const mayTrade = asset?.tradable === true && !tradingBlocked;
  return {
    passed: mayTrade && (signal.side === 'long' || maySell),
    numbers: () => ({
      side: signal.side,
      isKnown: asset !== null,
      tradable: asset?.tradable ?? null,
      tradingBlocked,
      shortable: asset?.shortable ?? null,
      shortingEnabled,
      allowShort,
    }),
  };
}

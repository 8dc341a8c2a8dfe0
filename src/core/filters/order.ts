import type { FilterResult } from '../decision.ts';
import { formatUsd } from '../money.ts';
import type { EntryFilter, EntryPlan, EntryQuestion } from './question.ts';

/** A bracket can stand, and at least one share of it is allowed. */
export const SIZE: EntryFilter<EntryQuestion> = {
  name: 'size',
  passes(question) {
    const plan = question.plan();
    return plan !== null && plan.size.shares >= 1;
  },
  numbers(question) {
    const plan = question.plan();
    return plan === null
      ? { bracket: 'none can stand at these prices', shares: 0 }
      : sizeNumbers(plan);
  },
};

/** Amounts in dollars. */
const sizeNumbers = ({ bracket, size }: EntryPlan): FilterResult['numbers'] => ({
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
export const BROKER: EntryFilter<EntryQuestion> = {
  name: 'broker',
  passes({ snapshot: { account, parameters }, symbol: { asset }, signal }) {
    const maySell = asset?.shortable === true && account.shortingEnabled && parameters.allowShort;
    const mayTrade = asset?.tradable === true && !account.tradingBlocked;
    return mayTrade && (signal.side === 'long' || maySell);
  },
  numbers: ({ snapshot: { account, parameters }, symbol: { asset }, signal }) => ({
    side: signal.side,
    isKnown: asset !== null,
    tradable: asset?.tradable ?? null,
    tradingBlocked: account.tradingBlocked,
    shortable: asset?.shortable ?? null,
    shortingEnabled: account.shortingEnabled,
    allowShort: parameters.allowShort,
  }),
};

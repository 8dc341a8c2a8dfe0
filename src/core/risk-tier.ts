import type { PastTrade, RiskTier } from './decision.ts';
import type { StrategyParameters } from './parameters.ts';

/** What a trade may risk, in hundredths of a per cent of equity, and which tier of the win rate says so. */
export interface RiskChoice {
  readonly riskBps: number;
  readonly tier: RiskTier;
}

/**
 * The risk by the win rate of the last closed trades. A trade at zero is no win; all limits are strict, and
 * compared without a division, so that 13 wins of 20 are 65 % and not a hair more.
 */
export function riskFrom(
  pastTrades: readonly PastTrade[],
  parameters: StrategyParameters,
): RiskChoice {
  const { riskBps } = parameters;
  if (parameters.sizing === 'fixed') {
    return { riskBps, tier: { name: 'fixed', trades: 0, wins: 0 } };
  }
  const last = pastTrades.slice(Math.max(0, pastTrades.length - parameters.winRateTrades));
  const trades = last.length;
  const wins = last.filter(({ pnl }) => pnl > 0).length;
  const name = tierAt(wins, trades, parameters);
  const risks = {
    few: riskBps,
    base: riskBps,
    top: parameters.topRiskBps,
    good: parameters.goodRiskBps,
    poor: parameters.poorRiskBps,
  } as const satisfies Record<typeof name, number>;
  return { riskBps: risks[name], tier: { name, trades, wins } };
}

function tierAt(
  wins: number,
  trades: number,
  parameters: StrategyParameters,
): Exclude<RiskTier['name'], 'fixed'> {
  if (trades < parameters.winRateMinTrades) return 'few';
  const won = wins * 100;
  if (won > parameters.topWinRatePercent * trades) return 'top';
  if (won > parameters.goodWinRatePercent * trades) return 'good';
  return won < parameters.poorWinRatePercent * trades ? 'poor' : 'base';
}

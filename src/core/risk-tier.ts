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
  if (parameters.sizing === 'fixed') {
    return { riskBps: parameters.riskBps, tier: { name: 'fixed', trades: 0, wins: 0 } };
  }
  const trades = Math.min(pastTrades.length, parameters.winRateTrades);
  let wins = 0;
  for (let back = 1; back <= trades; back += 1) {
    if ((pastTrades[pastTrades.length - back]?.pnl ?? 0) > 0) wins += 1;
  }
  const name = tierAt(wins, trades, parameters);
  return { riskBps: riskOf(name, parameters), tier: { name, trades, wins } };
}

function riskOf(name: RiskTier['name'], parameters: StrategyParameters): number {
  switch (name) {
    case 'fixed':
    case 'few':
    case 'base':
      return parameters.riskBps;
    case 'top':
      return parameters.topRiskBps;
    case 'good':
      return parameters.goodRiskBps;
    case 'poor':
      return parameters.poorRiskBps;
    default:
      return name satisfies never;
  }
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

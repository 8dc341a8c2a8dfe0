import type { BacktestResult } from '#backtest/result.ts';
import { count, formatMoney, NONE } from '#core/number-words.ts';
import { luckWords } from '#core/study-words.ts';
import type { LuckTest } from '#core/study-words.ts';

import type { Assessment } from '../assess.ts';
import { luckTest } from '../verdict.ts';
import {
  figure,
  gain,
  inR,
  lookAheadWords,
  percent,
  percentGain,
  percentRange,
  warmUpWords,
} from './words.ts';

/** One figure with its name, and what it stands on or is held against. */
export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  /** Of what the verdict asks; null of all else, and where nobody can tell. */
  readonly isPassed: boolean | null;
}

const tile = (name: string, value: string, note = ''): Tile => ({
  name,
  value,
  note,
  isPassed: null,
});

/** What one looks at first, in the order in which one should. */
export const headlineOf = (result: BacktestResult, assessment: Assessment): readonly Tile[] => [
  ...tradeTiles(result, assessment),
  ...returnTiles(assessment),
  ...doubtTiles(assessment),
];

function tradeTiles(
  { endingEquity, startingEquity, fees }: BacktestResult,
  { metrics: { trades, benchmark } }: Assessment,
): readonly Tile[] {
  const change = percentGain((endingEquity - startingEquity) / startingEquity);
  const perTrade = `${gain(trades.expectancy)} a trade; average R before costs`;
  return [
    tile(
      'Net P/L',
      gain(trades.netPnl),
      `${change} of ${formatMoney(startingEquity)}; fees ${formatMoney(fees)}`,
    ),
    tile('Buy and hold', percentGain(benchmark?.totalReturn ?? null), 'equal weight, same time'),
    tile('Trades', String(trades.trades), `${trades.wins} won, ${trades.losses} lost`),
    tile('Win rate', percent(trades.winRate), `95 % sure: ${percentRange(trades.winRateInterval)}`),
    tile('Profit factor', figure(trades.profitFactor), `payoff ${figure(trades.payoffRatio)}`),
    tile('Expectancy', inR(trades.expectancyR), `${perTrade} ${figure(trades.grossAverageR)}`),
    tile('Average win, loss', `${gain(trades.averageWin)}, ${gain(trades.averageLoss)}`),
  ];
}

function returnTiles({ metrics }: Assessment): readonly Tile[] {
  const { trades, returns, maxDrawdown, exposure, turnover } = metrics;
  const fall = maxDrawdown === null ? NONE : `−${figure(maxDrawdown.percent)} %`;
  const streaks = `${trades.longestWinningStreak} won, ${trades.longestLosingStreak} lost`;
  return [
    tile('Deepest drawdown', fall, maxDrawdown === null ? '' : drawdownNote(maxDrawdown)),
    tile('CAGR', percentGain(returns.cagr), `over ${count(returns.sessions, 'session')}`),
    tile('Sharpe', figure(returns.sharpe), `Sortino ${figure(returns.sortino)}`),
    tile('Calmar', figure(returns.calmar), `SQN ${figure(trades.sqn)}`),
    tile('In the market', percent(exposure), `turnover ${figure(turnover, 1)} times equity a year`),
    tile('Streaks', streaks, 'the longest, one after the other'),
    excursionTile(metrics),
  ];
}

const excursionTile = ({ excursions }: Assessment['metrics']): Tile => {
  const { adverse, favourable, medianAdverseOfWins, medianFavourableOfLosses } = excursions;
  return tile(
    'MAE, MFE',
    `${inR(adverse.mean)}, ${inR(favourable.mean)}`,
    `in the mean; wins first fell to ${inR(medianAdverseOfWins)}, losses rose to ${inR(medianFavourableOfLosses)} (medians)`,
  );
};

/** What would be left if things had gone a little otherwise. */
function doubtTiles(assessment: Assessment): readonly Tile[] {
  const { metrics, bootstrap, verdict, lookAhead, warmUp } = assessment;
  const { stress, ambiguous } = metrics;
  const doubled = `profit factor ${figure(stress.profitFactor)}, ${gain(stress.expectancy)} a trade`;
  const ruled = `${count(ambiguous.trades, 'trade')} had stop and target in one bar; the stop counted`;
  return [
    tile('Costs doubled', gain(stress.netPnl), doubled),
    tile('Decided by a rule', percent(ambiguous.share), ruled),
    bootstrap === null ? tile('By chance', NONE) : chanceTile(bootstrap),
    luckTile(luckTest('p-value', verdict)),
    luckTile(luckTest('sharpe', verdict)),
    tile('Look-ahead', ...lookAheadWords(lookAhead)),
    tile('Warm-up', ...warmUpWords(warmUp)),
  ];
}

function luckTile(test: LuckTest): Tile {
  const { name, value, needs, verdict } = luckWords(test);
  return {
    name: `Luck: ${name}`,
    value,
    note: `${needs}: ${verdict}; out of sample`,
    isPassed: test.value === null ? null : test.isPassed,
  };
}

function chanceTile({
  totalReturn,
  maxDrawdownPercent: [least, most],
  resamples,
}: NonNullable<Assessment['bootstrap']>): Tile {
  const drawdown = `drawdown ${figure(least)} to ${figure(most)} %`;
  return tile(
    'By chance',
    `${percentGain(totalReturn[0])} to ${percentGain(totalReturn[1])}`,
    `return of 95 % of ${resamples} reshuffles; ${drawdown}; not judged`,
  );
}

function drawdownNote({
  amount,
  from,
  to,
  days,
}: NonNullable<Assessment['metrics']['maxDrawdown']>): string {
  const end = to === null ? 'not made good by the end' : `made good ${to}`;
  return `−${formatMoney(amount)}, from ${from}, ${end}; ${Math.round(days)} days`;
}

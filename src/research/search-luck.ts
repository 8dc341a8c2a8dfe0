import { sessionReturns } from '#backtest/metrics/measure.ts';
import type { SessionDate } from '#core/session.ts';

import type { Played } from './choose.ts';
import type { PointOutcome } from './outcome.ts';
import { countTrials, triedPoints } from './search.ts';
import type { Known, SearchPlan } from './search.ts';
import { backtestOverfitting, pooledOverfitting } from './statistics/overfitting.ts';
import type { Overfitting } from './statistics/overfitting.ts';
import {
  expectedMaxSharpe,
  probabilisticSharpe,
  sharpeSample,
  trialsOf,
} from './statistics/sharpe.ts';
import type { Trials } from './statistics/sharpe.ts';

/** A search that is over. */
export interface Searched {
  readonly plan: SearchPlan;
  readonly known: Known;
}

/** What was chosen in a search, played on the time that it was chosen on. */
export interface Choice extends Searched {
  readonly played: Played;
}

/**
 * Deflated Sharpe ratio of what was chosen, where it was chosen: the probability that its true ratio is above zero once
 * the luck of so many tries is taken off (Bailey and López de Prado 2014, The Deflated Sharpe Ratio, Journal of
 * Portfolio Management 40(5)). Null where nothing was chosen.
 *
 * Of several searches, as a walk-forward has them, each session counts once, with the choice of the first search that
 * has it, and what is taken off is the mean over these sessions of the maximum that each search is expected to show.
 * Nothing is taken off the tests that follow: no choice was made by them, so that each is the only trial on its time,
 * of which the expected maximum is zero. Their deflated ratio is the probabilistic one, which is told beside this.
 */
export function deflatedChoices(choices: readonly Choice[]): number | null {
  const seen = new Set<SessionDate>();
  const returns: number[] = [];
  let luck = 0;
  for (const { played, ...searched } of choices) {
    const dates = played.sessions.map(({ date }) => date);
    const fresh = sessionReturns(played).filter((_, index) => {
      const date = dates[index];
      return date !== undefined && !seen.has(date);
    });
    for (const date of dates) seen.add(date);
    returns.push(...fresh);
    luck += fresh.length * expectedMaxSharpe(trialsIn(searched));
  }
  const sample = sharpeSample(returns);
  return sample === null ? null : probabilisticSharpe(sample, luck / returns.length);
}

/**
 * What came of the points that the search itself tried on all of its time: another search of the study may have tried
 * others on the same sessions, of which this one never chose.
 */
const outcomesIn = ({ plan, known }: Searched): readonly PointOutcome[] =>
  triedPoints(plan, known).flatMap((point) => known(point, 1) ?? []);

/** A point that was dropped early has no figure on all of the time, and was a try nonetheless. */
function trialsIn({ plan, known }: Searched): Trials {
  const sharpes = outcomesIn({ plan, known }).map(({ figures }) => figures.sharpe);
  const dropped = Math.max(0, countTrials(plan, known) - sharpes.length);
  return trialsOf([...sharpes, ...Array.from({ length: dropped }, () => null)]);
}

/** Blocks of the cross-validation: as in the paper, or fewer, so that each has two sessions. */
const BLOCKS = 16;
/** Of each of several searches, whose splits add up: 924 of each instead of 12,870. */
const BLOCKS_OF_MANY = 12;
/** Fewer make too few splits to tell a share of them. */
const LEAST_BLOCKS = 6;

/**
 * Probability that the choice of the best is worth nothing on other time, from the returns of all points on the time
 * that they were chosen on, session by session (see {@link backtestOverfitting}). Of several searches the share of all
 * splits of all of them, since each one was a choice of its own. Null where none can be told of.
 */
export function searchOverfitting(searches: readonly Searched[]): Overfitting | null {
  const most = searches.length > 1 ? BLOCKS_OF_MANY : BLOCKS;
  return pooledOverfitting(
    searches.map((search) => overfittingOf(search, most)).filter((each) => each !== null),
  );
}

function overfittingOf({ plan, known }: Searched, most: number): Overfitting | null {
  const strategies = outcomesIn({ plan, known }).map(({ returns }) => returns);
  const sessions = strategies[0]?.length ?? 0;
  const blocks = Math.min(most, 2 * Math.floor(sessions / 4));
  return blocks < LEAST_BLOCKS ? null : backtestOverfitting(strategies, blocks);
}

import { barDefect } from '#core/bars.ts';
import type { Bar } from '#core/bars.ts';
import type { Features } from '#core/decision.ts';
import { createFeatureEngine } from '#core/features.ts';
import type { BarPrices } from '#core/open-trade.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

import { createBarLog } from './bar-log.ts';

/** The features that one symbol's settled bars within the window of sessions come to. */
export interface BarSeries {
  /** Null before the first bar. */
  features(): Features | null;
  /** End of the last bar; null without any. */
  lastEnd(): EpochMs | null;
  /** The bars that end at an instant or after it, as far back as the window reaches. */
  since(at: EpochMs): readonly BarPrices[];
  /**
   * Takes in the bars that are new, end by `until` and lie in one of the window's sessions; returns what
   * is wrong with those left out.
   */
  append(bars: readonly Bar[], window: readonly Session[], until: EpochMs): readonly string[];
}

export function createBarSeries(parameters: StrategyParameters): BarSeries {
  const barMs = parameters.barMinutes * MINUTE_MS;
  const engine = createFeatureEngine(parameters);
  const log = createBarLog(barMs);
  let features: Features | null = null;

  return {
    features: () => features,
    lastEnd: () => features?.barEnd ?? null,
    since: (at) => log.since(at),
    append: (fresh, window, until) => {
      const defects: string[] = [];
      for (const bar of fresh) {
        const session = sessionOf(window, bar.start);
        const isNew = bar.start >= (features?.barEnd ?? 0) && bar.start + barMs <= until;
        if (session === null || !isNew) continue;
        const defect = barDefect(bar);
        if (defect === null) {
          features = engine.push(bar, session);
          log.push(bar);
        } else defects.push(defect);
      }
      return defects;
    },
  };
}

const sessionOf = (sessions: readonly Session[], at: EpochMs): Session | null =>
  sessions.findLast((session) => at >= session.open && at < session.close) ?? null;

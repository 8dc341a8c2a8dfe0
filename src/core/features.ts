import type { Bar } from './bars.ts';
import type { Features } from './decision.ts';
import { createAdx } from './indicators/adx.ts';
import { createAtr } from './indicators/atr.ts';
import { createCompletedCloses } from './indicators/completed-closes.ts';
import { createEma } from './indicators/ema.ts';
import { createSessionVwap } from './indicators/session-vwap.ts';
import { createSma } from './indicators/sma.ts';
import type { StrategyParameters } from './parameters.ts';
import { MINUTE_MS } from './session.ts';
import type { Session } from './session.ts';

/** Computes one symbol's features bar by bar. */
export interface FeatureEngine {
  /**
   * Takes the next settled bar of the symbol, free of defects and within the session, and returns the
   * features at it. They depend on this bar and the ones before alone. Fields are NaN until warm.
   * Throws on a bar that does not start after the last one: counting a bar twice would falsify all that follows.
   */
  push(bar: Bar, session: Session): Features;
}

export function createFeatureEngine(parameters: StrategyParameters): FeatureEngine {
  const barMs = parameters.barMinutes * MINUTE_MS;
  const emaFast = createEma(parameters.emaFast);
  const emaSlow = createEma(parameters.emaSlow);
  const crossing = createCrossing();
  const atr = createAtr(parameters.atrPeriod);
  const atrAverage = createSma(parameters.atrAveragePeriod);
  const adx = createAdx(parameters.adxPeriod);
  const relativeVolume = createRelativeVolume(parameters.relativeVolumePeriod);
  const vwap = createSessionVwap();
  const trend = createTrend(parameters);
  const last = { start: Number.NEGATIVE_INFINITY };

  return {
    push: (bar, session) => {
      if (bar.start <= last.start) {
        throw new RangeError(`bars must come in order: ${bar.start} after ${last.start}`);
      }
      last.start = bar.start;
      const { close } = bar;
      const fast = emaFast.push(close);
      const slow = emaSlow.push(close);
      crossing.push(fast - slow);
      const range = atr.push(bar);
      adx.push(bar);
      trend.push(bar, session);
      return {
        barEnd: bar.start + barMs,
        close,
        emaFast: fast,
        emaSlow: slow,
        barsSinceCrossUp: crossing.sinceUp,
        barsSinceCrossDown: crossing.sinceDown,
        atr: range,
        atrAverage: atrAverage.push(range),
        adx: adx.adx,
        plusDi: adx.plusDi,
        minusDi: adx.minusDi,
        relativeVolume: relativeVolume(bar.volume),
        vwap: vwap.push(bar, session),
        trendEmaFast: trend.fast,
        trendEmaSlow: trend.slow,
      };
    },
  };
}

/**
 * Bars since a difference last changed its sign, by direction. A difference of zero has no sign: touching
 * the line and turning back is no crossing.
 */
function createCrossing() {
  const state = {
    side: 0,
    sinceUp: Number.POSITIVE_INFINITY,
    sinceDown: Number.POSITIVE_INFINITY,
    push: (difference: number): void => {
      const side = difference > 0 ? 1 : difference < 0 ? -1 : state.side;
      state.sinceUp = side === 1 && state.side === -1 ? 0 : state.sinceUp + 1;
      state.sinceDown = side === -1 && state.side === 1 ? 0 : state.sinceDown + 1;
      state.side = side;
    },
  };
  return state;
}

/** Volume over the average of the bars before; NaN where those had none, since nothing can be said then. */
function createRelativeVolume(period: number): (volume: number) => number {
  const average = createSma(period);
  const before = { mean: Number.NaN };
  return (volume) => {
    const relative = before.mean === 0 ? Number.NaN : volume / before.mean;
    before.mean = average.push(volume);
    return relative;
  };
}

/** The two EMAs of the longer bars that are complete. */
function createTrend({ barMinutes, trendBarMinutes, emaFast, emaSlow }: StrategyParameters) {
  const fast = createEma(emaFast);
  const slow = createEma(emaSlow);
  const minutes = { from: barMinutes, to: trendBarMinutes };
  const closes = createCompletedCloses(minutes, (close) => {
    state.fast = fast.push(close);
    state.slow = slow.push(close);
  });
  const state = {
    fast: Number.NaN,
    slow: Number.NaN,
    push: (bar: Bar, session: Session): void => closes(bar.start, bar.close, session),
  };
  return state;
}

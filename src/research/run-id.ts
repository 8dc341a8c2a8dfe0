import { createHash } from 'node:crypto';

import type { BacktestMarket } from '#backtest/market.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import type { BarColumns } from '#core/bars.ts';
import { exactJson } from '#core/exact-json.ts';
import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';

/** All that a result depends on. */
export interface RunOrigin {
  /** Of the rules, the engine and the verdict. */
  readonly codeVersion: string;
  readonly parameters: StrategyParameters;
  readonly options: BacktestOptions;
  readonly market: Omit<BacktestMarket, 'daily'>;
}

/** Enough that no two runs ever have the same. */
const ID_LENGTH = 16;

/**
 * Names a run by all that its result depends on: code version, parameters, options, sessions, and every bar. The
 * same id, the same result, to the last byte, whoever has asked for it. The order of the symbols counts, since it
 * is the one in which they are decided about.
 *
 * @returns the first digits of a SHA-256, in hexadecimal
 */
export function runIdOf({ codeVersion, parameters, options, market }: RunOrigin): string {
  const { bars, minuteBars = new Map<Ticker, BarColumns>(), sessions, barMinutes } = market;
  const told = optionsFor(options, [...bars.keys()]);
  const hash = createHash('sha256');
  hash.update(exactJson({ codeVersion, parameters, options: told, sessions, barMinutes }));
  for (const [minutes, series] of [
    [barMinutes, bars],
    [1, minuteBars],
  ] as const) {
    for (const [symbol, { start, open, high, low, close, volume }] of series) {
      hash.update(`\n${symbol} ${minutes} ${start.length}\n`);
      for (const column of [start, open, high, low, close, volume]) hash.update(column);
    }
  }
  return hash.digest('hex').slice(0, ID_LENGTH);
}

/** The options as plain data, as far as they can matter for these symbols. */
export function optionsFor(options: BacktestOptions, symbols: readonly Ticker[]) {
  const { notShortable, sectors } = options;
  return {
    ...options,
    notShortable: symbols.filter((symbol) => notShortable.has(symbol)).toSorted(),
    sectors: Object.fromEntries(
      symbols
        .toSorted()
        .flatMap((symbol) => (sectors.has(symbol) ? [[symbol, sectors.get(symbol)] as const] : [])),
    ),
  };
}

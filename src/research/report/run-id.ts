import { createHash } from 'node:crypto';

import type { BacktestOptions } from '#backtest/options.ts';
import type { StrategyParameters } from '#core/parameters.ts';

/** All that a result depends on. */
export interface RunOrigin {
  /** Of the rules and the engine. */
  readonly codeVersion: string;
  readonly parameters: StrategyParameters;
  readonly options: BacktestOptions;
  /** Of the bars. */
  readonly dataHash: string;
}

/** Names a run by all that its result depends on: the same id, the same result, to the last byte. */
export function runIdOf({ codeVersion, parameters, options, dataHash }: RunOrigin): string {
  const text = stableJson({ codeVersion, parameters, options, dataHash });
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** JSON whose keys are in order, whatever made the object; sets and maps are lists of their members. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (each instanceof Set) return [...each].toSorted(byText);
    if (each instanceof Map) return [...each].toSorted(byText);
    if (ArrayBuffer.isView(each)) return [...(each as Float64Array)];
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).toSorted(byText));
  });
}

const byText = (one: unknown, other: unknown): number => {
  const [left, right] = [String(one), String(other)];
  return left < right ? -1 : Number(left > right);
};

import { readFileSync } from 'node:fs';

import { z } from 'zod';

import type { BacktestOptions } from '#backtest/options.ts';
import { isTicker } from '#core/ids.ts';
import { nearestName } from '#core/nearest.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { ruleConflicts } from '#core/rule-conflicts.ts';

import { backtestSchema, optionsOf } from './backtest-schema.ts';
import { rules } from './rules-schema.ts';
import { FILE_KEYS } from './schema.ts';
import { sectorsFrom } from './sectors.ts';

/** What a backtest is run with. */
export interface BacktestSetup {
  readonly parameters: StrategyParameters;
  readonly options: Omit<BacktestOptions, 'tradeFrom' | 'recording'>;
}

const file = z.object({
  rules: rules.prefault({}),
  sectors: z
    .record(z.string().refine(isTicker), z.string().min(1), {
      error: 'must map stock symbols to sectors, like { "AAPL": "Technology" }',
    })
    .default({}),
  backtest: backtestSchema.prefault({}),
});

/** A file with none of them is one of rules alone. */
const CONFIG_KEYS: readonly string[] = [...FILE_KEYS.top, 'backtest'];

/**
 * Reads `rules`, `sectors` and `backtest` from a file of the form of the bot's own configuration; what else
 * stands there is the bot's. A file of rules alone will do as well. Null: the defaults.
 *
 * @returns a line for each thing that is wrong, or what was set
 */
export function readParamsFile(path: string | null): BacktestSetup | readonly string[] {
  if (path === null) return setupOf(file.parse({}));
  const json = parse(path);
  if (typeof json === 'string') return [json];
  const strangers = Object.keys(json).filter((key) => !CONFIG_KEYS.includes(key));
  const unknown = strangers.map((key) => unknownSetting(`${path} ${key}`, key, CONFIG_KEYS));
  const parsed = file.safeParse(json);
  if (!parsed.success || unknown.length > 0) {
    const issues = parsed.error?.issues ?? [];
    return [...unknown, ...issues.flatMap((issue) => linesOf(issue, json, path))];
  }
  const wrong = ruleConflicts(parsed.data.rules);
  return wrong.length > 0
    ? wrong.map(({ rule, value, must }) => `${path} rules.${rule}: is ${value}; it must ${must}`)
    : setupOf(parsed.data);
}

const setupOf = ({
  rules: parameters,
  sectors,
  backtest,
}: z.output<typeof file>): BacktestSetup => ({
  parameters,
  options: { ...optionsOf(backtest), sectors: sectorsFrom(sectors) },
});

function parse(path: string): object | string {
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      return `${path}: is no JSON object; write { "rules": { "emaFast": 9 } }`;
    }
    const isConfig = Object.keys(json).some((key) => CONFIG_KEYS.includes(key));
    return isConfig ? json : { rules: json };
  } catch (error) {
    return `${path}: ${unreadable(error)}; name a JSON file, or leave --params out`;
  }
}

function unreadable(error: unknown): string {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  if (isMissing) return 'there is no such file';
  const seen = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : 'unreadable';
  return `cannot be read (${seen})`;
}

function linesOf(issue: z.core.$ZodIssue, json: object, path: string): readonly string[] {
  const at = [path, issue.path.map(String).join('.')].join(' ').trim();
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(issue.path[0] === 'rules' ? rules.shape : backtestSchema.shape);
    return issue.keys.map((key) => unknownSetting(`${at}.${key}`, key, known));
  }
  const seen = issue.path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    json,
  );
  return [`${at}: is ${JSON.stringify(seen) ?? 'nothing'}; it ${issue.message}`];
}

function unknownSetting(where: string, key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  const cure = nearest === null ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
  return `${where}: there is no such setting; ${cure}`;
}

import { createRedactor } from '#adapters/system/redact.ts';
import type { Setting } from '#app/about.ts';
import type { Config } from '#config';
import { secretsOf } from '#config';
import type { Ticker } from '#core/ids.ts';

/**
 * Every setting in force under its name, those that nobody set included. What is secret is masked, whatever
 * new setting it may come with: a secret says so itself, and its text is looked for in all the others.
 */
export function describeSettings(config: Config, watchlist: readonly Ticker[]): readonly Setting[] {
  const redact = createRedactor(secretsOf(config));
  const { parameters, sectors, ...rest } = config;
  const watched = watchlist.map((symbol) => `${symbol} ${sectors.get(symbol) ?? 'unknown'}`);
  return [
    ...flat('', { ...rest, watchlist }),
    { name: 'sectors', value: watched.join(', ') },
    ...flat('rules.', parameters),
  ].map(({ name, value }) => ({ name, value: redact(value) }));
}

function flat(prefix: string, settings: object): readonly Setting[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) => {
    const name = `${prefix}${key}`;
    return isGroup(value) ? flat(`${name}.`, value) : [{ name, value: textOf(value) }];
  });
}

const MASK = '[secret]';

const isSecret = (value: object): boolean => 'reveal' in value;

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isSecret(value);

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (typeof value === 'string') return value;
  // All that is left of objects here are secrets.
  return typeof value === 'object' ? MASK : JSON.stringify(value);
}

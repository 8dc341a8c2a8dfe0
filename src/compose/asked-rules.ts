import type { RulesReader } from '#app/context.ts';
import { nearestName } from '#core/nearest.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { ruleConflicts } from '#core/rule-conflicts.ts';

import { rules } from './rules-schema.ts';

type Name = keyof StrategyParameters;

const NAMES = Object.keys(rules.shape) as readonly Name[];

/** The figures of the strategy as the settings' file takes them, written as texts. */
export const readRules: RulesReader = (given, base) => {
  let changed: Readonly<Record<string, unknown>> = { ...base };
  for (const [name, text] of given) {
    const known = NAMES.find((one) => one === name);
    if (known === undefined) return { ok: false, why: unknown(name) };
    const parsed = rules.shape[known].safeParse(valueOf(text));
    if (!parsed.success) {
      return { ok: false, why: `${name}: is ${text}; it ${parsed.error.issues[0]?.message}.` };
    }
    changed = { ...changed, [known]: parsed.data };
  }
  const parameters = rules.parse(changed);
  const [conflict] = ruleConflicts(parameters);
  if (conflict === undefined) return { ok: true, parameters };
  const { rule, value, must } = conflict;
  return { ok: false, why: `${rule}: is ${value}; it must ${must}.` };
};

function unknown(name: string): string {
  const nearest = nearestName(name, NAMES);
  const cure =
    nearest === null ? 'type params to be shown those there are' : `did you mean ${nearest}?`;
  return `there is no figure “${name}”; ${cure}`;
}

function valueOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { applyTo, mutantsOf } from './mutants.ts';
import type { Mutant } from './mutants.ts';
import { ruleModules } from './rule-modules.ts';
import { openWorkshop } from './workshop.ts';
import type { Workshop } from './workshop.ts';

/*
 * Whether the tests would notice a changed rule: changes one number or operator of the core at a time and
 * runs the tests that reach it. Prints the changes that no test noticed. Some of them change nothing that
 * could be noticed (a limit that is never met exactly, a default that types demand); the rest is a gap.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    constants: { type: 'boolean', default: false },
  },
});

const ROOT = join(import.meta.dirname, '../..');

interface Tally {
  readonly mutants: number;
  readonly survivors: number;
}

/** Every mutant of a module through the tests; the module is as it was afterwards. */
async function examine(workshop: Workshop, module: string): Promise<Tally> {
  const source = await workshop.read(module);
  const mutants = mutantsOf(source).filter(({ isConstant }) => isConstant || !options.constants);
  if (mutants.length === 0) return { mutants: 0, survivors: 0 };
  const timeoutMs = await timeLimit(workshop, module);
  let survivors = 0;
  for (const mutant of mutants) {
    await workshop.write(module, applyTo(source, mutant));
    if ((await workshop.test(module, timeoutMs)) !== 'passed') continue;
    survivors += 1;
    process.stdout.write(`${describe(module, mutant, source)}\n`);
  }
  await workshop.write(module, source);
  const killed = mutants.length - survivors;
  process.stdout.write(`${module}: ${killed} of ${mutants.length} changes noticed\n`);
  return { mutants: mutants.length, survivors };
}

/** Several times what the tests take now: a change that makes them so slow loops for ever. */
async function timeLimit(workshop: Workshop, module: string): Promise<number> {
  const started = performance.now();
  const verdict = await workshop.test(module, 600_000);
  if (verdict !== 'passed') throw new Error(`the tests of ${module} ${verdict} without any change`);
  return 20_000 + Math.ceil(5 * (performance.now() - started));
}

const describe = (module: string, { line, from, to }: Mutant, source: string): string =>
  `  not noticed: ${module}:${line}: ${from} → ${to} in "${source.split('\n')[line - 1]?.trim()}"`;

const isChosen = (module: string): boolean =>
  options.only.length === 0 || options.only.some((name) => module.endsWith(name));

const workshop = await openWorkshop(ROOT);
try {
  let total: Tally = { mutants: 0, survivors: 0 };
  for (const module of ruleModules(ROOT).filter(isChosen)) {
    const { mutants, survivors } = await examine(workshop, module);
    total = { mutants: total.mutants + mutants, survivors: total.survivors + survivors };
  }
  const noticed = total.mutants - total.survivors;
  process.stdout.write(`${noticed} of ${total.mutants} changes noticed\n`);
} finally {
  await workshop.close();
}

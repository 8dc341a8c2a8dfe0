import { nearestName } from '#core/nearest.ts';

/** The arguments of a program: whether each takes a value, and what it does. */
export type ArgumentTable = Readonly<
  Record<string, { readonly value: string | null; readonly help: string }>
>;

/** Market time over wall time, and the seed of the generated market, of who says nothing about them. */
export const DEFAULT_SPEED = 300;
export const DEFAULT_SEED = 74;

/** Those of the bot. */
export const ARGUMENTS = {
  '--replay': { value: 'FOLDER', help: 'replay the bar files of a folder (AAPL_5min.csv, …)' },
  '--speed': {
    value: 'N|max',
    help: `market time over wall time; 300 shows a bar a second (default ${DEFAULT_SPEED})`,
  },
  '--from': { value: 'YYYY-MM-DD', help: 'first session of the replay; earlier ones are history' },
  '--to': { value: 'YYYY-MM-DD', help: 'last session of the replay' },
  '--symbols': { value: 'A,B', help: 'trade these symbols only' },
  '--seed': { value: 'N', help: `seed of the generated market (default ${DEFAULT_SEED})` },
  '--exit': { value: null, help: 'end when the replay has ended' },
  '--fresh': { value: null, help: 'forget what an earlier run of the sandbox left' },
  '--role': {
    value: 'A,B',
    help: 'what this process does: bot,trader and research together, bot,trader or research',
  },
  '--help': { value: null, help: 'show this text' },
} as const satisfies ArgumentTable;

export type ArgumentName = keyof typeof ARGUMENTS;

export interface ReadArguments<Name extends string> {
  /** By name with its dashes; an argument without a value is 'true'. */
  readonly values: Readonly<Partial<Record<Name, string>>>;
  readonly errors: readonly string[];
}

/** Reads `--name value` and `--name=value`. */
export function readArguments<Table extends ArgumentTable>(
  table: Table,
  argv: readonly string[],
): ReadArguments<keyof Table & string> {
  const values: Record<string, string> = {};
  const errors: string[] = [];
  const strays: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [name = '', ...rest] = word.split('=');
    const given = rest.length > 0 ? rest.join('=') : undefined;
    const shape = table[name]?.value;
    if (!name.startsWith('-')) {
      strays.push(word);
      continue;
    }
    if (shape === undefined) {
      errors.push(unknownArgument(name, Object.keys(table)));
      takeWord(words);
      continue;
    }
    const value = given ?? (shape === null ? undefined : takeWord(words));
    const error = argumentError([name, shape], value, values[name]);
    if (error !== null) errors.push(error);
    else values[name] = value ?? 'true';
  }
  return {
    // Only names of the table came this far.
    values: values as ReadArguments<keyof Table & string>['values'],
    errors: [...strayWords(strays, table), ...errors],
  };
}

/** Words without an argument before them: npm takes the arguments themselves away unless -- comes first. */
function strayWords([first]: readonly string[], table: ArgumentTable): readonly string[] {
  if (first === undefined) return [];
  const [name, shape] = Object.entries(table).find(([, { value }]) => value !== null) ?? [];
  return [
    `${first}: belongs to no argument; with npm write -- before all of them (-- ${name} ${shape?.value}), and commas in lists (A,B)`,
  ];
}

/** Takes the next word unless it is an argument itself. After an unknown one, too: one mistake, one line. */
const takeWord = (words: string[]): string | undefined =>
  words[0]?.startsWith('--') === false ? words.shift() : undefined;

function unknownArgument(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  const cure = nearest === null ? `known are ${names.join(', ')}` : `did you mean ${nearest}?`;
  return `${name}: there is no such argument; ${cure}`;
}

function argumentError(
  [name, shape]: readonly [string, string | null],
  value: string | undefined,
  before: string | undefined,
): string | null {
  if (before !== undefined) return `${name}: given twice; give it once`;
  if (shape === null && value !== undefined) return `${name}: is "${value}"; it takes no value`;
  if (shape !== null && (value === undefined || value === '')) {
    return `${name}: has no value; write ${name} ${shape}`;
  }
  return null;
}

/** The lines of a program's help that tell of its arguments. */
export function describeArguments(table: ArgumentTable): readonly string[] {
  const rows = Object.entries(table).map(
    ([name, { value, help }]) => [value === null ? name : `${name} ${value}`, help] as const,
  );
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`);
}

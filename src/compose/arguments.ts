import { nearestName } from './nearest.ts';

/** Every command-line argument: whether it takes a value, and what it does. */
export const ARGUMENTS = {
  '--replay': { value: 'FOLDER', help: 'replay the bar files of a folder (AAPL_5min.csv, …)' },
  '--speed': {
    value: 'N|max',
    help: 'market time over wall time; 300 shows a bar a second (default 300)',
  },
  '--from': { value: 'YYYY-MM-DD', help: 'first session of the replay; earlier ones are history' },
  '--to': { value: 'YYYY-MM-DD', help: 'last session of the replay' },
  '--symbols': { value: 'A,B', help: 'trade these symbols only' },
  '--seed': { value: 'N', help: 'seed of the generated market (default 7)' },
  '--exit': { value: null, help: 'end when the replay has ended' },
  '--fresh': { value: null, help: 'forget what an earlier run of the sandbox left' },
  '--help': { value: null, help: 'show this text' },
} as const satisfies Record<string, { readonly value: string | null; readonly help: string }>;

export type ArgumentName = keyof typeof ARGUMENTS;

const NAMES = Object.keys(ARGUMENTS);
const isArgument = (text: string): text is ArgumentName => Object.hasOwn(ARGUMENTS, text);

export interface ReadArguments {
  /** By name with its dashes; an argument without a value is 'true'. */
  readonly values: Readonly<Partial<Record<ArgumentName, string>>>;
  readonly errors: readonly string[];
}

/** Reads `--name value` and `--name=value`. */
export function readArguments(argv: readonly string[]): ReadArguments {
  const values: Partial<Record<ArgumentName, string>> = {};
  const errors: string[] = [];
  const words = [...argv];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [name = '', ...rest] = word.split('=');
    const given = rest.length > 0 ? rest.join('=') : undefined;
    if (!isArgument(name)) {
      errors.push(unknownArgument(name));
      if (name.startsWith('-')) takeWord(words);
      continue;
    }
    const value = given ?? takeValue(name, words);
    const error = argumentError(name, value, values[name]);
    if (error !== null) errors.push(error);
    else values[name] = value ?? 'true';
  }
  return { values, errors };
}

/** The value of an argument that takes one. */
const takeValue = (name: ArgumentName, words: string[]): string | undefined =>
  ARGUMENTS[name].value === null ? undefined : takeWord(words);

/** Takes the next word unless it is an argument itself. After an unknown one, too: one mistake, one line. */
const takeWord = (words: string[]): string | undefined =>
  words[0]?.startsWith('--') === false ? words.shift() : undefined;

function unknownArgument(name: string): string {
  const nearest = nearestName(name, NAMES);
  const cure = nearest === null ? `known are ${NAMES.join(', ')}` : `did you mean ${nearest}?`;
  return `${name}: there is no such argument; ${cure}`;
}

function argumentError(
  name: ArgumentName,
  value: string | undefined,
  before: string | undefined,
): string | null {
  const shape = ARGUMENTS[name].value;
  if (before !== undefined) return `${name}: given twice; give it once`;
  if (shape === null && value !== undefined) return `${name}: is "${value}"; it takes no value`;
  if (shape !== null && (value === undefined || value === '')) {
    return `${name}: has no value; write ${name} ${shape}`;
  }
  return null;
}

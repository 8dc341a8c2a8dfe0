import { ROLES, memberById } from '../guild.ts';
import { lengthOf } from '../validation/form.ts';
import type { WireCommandOption } from '../wire.ts';
import { Refusal } from './refusal.ts';

export type GivenOptions = Readonly<Record<string, string | number | boolean>>;

export interface FilledOption {
  readonly type: number;
  readonly name: string;
  readonly value: string | number | boolean;
  readonly focused?: true;
}

export interface FilledOptions {
  readonly options: readonly FilledOption[];
  readonly resolved: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Checks what a person filled in, as Discord's client does before it sends anything.
 *
 * @throws Refusal for a missing, unknown or ill-formed option.
 */
export function fillOptions(
  known: readonly WireCommandOption[],
  given: GivenOptions,
): FilledOptions {
  refuseUnknown(known, given);
  const options = known.flatMap((option) => {
    const value = given[option.name];
    if (value !== undefined && value !== '') return [fillOption(option, value)];
    if (!option.required) return [];
    throw new Refusal('missing-option', `This option is required: ${option.name}.`, option.name);
  });
  return { options, resolved: resolve(options) };
}

/** While a person still types nothing is refused: what cannot be read yet is left out. */
export function draftOptions(
  known: readonly WireCommandOption[],
  given: GivenOptions,
  focused: string,
): readonly FilledOption[] {
  refuseUnknown(known, given);
  if (!known.some(({ name, autocomplete }) => name === focused && autocomplete)) {
    throw new Refusal('not-autocompleted', `The option ${focused} has no suggestions.`, focused);
  }
  return known.flatMap((option): FilledOption[] => {
    const value = given[option.name] ?? '';
    const { type, name } = option;
    if (name === focused) return [{ type, name, value: String(value), focused: true }];
    if (value === '') return [];
    try {
      return [fillOption(option, value)];
    } catch {
      return [];
    }
  });
}

function refuseUnknown(known: readonly WireCommandOption[], given: GivenOptions): void {
  const stranger = Object.keys(given).find((key) => !known.some(({ name }) => name === key));
  if (stranger !== undefined) {
    throw new Refusal('unknown-option', `The command has no option ${stranger}.`, stranger);
  }
}

type Value = string | number | boolean;

function fillOption(option: WireCommandOption, given: Value): FilledOption {
  const { type, name } = option;
  const refuse = (message: string) => new Refusal('invalid-option', message, name);
  const read = READERS[type];
  if (!read) throw refuse('The sandbox does not know this kind of option.');
  const value = read(option, given, refuse);
  const { choices } = option;
  if (choices && choices.length > 0 && !choices.some((choice) => choice.value === value)) {
    throw refuse(`Choose one of: ${choices.map((choice) => choice.name).join(', ')}.`);
  }
  return { type, name, value };
}

type Reader = (
  option: WireCommandOption,
  given: Value,
  refuse: (message: string) => Refusal,
) => Value;

const READERS: Record<number, Reader> = {
  3: readText,
  4: (option, given, refuse) => {
    const value = readNumber(option, given, refuse);
    if (!Number.isInteger(value)) throw refuse('Enter a whole number.');
    return value;
  },
  5(_option, given, refuse) {
    if (given === true || given === 'true') return true;
    if (given === false || given === 'false') return false;
    throw refuse('Choose true or false.');
  },
  6(_option, given, refuse) {
    if (!memberById(String(given))) throw refuse('Choose a member of this server.');
    return String(given);
  },
  8(_option, given, refuse) {
    if (!ROLES.some(({ id }) => id === given)) throw refuse('Choose a role of this server.');
    return given;
  },
  10: readNumber,
};

function readText(
  { min_length: min = 0, max_length: max = 6000 }: WireCommandOption,
  given: Value,
  refuse: (message: string) => Refusal,
): string {
  const value = String(given);
  const length = lengthOf(value);
  if (length < min) throw refuse(`Must be at least ${min} characters.`);
  if (length > max) throw refuse(`Must be at most ${max} characters.`);
  return value;
}

function readNumber(
  { min_value: min = -Infinity, max_value: max = Infinity }: WireCommandOption,
  given: Value,
  refuse: (message: string) => Refusal,
): number {
  const value = typeof given === 'boolean' ? Number.NaN : Number(given);
  if (!Number.isFinite(value)) throw refuse('Enter a number.');
  if (value < min) throw refuse(`Must be ${min} or more.`);
  if (value > max) throw refuse(`Must be ${max} or less.`);
  return value;
}

/** The people and roles that the options name, which travel beside them. */
function resolve(options: readonly FilledOption[]): FilledOptions['resolved'] {
  const users: Record<string, unknown> = {};
  const members: Record<string, unknown> = {};
  const roles: Record<string, unknown> = {};
  for (const { type, value } of options) {
    const id = String(value);
    const member = type === 6 ? memberById(id) : undefined;
    if (member) {
      const { user, ...rest } = member;
      users[id] = user;
      members[id] = { ...rest, permissions: '0' };
    }
    const role = type === 8 ? ROLES.find((candidate) => candidate.id === id) : undefined;
    if (role) roles[id] = role;
  }
  const filled = Object.entries({ users, members, roles }).filter(
    ([, entries]) => Object.keys(entries).length > 0,
  );
  return Object.fromEntries(filled);
}

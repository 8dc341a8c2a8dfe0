/** What may stand in a command's options, by Discord's numbers of their kinds. */
const BOOLEAN = 5;
const USER = 6;
const ROLE = 8;
const NUMERIC = new Set([4, 10]);

const TRUTH = [
  { name: 'True', value: 'true' },
  { name: 'False', value: 'false' },
];

/** What can be chosen for an option, or null where one types freely. */
export function fixedChoices(option, { people, roles }) {
  if (option.choices?.length > 0) return option.choices;
  if (option.type === BOOLEAN) return TRUTH;
  if (option.type === USER) {
    return people.map(({ user }) => ({ name: user.global_name, value: user.id }));
  }
  if (option.type === ROLE) return roles.map(({ id, name }) => ({ name, value: id }));
  return null;
}

/** The choices that fit what was typed; those that begin with it come first. */
export function matching(choices, typed) {
  const wanted = typed.trim().toLowerCase();
  const found = choices.filter(({ name }) => name.toLowerCase().includes(wanted));
  return found.toSorted(
    (a, b) =>
      Number(b.name.toLowerCase().startsWith(wanted)) -
      Number(a.name.toLowerCase().startsWith(wanted)),
  );
}

/** What is sent for a typed text: the value of the choice with that name, or the text itself. */
export function valueOf(choices, typed) {
  const wanted = typed.trim().toLowerCase();
  const named = choices?.find(({ name }) => name.toLowerCase() === wanted);
  return named === undefined ? typed.trim() : named.value;
}

/** Required options come first, as Discord orders them. */
export const ordered = (options) => [
  ...options.filter(({ required }) => required),
  ...options.filter(({ required }) => !required),
];

export const isNumeric = ({ type }) => NUMERIC.has(type);

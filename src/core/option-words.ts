type OptionValue = string | number | boolean | null | readonly string[];

/** `slippageBps 5, limitFill touch`: what was set, where it is not the default. */
export function optionWords(
  options: Readonly<Record<string, OptionValue | undefined>> | undefined,
): string {
  const words = Object.entries(options ?? {}).map(([name, value]) => `${name} ${wordOf(value)}`);
  return words.length === 0 ? 'the defaults' : words.join(', ');
}

function wordOf(value: OptionValue | undefined): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'object' ? value.join(' ') : String(value);
}

/** So that it fits into a line of a phone. */
const LENGTH = 16;

/** A share, 0 to 1, as a bar. */
export function barOf(share: number): string {
  const full = Math.floor(share * LENGTH);
  return `${'▓'.repeat(full)}${'░'.repeat(LENGTH - full)}`;
}

/**
 * A seeded source of chance, the same on every machine: whole-number arithmetic (mulberry32 by Tommy
 * Ettinger, public domain), and no transcendental functions, whose last digits differ between engines.
 */
export interface Random {
  /** Evenly from 0 up to 1. */
  uniform(): number;
  /** About normal, mean 0 and deviation 1, never beyond ±3.5: the sum of four even numbers. */
  normal(): number;
}

export function createRandom(seed: string): Random {
  // In an array, whose numbers are not boxed anew with each one that is drawn.
  const held = Int32Array.of(hashText(seed));
  const uniform = () => {
    const state = ((held[0] ?? 0) + 0x6d2b79f5) | 0;
    held[0] = state;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  // Four even numbers have the mean 2 and the variance 4 / 12.
  const normal = () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
  return { uniform, normal };
}

/** FNV-1a, 32 bits. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

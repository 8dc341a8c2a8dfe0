import { createHash } from 'node:crypto';

/** An id in the shape of a version-4 UUID that depends on nothing but the text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Ids that come out the same in the same order, whenever the same world is played again. */
export function createIdSource(seed: string): () => string {
  let count = 0;
  return () => {
    count += 1;
    return uuidOf(`${seed} ${count}`);
  };
}

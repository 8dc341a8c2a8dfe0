/** How far two figures are from each other; none where both are missing, infinite where one is. */
export function distance(left: number | null, right: number | null): number {
  if (left === null || right === null) return left === right ? 0 : Infinity;
  return Math.abs(left - right);
}

/** The parts of a position that a person may close, in per cent. */
export const CLOSE_PARTS = [25, 50, 100] as const;
export type ClosePart = (typeof CLOSE_PARTS)[number];

/**
 * Whole shares of a part: never more than was asked for, but at least one. A quarter of 10 shares is 2, and
 * of 3 shares 1.
 */
export const sharesOfPart = (held: number, percent: ClosePart): number =>
  Math.min(held, Math.max(1, Math.floor((held * percent) / 100)));

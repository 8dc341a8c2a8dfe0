/** From light to dark. */
const SHADES = ['░', '▒', '▓', '█'] as const;

/** Where a value lies between the lowest and the highest, 0 to 1; 1 where all are alike. */
export const placeBetween = (value: number, low: number, high: number): number =>
  high === low ? 1 : (value - low) / (high - low);

/** The higher a value lies, the darker. */
export const shadeOf = (value: number, low: number, high: number): string =>
  SHADES[Math.min(SHADES.length - 1, Math.floor(placeBetween(value, low, high) * SHADES.length))] ??
  '';

/**
 * The look of all charts: for Discord's dark theme, and drawn at the width at which Discord shows them, so
 * that the letters stay readable on a phone.
 */

/** Logical pixels; the picture has {@link SCALE} times as many. */
export const WIDTH = 640;
export const HEIGHT = 360;
export const SCALE = 2;

/** Shipped with the bot: a machine without fonts would draw no letters. */
export const FONT_FAMILY = 'Inter';

/** Logical pixels. */
export const FONT_SIZE = { title: 17, tag: 13, label: 13 } as const;

export const COLOUR = {
  /** Discord's own darkest surface, so that the picture lies in its message like a card. */
  background: '#1e1f22',
  grid: '#303238',
  /** Zero, and the borders between days. */
  baseline: '#5c6068',
  text: '#f2f3f5',
  muted: '#b5bac1',
  /** Letters on a coloured tag. */
  onTag: '#101114',
  up: '#2fa864',
  down: '#e5484d',
  volumeUp: '#27573e',
  volumeDown: '#6e3236',
  entry: '#5ea1ff',
  target: '#4ade80',
  stop: '#ff7070',
  fastAverage: '#f0b232',
  slowAverage: '#c084fc',
  line: '#5ea1ff',
} as const;

export type Colour = (typeof COLOUR)[keyof typeof COLOUR];

/** Inside the picture's edges, in logical pixels. */
export const MARGIN = 12;

/** What an order is sent for, as far as a crash in the middle of it matters. */
export type OrderStep =
  | 'entry'
  | 'scale'
  | 'guard'
  | 'exit'
  | 'keep'
  | 'rescue'
  | 'move'
  | 'cancel';

/**
 * Every boundary between two effects on the world: what a process did before one of them, and no more, is
 * what another may find. The crash test kills the bot at each; a step that is not in this list does not
 * compile.
 *
 * Of an order: written (the ledger knows the wish), sent (the broker may have it), stored (the ledger knows
 * the broker's answer).
 */
export const STEPS = [
  'entry.planned',
  'entry.written',
  'entry.sent',
  'entry.stored',
  'entry.told',
  'scale.written',
  'scale.sent',
  'scale.stored',
  'guard.written',
  'guard.sent',
  'guard.stored',
  'exit.written',
  'exit.sent',
  'exit.stored',
  'keep.written',
  'keep.sent',
  'keep.stored',
  'rescue.written',
  'rescue.sent',
  'rescue.stored',
  'move.written',
  'move.sent',
  'move.stored',
  'cancel.written',
  'cancel.sent',
  'cancel.stored',
  'close.requested',
  'close.cleared',
  'close.stuck',
  'close.finished',
  'fill.booked',
] as const;
export type Step = (typeof STEPS)[number];

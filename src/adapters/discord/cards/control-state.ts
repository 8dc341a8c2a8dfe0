import type { ControlState, ControlStatus } from '#core/control.ts';

import { plain, stamp } from '../format.ts';

/** The state in two words, for a title. */
export const CONTROL_BADGE = {
  active: '✅ ACTIVE',
  halted: '⛔ HALTED',
  flattening: '⏏️ FLATTENING',
} as const satisfies Record<ControlStatus, string>;

/** Of all reasons of a halt, so that none of them is cut. */
export const REASONS_LENGTH = 1_000;

/** What the state means, until when, and who has brought it about. */
export function controlLines(control: ControlState): string[] {
  const who = `By ${plain(control.by)} since ${stamp(control.since, 'f')}: ${plain(control.reason)}`;
  // A bot that nobody ever halted has nobody to name.
  if (control.status === 'active') return control.by === 'system' ? [] : [who];
  const end =
    control.until === null ? 'until someone resumes' : `until ${stamp(control.until, 'f')}`;
  return control.status === 'halted'
    ? [`**No new entries** ${end}. Exits and protection go on.`, who]
    : [`**No new entries; every position is being closed**, then halted ${end}.`, who];
}

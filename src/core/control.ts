import type { EpochMs } from './session.ts';

export type ControlStatus = 'active' | 'halted' | 'flattening';

/** Whether new positions may be opened, and who said so. Closing is allowed in every state. */
export interface ControlState {
  readonly status: ControlStatus;
  readonly by: string;
  readonly reason: string;
  readonly since: EpochMs;
  /** When the state ends by itself, or null: it stays until someone changes it. */
  readonly until: EpochMs | null;
}

export const allowsEntries = (state: ControlState): boolean => state.status === 'active';

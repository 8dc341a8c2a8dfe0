import type { AppContext } from '#app/context.ts';
import type { AuditEntry } from '#ports/audit-log.ts';
import type { Mode } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';

import type { Rules } from './judge.ts';

export type CommandOutcome = AuditEntry['outcome'];

/** What it takes to answer people. */
export interface Desk extends Rules {
  readonly mode: Mode;
  /** The team's channel: cards go there, and can take over the messages in it alone. */
  readonly channelId: string;
  /** How long a question waits for its answer. */
  readonly confirmWithinMs: number;
  readonly context: () => AppContext;
  readonly log: Logger;
  readonly onCommand: (name: string, outcome: CommandOutcome) => void;
  /** Settles a question at its end, in case nobody answers it. */
  readonly expireAt: (question: OpenQuestion) => void;
}

export interface OpenQuestion {
  readonly id: string;
  readonly expiresAt: number;
  /** Takes the buttons off a message that no card can take over. */
  readonly onExpired: () => Promise<void>;
}

import type { Card } from './cards.ts';

/** The second way to the team, for what the channel does not take in time. */
export interface AlertPath {
  /** Posts what the card tells. Throws when nobody can have got it, or nobody knows. */
  alert(card: Card, waitedMs: number): Promise<void>;
}

import { toIso } from './session.ts';
import type { EpochMs } from './session.ts';

/** What a walk-forward said of parameters. */
export interface WalkForwardWord {
  readonly hasPassed: boolean;
  /** For a trader, without a full stop. */
  readonly sentence: string;
  readonly at: EpochMs;
}

/** An admin lets parameters trade all the same. */
export interface Override {
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
}

/** Whether the strategy's parameters have been shown to work on time that they were not chosen on. */
export type Readiness =
  | { readonly kind: 'ready'; readonly word: WalkForwardWord }
  | { readonly kind: 'overridden'; readonly override: Override; readonly why: string }
  | { readonly kind: 'unready'; readonly why: string };

/** Markets change: an older word, and an older override, counts for nothing any more. */
export const MAX_WORD_AGE_DAYS = 90;
const DAY_MS = 86_400_000;

const isFresh = (at: EpochMs, now: EpochMs): boolean => now - at <= MAX_WORD_AGE_DAYS * DAY_MS;

/** @param word the last one about these very parameters, null where no walk-forward has recommended them */
export function readinessOf(
  word: WalkForwardWord | null,
  override: Override | null,
  now: EpochMs,
): Readiness {
  const why = complaintAbout(word, now);
  if (word !== null && why === null) return { kind: 'ready', word };
  const told = why ?? '';
  const isOverridden = override !== null && isFresh(override.at, now);
  return isOverridden
    ? { kind: 'overridden', override, why: told }
    : { kind: 'unready', why: told };
}

/** A sentence without a full stop; null where nothing is wrong. */
function complaintAbout(word: WalkForwardWord | null, now: EpochMs): string | null {
  if (word === null) return 'no walk-forward has recommended these parameters';
  if (!word.hasPassed) return `the last walk-forward of these parameters says: ${word.sentence}`;
  if (isFresh(word.at, now)) return null;
  return `the last walk-forward of these parameters is of ${toIso(word.at).slice(0, 10)}, older than ${MAX_WORD_AGE_DAYS} days`;
}

import { addDays, startOfDay, toIso } from './session.ts';
import type { EpochMs, SessionDate } from './session.ts';

/** What a walk-forward said of parameters. */
export interface WalkForwardWord {
  readonly hasPassed: boolean;
  /** For a trader, without a full stop. */
  readonly sentence: string;
  readonly at: EpochMs;
  /** The last day that it was played on. */
  readonly to: SessionDate;
  /** Whether rules, engine and verdict are still the ones that it was played by. */
  readonly isOfThisVersion: boolean;
  /** Why it says nothing of what trades, continuing "the walk-forward"; null where it does. */
  readonly misfit: string | null;
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

/** Markets change: an older word, one on older bars, and an older override count for nothing any more. */
export const MAX_WORD_AGE_DAYS = 90;
const DAY_MS = 86_400_000;

const isFresh = (at: EpochMs, now: EpochMs): boolean => now - at <= MAX_WORD_AGE_DAYS * DAY_MS;

/** @param words those about these very parameters, the newest first; the last one that speaks of what trades counts */
export function readinessOf(
  words: readonly WalkForwardWord[],
  override: Override | null,
  now: EpochMs,
): Readiness {
  const word = words.find(({ misfit }) => misfit === null) ?? words[0] ?? null;
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
  const { hasPassed, sentence, at, to, misfit } = word;
  const last = 'the last walk-forward of these parameters';
  if (misfit !== null) return `${last} ${misfit}`;
  if (!hasPassed) return `${last} says: ${sentence}`;
  if (!isFresh(at, now)) {
    return `${last} is of ${toIso(at).slice(0, 10)}, older than ${MAX_WORD_AGE_DAYS} days`;
  }
  if (isFresh(startOfDay(addDays(to, 1)), now)) return null;
  return `${last} was played on bars up to ${to}, older than ${MAX_WORD_AGE_DAYS} days`;
}

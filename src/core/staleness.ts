import { MINUTE_MS } from './session.ts';
import type { EpochMs, Session } from './session.ts';

/** All instants are of one clock, which may stand still or jump. */
export interface StalenessQuestion {
  readonly now: EpochMs;
  /** The session that runs or comes next; null when none is known. */
  readonly session: Session | null;
  readonly barMinutes: number;
  /** Since when anything could have been heard at all. */
  readonly watchedSince: EpochMs;
  /** When a bar of any watched symbol was heard last. */
  readonly lastHeardAt: EpochMs | null;
  /** When the stream was connected anew for its silence last. */
  readonly lastRestartAt: EpochMs | null;
  readonly restartEveryMs: number;
}

export interface Staleness {
  /** Of all bars that should have come during this session. */
  readonly silentMs: number;
  readonly isStale: boolean;
  /** It is time to connect anew. */
  readonly shouldRestart: boolean;
}

const FRESH: Staleness = { silentMs: 0, isStale: false, shouldRestart: false };

/** A bar comes when it ends; of one that was without a trade nothing comes. */
const BARS_OF_SILENCE = 2;
const DELAY_MS = MINUTE_MS;

/**
 * Whether the market data is stale: during a session, more than two bars and a minute without a bar of
 * any symbol. A stream that was connected anew stays stale until a bar is heard: that it is connected
 * proves nothing.
 */
export function stalenessOf(question: StalenessQuestion): Staleness {
  const { now, session, barMinutes, watchedSince, lastHeardAt } = question;
  if (session === null || now < session.open || now >= session.close) return FRESH;
  const limitMs = BARS_OF_SILENCE * barMinutes * MINUTE_MS + DELAY_MS;
  // A clock that was set back must not vouch for a silence that lasts until it has caught up.
  const heardAt = lastHeardAt !== null && lastHeardAt <= now + limitMs ? lastHeardAt : 0;
  const silentMs = Math.max(0, now - Math.max(session.open, Math.min(watchedSince, now), heardAt));
  const isStale = silentMs > limitMs;
  return { silentMs, isStale, shouldRestart: isStale && isRestartDue(question) };
}

const isRestartDue = ({ now, lastRestartAt, restartEveryMs }: StalenessQuestion): boolean =>
  lastRestartAt === null || now - lastRestartAt >= restartEveryMs || lastRestartAt > now;

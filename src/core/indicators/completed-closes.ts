import { MINUTE_MS } from '../session.ts';
import type { EpochMs, Session } from '../session.ts';

/** What is known of the longer bar that the last pushed bar belongs to. */
interface OpenBar {
  slot: number;
  session: EpochMs;
  close: number;
}

/**
 * Resamples closes to longer bars, aligned to the clock and never spanning sessions, and hands on each
 * long bar's close once and only when the bar is complete: when its last short bar has ended, or when a
 * later bar proves it over.
 */
export function createCompletedCloses(
  minutes: { readonly from: number; readonly to: number },
  onClose: (close: number) => void,
): (start: EpochMs, close: number, session: Session) => void {
  const shortMs = minutes.from * MINUTE_MS;
  const longMs = minutes.to * MINUTE_MS;
  const open: OpenBar = { slot: -1, session: Number.NaN, close: Number.NaN };
  const complete = () => {
    if (open.slot !== -1) onClose(open.close);
    open.slot = -1;
  };
  return (start, close, session) => {
    const slot = Math.floor(start / longMs);
    if (slot !== open.slot || session.open !== open.session) complete();
    open.slot = slot;
    open.session = session.open;
    open.close = close;
    if (start + shortMs >= (slot + 1) * longMs) complete();
  };
}

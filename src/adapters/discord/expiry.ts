import { expireConfirmation } from '#app/confirm/confirmations.ts';

import type { Desk, OpenQuestion } from './desk.ts';
import { describeError } from './errors.ts';

const TRY_AGAIN_MS = 5_000;

/**
 * Settles each open question when its time is up, and says so in its message. It only saves people a look at
 * dead buttons: a late answer is a no also without it, and a restart settles what is left.
 */
export function createExpiry({ context, now, log }: Omit<Desk, 'expireAt'>) {
  const timers = new Set<NodeJS.Timeout>();

  function wait(question: OpenQuestion, ms: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void settle(question);
    }, ms);
    timers.add(timer.unref());
  }

  async function settle(question: OpenQuestion): Promise<void> {
    const { id, expiresAt, onExpired } = question;
    try {
      // The timer may be a little early by the clock.
      const at = Math.max(now(), expiresAt);
      if (await expireConfirmation(context(), id, at)) await onExpired();
    } catch (error) {
      log.warn({ confirmation: id, error: describeError(error) }, 'a question could not be ended');
      wait(question, TRY_AGAIN_MS);
    }
  }

  return {
    at: (question: OpenQuestion): void => wait(question, question.expiresAt - now()),
    stop: (): void => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

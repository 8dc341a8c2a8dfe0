import type { ExitReason } from '#core/trade.ts';

interface ExitWords {
  /** How the title of a finished trade begins. */
  readonly headline: string;
  /** In a narrow table. */
  readonly column: string;
  /** In plain words, after "why". */
  readonly why: string;
}

/** How a trade ends, or is being ended. */
export const EXIT_WORDS = {
  take_profit: {
    headline: '🎯 TARGET hit',
    column: 'target',
    why: 'The price reached the target.',
  },
  stop_loss: {
    headline: '🛑 STOP hit',
    column: 'stop',
    why: 'The price reached the stop.',
  },
  emergency_stop: {
    headline: '🆘 EMERGENCY CLOSE',
    column: 'emerg.',
    why: 'It had no live stop, and the price was already beyond the place for one.',
  },
  manual_close: {
    headline: '✋ CLOSED BY HAND',
    column: 'manual',
    why: 'A person asked for it.',
  },
  risk_limit: {
    headline: '⛔ RISK LIMIT',
    column: 'risk',
    why: 'A risk limit was reached.',
  },
  time_exit: {
    headline: '⌛ TIME EXIT',
    column: 'time',
    why: 'After so long it still stood near its entry.',
  },
  end_of_day: {
    headline: '🌙 END OF DAY',
    column: 'day end',
    why: 'The session ends, and nothing stays open overnight.',
  },
  scale_out: {
    headline: '🪜 SCALED OUT',
    column: 'scale',
    why: 'A part takes its profit early.',
  },
  other: {
    headline: '❔ CLOSED BY ANOTHER ORDER',
    column: 'other',
    why: 'An order that is none of the bot’s closed it: find out whose it was.',
  },
} as const satisfies Record<ExitReason, ExitWords>;

import type { APIEmbedField } from 'discord.js';

import type { Usd } from '#core/money.ts';
import { count, formatDuration } from '#core/number-words.ts';
import type { PositionSide } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';
import type { Mode } from '#ports/cards.ts';

import { stamp } from '../format.ts';

/** Only an addition: the title's first words carry the meaning. */
export const COLOUR = {
  good: 0x2e_8b_57,
  bad: 0xc0_39_2b,
  busy: 0x34_98_db,
  quiet: 0x7f_8c_8d,
  warning: 0xe6_7e_22,
  /** Of what is not real, whatever it came to. */
  backtest: 0x8e_44_ad,
} as const;

/** What a card that goes through several states says of the one it is in. */
export interface Headline {
  readonly title: string;
  readonly colour: number;
  readonly lines: readonly string[];
  readonly fields: readonly APIEmbedField[];
}

export const MODE_BADGE = {
  SANDBOX: '🧪 SANDBOX',
  PAPER: '📝 PAPER',
  LIVE: '💵 LIVE',
} as const satisfies Record<Mode, string>;

export const MODE_MEANING = {
  SANDBOX: 'Simulated market and broker: no order leaves this machine.',
  PAPER: 'Real market data, paper account: no real money.',
  LIVE: '**REAL MONEY.** Orders go to the live account.',
} as const satisfies Record<Mode, string>;

/** The verb of an entry. */
export const ENTRY_VERB = { long: 'BUY', short: 'SHORT' } as const satisfies Record<
  PositionSide,
  string
>;

/** The verbs of an exit, in the three tenses that a closing goes through. */
export const EXIT_VERB = {
  long: { willBe: 'to sell', is: 'selling', was: 'sold' },
  short: { willBe: 'to buy back', is: 'buying back', was: 'bought back' },
} as const satisfies Record<PositionSide, Record<'willBe' | 'is' | 'was', string>>;

/** The colour of a result; null where it is not known. */
export function resultColour(pnl: Usd | null): number {
  if (pnl === null || pnl === 0) return COLOUR.quiet;
  return pnl > 0 ? COLOUR.good : COLOUR.bad;
}

/** The end of a title whose news came late: it must not read as if it had just happened. */
export const lateMark = (lateMs: number | null): string =>
  lateMs === null ? '' : ` · ${formatDuration(lateMs)} late`;

/** The line that says that news came late: the bot was not listening, or the channel could not be reached. */
export const lateLines = (lateMs: number | null): readonly string[] =>
  lateMs === null
    ? []
    : [`🕓 **Told ${formatDuration(lateMs)} late: the news could not get through before.**`];

/** The instant of what is told: of late news with its day, since that may not be the reader's. */
export const toldStamp = (at: EpochMs, lateMs: number | null): string =>
  stamp(at, lateMs === null ? 't' : 'f');

/** How many positions have a live stop at the broker. */
export function protection(isProtected: number, positions: number): string {
  if (positions === 0) return 'no open positions';
  const badge = isProtected === positions ? '🛡' : '⚠';
  return `${badge} ${isProtected} of ${count(positions, 'position')} protected`;
}

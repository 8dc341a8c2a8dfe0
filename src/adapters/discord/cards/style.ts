import type { PositionSide } from '#core/order.ts';
import type { Mode } from '#ports/cards.ts';

import { count } from '../format.ts';

/** Only an addition: the title's first words carry the meaning. */
export const COLOUR = {
  good: 0x2e_8b_57,
  bad: 0xc0_39_2b,
  busy: 0x34_98_db,
  quiet: 0x7f_8c_8d,
  warning: 0xe6_7e_22,
} as const;

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

/** How many positions have a live stop at the broker. */
export function protection(isProtected: number, positions: number): string {
  if (positions === 0) return 'no open positions';
  const badge = isProtected === positions ? '🛡' : '⚠';
  return `${badge} ${isProtected} of ${count(positions, 'position')} protected`;
}

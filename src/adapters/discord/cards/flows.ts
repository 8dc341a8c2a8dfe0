import { micros } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { formatMoney } from '#core/number-words.ts';

/** Why equity has moved by more, or less, than the day's result. */
export const flowWords = (flows: Usd): string =>
  `without ${formatMoney(micros(Math.abs(flows)))} paid ${flows < 0 ? 'out' : 'in'}`;

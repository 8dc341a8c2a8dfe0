import { micros, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { formatMoney } from '#core/number-words.ts';

/** Why equity has moved by more, or less, than the day's result. */
export const flowWords = (flows: Usd): string =>
  `without ${formatMoney(micros(Math.abs(flows)))} paid ${flows < 0 ? 'out' : 'in'}`;

interface EquityMove {
  readonly openingEquity: Usd;
  readonly closingEquity: Usd;
  readonly flows?: Usd;
}

/** From what to what equity has gone, and what of that is no result. */
export function equityWords({
  openingEquity,
  closingEquity,
  flows = ZERO_USD,
}: EquityMove): string {
  const moved = `Equity ${formatMoney(openingEquity)} → ${formatMoney(closingEquity)}`;
  return flows === 0 ? moved : `${moved}; the result is ${flowWords(flows)}`;
}

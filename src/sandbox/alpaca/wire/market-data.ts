import type { Bar } from '#core/bars.ts';
import { tickOf, usdFromNumber, usdToNumber } from '#core/money.ts';

import { instant } from './format.ts';
import type { Json } from './order.ts';

/** Shares a trade has, to tell how many trades a bar may stand for. */
const SHARES_A_TRADE = 100;

const MICROS = 1e6;
const rounded = (price: number): number => Math.round(price * MICROS) / MICROS;

/** A bar without its time, which REST and the socket write differently. */
export const barFigures = ({ open, high, low, close, volume }: Bar) => ({
  o: open,
  h: high,
  l: low,
  c: close,
  v: Math.round(volume),
  n: Math.max(1, Math.round(volume / SHARES_A_TRADE)),
  // The replayed files have no trades, so the average price is the bar's typical one.
  vw: rounded((high + low + close) / 3),
});

export const barJson = (bar: Bar): Json => ({ t: instant(bar.start), ...barFigures(bar) });

/** The last trade, at the bar's end. */
export const tradeJson = (bar: Bar, barMs: number): Json => ({
  t: instant(bar.start + barMs),
  x: 'V',
  p: bar.close,
  s: SHARES_A_TRADE,
  c: ['@'],
  i: Math.round((bar.start + barMs) / 1000),
  z: 'C',
});

/** A market one tick to either side of the last price. */
export function quoteJson(bar: Bar, barMs: number): Json {
  const price = usdFromNumber(bar.close);
  const tick = tickOf(price);
  return {
    t: instant(bar.start + barMs),
    bx: 'V',
    bp: rounded(usdToNumber(price) - usdToNumber(tick)),
    bs: SHARES_A_TRADE,
    ax: 'V',
    ap: rounded(usdToNumber(price) + usdToNumber(tick)),
    as: SHARES_A_TRADE,
    c: ['R'],
    z: 'C',
  };
}

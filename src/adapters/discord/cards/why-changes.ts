import type { SizeCap } from '#core/decision.ts';
import { count, formatNumber, NONE } from '#core/number-words.ts';
import type { PositionSide } from '#core/order.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Change } from '#core/why.ts';

import { plain, stamp } from '../format.ts';
import { FILTER_WORDS } from './why-filters.ts';

type Of<Code extends Change['code']> = Extract<Change, { code: Code }>;
type Figures = Pick<StrategyParameters, 'emaFast' | 'emaSlow' | 'trendBarMinutes'>;

const figure = (value: number | null): string => (value === null ? NONE : formatNumber(value));
const words = (text: string | null): string => (text === null ? NONE : plain(text));

/** What would have to change, in a sentence. */
export function changeSentence(change: Change, figures: Figures): string {
  // The table has for each code a function of that code's change; the compiler cannot follow a lookup.
  const sentence = SENTENCES[change.code] as (change: Change, figures: Figures) => string;
  return sentence(change, figures);
}

type Sentences = { readonly [Code in Change['code']]: (of: Of<Code>, figures: Figures) => string };

const SENTENCES: Sentences = {
  crossing,
  'warm-up': ({ missing }) => `The indicators must be warm: ${words(missing)} had no value yet.`,
  'fresh-bar': ({ minutesBehind }) =>
    `The bar itself must be there: the newest data was ${figure(minutesBehind)} minutes behind.`,
  'after-open': ({ minutes, needed }) =>
    `It was ${figure(minutes)} min after the open; entries begin after ${figure(needed)} min.`,
  'before-close': ({ minutes, needed }) =>
    `It was ${figure(minutes)} min before the close; entries end ${figure(needed)} min before it.`,
  confidence: ({ value, needed }) => `Confidence ${figure(value)} must reach ${figure(needed)}.`,
  trend,
  'daily-bars': ({ days, needed }) =>
    `The volume profile must be readable: ${figure(days)} daily bars were there, ${
      needed === null ? 'not all of them usable' : `it takes ${figure(needed)}`
    }.`,
  'volume-node': volumeNode,
  'no-position': ({ has }) =>
    has === 'position'
      ? 'The position that is held in it must be closed first.'
      : 'The entry in it that still works must fill or end first.',
  wait: ({ why, until }) =>
    why === 'cooldown'
      ? `The cooldown after its stop-out ends ${stamp(until)}.`
      : `The pause after a row of stop-outs ends ${stamp(until)}.`,
  control: ({ status }) => `Trading was ${words(status)}: someone must resume it.`,
  impediment: ({ impediment }) =>
    `The bot must be able to see, with clean books: ${words(impediment)}.`,
  drawdown,
  positions: ({ open, max }) =>
    `Of ${figure(open)} open positions, at least one must close: at most ${figure(max)} are allowed.`,
  sector: ({ sector, same, open, maxShare }) =>
    `Fewer of the open positions may lie in its sector, ${words(sector)}: ` +
    `${figure(same)} of ${figure(open)}, and ${sharePercent(maxShare)} is too much.`,
  correlation: (of) =>
    of.correlation === null
      ? `Its correlation with ${words(of.with)} must be known.`
      : `Its correlation with ${words(of.with)}, ${figure(of.correlation)}, must not be above ${figure(of.max)}, or that position must close.`,
  bracket: () =>
    'A bracket must be able to stand: stop and target on the right sides of the price.',
  room: ({ cappedBy, riskPerShare }) =>
    `There must be room for one share: ${
      cappedBy === null
        ? `the risk budget does not pay ${words(riskPerShare)} dollars of risk`
        : CAP_WORDS[cappedBy]
    }.`,
  broker: ({ what }) => BROKER_WORDS[what],
  filter: ({ filter }) => `${FILTER_WORDS[filter].label} must pass; the record does not say more.`,
};

const CROSSES = { long: 'above', short: 'below' } as const satisfies Record<PositionSide, string>;
const SIGNAL = { long: 'BUY', short: 'SELL' } as const satisfies Record<PositionSide, string>;

function crossing(change: Of<'crossing'>, { emaFast, emaSlow }: Figures): string {
  const { side, isBeyond, barsSince, withinBars } = change;
  const crosses = `cross ${CROSSES[side]} EMA ${emaSlow}`;
  const values = `${formatNumber(change.emaFast, 4)} against ${formatNumber(change.emaSlow, 4)}`;
  if (!isBeyond) return `${SIGNAL[side]}: EMA ${emaFast} must ${crosses} (${values}).`;
  const age = barsSince === null ? 'before the first bar' : `${count(barsSince, 'bar')} ago`;
  return `${SIGNAL[side]}: EMA ${emaFast} must ${crosses} anew: it did ${age}, and that counts ${countsFor(withinBars)} (${values}).`;
}

const countsFor = (bars: number): string =>
  bars === 1
    ? 'on its own bar only'
    : `on its own bar and the next ${bars - 1 === 1 ? 'one' : bars - 1}`;

function trend({ side, emaFast, emaSlow }: Of<'trend'>, figures: Figures): string {
  const must = side === null ? 'be on the other side of' : side === 'long' ? 'reach' : 'fall to';
  return (
    `On ${figures.trendBarMinutes}-minute bars EMA ${figures.emaFast} (${figure(emaFast)}) must ${must} ` +
    `EMA ${figures.emaSlow} (${figure(emaSlow)}).`
  );
}

function volumeNode({ distance, reach, node }: Of<'volume-node'>): string {
  if (distance === null || node === null) {
    return 'A price must stand out by its volume: no high-volume node was there.';
  }
  return `The price must be within ${count(reach, 'bucket')} of a high-volume node: the nearest, at $${formatNumber(node)}, was ${formatNumber(distance)} away.`;
}

function drawdown({ of, isKnown, fall, limit }: Of<'drawdown'>): string {
  const since = of === 'day' ? 'since the open' : 'from its peak';
  if (!isKnown) return `The fall of equity ${since} must be known.`;
  const percent = fall === null ? NONE : `${formatNumber(fall)} %`;
  const end = of === 'day' ? 'the next session begins or someone resumes' : 'someone resumes';
  return `Equity had fallen ${since} to its limit (now ${percent}, limit −${figure(limit)} %): entries wait until ${end}.`;
}

const sharePercent = (share: number | null): string =>
  share === null ? NONE : `${formatNumber(share * 100)} %`;

const CAP_WORDS = {
  notional: 'the limit of one position is below the price of one',
  exposure: 'all positions together are at their limit',
  'buying-power': 'the buying power is used up',
} as const satisfies Record<SizeCap, string>;

const BROKER_WORDS = {
  'unknown-symbol': 'The broker must know the symbol.',
  'not-tradable': 'The broker must make the symbol tradable.',
  'trading-blocked': 'The broker must unblock the account.',
  'not-shortable': 'The symbol must become shortable.',
  'shorting-disabled': 'The account must be allowed to short.',
  'shorts-not-allowed': 'Shorts must be switched on in the rules (allowShort).',
} as const satisfies Record<Of<'broker'>['what'], string>;

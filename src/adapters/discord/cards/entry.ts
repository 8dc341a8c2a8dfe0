import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { EntryIntent, MarketRegime, SizeCap } from '#core/decision.ts';
import { timesShares } from '#core/money.ts';
import type { RejectCode } from '#ports/broker.ts';
import type { EntryCard, EntryProgress, Mode } from '#ports/cards.ts';

import {
  count,
  formatMoney,
  formatPerShare,
  formatNumber,
  formatPrice,
  formatRoundMoney,
  formatSlippage,
  plain,
  stamp,
} from '../format.ts';
import { COLOUR, ENTRY_VERB } from './style.ts';

/** One entry; the same message is edited as it goes on. */
export function entryEmbed({ intent, progress }: EntryCard, mode: Mode): APIEmbed {
  const { title, colour, lines, fields } = headline(intent, progress);
  return {
    title,
    color: colour,
    description: [...lines, sizeLine(intent)].join('\n'),
    fields: [...fields, ...planFields(intent)],
    footer: { text: `${intent.tradeId} · ${mode}` },
  };
}

interface Headline {
  readonly title: string;
  readonly colour: number;
  readonly lines: readonly string[];
  readonly fields: readonly APIEmbedField[];
}

function headline(intent: EntryIntent, progress: EntryProgress): Headline {
  const order = `${ENTRY_VERB[intent.side]} ${formatNumber(intent.quantity)} ${intent.symbol}`;
  const at = stamp(progress.at);
  if (progress.status === 'filled') return filled(intent, progress);
  if (progress.status === 'rejected') return rejected(order, progress);
  if (progress.status === 'cancelled') {
    return notOpened(`✖️ NOT FILLED: ${order}`, `Cancelled ${at}: ${plain(progress.reason)}`);
  }
  if (progress.status === 'abandoned') {
    return notOpened(`⏭️ NOT SENT: ${order}`, `Abandoned ${at}: ${plain(progress.reason)}`);
  }
  return {
    title: `⏳ ${order}: bracket sent, limit ${formatPrice(intent.bracket.limitPrice)}`,
    colour: COLOUR.busy,
    lines: [`Sent ${at}. Cancelled if it has not filled within one bar.`],
    fields: [],
  };
}

const rejected = (
  order: string,
  { at, code, message }: Extract<EntryProgress, { status: 'rejected' }>,
): Headline => ({
  title: `🚫 REJECTED: ${order}`,
  colour: COLOUR.bad,
  lines: [
    `Rejected ${stamp(at)}. ${inWords(code)} No position was opened.`,
    ...(message.trim() === '' ? [] : [`The broker’s words: “${plain(message)}”`]),
  ],
  fields: [],
});

const notOpened = (title: string, line: string): Headline => ({
  title,
  colour: COLOUR.quiet,
  lines: [line, 'No position was opened.'],
  fields: [],
});

type Filled = Extract<EntryProgress, { status: 'filled' }>;

function filled(intent: EntryIntent, progress: Filled): Headline {
  const isWhole = progress.quantity >= intent.quantity;
  const shares = isWhole
    ? formatNumber(progress.quantity)
    : `${formatNumber(progress.quantity)} of ${formatNumber(intent.quantity)}`;
  const price = formatPrice(progress.averagePrice);
  return {
    title: `✅ ${intent.side === 'long' ? 'BOUGHT' : 'SHORTED'} ${shares} ${intent.symbol} @ ${price}`,
    colour: COLOUR.good,
    lines: [
      isWhole
        ? `Filled ${stamp(progress.at)}. Stop and target rest at the broker.`
        : `Partly filled ${stamp(progress.at)}: ${shares} shares.`,
    ],
    fields: [
      { name: 'Average', value: price, inline: true },
      { name: 'Slippage', value: formatSlippage(progress.slippageBps), inline: true },
      {
        name: 'Value',
        value: formatMoney(timesShares(progress.averagePrice, progress.quantity)),
        inline: true,
      },
    ],
  };
}

const REGIME = {
  trending: 'trending',
  choppy: 'choppy',
  between: 'between trend and chop',
} as const satisfies Record<MarketRegime, string>;

const atrs = (distance: number): string => `${formatNumber(distance)} ATR`;

function planFields({ bracket, size, quantity, confidence }: EntryIntent): APIEmbedField[] {
  const inline = true;
  return [
    { name: 'Limit', value: formatPrice(bracket.limitPrice), inline },
    { name: 'Stop', value: `${formatPrice(bracket.stopPrice)}\n${atrs(bracket.stopAtrs)}`, inline },
    {
      name: 'Target',
      value: `${formatPrice(bracket.targetPrice)}\n${atrs(bracket.targetAtrs)}`,
      inline,
    },
    {
      name: 'Size',
      value: `${count(quantity, 'share')}\n${formatMoney(timesShares(bracket.limitPrice, quantity))}`,
      inline,
    },
    {
      name: 'Risk',
      value: `${formatMoney(timesShares(size.riskPerShare, quantity))}\nR = ${formatPerShare(size.riskPerShare)} a share`,
      inline,
    },
    {
      name: 'Signal',
      value: `confidence ${formatNumber(confidence, 0)}\n${REGIME[bracket.regime]}${
        bracket.isVolatile ? ', volatile' : ''
      }`,
      inline,
    },
  ];
}

const CAP = {
  notional: 'notional',
  exposure: 'total exposure',
  'buying-power': 'buying power',
} as const satisfies Record<SizeCap, string>;

/** The arithmetic of the size in one line. */
function sizeLine({ size }: EntryIntent): string {
  const steps =
    `${formatNumber(size.riskBps / 100)} % of ${formatRoundMoney(size.equity)} = ` +
    `${formatRoundMoney(size.riskBudget)} ÷ ${formatPerShare(size.riskPerShare)} = ` +
    count(size.sharesByRisk, 'share');
  if (size.cappedBy === null) return steps;
  return `${steps}, capped by ${CAP[size.cappedBy]} at ${formatNumber(size.shares)}`;
}

const REJECTION = {
  'duplicate-client-order-id':
    'The broker already has an order with this id: nothing was sent twice.',
  'insufficient-buying-power': 'The account has too little buying power for it.',
  'insufficient-quantity': 'The shares it needs are tied up in another order.',
  'sub-penny': 'A price has more decimals than the exchange allows.',
  'base-price': 'The price had moved too close to the stop or the target before the order arrived.',
  'not-an-entry':
    'The broker takes a bracket only as an entry, and it already has an order or position in this symbol.',
  'not-shortable': 'The broker does not allow this symbol to be sold short.',
  'hard-to-borrow': 'The broker has no shares to lend for a short sale.',
  halted: 'The exchange has halted trading in this symbol.',
  'inactive-asset': 'The symbol does not trade at this broker.',
  'wash-trade': 'It could have traded against another order of this account.',
  'rate-limited': 'The broker had too many requests at once.',
  unauthorized: 'The broker does not accept the account’s key: check the credentials.',
  'not-found': 'The broker does not know what the order refers to.',
  'not-cancelable': 'The order can no longer be cancelled.',
  unknown: 'The broker gave a reason that is not known here.',
} as const satisfies Record<RejectCode, string>;

const isKnown = (code: string): code is RejectCode => Object.hasOwn(REJECTION, code);

const inWords = (code: string): string => REJECTION[isKnown(code) ? code : 'unknown'];

import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { EntryIntent, MarketRegime, RiskTier, SizeCap } from '#core/decision.ts';
import { timesShares } from '#core/money.ts';
import {
  count,
  formatMoney,
  formatPerShare,
  formatNumber,
  formatPrice,
  formatRoundMoney,
  formatSlippage,
} from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { EntryCard, EntryProgress } from '#ports/trade-cards.ts';

import { plain } from '../format.ts';
import { rejectionWords } from './rejections.ts';
import { scaleOutLines } from './scale-out.ts';
import { COLOUR, ENTRY_VERB, lateLines, lateMark, toldStamp } from './style.ts';
import type { Headline } from './style.ts';

type At<Status extends EntryProgress['status']> = Extract<EntryProgress, { status: Status }>;

/** One entry; the same message is edited as it goes on. */
export function entryEmbed(card: EntryCard, mode: Mode): APIEmbed {
  const { intent, lateMs } = card;
  const { title, colour, lines, fields } = headline(card);
  return {
    title: `${title}${lateMark(lateMs)}`,
    color: colour,
    description: [...lateLines(lateMs), ...lines, sizeLine(intent), ...riskLines(intent)].join(
      '\n',
    ),
    fields: [...fields, ...planFields(intent)],
    footer: { text: `${intent.tradeId} · ${mode}` },
  };
}

function headline(card: EntryCard): Headline {
  const { intent, progress, lateMs } = card;
  const order = `${ENTRY_VERB[intent.side]} ${formatNumber(intent.quantity)} ${intent.symbol}`;
  const limit = formatPrice(intent.bracket.limitPrice);
  const priced = `${order} @ ${limit}`;
  const at = toldStamp(progress.at, lateMs);
  switch (progress.status) {
    case 'submitted':
      return {
        title: `⏳ ${order}: bracket sent, limit ${limit}`,
        colour: COLOUR.busy,
        lines: [
          `Sent ${at}. Cancelled if it has not filled within one bar.`,
          ...scaleOutLines(card),
        ],
        fields: [],
      };
    case 'filled':
      return filled(card, progress, at);
    case 'rejected':
      return rejected(priced, progress, at);
    case 'cancelled':
      return notOpened(`✖️ NOT FILLED: ${priced}`, `Cancelled ${at}: ${plain(progress.reason)}`);
    case 'abandoned':
      return notOpened(`⏭️ NOT SENT: ${priced}`, `Abandoned ${at}: ${plain(progress.reason)}`);
    default:
      return progress satisfies never;
  }
}

function rejected(order: string, { code, message }: At<'rejected'>, at: string): Headline {
  const { means, todo } = rejectionWords(code);
  // The broker has an order with this id: what became of that one, its no does not tell.
  const isSure = code !== 'duplicate-client-order-id';
  return {
    title: `🚫 REJECTED: ${order}${isSure ? NO_POSITION : ''}`,
    colour: COLOUR.bad,
    lines: [
      `Rejected ${at}. ${means}${isSure ? ' No position was opened.' : ''}`,
      `To do: ${todo}`,
      ...(message.trim() === '' ? [] : [`The broker’s words: “${plain(message)}”`]),
    ],
    fields: [],
  };
}

const NO_POSITION = ' · no position';

const notOpened = (title: string, line: string): Headline => ({
  title: `${title}${NO_POSITION}`,
  colour: COLOUR.quiet,
  lines: [line, 'No position was opened.'],
  fields: [],
});

function filled(card: EntryCard, progress: At<'filled'>, at: string): Headline {
  const { intent } = card;
  const { averagePrice, quantity, slippageBps } = progress;
  const isWhole = quantity >= intent.quantity;
  const shares = isWhole
    ? formatNumber(quantity)
    : `${formatNumber(quantity)} of ${formatNumber(intent.quantity)}`;
  const verb = intent.side === 'long' ? 'BOUGHT' : 'SHORTED';
  const price = formatPrice(averagePrice);
  return {
    title: `${isWhole ? '✅' : '⚠️'} ${verb} ${shares} ${intent.symbol} @ ${price} · ${guard(card, isWhole)}`,
    colour: isWhole ? COLOUR.good : COLOUR.warning,
    lines: [
      fillLine(card, at, isWhole),
      // Of a part, nobody knows yet which bracket it belongs to.
      ...(isWhole ? scaleOutLines(card) : []),
    ],
    fields: [
      { name: 'Average', value: price, inline: true },
      { name: 'Slippage', value: formatSlippage(slippageBps), inline: true },
      { name: 'Value', value: formatMoney(timesShares(averagePrice, quantity)), inline: true },
    ],
  };
}

function guard({ intent, lateMs }: EntryCard, isWhole: boolean): string {
  if (!isWhole) return 'stop not confirmed';
  const stop = `stop ${formatPrice(intent.bracket.stopPrice)}`;
  // Of late news nobody knows whether the stop is there still.
  return lateMs === null ? `🛡 ${stop}` : stop;
}

function fillLine({ lateMs }: EntryCard, at: string, isWhole: boolean): string {
  if (!isWhole) {
    return `Partly filled ${at}. Its legs may sleep until the rest fills; what is left unfilled is cancelled, and the shares get a stop of their own. A card tells when it is in.`;
  }
  return lateMs === null
    ? // In the past: the card stays as it is when they have moved, or acted.
      `Filled ${at}. Stop and target went live at the broker with it.`
    : `Filled ${at}. Its stop and target came with it; /status tells what became of them since.`;
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
  notional: 'the limit on one position',
  exposure: 'the limit on all positions together',
  'buying-power': 'the buying power',
} as const satisfies Record<SizeCap, string>;

export const capWords = (cap: SizeCap): string => CAP[cap];

/** The arithmetic of the size in one line. */
export function sizeLine({ size }: EntryIntent): string {
  const steps =
    `${formatNumber(size.riskBps / 100)} % of ${formatRoundMoney(size.equity)} = ` +
    `${formatRoundMoney(size.riskBudget)} ÷ ${formatPerShare(size.riskPerShare)} = ` +
    count(size.sharesByRisk, 'share');
  if (size.cappedBy === null) return steps;
  const atRisk = (100 * size.riskPerShare * size.shares) / size.equity;
  return (
    `${steps}, cut to ${formatNumber(size.shares)} by ${CAP[size.cappedBy]}: ` +
    `${formatNumber(atRisk)} % of equity at risk`
  );
}

/** What the risk comes from. Nothing to be said of trades that were planned before there were tiers. */
export const riskLines = ({ size: { riskBps, tier } }: EntryIntent): readonly string[] =>
  tier === undefined
    ? []
    : [`Risk budget ${formatNumber(riskBps / 100)} % of equity (${tierWords(tier)})`];

function tierWords({ name, trades, wins }: RiskTier): string {
  if (name === 'fixed') return 'fixed';
  if (trades === 0) return 'no closed trade to go by yet';
  const won =
    trades === 1
      ? `the only trade so far ${wins === 1 ? 'won' : 'not won'}`
      : `${wins} of the last ${trades} trades won`;
  return name === 'few' ? `${won}: too few to go by` : won;
}

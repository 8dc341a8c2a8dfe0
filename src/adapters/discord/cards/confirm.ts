import type { APIEmbed } from 'discord.js';

import type { ConfirmReply } from '#app/command.ts';
import type { CloseLine, MarketHours, Preview } from '#app/confirm/preview.ts';
import type { ControlStatus } from '#core/control.ts';
import { addUsd } from '#core/money.ts';
import {
  count,
  formatDuration,
  formatGain,
  formatNumber,
  formatPrice,
  NONE,
} from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { resumeLinesOf } from './resume.ts';
import { COLOUR, EXIT_VERB, MODE_BADGE, MODE_MEANING } from './style.ts';

interface Asked {
  /** Who alone may answer. */
  readonly name: string;
  readonly expiresInMs: number;
}

/** What a person reads before pressing Yes: all that it will do, in the order in which it will. */
export function confirmEmbed(
  { title, preview }: Pick<ConfirmReply, 'title' | 'preview'>,
  { name, expiresInMs }: Asked,
  mode: Mode,
): APIEmbed {
  return {
    title: `${MODE_BADGE[mode]} · ${plain(title)}?${gainOf(preview)}`,
    color: COLOUR.warning,
    description: [
      ...(mode === 'LIVE' ? [MODE_MEANING.LIVE] : []),
      ...linesOf(preview),
      '',
      `Only ${plain(name)} can answer, within ${formatDuration(expiresInMs)}. No answer is a no. **Nothing has been done yet.**`,
    ].join('\n'),
    footer: { text: mode },
  };
}

function gainOf(preview: Preview): string {
  switch (preview.kind) {
    case 'close':
      return ` · P/L ${formatGain(preview.line.pnl)}`;
    case 'close-all':
      return ` · P/L ${formatGain(addUsd(...preview.lines.map(({ pnl }) => pnl)))}`;
    case 'flatten': {
      const lines = preview.open?.lines ?? [];
      if (lines.length === 0) return '';
      return ` · P/L ${formatGain(addUsd(...lines.map(({ pnl }) => pnl)))}`;
    }
    case 'resume':
    case 'words':
      return '';
    default:
      return preview satisfies never;
  }
}

function linesOf(preview: Preview): readonly string[] {
  switch (preview.kind) {
    case 'close':
      return closeLinesOf(preview);
    case 'close-all':
      return closeAllLinesOf(preview);
    case 'flatten':
      return flattenLinesOf(preview);
    case 'resume':
      return resumeLinesOf(preview);
    case 'words':
      return [plain(preview.text)];
    default:
      return preview satisfies never;
  }
}

type Of<Kind extends Preview['kind']> = Extract<Preview, { kind: Kind }>;

function closeLinesOf({ line, atMarket, market }: Of<'close'>): readonly string[] {
  const { symbol, side, quantity, keep, entryPrice, currentPrice, pnl, stopPrice, liveOrders } =
    line;
  return [
    `**${symbol} ${side}, ${formatNumber(quantity)} of ${formatNumber(quantity + keep)} ${EXIT_VERB[side].willBe}**`,
    `entry ${formatPrice(entryPrice)} · now ${formatPrice(currentPrice)} · P/L of these shares ${formatGain(pnl)}`,
    stopPrice === null
      ? '⚠ No live stop covers it now.'
      : `🛡 Its stop stands at ${formatPrice(stopPrice)}.`,
    '',
    `1. ${cancelWords(liveOrders)}`,
    ...(keep === 0
      ? []
      : [`2. ${count(keep, 'share')} stay, and get a stop of their own before the others leave.`]),
    `${keep === 0 ? 2 : 3}. ${orderWords(atMarket)}`,
    marketWords(market),
  ];
}

function cancelWords(liveOrders: number): string {
  if (liveOrders === 0) return 'It has no live order that must be cancelled first.';
  const orders =
    liveOrders === 1 ? 'Its live order is' : `Its ${formatNumber(liveOrders)} live orders are`;
  return `${orders} cancelled first; for that moment it has no stop.`;
}

const orderWords = (atMarket: boolean): string =>
  atMarket
    ? 'A market order: at once, **whatever the price**.'
    : 'A limit order 0.1 % through the price, re-priced, at last a market order.';

function marketWords({ isOpen, opensAt }: MarketHours): string {
  if (isOpen) return 'The market is open.';
  const when = opensAt === null ? 'the next open' : `the open, ${stamp(opensAt, 'f')}`;
  return `🌙 **The market is closed**: it is queued for ${when}. Until then nothing is cancelled, and the bracket stays.`;
}

const ENTRIES_MEANWHILE = {
  active: 'New entries go on: use `/halt mode:flatten` to stop them too.',
  halted: 'No new entries meanwhile: it is halted.',
  flattening: 'No new entries meanwhile: every position is being closed already.',
} as const satisfies Record<ControlStatus, string>;

function closeAllLinesOf({
  lines,
  left,
  atMarket,
  market,
  control,
}: Of<'close-all'>): readonly string[] {
  return [
    ...lines.map(oneOfAll),
    ...left.map(({ symbol, why }) => `✖ ${symbol} stays: ${plain(why)}.`),
    '',
    `Of each: its live orders are cancelled, then ${
      atMarket
        ? 'a market order goes out, **whatever the price**'
        : 'a limit order goes out 0.1 % through the price, re-priced, at last a market order'
    }. One that fails never stops the others.`,
    marketWords(market),
    ENTRIES_MEANWHILE[control],
  ];
}

function flattenLinesOf({ until, open }: Of<'flatten'>): readonly string[] {
  const end = until === null ? 'until someone resumes' : `until ${stamp(until, 'f')}`;
  const first = `**No new entries ${end}**; entries that still work are cancelled.`;
  if (open === null) {
    return [
      first,
      '⚠ The broker does not answer just now, so what is open cannot be shown. **Every position of the bot is closed** as soon as it does.',
    ];
  }
  const { lines, left, market } = open;
  if (lines.length === 0 && left.length === 0) return [first, 'Nothing is open.'];
  return [
    first,
    ...lines.map(oneOfAll),
    ...left.map(({ symbol, why }) => `✖ ${symbol}: ${plain(why)}.`),
    '',
    'Of each: its live orders are cancelled, then a limit order goes out 0.1 % through the price, re-priced, at last a market order. What is opened until then is closed as well.',
    marketWords(market),
  ];
}

const oneOfAll = ({ symbol, side, quantity, pnl, stopPrice }: CloseLine): string =>
  `**${symbol}** ${side} ${formatNumber(quantity)} · ${formatGain(pnl)} · ${
    stopPrice === null ? '⚠ no stop' : `🛡 ${formatPrice(stopPrice)}`
  }`;

/** The message of a question that was answered with a no, or that nobody answered. */
export const nothingDone = (title: string, why: string): string =>
  `✖ ${title}: ${why === '' ? NONE : why} Nothing was done.`;

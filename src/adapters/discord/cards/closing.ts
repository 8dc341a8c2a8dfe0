import type { APIEmbed } from 'discord.js';

import { clipLine } from '#core/clip.ts';
import { count, formatDuration, formatNumber, formatPrice, ordinal } from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { ClosingCard, ClosingProgress, StopDoubt } from '#ports/trade-cards.ts';

import { plain, stamp } from '../format.ts';
import { clipText } from '../limits.ts';
import { provenHeadline } from './proof.ts';
import { EXIT_WORDS } from './reasons.ts';
import { COLOUR, EXIT_VERB } from './style.ts';
import type { Headline } from './style.ts';

type At<Phase extends ClosingProgress['phase']> = Extract<ClosingProgress, { phase: Phase }>;

const NAME_LENGTH = 100;
const WHY_LENGTH = 600;
/** So many failures in a row are no passing trouble any more. */
const MANY_FAILURES = 3;

/** A position that the bot closes itself; the same message is edited from the wish to the proof. */
export function closingEmbed(card: ClosingCard, mode: Mode): APIEmbed {
  const { title, colour, lines, fields } = headline(card);
  const { progress, requestedBy, reason, at } = card;
  return {
    title,
    color: colour,
    description: lines.join('\n'),
    fields: [
      ...fields,
      { name: 'Shares', value: sharesOf(card), inline: true },
      { name: 'Asked by', value: plain(clipLine(requestedBy, NAME_LENGTH)), inline: true },
      { name: progress.phase === 'done' ? 'Done' : 'As of', value: stamp(at, 'f'), inline: true },
      { name: 'Why', value: EXIT_WORDS[reason].why },
    ],
    footer: { text: `${card.tradeId} · ${mode}` },
  };
}

function headline(card: ClosingCard): Headline {
  const { progress } = card;
  switch (progress.phase) {
    case 'queued':
      return queued(card, progress);
    case 'clearing':
      return clearing(card, progress);
    case 'exiting':
      return exiting(card, progress);
    case 'stuck':
      return stuck(card, progress);
    case 'done':
      return provenHeadline(card, progress);
    default:
      return progress satisfies never;
  }
}

const sharesOf = ({ quantity, keep }: ClosingCard): string =>
  keep === 0
    ? `all ${formatNumber(quantity)} leave`
    : `${formatNumber(quantity)} of ${formatNumber(quantity + keep)} leave\n${formatNumber(keep)} stay`;

const underWay = ({ keep }: ClosingCard): string => (keep === 0 ? '⏳ CLOSING' : '⏳ REDUCING');

/** `NVDA, 100 to sell`. */
const wish = ({ symbol, side, quantity }: ClosingCard): string =>
  `${symbol}, ${formatNumber(quantity)} ${EXIT_VERB[side].willBe}`;

function queued(card: ClosingCard, { opensAt }: At<'queued'>): Headline {
  const when =
    opensAt === null
      ? 'at the next open, whose time is not known yet'
      : `at the open, ${stamp(opensAt, 'f')}`;
  return {
    title: `🌙 CLOSE QUEUED: ${wish(card)} at the open · 🛡 bracket stays until then`,
    colour: COLOUR.busy,
    lines: [
      `The market is closed. The exit goes out ${when}.`,
      'Until then its bracket stays in place at the broker. Nothing to do.',
    ],
    fields: [],
  };
}

const clearing = (card: ClosingCard, { orders }: At<'clearing'>): Headline => ({
  title: `${underWay(card)}: ${wish(card)} · ${
    orders === 0
      ? 'waiting for its shares, no stop'
      : `cancelling ${count(orders, 'order')}, its stop too`
  }`,
  colour: COLOUR.busy,
  lines: [
    'The shares have to be free of orders, the stop included, before they can leave: some seconds without protection.',
    'If anything fails, a stop goes back in.',
  ],
  fields: [],
});

function exiting(card: ClosingCard, { attempt, limitPrice }: At<'exiting'>): Headline {
  const { symbol, side, quantity, keep } = card;
  const at = limitPrice === null ? 'at the market' : `@ ${formatPrice(limitPrice)} or better`;
  const order = limitPrice === null ? 'market order' : `limit ${formatPrice(limitPrice)}`;
  return {
    title: `${underWay(card)}: ${symbol}, ${EXIT_VERB[side].is} ${formatNumber(quantity)} ${at} · attempt ${attempt} · ${
      keep === 0 ? 'no stop meanwhile' : `🛡 ${formatNumber(keep)} stay, protected`
    }`,
    colour: COLOUR.busy,
    lines: [
      'The exit order works at the broker; the shares that leave have no stop while it does.',
      ...(keep === 0 ? [] : ['Those that stay are protected already.']),
      'If it does not fill in time it is priced anew. If anything fails, a stop goes back in.',
    ],
    fields: [{ name: 'Order', value: `${order}\nattempt ${attempt}`, inline: true }],
  };
}

function stuck(card: ClosingCard, progress: At<'stuck'>): Headline {
  const { why, retryInMs, failures } = progress;
  const { title, line, isNaked } = stopWords(card, progress);
  const isUrgent = isNaked || failures >= MANY_FAILURES;
  const wanted = card.keep === 0 ? 'NOT CLOSED' : 'NOT REDUCED';
  return {
    title: `${isUrgent ? '🚨' : '⚠️'} ${wanted}: ${wish(card)} · ${title}`,
    colour: isUrgent ? COLOUR.bad : COLOUR.warning,
    lines: [
      line,
      `Failed for the ${ordinal(failures)} time: ${plain(clipText(why, WHY_LENGTH))}`,
      `Tried again in ${formatDuration(retryInMs)}, with what the broker shows then.`,
    ],
    fields: [],
  };
}

interface StopWords {
  readonly title: string;
  readonly line: string;
  readonly isNaked: boolean;
}

/** What protects the shares meanwhile, as far as anybody knows. */
function stopWords(card: ClosingCard, { stopPrice, doubt, failures }: At<'stuck'>): StopWords {
  if (stopPrice !== null) {
    const stop = formatPrice(stopPrice);
    return { title: `🛡 stop ${stop}`, line: guardedLine(stop, failures), isNaked: false };
  }
  if (doubt === undefined) {
    return { title: 'NO STOP: act at the broker now', line: nakedLine(card), isNaked: true };
  }
  return { ...DOUBT[doubt], isNaked: doubt === 'unseen' };
}

const DOUBT = {
  unseen: {
    title: 'STOP NOT KNOWN: look at the broker now',
    line: '**The broker does not answer: whether a stop protects the shares is not known. Look there now**, before you sell or buy anything: a stop may still be live.',
  },
  'no-shares': {
    title: 'no shares are left',
    line: 'The broker shows no shares any more, so nothing is unprotected. What its orders have done is still being found out.',
  },
} as const satisfies Record<StopDoubt, Pick<StopWords, 'title' | 'line'>>;

const nakedLine = ({ symbol, side }: ClosingCard): string =>
  `**NOTHING protects the shares: act at the broker now.** ${
    side === 'long' ? 'Sell' : 'Buy back'
  } ${symbol} there, or set a stop.`;

const guardedLine = (stop: string, failures: number): string =>
  `Meanwhile a stop at ${stop} protects the shares. ${
    failures >= MANY_FAILURES ? '**It keeps failing: look at the broker.**' : 'Nothing to do yet.'
  }`;

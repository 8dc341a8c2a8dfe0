import type { APIEmbedField } from 'discord.js';

import type { CloseProof } from '#core/close.ts';
import {
  count,
  formatGain,
  formatNumber,
  formatPrice,
  formatSeconds,
  NONE,
} from '#core/number-words.ts';
import { signOf } from '#core/order.ts';
import type { ClosingCard, ClosingProgress } from '#ports/trade-cards.ts';

import { COLOUR, EXIT_VERB, resultColour } from './style.ts';
import type { Headline } from './style.ts';

type Done = Extract<ClosingProgress, { phase: 'done' }>;
type Told = Omit<Headline, 'fields'>;

/**
 * How a closing ended: by what the broker showed, not by what was wished. Only without a share and without
 * a live order is it called flat.
 */
export function provenHeadline(card: ClosingCard, done: Done): Headline {
  return { ...told(card, done), fields: proofFields(done) };
}

function told(card: ClosingCard, done: Done): Told {
  const { positionQuantity, liveOrders } = done.proof;
  if (positionQuantity === 0 && liveOrders === 0) return flat(card, done);
  const left = positionQuantity * signOf(card.side);
  const isAsWished = left > 0 && left <= card.keep;
  return isAsWished ? reduced(card, done, left) : otherwise(card, done);
}

function flat(card: ClosingCard, { proof, pnl }: Done): Told {
  return {
    title: [`🏁 FLAT: ${card.symbol}, ${exitWords(card, proof)}`, ...ending(proof, pnl)].join(
      ' · ',
    ),
    colour: resultColour(pnl),
    lines: [
      'Proven at the broker: no share and no live order. Nothing to do.',
      ...otherExitLines(card, proof),
      ...(card.keep === 0 ? [] : [`${formatNumber(card.keep)} were to stay; they have left too.`]),
    ],
  };
}

function reduced(card: ClosingCard, { proof, pnl }: Done, left: number): Told {
  const isProtected = proof.liveOrders > 0;
  const stays = `${formatNumber(left)} left`;
  const state = isProtected ? `🛡 ${stays}, protected` : `${stays}, NO STOP: act at the broker now`;
  const badge = isProtected ? '✅' : '🚨';
  return {
    title: [
      `${badge} REDUCED: ${card.symbol}, ${exitWords(card, proof)}`,
      state,
      ...ending(proof, pnl),
    ].join(' · '),
    colour: isProtected ? COLOUR.good : COLOUR.bad,
    lines: [
      isProtected
        ? `Proven at the broker: ${stays}, and an order that protects them. Nothing to do.`
        : `**NOTHING protects the ${stays}: set a stop at the broker now.**`,
      ...otherExitLines(card, proof),
      ...(left < card.keep ? [`${formatNumber(card.keep)} were to stay; more have left.`] : []),
    ],
  };
}

/** Over, and yet not as it should be: what the broker shows is said as it is. */
function otherwise(card: ClosingCard, { proof }: Done): Told {
  const { positionQuantity, liveOrders } = proof;
  const shown = `${positionWords(positionQuantity)} and ${ordersWords(liveOrders)}`;
  const wanted = card.keep === 0 ? 'NOT FLAT' : 'NOT AS WISHED';
  return {
    title: `🚨 ${wanted}: ${card.symbol}, the broker shows ${shown} · ${exitWords(card, proof)}`,
    colour: COLOUR.bad,
    lines: [
      positionQuantity === 0
        ? '**Cancel what is live in this symbol at the broker now**: filled, it would open a position.'
        : `**Look at this symbol at the broker now.** ${
            liveOrders === 0
              ? 'Nothing protects the shares.'
              : 'Whether one of the orders is a stop, /status tells.'
          }`,
      `Wished for: ${card.keep === 0 ? 'no share and no live order' : `${formatNumber(card.keep)} ${card.side}, protected`}.`,
      ...otherExitLines(card, proof),
    ],
  };
}

const positionWords = (quantity: number): string =>
  quantity === 0
    ? 'no share'
    : `${formatNumber(Math.abs(quantity))} ${quantity > 0 ? 'long' : 'short'}`;

const ordersWords = (orders: number): string =>
  orders === 0 ? 'no live order' : count(orders, 'live order');

/** `100 sold @ $181.20`. */
function exitWords({ side }: ClosingCard, { exitPrice, exitQuantity }: CloseProof): string {
  if (exitPrice === null || exitQuantity === 0) return `none ${EXIT_VERB[side].was} by the closing`;
  return `${formatNumber(exitQuantity)} ${EXIT_VERB[side].was} @ ${formatPrice(exitPrice)}`;
}

/** `+$120.50`, `1.3 s`. */
const ending = ({ tookMs }: CloseProof, pnl: Done['pnl']): readonly string[] => [
  ...(pnl === null ? [] : [formatGain(pnl)]),
  formatSeconds(tookMs),
];

/** A closing may be overtaken: by a leg that filled while it was being cancelled, or by a person. */
function otherExitLines(
  { quantity, side }: ClosingCard,
  { exitQuantity }: CloseProof,
): readonly string[] {
  const missing = quantity - exitQuantity;
  if (missing === 0) return [];
  if (missing < 0) return [`${formatNumber(-missing)} more ${EXIT_VERB[side].was} than asked for.`];
  return [
    `${formatNumber(missing)} of the ${formatNumber(quantity)} did not leave by the closing’s own order: a stop or target was faster, or someone at the broker.`,
  ];
}

const proofFields = ({ proof, pnl }: Done): readonly APIEmbedField[] => [
  { name: 'P/L', value: pnl === null ? NONE : formatGain(pnl), inline: true },
  {
    name: 'At the broker',
    value: `${positionWords(proof.positionQuantity)}\n${ordersWords(proof.liveOrders)}`,
    inline: true,
  },
  { name: 'Took', value: formatSeconds(proof.tookMs), inline: true },
];

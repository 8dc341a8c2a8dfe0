import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { RiskDecision, RiskReport } from '#app/reports/risk.ts';
import type { FilterResult } from '#core/decision.ts';
import { timesShares } from '#core/money.ts';
import {
  count,
  formatMoney,
  formatNumber,
  formatPerShare,
  formatPrice,
  formatRoundMoney,
} from '#core/number-words.ts';
import { newYorkTime } from '#core/session.ts';
import type { WhatIf } from '#core/what-if.ts';

import { capWords } from './entry.ts';
import { COLOUR, ENTRY_VERB } from './style.ts';
import { filterLine } from './why-filters.ts';

const NOW = {
  enter: 'The rules **would enter** at this bar.',
  refused: 'There is a signal at this bar, but **a filter says no**: nothing would be entered.',
  unjudged: 'The data of this bar **cannot be judged**: nothing would be entered.',
  'no-signal': 'There is **no signal** at this bar: nothing would be entered.',
} as const satisfies Record<RiskDecision, string>;

/** What an entry would be on either side, and what stands in its way. */
export function riskEmbed({ symbol, bar }: RiskReport): APIEmbed {
  if (bar === null) {
    return {
      title: `🧮 ${symbol}`,
      color: COLOUR.quiet,
      description: 'The exchange’s calendar knows no bar to judge.',
    };
  }
  const { session, barEnd, close, decision, long, short } = bar;
  const at = close === null ? '' : ` at $${formatNumber(close, 4)}`;
  return {
    title: `🧮 ${symbol}${at} · bar of ${newYorkTime(barEnd)}`,
    color: COLOUR.quiet,
    description: [NOW[decision], 'Nothing was written down or sent.'].join('\n'),
    fields: [long, short].flatMap(sideFields),
    footer: { text: `${symbol} · bar ending ${session.date} ${newYorkTime(barEnd)} New York` },
  };
}

function sideFields(side: WhatIf): APIEmbedField[] {
  const blocking = side.filters.filter(({ passed }) => !passed);
  return [
    { name: ENTRY_VERB[side.side], value: planLines(side).join('\n') },
    ...blockingFields(side, blocking),
  ];
}

function planLines({ plan }: WhatIf): readonly string[] {
  if (plan === null) return ['No bracket can be planned.'];
  const { bracket, size, scaleOut } = plan;
  const { limitPrice, stopPrice, targetPrice, stopAtrs, targetAtrs } = bracket;
  const capped = size.cappedBy === null ? '' : `, capped by ${capWords(size.cappedBy)}`;
  return [
    `limit ${formatPrice(limitPrice)} · stop ${formatPrice(stopPrice)} (${formatNumber(stopAtrs)} ATR) · target ${formatPrice(targetPrice)} (${formatNumber(targetAtrs)} ATR)`,
    `**${count(size.shares, 'share')}**, ${formatMoney(timesShares(limitPrice, size.shares))}${capped}`,
    `at risk ${formatMoney(timesShares(size.riskPerShare, size.shares))} of a budget of ${formatNumber(size.riskBps / 100)} % of ${formatRoundMoney(size.equity)}, R = ${formatPerShare(size.riskPerShare)} a share`,
    ...(scaleOut === null
      ? []
      : [
          `${count(scaleOut.quantity, 'share')} of it would leave at ${formatPrice(scaleOut.targetPrice)}`,
        ]),
  ];
}

/** So many lines fit into a field, whatever their numbers. */
const LINES_A_FIELD = 4;

function blockingFields({ side }: WhatIf, blocking: readonly FilterResult[]): APIEmbedField[] {
  if (blocking.length === 0) {
    return [{ name: `${ENTRY_VERB[side]}: in its way`, value: '✅ no filter' }];
  }
  return Array.from({ length: Math.ceil(blocking.length / LINES_A_FIELD) }, (_, index) => ({
    name: `${ENTRY_VERB[side]}: in its way${index === 0 ? ` ${count(blocking.length, 'filter')}` : ', continued'}`,
    value: blocking
      .slice(index * LINES_A_FIELD, (index + 1) * LINES_A_FIELD)
      .map(filterLine)
      .join('\n'),
  }));
}

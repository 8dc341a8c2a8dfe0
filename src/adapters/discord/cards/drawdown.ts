import type { APIEmbed } from 'discord.js';

import type { Contributor } from '#core/contributors.ts';
import type { DrawdownScope } from '#core/drawdown-ladder.ts';
import {
  count,
  formatGain,
  formatMoney,
  formatNumber,
  formatPercentGain,
  NONE,
} from '#core/number-words.ts';
import type { DrawdownCard, Mode } from '#ports/cards.ts';

import { stamp } from '../format.ts';
import { COLOUR } from './style.ts';

interface ScopeWords {
  /** After "DRAWDOWN". */
  readonly title: string;
  /** Of the field with what the fall is measured from. */
  readonly base: string;
}

const SCOPE = {
  day: { title: 'of the day', base: 'At the open' },
  peak: { title: 'from the peak', base: 'At the peak' },
} as const satisfies Record<DrawdownScope, ScopeWords>;

/** Equity has crossed a threshold: how far it fell, what cost most, what happens now, and what is to be done. */
export function drawdownEmbed(card: DrawdownCard, mode: Mode): APIEmbed {
  const { equity, baseEquity, baseAt, percent, limitPercent, event } = card;
  const { title, colour, lines } = headline(card);
  return {
    title,
    color: colour,
    description: [stamp(card.at, 'f'), ...lines].join('\n'),
    fields: [
      { name: 'Equity', value: formatMoney(equity), inline: true },
      {
        name: SCOPE[event.scope].base,
        value: [formatMoney(baseEquity), ...(baseAt === null ? [] : [stamp(baseAt, 'f')])].join(
          '\n',
        ),
        inline: true,
      },
      {
        name: 'Fall',
        value: `${formatPercentGain(percent)}\nlimit −${formatNumber(limitPercent)} %`,
        inline: true,
      },
      { name: 'Cost most since the open', value: contributorsOf(card.contributors) },
    ],
    footer: { text: mode },
  };
}

interface Headline {
  readonly title: string;
  readonly colour: number;
  readonly lines: readonly string[];
}

function headline(card: DrawdownCard): Headline {
  const { event, percent } = card;
  const what = `DRAWDOWN ${SCOPE[event.scope].title} ${formatPercentGain(percent)}`;
  switch (event.type) {
    case 'warning':
      return {
        title: isBeyond(card)
          ? `⚠️ ${what}: beyond the limit, being confirmed`
          : `⚠️ ${what}: ${usedUp(card)} % of the limit is used up`,
        colour: COLOUR.warning,
        lines: [
          ...(isBeyond(card)
            ? ['**It is beyond the limit: nothing is opened until the next reading has decided.**']
            : []),
          `${consequence(card)} Nothing to do yet.`,
          protectedLine(card),
        ],
      };
    case 'breached':
      return {
        title: `🚨 ${what}: LIMIT REACHED`,
        colour: COLOUR.bad,
        lines: breachLines(card),
      };
    case 'recovered':
      return {
        title: `✅ DRAWDOWN ${SCOPE[event.scope].title} recovered to ${formatPercentGain(percent)}`,
        colour: COLOUR.good,
        lines: [recoveryLine(card)],
      };
    case 'beyond':
      return {
        title: `🚨 ${what}: ${formatNumber(event.limits)} × THE LIMIT`,
        colour: COLOUR.bad,
        lines: [
          `**Nothing is halted by it**: somebody has resumed after the limit, which is ${formatNumber(card.limitPercent)} %.`,
          protectedLine(card),
          'To do: look at what cost most, and decide whether to go on; /halt stops new entries.',
        ],
      };
    default:
      return event satisfies never;
  }
}

const isBeyond = ({ percent, limitPercent }: DrawdownCard): boolean => percent <= -limitPercent;

/** Never more than it is: a reading may lie far beyond the warning that it sets off. */
const usedUp = ({ percent, limitPercent }: DrawdownCard): string =>
  formatNumber(Math.floor((-100 * percent) / limitPercent));

/** Of a warning, or of a breach, which stays one. */
function recoveryLine({ control }: DrawdownCard): string {
  if (control.status === 'active') return 'The warning is over. Nothing to do.';
  const end =
    control.until === null
      ? 'until someone resumes with /resume (admins)'
      : `until ${stamp(control.until, 'f')}; /resume (admins) ends it before`;
  return `The fall is less again, but **entries stay halted** ${end}.`;
}

/** What the limit would do. */
function consequence({ limitPercent, event, policy }: DrawdownCard): string {
  const time = event.scope === 'day' ? 'for the session' : 'until someone resumes';
  const closes = policy === 'flatten' ? ' and closes every position' : '';
  return `At −${formatNumber(limitPercent)} % the bot halts entries ${time}${closes}.`;
}

function breachLines(card: DrawdownCard): readonly string[] {
  const { control } = card;
  // Somebody else's wish may have outlasted it already.
  const end =
    control.until === null
      ? 'until someone resumes with /resume (admins)'
      : `until ${stamp(control.until, 'f')}`;
  return [
    `**No new entries ${end}.** Two readings in a row were beyond the limit.`,
    ...(control.status === 'flattening'
      ? [
          `**${count(card.openPositions, 'position')} will be closed**: each closing has a card of its own, and the channel hears when all is flat.`,
        ]
      : [protectedLine(card)]),
    'To do: look at what cost most, and decide whether to go on.',
  ];
}

const protectedLine = ({ openPositions }: DrawdownCard): string =>
  openPositions === 0
    ? 'No position is open.'
    : `${count(openPositions, 'open position')}: stops and targets at the broker stay as they are; exits and protection go on.`;

const contributorsOf = (contributors: readonly Contributor[]): string =>
  contributors.length === 0
    ? NONE
    : contributors.map(({ symbol, pnl }) => `${symbol} ${formatGain(pnl)}`).join('\n');

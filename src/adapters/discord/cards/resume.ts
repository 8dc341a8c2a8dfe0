import type { Preview } from '#app/confirm/preview.ts';
import {
  count,
  formatGain,
  formatMoney,
  formatNumber,
  formatPercentGain,
  formatR,
  NONE,
} from '#core/number-words.ts';

import { plain, stamp } from '../format.ts';
import { drawdownWords } from './status.ts';
import { protection } from './style.ts';

type ResumePreview = Extract<Preview, { readonly kind: 'resume' }>;

/** Why it was halted, what has become of things since, and what resuming does. */
export function resumeLinesOf(preview: ResumePreview): readonly string[] {
  const { control, impediments, positions, protectedPositions } = preview.status;
  const end =
    control.until === null ? 'until someone resumes' : `until ${stamp(control.until, 'f')}`;
  return [
    `⛔ Halted by ${plain(control.by)} at ${stamp(control.since, 'f')}, ${end}: ${plain(control.reason)}`,
    '',
    '**Since then**',
    `${count(preview.closedSince.count, 'trade')} closed: ${formatGain(preview.closedSince.pnl)}`,
    ...dayLines(preview),
    `Positions: ${protection(protectedPositions, positions.length)}`,
    ...positions.map(
      ({ symbol, side, quantity, unrealizedPnl, rNow }) =>
        `**${symbol}** ${side} ${formatNumber(quantity)} · ${formatGain(unrealizedPnl)}${rNow === null ? '' : ` · ${formatR(rNow)}`}`,
    ),
    ...impediments.map((why) => `⛔ **Entries wait also for another reason**: ${plain(why)}`),
    '',
    ...effectLines(preview),
    'The next cycle decides as usual.',
  ];
}

const dayLines = ({ status }: ResumePreview): readonly string[] => [
  `Equity ${formatMoney(status.equity)} · day ${status.dayPnl === null ? NONE : formatGain(status.dayPnl)}${
    status.dayPnlPercent === null ? '' : ` (${formatPercentGain(status.dayPnlPercent)})`
  }`,
  `Drawdown: ${drawdownWords(status.drawdown, status.now).replaceAll('\n', ' · ')}`,
];

const effectLines = ({ letsDayBe, newPeak }: ResumePreview): readonly string[] => [
  ...(letsDayBe
    ? ['⚠ The day’s limit was reached: once resumed, it **does not halt again in this session**.']
    : []),
  ...(newPeak === null
    ? []
    : [
        `⚠ The limit from the peak was reached: once resumed, the fall **is measured from ${formatMoney(newPeak)}**.`,
      ]),
];

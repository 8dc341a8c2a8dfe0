import type { APIEmbed } from 'discord.js';

import { count, formatNumber } from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { ParityVerdict } from '#ports/parity.ts';
import type { ParityCard } from '#ports/report-cards.ts';

import { plain, stamp } from '../format.ts';
import { deedLine, differenceLine, parityLine } from './parity-words.ts';
import { COLOUR } from './style.ts';

const VERDICT = {
  identical: { headline: '🪞 As tested', colour: COLOUR.good },
  'as-tested': { headline: '🪞 As tested', colour: COLOUR.good },
  different: { headline: '🪞 NOT as tested', colour: COLOUR.warning },
} as const satisfies Record<ParityVerdict, { headline: string; colour: number }>;

/** Whether a session went as the backtest has it. */
export function parityEmbed(card: ParityCard, mode: Mode): APIEmbed {
  const { report, page, pages } = card;
  const { headline, colour } = VERDICT[report.verdict];
  return {
    title: `${headline}: ${report.date}${pages > 1 ? ` (${page} of ${pages})` : ''}`,
    color: colour,
    description: [...(page === 1 ? summaryLines(card) : []), ...differenceLines(card)].join('\n'),
    footer: { text: `${report.date} · ${mode}` },
  };
}

function summaryLines({ report, total }: ParityCard): readonly string[] {
  const { verdict, byHand, barsWithoutCycle } = report;
  const isGood = verdict !== 'different';
  return [
    isGood
      ? `As tested: ${parityLine(report)}.`
      : `**${count(total, 'difference')} between the bot and the backtest.** Equal: ${parityLine(report)}.`,
    ...(barsWithoutCycle > 0 ? [`No cycle is recorded at ${count(barsWithoutCycle, 'bar')}.`] : []),
    ...byHand.map((deed) => `✋ ${deedLine(deed, clock, plain)}`),
  ];
}

const clock = (at: number): string => stamp(at);

/** Slippage alone is in the sum of the first line. */
function differenceLines({ report, page, pages, untold }: ParityCard): readonly string[] {
  const { differences, verdict, date } = report;
  if (verdict !== 'different') return [];
  const lines = differences.map((difference) => `• ${differenceLine(difference, clock)}`);
  if (page < pages || untold === 0) return lines;
  return [...lines, `… and ${formatNumber(untold)} more: \`npm run parity -- --date ${date}\``];
}

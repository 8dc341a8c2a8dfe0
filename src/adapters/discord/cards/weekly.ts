import type { APIEmbed } from 'discord.js';

import { count, formatGain, formatPercentGain, NONE } from '#core/number-words.ts';
import type { SymbolResult } from '#core/performance-groups.ts';
import type { DayResult, WeeklyCard } from '#ports/report-cards.ts';

import { stamp } from '../format.ts';
import { equityWords } from './flows.ts';
import { COLOUR, MODE_BADGE, resultColour } from './style.ts';
import { LEGEND, targetLines } from './targets.ts';

/** Of the best and of the worst symbols. */
const MOST_SYMBOLS = 3;

/** One week on one page. */
export function weeklyEmbed(card: WeeklyCard): APIEmbed {
  const { mode, from, to, metrics, nextSession } = card;
  const touched = metrics.interference.value ?? 0;
  return {
    title: `🗓️ ${MODE_BADGE[mode]} · Week of ${from} to ${to}: ${formatGain(card.pnl)} (${formatPercentGain(card.pnlPercent)})`,
    color: touched > 0 ? COLOUR.warning : resultColour(card.pnl),
    description: [
      ...(touched > 0
        ? [`⚠ **${count(touched, 'leg')} of a bracket ended for no reason of the bot’s.**`]
        : []),
      equityWords(card),
      'Realized and unrealized, after the fees that were charged so far.',
      ...extremeLines(card.days),
    ].join('\n'),
    fields: [
      { name: 'Days', value: card.days.map(dayLine).join('\n') },
      {
        name: `${count(metrics.winRate.count, 'closed trade')}, ${metrics.wins} won: ${formatGain(metrics.pnl)} before fees`,
        value: [...targetLines(metrics), LEGEND].join('\n'),
      },
      ...symbolFields(card.symbols),
      {
        name: 'Next session',
        value:
          nextSession === null
            ? NONE
            : `${nextSession.date}\nopens ${stamp(nextSession.open, 'f')}`,
      },
    ],
    footer: { text: `${from} to ${to} · ${mode}` },
  };
}

const dayLine = ({ date, pnl }: DayResult): string => `${date} ${formatGain(pnl)}`;

/** The best and the worst day, where there are two to compare. */
function extremeLines(days: readonly DayResult[]): readonly string[] {
  const [worst, ...better] = days.toSorted((a, b) => a.pnl - b.pnl);
  const best = better.at(-1);
  if (worst === undefined || best === undefined) return [];
  return [`Best day ${dayLine(best)}; worst day ${dayLine(worst)}.`];
}

function symbolFields(symbols: readonly SymbolResult[]) {
  if (symbols.length === 0) return [];
  // No symbol is told twice.
  const top = symbols.slice(0, Math.min(MOST_SYMBOLS, Math.ceil(symbols.length / 2)));
  const bottom = symbols.slice(top.length).slice(-MOST_SYMBOLS).toReversed();
  return [
    { name: 'Best symbols', value: top.map(symbolLine).join('\n'), inline: true },
    ...(bottom.length === 0
      ? []
      : [{ name: 'Worst symbols', value: bottom.map(symbolLine).join('\n'), inline: true }]),
  ];
}

const symbolLine = ({ symbol, trades, pnl }: SymbolResult): string =>
  `${symbol} ${formatGain(pnl)} in ${count(trades, 'trade')}`;

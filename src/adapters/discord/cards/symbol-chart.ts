import type { APIEmbed } from 'discord.js';

import type { SymbolChartReport } from '#app/reports/symbol-chart.ts';
import { usdFromNumber } from '#core/money.ts';
import {
  count,
  formatGain,
  formatNumber,
  formatPercentGain,
  formatPrice,
  formatR,
} from '#core/number-words.ts';
import { heldShares } from '#core/trade.ts';

import { stamp } from '../format.ts';
import { EXIT_WORDS } from './reasons.ts';
import { COLOUR } from './style.ts';

/** A symbol's session in figures; the picture shows the rest. */
export function symbolChartEmbed(report: SymbolChartReport): APIEmbed {
  const { symbol, session, prices } = report;
  const change =
    prices === null ? '' : ` · ${formatPercentGain((prices.close / prices.open - 1) * 100)}`;
  return {
    title: `📈 ${symbol}${session === null ? '' : `, ${session.date}`}${change}`,
    color: COLOUR.quiet,
    description: [...priceLines(report), ...tradeLines(report)].join('\n'),
  };
}

const price = (dollars: number): string => formatPrice(usdFromNumber(dollars));

function priceLines({ session, prices }: SymbolChartReport): readonly string[] {
  if (session === null) return ['The exchange’s calendar knows no session to show.'];
  if (prices === null) return ['No bar of it has settled in this session.'];
  const { open, high, low, close, bars, at } = prices;
  return [
    `open ${price(open)} · high ${price(high)} · low ${price(low)} · **last ${price(close)}**`,
    `${count(bars, 'bar')}, the last one until ${stamp(at)}. Averages and levels are in the picture.`,
  ];
}

function tradeLines({ story }: SymbolChartReport): readonly string[] {
  if (story === null) return ['No trade of the bot in it.'];
  const { trade, closed } = story;
  const what = `\`${trade.id}\` ${trade.intent.side} ${formatNumber(trade.entryQuantity)}`;
  return [
    closed === null
      ? `⏳ ${what}: ${formatNumber(heldShares(trade))} held, stop ${formatPrice(trade.stopPrice)}, target ${formatPrice(trade.intent.bracket.targetPrice)}`
      : `🏁 ${what}: ${formatGain(closed.pnl)} (${formatR(closed.rMultiple)}), ${EXIT_WORDS[closed.exitReason].column}`,
  ];
}

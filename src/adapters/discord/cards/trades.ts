import type { APIEmbed } from 'discord.js';

import type { TradeLine, TradesReport } from '#app/reports/trades.ts';
import {
  count,
  formatDuration,
  formatGain,
  formatNumber,
  formatPrice,
  formatR,
} from '#core/number-words.ts';
import { heldShares } from '#core/trade.ts';

import { stamp } from '../format.ts';
import { EXIT_WORDS } from './reasons.ts';
import { COLOUR } from './style.ts';

/** The last trades, a line each, with the id that /trade takes. */
export const tradesEmbed = ({ lines }: TradesReport): APIEmbed => ({
  title: lines.length === 0 ? '🗂 No trade yet' : `🗂 The last ${count(lines.length, 'trade')}`,
  color: COLOUR.quiet,
  description:
    lines.length === 0
      ? 'No entry has filled so far. /why SYMBOL tells why.'
      : [...lines.map(line), 'One in full: `/trade id`.'].join('\n'),
});

function line({ trade, entryPrice, closed }: TradeLine): string {
  const { id, intent } = trade;
  const what = `\`${id}\` ${intent.side} ${formatNumber(trade.entryQuantity)}`;
  if (closed === null) {
    const since = trade.openedAt === null ? '' : ` since ${stamp(trade.openedAt, 'f')}`;
    return `⏳ ${what} @ ${formatPrice(entryPrice)}, ${formatNumber(heldShares(trade))} held${since}`;
  }
  const badge = closed.pnl > 0 ? '🟢' : closed.pnl < 0 ? '🔴' : '⚪';
  return (
    `${badge} ${what} @ ${formatPrice(entryPrice)} → ${formatPrice(closed.exitPrice)} · ` +
    `**${formatGain(closed.pnl)}** (${formatR(closed.rMultiple)}) · ${EXIT_WORDS[closed.exitReason].column} · ` +
    formatDuration(closed.closedAt - closed.openedAt)
  );
}

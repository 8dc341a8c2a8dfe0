import { UserError } from '#app/command.ts';
import type { Command } from '#app/command.ts';
import { tradeChart, tradeStory } from '#app/reports/trade-story.ts';
import { tradesReport } from '#app/reports/trades.ts';
import type { TradeLine } from '#app/reports/trades.ts';
import { asTickersAre, tradeId } from '#core/ids.ts';
import { formatGain } from '#core/number-words.ts';
import { newYorkDate, newYorkTime } from '#core/session.ts';

const SUGGESTED = 25;

const gain = ({ closed }: TradeLine): string => (closed === null ? 'open' : formatGain(closed.pnl));

export default {
  name: 'trade',
  description: 'One trade from its decision to flat, with its orders, fills, stops and a chart',
  role: 'viewer',
  isPrivate: false,
  options: [
    {
      name: 'id',
      description: 'Which one, as /trades names it',
      type: 'string',
      required: true,
      autocomplete: true,
    },
  ],
  run: async (context, { options: { id } }) => {
    const trade = await context.ledger.trade(tradeId(asTickersAre(String(id))));
    if (trade === null) {
      throw new UserError(`There is no trade “${String(id)}”: see /trades for those there are.`);
    }
    const report = await tradeStory(context, trade);
    return { kind: 'chart', report, chart: await tradeChart(context, report) };
  },
  complete: async (context, _option, typed) => {
    const { lines } = await tradesReport(context, SUGGESTED);
    return lines
      .filter(({ trade: { id } }) => id.includes(asTickersAre(typed)))
      .map((line) => {
        const { id, intent, entryQuantity } = line.trade;
        const { symbol, side, decidedAt } = intent;
        const when = `${newYorkDate(decidedAt)} ${newYorkTime(decidedAt)}`;
        return { name: `${symbol} ${side} ${entryQuantity} · ${gain(line)} · ${when}`, value: id };
      });
  },
} satisfies Command;

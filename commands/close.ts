import { askToClose, closeAsConfirmed, closeSuggestions } from '#app/close/manual-close.ts';
import type { Command } from '#app/command.ts';
import { UserError } from '#app/command.ts';
import { CLOSE_PARTS } from '#core/close-part.ts';
import { formatGain } from '#core/number-words.ts';

const partOf = (value: unknown) => CLOSE_PARTS.find((part) => String(part) === (value ?? '100'));

export default {
  name: 'close',
  description:
    'Close an open position or a part of it, after asking; the answer follows it to FLAT',
  role: 'trader',
  isPrivate: false,
  options: [
    {
      name: 'symbol',
      description: 'An open position',
      type: 'string',
      required: true,
      autocomplete: true,
    },
    {
      name: 'part',
      description:
        'How much of it, rounded down to whole shares, at least one; all unless you say so',
      type: 'string',
      required: false,
      choices: CLOSE_PARTS.map((part) => ({ name: `${part} %`, value: String(part) })),
    },
    {
      name: 'order',
      description:
        'limit (the default): close to the price, then market. market: at once, whatever the price',
      type: 'string',
      required: false,
      choices: ['limit', 'market'].map((value) => ({ name: value, value })),
    },
  ],
  run: async (context, { options }) => {
    const { symbol, order } = options;
    const part = partOf(options['part']);
    if (typeof symbol !== 'string' || part === undefined) {
      throw new UserError('Name an open position, and 25, 50 or 100 per cent of it.');
    }
    return askToClose(context, { symbol, part, atMarket: order === 'market' });
  },
  confirmed: closeAsConfirmed,
  complete: async (context, _option, typed) =>
    (await closeSuggestions(context, typed)).slice(0, 25).map(({ symbol, closable }) => {
      const { side, quantity, unrealizedPnl } = closable.position;
      const note = closable.kind === 'left' ? ' · not to be closed now' : '';
      return {
        name: `${symbol} ${side} ${quantity} · P/L ${formatGain(unrealizedPnl)}${note}`,
        value: symbol,
      };
    }),
} satisfies Command;

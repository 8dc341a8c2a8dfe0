import { askToCloseAll, closeAllAsConfirmed } from '#app/close/close-all.ts';
import type { Command } from '#app/command.ts';

export default {
  name: 'close-all',
  description: 'Close every open position, after asking; each is followed to FLAT',
  role: 'admin',
  isPrivate: false,
  options: [
    {
      name: 'order',
      description:
        'limit (the default): close to the price, then market. market: at once, whatever the price',
      type: 'string',
      required: false,
      choices: ['limit', 'market'].map((value) => ({ name: value, value })),
    },
  ],
  run: (context, { options }) => askToCloseAll(context, options['order'] === 'market'),
  confirmed: closeAllAsConfirmed,
} satisfies Command;

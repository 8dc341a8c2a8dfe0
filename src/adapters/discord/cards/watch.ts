import { formatDuration, ordinal } from '#core/number-words.ts';
import type { Heartbeat, Trouble, WatchMessage } from '#core/watchdog.ts';

import { plain, stamp } from '../format.ts';

const HEADLINE = {
  silent: 'THE BOT IS SILENT',
  idle: 'THE BOT LIVES BUT DOES NOT TRADE',
  database: "THE BOT'S DATABASE DOES NOT ANSWER",
} as const satisfies Record<Trouble, string>;

const SINCE = {
  silent: 'No sign of life since',
  idle: 'No trading cycle was finished since',
  database: 'The watchdog has asked it in vain since',
} as const satisfies Record<Trouble, string>;

const MEANWHILE = {
  silent: 'Nothing is entered, trailed or closed meanwhile, not even at the end of the day.',
  idle: 'Nothing is entered meanwhile; whether exits are tended is not certain.',
  database: 'A bot that cannot reach it either ends, and enters and closes nothing.',
} as const satisfies Record<Trouble, string>;

const TO_DO = {
  silent: 'Look at its machine and its log, and start it again (npm start).',
  idle: 'Look at its log and at `/readyz`, and start it again if it does not go on.',
  database:
    'Look at the database server and the network. The bot has ended by now: once the database is back, see that it is started again.',
} as const satisfies Record<Trouble, string>;

const OVER = {
  silent: 'The bot is back',
  idle: 'The bot trades again',
  database: "The bot's database answers again",
} as const satisfies Record<Trouble, string>;

/** What the watchdog tells, in plain words: whose bot, since when, what protects the positions, what to do. */
export function watchText(message: WatchMessage, heartbeat: Heartbeat | null): string {
  const { trouble, since, now } = message;
  const bot = heartbeat === null ? '' : ` (${heartbeat.mode}, version ${plain(heartbeat.version)})`;
  const lasting = `${stamp(since, 'f')}, for ${formatDuration(now - since)}`;
  if (message.kind === 'over') {
    return `✅ **${OVER[trouble]}**${bot}. It was away since ${lasting}. It says by itself what it found.`;
  }
  const times = message.repeat === 0 ? '' : `, told for the ${ordinal(message.repeat + 1)} time`;
  return [
    `🚨 **${HEADLINE[trouble]}${times}**${bot}`,
    `${SINCE[trouble]} ${lasting}.`,
    `Open positions keep what protects them: their brackets rest at the broker. ${MEANWHILE[trouble]}`,
    `What to do: ${TO_DO[trouble]} Until then look after the positions at the broker, above all before the close.`,
  ].join('\n');
}

import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { BookedPosition, BrokerAwayReport } from '#app/reports/broker-away.ts';
import { formatDuration, formatNumber, formatPrice } from '#core/number-words.ts';
import type { EpochMs } from '#core/session.ts';

import { CONTROL_BADGE, controlLines } from './control-state.ts';
import { closeLine } from './status.ts';
import { COLOUR, MODE_BADGE } from './style.ts';

/** `/status` while the broker does not answer. */
export const brokerAwayEmbed = ({
  mode,
  control,
  now,
  positions,
  closes,
}: BrokerAwayReport): APIEmbed => ({
  title: `${MODE_BADGE[mode]} · ${CONTROL_BADGE[control.status]} · ⚠ the broker does not answer`,
  color: COLOUR.warning,
  description: [
    'Equity, prices and live stops cannot be read just now. **This is what the ledger knows.** Brackets stand at ' +
      'the broker whatever the bot sees. Try again in a moment, or look at the broker itself.',
    ...controlLines(control),
    ...closes.map(closeLine),
    ...(positions.length === 0 ? ['No shares are booked as held.'] : []),
  ].join('\n'),
  fields: positions.map((position) => positionField(position, now)),
  footer: { text: mode },
});

const positionField = (
  { symbol, side, quantity, entryPrice, stopPrice, openedAt }: BookedPosition,
  now: EpochMs,
): APIEmbedField => ({
  name: `${symbol} ${side} ${formatNumber(quantity)}, as booked`,
  value: [
    `entry ${formatPrice(entryPrice)}`,
    `stop put at ${formatPrice(stopPrice)}`,
    ...(openedAt === null ? [] : [`for ${formatDuration(now - openedAt)}`]),
  ].join(' · '),
});

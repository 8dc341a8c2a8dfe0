import { z } from 'zod';

import type { SettableKind } from '#ports/card-settings.ts';

const ANY = 'must be on, silent or off';
const HEARD = 'must be on or silent: what endangers positions or stops trading is always told';

/** A kind that may be left out of the channel. */
const optional = z.enum(['on', 'silent', 'off'], { error: ANY }).default('on');
const always = z.enum(['on', 'silent'], { error: HEARD }).default('on');

/** How each kind of card comes to the channel. */
export const cards = z.strictObject(
  {
    started: always,
    entry: optional,
    exit: optional,
    'scaled-out': optional,
    summary: optional,
    closing: always,
    repaired: always,
    'stop-moved': optional,
    alarm: always,
    notice: always,
    drawdown: always,
    control: always,
    outage: always,
    'channel-outage': always,
    digest: optional,
    weekly: optional,
    backtest: optional,
    study: optional,
    parity: optional,
  } satisfies Record<SettableKind, typeof optional | typeof always>,
  { error: 'must map kinds of cards to on, silent or off, like { "stop-moved": "silent" }' },
);

const ROLE = 'must be the id of a Discord role, 17 to 20 digits';
const role = z
  .string({ error: ROLE })
  .regex(/^\d{17,20}$/, { error: ROLE })
  .nullable()
  .default(null);

/** The role that cards of a severity mention. */
export const mentions = z.strictObject(
  { warning: role, critical: role },
  { error: 'must map warning and critical to the id of a role' },
);

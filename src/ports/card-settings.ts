import type { Card } from './cards.ts';

/**
 * on: posted as Discord's users are used to. silent: posted without a notification. off: not posted at
 * all; a message that is there already is still edited, so that nothing old is left standing.
 */
export type CardSetting = 'on' | 'silent' | 'off';

/** The kinds with a setting of their own: a batch comes to the channel as what it tells would. */
export type SettableKind = Exclude<Card['kind'], 'batch'>;

/** How each kind of card comes to the channel. */
export type CardSettings = Readonly<Record<SettableKind, CardSetting>>;

/** How much a card matters: info asks nothing of anybody, warning asks to look, critical asks to act. */
export type Severity = 'info' | 'warning' | 'critical';

/** The role that a card of a severity mentions; null: none. */
export type Mentions = Readonly<Record<Exclude<Severity, 'info'>, string | null>>;

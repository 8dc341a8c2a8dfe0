import type { APIEmbed } from 'discord.js';

import type { AuditReport } from '#app/reports/audit.ts';
import { clipLine } from '#core/clip.ts';
import { count } from '#core/number-words.ts';
import type { AuditRow } from '#ports/audit-log.ts';

import { plain, stamp } from '../format.ts';
import { COLOUR } from './style.ts';

const BADGE = { done: '✔', denied: '⛔', failed: '✖' } as const satisfies Record<
  AuditRow['outcome'],
  string
>;

const WHO_LENGTH = 100;

/** Rows of the audit log: who did what, and what came of it. */
export const auditEmbed = ({ rows, symbol, person }: AuditReport): APIEmbed => ({
  title: `📜 Audit log: ${[
    rows.length === 0 ? 'no row' : `the newest ${count(rows.length, 'row')}`,
    ...(symbol === null ? [] : [`about ${symbol}`]),
    ...(person === null ? [] : [`by ${plain(person)}`]),
  ].join(' ')}`,
  color: COLOUR.quiet,
  description:
    rows.length === 0
      ? 'Nothing was written down that fits. Every attempt at a command is, also a denied one.'
      : rows.map(line).join('\n'),
});

function line({ sequence, at, actor, action, outcome, details }: AuditRow): string {
  const { name, interaction: _chatsOwn, ...rest } = details;
  const who = name === undefined ? actor : name;
  return [
    `\`#${sequence}\` ${stamp(at, 'f')} ${BADGE[outcome]} **${plain(action)}** ${outcome} · ${plain(clipLine(who, WHO_LENGTH))}`,
    ...Object.entries(rest).map(([of, text]) => detail(of.replace('option.', ''), text)),
  ].join(' · ');
}

const detail = (of: string, text: string): string =>
  `${plain(of)} ${plain(text.replace(/\s+/g, ' '))}`;

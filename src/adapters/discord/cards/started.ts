import type { APIEmbed } from 'discord.js';

import { clipLine } from '#core/clip.ts';
import type { ControlState } from '#core/control.ts';
import { count, formatMoney, listOf, NONE } from '#core/number-words.ts';
import type { StartedCard } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { CONTROL_BADGE, controlLines, REASONS_LENGTH } from './control-state.ts';
import { COLOUR, MODE_BADGE, MODE_MEANING, protection } from './style.ts';

const MOST_FINDINGS = 10;
const FINDING_LENGTH = 200;
const READINESS_LENGTH = 240;

/** What the bot says of itself when it starts: what it trades on, and whether all is protected. */
export function startedEmbed(card: StartedCard): APIEmbed {
  const isNaked = card.protectedPositions < card.openPositions;
  const isClean = card.findings.length === 0 && !isNaked && haltOf(card) === null;
  return {
    title: titleOf(card),
    color: isClean ? COLOUR.good : COLOUR.warning,
    description: [
      MODE_MEANING[card.mode],
      `Up since ${stamp(card.at, 'f')}. ${
        card.continued ? 'Continues the earlier ledger.' : 'The ledger is new and empty.'
      }`,
      ...(isNaked
        ? ['⚠ **A position has no live stop at the broker. Look at it now with /status.**']
        : []),
      ...haltLines(card),
      ...resumedLines(card),
      ...findingLines(card),
    ].join('\n'),
    fields: [
      { name: 'Equity', value: formatMoney(card.equity), inline: true },
      {
        name: 'Positions',
        value: protection(card.protectedPositions, card.openPositions),
        inline: true,
      },
      { name: 'Session', value: session(card), inline: true },
      { name: `Watchlist (${card.watchlist.length})`, value: card.watchlist.join(' ') },
      { name: 'Data feed', value: plain(card.feed), inline: true },
      { name: 'Database', value: plain(card.database), inline: true },
      { name: 'Queue', value: plain(card.queue), inline: true },
      ...(card.page === null ? [] : [{ name: 'Page', value: card.page }]),
    ],
    footer: { text: `${card.mode} · ${card.version}` },
  };
}

function titleOf(card: StartedCard): string {
  const { mode, version, findings, protectedPositions, openPositions } = card;
  const halt = haltOf(card);
  return [
    MODE_BADGE[mode],
    `Bracketeer ${version} started`,
    protection(protectedPositions, openPositions),
    ...(halt === null ? [] : [CONTROL_BADGE[halt.status]]),
    ...(findings.length === 0 ? [] : [`⛔ no entries: ${count(findings.length, 'finding')}`]),
  ].join(' · ');
}

/** The state that keeps entries out; null where none does. */
const haltOf = ({ control }: StartedCard): ControlState | null =>
  control === undefined || control.status === 'active' ? null : control;

function haltLines(card: StartedCard): readonly string[] {
  const halt = haltOf(card);
  return halt === null
    ? []
    : controlLines({ ...halt, reason: clipLine(halt.reason, REASONS_LENGTH) });
}

/** What happened meanwhile, and what an earlier run left behind that this one goes on with. */
const resumedLines = ({
  lateFills,
  resumedCloses,
  cashNote,
  shortHistory,
  readinessNote,
}: StartedCard): readonly string[] => [
  ...(lateFills === 0
    ? []
    : [`🕓 ${count(lateFills, 'fill')} booked late: nobody was listening when it happened.`]),
  ...(resumedCloses === 0
    ? []
    : [
        `⏳ ${count(resumedCloses, 'closing')} of an earlier run ${resumedCloses === 1 ? 'goes' : 'go'} on.`,
      ]),
  ...(cashNote === null ? [] : [`💵 ${plain(clipLine(cashNote, FINDING_LENGTH))}`]),
  ...(readinessNote === undefined
    ? []
    : [`🎓 ${plain(clipLine(readinessNote, READINESS_LENGTH))}.`]),
  ...(shortHistory.length === 0
    ? []
    : [
        `🐣 No entries yet in ${symbolList(shortHistory)}: too few sessions of history for the rules.`,
      ]),
];

const MOST_SYMBOLS = 12;

const symbolList = (symbols: readonly string[]): string => listOf(symbols, MOST_SYMBOLS);

/** Last in the text, since a long list is cut from its end. */
function findingLines({ findings }: StartedCard): readonly string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, MOST_FINDINGS);
  const more = findings.length - shown.length;
  return [
    '⛔ **No entries until broker and ledger agree.** Exits and protection go on. To be settled:',
    // Each on its one line, whatever text it quotes.
    ...shown.map((text) => `• ${plain(clipLine(text.replace(/\s+/g, ' '), FINDING_LENGTH))}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

const session = ({ session: day }: StartedCard): string =>
  day === null ? NONE : `${day.date}\n${stamp(day.open)} – ${stamp(day.close)}`;

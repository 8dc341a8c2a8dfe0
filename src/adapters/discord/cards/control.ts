import type { APIEmbed } from 'discord.js';

import { clipLine } from '#core/clip.ts';
import { formatMoney } from '#core/number-words.ts';
import type { ControlCard, ControlChange, Mode } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { REASONS_LENGTH } from './control-state.ts';
import { COLOUR } from './style.ts';

interface Words {
  readonly title: string;
  readonly colour: number;
  /** What it means from now on. */
  readonly meaning: string;
}

const PROTECTED =
  'Open positions keep their stops and targets at the broker; exits and protection go on.';

const WORDS = {
  halted: {
    title: '⛔ HALTED: no new entries',
    colour: COLOUR.warning,
    meaning: `Nothing is opened; entries that still work are cancelled. ${PROTECTED}`,
  },
  prolonged: {
    title: '⛔ HALTED FOR LONGER',
    colour: COLOUR.warning,
    meaning: 'It was halted already, and ends later now.',
  },
  joined: {
    title: '⛔ STILL HALTED: one more reason',
    colour: COLOUR.warning,
    meaning: 'It was halted already; whoever resumes has to look at each reason.',
  },
  flattening: {
    title: '⏏️ FLATTENING: every position is being closed',
    colour: COLOUR.bad,
    meaning:
      'Nothing is opened; entries that still work are cancelled. Each position has a closing of its own, ' +
      'whose card follows it to the proof; until then its stop stays, or goes back in.',
  },
  flat: {
    title: '🏁 ALL FLAT, and halted',
    colour: COLOUR.good,
    meaning: 'The broker shows no position of the bot and no live entry. Nothing is opened.',
  },
  resumed: {
    title: '✅ RESUMED: entries are allowed',
    colour: COLOUR.good,
    meaning: 'The next cycle decides as usual. Nothing to do.',
  },
  expired: {
    title: '✅ HALT OVER: entries are allowed again',
    colour: COLOUR.good,
    meaning: 'The time that it was halted until has come. Nothing to do.',
  },
} as const satisfies Record<ControlChange, Words>;

const NAME_LENGTH = 100;

/** Who halted or resumed, why, until when, and what still works. */
export function controlEmbed(card: ControlCard, mode: Mode): APIEmbed {
  const { title, colour, meaning } = WORDS[card.change];
  return {
    title,
    color: colour,
    description: [
      meaning,
      ...expiredLines(card),
      ...endLines(card),
      ...drawdownLines(card),
      ...whyLines(card),
    ].join('\n'),
    footer: { text: mode },
  };
}

/** A bot that was asleep meanwhile may end a halt when the session that it waited for has come and gone. */
const expiredLines = ({ change, isSessionOpen }: ControlCard): readonly string[] =>
  change !== 'expired' || isSessionOpen === undefined
    ? []
    : [
        isSessionOpen
          ? 'The session is open: the next cycle decides as usual.'
          : 'No session is open just now: entries are decided on again when the next one opens.',
      ];

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** How it ends, and what to do for that. */
function endLines({ control, change }: ControlCard): readonly string[] {
  if (control.status === 'active') return [];
  const again = control.status === 'flattening' ? 'Once all is flat: no' : 'No';
  const end =
    control.until === null
      ? `**${again} entries until someone resumes** with /resume (admins).`
      : `**${again} entries until ${stamp(control.until, 'f')}**; /resume (admins) ends it before.`;
  const isClosing = control.status === 'flattening' && isOnTop(change);
  return [...(isClosing ? ['**Every position is being closed.**'] : []), end];
}

const isOnTop = (change: ControlChange): boolean => change === 'prolonged' || change === 'joined';

/** Who has changed it, and all that it is for. Two halts are one, which has begun with the first. */
function whyLines({ change, by, reason, at, control }: ControlCard): readonly string[] {
  const [who, first] = [by, control.by].map((name) => plain(clipLine(name, NAME_LENGTH)));
  const why = plain(clipLine(oneLine(reason), REASONS_LENGTH));
  return isOnTop(change)
    ? [
        `Since ${stamp(control.since, 'f')} by ${first}: ${why}`,
        `Changed by ${who}, ${stamp(at, 'f')}.`,
      ]
    : [`By ${who}, ${stamp(at, 'f')}: ${why}`];
}

/** What a resume let be: whoever reads it must not think that the limits are as they were. */
const drawdownLines = ({ letsDayBe, newPeak }: ControlCard): readonly string[] => [
  ...(letsDayBe
    ? [
        '⚠ The limit of the day’s drawdown was reached, and **does not halt again in this session**.',
      ]
    : []),
  ...(newPeak === null
    ? []
    : [
        `⚠ The limit from the peak was reached: from now on the fall **is measured from ${formatMoney(newPeak)}**.`,
      ]),
];

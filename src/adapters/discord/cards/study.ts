import type { APIEmbed } from 'discord.js';

import { count } from '#core/number-words.ts';
import { optionWords } from '#core/option-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { StudyCard, StudyProgress } from '#ports/study-card.ts';

import type { Row } from '../components.ts';
import { plain } from '../format.ts';
import { clipText } from '../limits.ts';
import { cancelButtons, failedTold, runningWords } from './past-task.ts';
import type { Told } from './past-task.ts';
import { studyHeadline } from './study-result.ts';
import { COLOUR } from './style.ts';

type At<Status extends StudyProgress['status']> = Extract<StudyProgress, { status: Status }>;

/** Of the grid's words. */
const GRID_LENGTH = 300;

const NAME = { sweep: 'SWEEP', 'walk-forward': 'WALK-FORWARD' } as const;

/** One colour in every state, and what it is in every title: nobody may take it for something that was traded. */
export function studyEmbed(card: StudyCard, mode: Mode): APIEmbed {
  const { id, request } = card;
  const { title, lines, fields } = headline(card.progress);
  return {
    title: `🔬 ${NAME[request.kind]} ${title}`,
    color: COLOUR.backtest,
    description: [...requestLines(card), ...lines].join('\n'),
    fields: [...fields, { name: 'Asked by', value: plain(card.requestedBy), inline: true }],
    footer: {
      text: [`${NAME[request.kind]}: the past, no orders`, id.slice(0, 8), mode].join(' · '),
    },
  };
}

export const studyButtons = (card: StudyCard): Row[] => cancelButtons('optimize', card);

function requestLines({ request }: StudyCard): readonly string[] {
  const { kind, symbols, from, to, grid, search, objective, windows, options } = request;
  const how = [`by ${objective}`, search === 'grid' ? 'every point' : search];
  return [
    symbols.map(plain).join(', '),
    `${from} to ${to}`,
    plain(clipText(grid, GRID_LENGTH)),
    plain([...how, ...(kind === 'walk-forward' ? [windows] : [])].join(', ')),
    ...(options === undefined ? [] : [`Fills and costs: ${plain(optionWords(options))}`]),
    '',
  ];
}

function headline(progress: StudyProgress): Told {
  switch (progress.status) {
    case 'queued':
      return { title: 'queued', lines: idleLines(progress), fields: [] };
    case 'running':
      return running(progress);
    case 'done':
      return studyHeadline(progress);
    case 'failed':
      return failedTold(progress.why);
    case 'cancelled':
      return cancelled(progress);
    default:
      return progress satisfies never;
  }
}

/** A wish that nobody is there to fulfil says so. */
const idleLines = ({ isWorked }: At<'queued'> | At<'running'>): readonly string[] =>
  isWorked === false
    ? ['⚠ No research process is running: start one with `npm start -- --role research`.']
    : [];

function running(progress: At<'running'>): Told {
  const { done, tasks, leftMs } = progress;
  const isDone = tasks > 0 && done >= tasks;
  const share = tasks === 0 ? 0 : Math.min(1, done / tasks);
  const { title, bar } = runningWords(share, isDone ? null : leftMs);
  return {
    title,
    lines: [
      isDone
        ? 'Every run known of is done: more of the search follows, or the report.'
        : `${done} of ${count(tasks, 'run')} done`,
      bar,
      ...idleLines(progress),
    ],
    fields: [],
  };
}

const cancelled = ({ by, done, tasks }: At<'cancelled'>): Told => ({
  title:
    tasks === 0
      ? `cancelled by ${plain(by)} before it began`
      : `cancelled at ${done} of ${count(tasks, 'run')} by ${plain(by)}`,
  lines: ['Nothing was changed.'],
  fields: [],
});

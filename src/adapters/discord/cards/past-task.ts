import { formatDuration } from '#core/number-words.ts';

import { cancelRow } from '../components.ts';
import type { Row } from '../components.ts';
import { plain } from '../format.ts';
import { clipText } from '../limits.ts';
import { barOf } from './progress-bar.ts';
import type { Headline } from './style.ts';

/** What a card of the past tells; its colour is the same in every state. */
export type Told = Omit<Headline, 'colour'>;

const WHY_LENGTH = 1_000;

export const failedTold = (why: string): Told => ({
  title: 'failed',
  lines: [plain(clipText(why, WHY_LENGTH)), 'Trading is not touched by it.'],
  fields: [],
});

interface Task {
  readonly id: string;
  readonly progress: { readonly status: string };
}

/** As long as it is not over, it can be ended by the command that asked for it. */
export const cancelButtons = (command: string, { id, progress: { status } }: Task): Row[] =>
  status === 'queued' || status === 'running' ? [cancelRow(command, id)] : [];

/** How far it is, for the title and as a bar. */
export function runningWords(
  share: number,
  leftMs: number | null,
): { readonly title: string; readonly bar: string } {
  const percent = `${Math.floor(100 * share)} %`;
  const left = leftMs === null ? '' : `, ${formatDuration(leftMs)} left`;
  return { title: `running: ${percent}${left}`, bar: `${barOf(share)} ${percent}${left}` };
}

/** More would hide the result. */
const MOST_NOTES = 5;

/** What is to be known about what a result stands on, and where the rest of it is. */
export function noteLines(notes: readonly string[] = [], where = ''): readonly string[] {
  const rest = notes.length - MOST_NOTES;
  return [
    ...notes.slice(0, MOST_NOTES).map((note) => `⚠ ${plain(note)}`),
    ...(rest > 0 ? [`⚠ and ${rest} more${where}`] : []),
  ];
}

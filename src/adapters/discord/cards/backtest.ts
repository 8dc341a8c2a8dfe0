import type { APIEmbed } from 'discord.js';

import { count, formatDuration } from '#core/number-words.ts';
import type { BacktestCard, BacktestPhase, BacktestProgress } from '#ports/backtest-card.ts';
import type { BacktestRequest } from '#ports/backtests.ts';
import type { Mode } from '#ports/cards.ts';

import { cancelRow } from '../components.ts';
import type { Row } from '../components.ts';
import { plain } from '../format.ts';
import { clipText } from '../limits.ts';
import { parameterFields, resultHeadline } from './backtest-result.ts';
import { barOf } from './progress-bar.ts';
import { COLOUR } from './style.ts';
import type { Headline } from './style.ts';

type At<Status extends BacktestProgress['status']> = Extract<BacktestProgress, { status: Status }>;
type Told = Omit<Headline, 'colour'>;

const WHY_LENGTH = 1_000;

/** One colour in every state, and the word in every title: nobody may take it for something that was traded. */
export function backtestEmbed(card: BacktestCard, mode: Mode): APIEmbed {
  const { title, lines, fields } = headline(card);
  const { id, progress } = card;
  return {
    title: `⏪ BACKTEST ${title}`,
    color: COLOUR.backtest,
    description: [requestLine(card.request), ...lines].join('\n'),
    fields: [
      ...fields,
      ...parameterFields(card.request.changes),
      { name: 'Asked by', value: plain(card.requestedBy), inline: true },
    ],
    footer: {
      text: [
        'BACKTEST: the past, no orders',
        ...(progress.status === 'done' ? [`run ${progress.runId}`] : []),
        id.slice(0, 8),
        mode,
      ].join(' · '),
    },
  };
}

/** As long as it is not over, it can be ended. */
export const backtestButtons = ({ id, progress: { status } }: BacktestCard): Row[] =>
  status === 'queued' || status === 'running' ? [cancelRow('backtest', id)] : [];

const requestLine = ({ symbols, from, to }: BacktestRequest): string =>
  `${symbols.map(plain).join(', ')}\n${from} to ${to}`;

function headline({ progress }: BacktestCard): Told {
  switch (progress.status) {
    case 'queued':
      return queued(progress);
    case 'running':
      return running(progress);
    case 'done':
      return resultHeadline(progress);
    case 'failed':
      return {
        title: 'failed',
        lines: [plain(clipText(progress.why, WHY_LENGTH)), 'Trading is not touched by it.'],
        fields: [],
      };
    case 'cancelled':
      return { title: `cancelled by ${plain(progress.by)}`, lines: [], fields: [] };
    default:
      return progress satisfies never;
  }
}

const queued = ({ ahead, isAgain }: At<'queued'>): Told => ({
  title: ahead === 0 ? 'queued: it is next' : `queued: ${count(ahead, 'other')} before it`,
  lines: isAgain
    ? ['⚠ Interrupted by a stop of the bot: it begins anew when the bot is back.']
    : [],
  fields: [],
});

const PHASE = {
  loading: 'Step 1 of 2: fetching the bars',
  playing: 'Step 2 of 2: playing the sessions',
} as const satisfies Record<BacktestPhase, string>;

function running({ phase, share, leftMs, isAgain }: At<'running'>): Told {
  const percent = `${Math.floor(share * 100)} %`;
  const left = leftMs === null ? '' : `, ${formatDuration(leftMs)} left`;
  return {
    title: `running: ${percent}${left}`,
    lines: [
      PHASE[phase],
      `${barOf(share)} ${percent}${left}`,
      ...(isAgain ? ['⚠ It was interrupted, and has begun anew.'] : []),
    ],
    fields: [],
  };
}

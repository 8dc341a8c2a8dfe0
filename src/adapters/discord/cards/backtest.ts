import type { APIEmbed } from 'discord.js';

import { count } from '#core/number-words.ts';
import type { BacktestCard, BacktestPhase, BacktestProgress } from '#ports/backtest-card.ts';
import type { BacktestRequest } from '#ports/backtests.ts';
import type { Mode } from '#ports/cards.ts';

import type { Row } from '../components.ts';
import { plain } from '../format.ts';
import { parameterFields, resultHeadline } from './backtest-result.ts';
import { cancelButtons, failedTold, runningWords } from './past-task.ts';
import type { Told } from './past-task.ts';
import { COLOUR } from './style.ts';

type At<Status extends BacktestProgress['status']> = Extract<BacktestProgress, { status: Status }>;

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

export const backtestButtons = (card: BacktestCard): Row[] => cancelButtons('backtest', card);

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
      return failedTold(progress.why);
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
  const { title, bar } = runningWords(share, leftMs);
  return {
    title,
    lines: [PHASE[phase], bar, ...(isAgain ? ['⚠ It was interrupted, and has begun anew.'] : [])],
    fields: [],
  };
}

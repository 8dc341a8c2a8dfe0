import type { APIEmbedField } from 'discord.js';

import {
  count,
  formatDuration,
  formatGain,
  formatNumber,
  formatR,
  NONE,
} from '#core/number-words.ts';
import {
  efficiencyWords,
  luckLine,
  luckWords,
  NOTHING_RECOMMENDED,
  placeWord,
} from '#core/study-words.ts';
import type { VerdictKind } from '#ports/studies.ts';
import type {
  ParameterChange,
  StudyFigures,
  StudyProgress,
  StudySpan,
  StudySummary,
} from '#ports/study-card.ts';

import { plain } from '../format.ts';
import { LIMITS } from '../limits.ts';
import { splitText } from '../paginate.ts';
import { heatTable } from './heat-table.ts';
import { noteLines } from './past-task.ts';
import type { Told } from './past-task.ts';

const TITLE = {
  'better-than-luck': 'done: better than luck',
  'too-few-trades': 'done: too few trades to tell',
  worse: 'done: worse than not trading',
  'not-distinguishable': 'done: not distinguishable from luck',
  overfitted: 'done: likely the luck of the search',
} as const satisfies Record<VerdictKind, string>;

/** What it came to, with how sure that is, and what it would have changed. */
export function studyHeadline({
  summary,
  changes,
  tookMs,
}: Extract<StudyProgress, { status: 'done' }>): Told {
  return {
    title: TITLE[summary.verdict],
    lines: [
      `**Verdict: ${plain(summary.sentence)}.**`,
      `${count(summary.trials, 'point')} tried in ${formatDuration(tookMs)}`,
      ...spanLines(summary),
      // The page that hangs on the message has them all.
      ...noteLines(summary.notes, ', which the report has'),
      'Nothing is changed by it.',
    ],
    fields: [
      ...recommendedFields(summary, changes),
      ...(hasFigures(summary)
        ? [
            figureField('In sample', summary.inSample),
            figureField('Out of sample', summary.outOfSample),
            ...luckFields(summary),
          ]
        : []),
      ...heatFields(summary),
    ],
  };
}

/** Windows of a walk-forward may have traded although the time to come has no place to trade. */
const hasFigures = ({ recommended, inSample, outOfSample }: StudySummary): boolean =>
  recommended !== null || inSample.trades + outOfSample.trades > 0;

const spanText = ({ from, to, sessions }: StudySpan): string =>
  `${from} to ${to} (${count(sessions, 'session')})`;

function spanLines({ spans, windows }: StudySummary): readonly string[] {
  if (spans !== null) {
    return [`Chosen on ${spanText(spans.train)}`, `Tried on ${spanText(spans.test)}`];
  }
  if (windows === null) return [];
  return [`${count(windows.count, 'window')}; ${efficiencyWords(windows.efficiency)}`];
}

function recommendedFields(
  { recommended, verdict }: StudySummary,
  changes: readonly ParameterChange[],
): readonly APIEmbedField[] {
  if (recommended === null) {
    return [{ name: 'Recommended', value: `${NOTHING_RECOMMENDED}.` }];
  }
  const name = `${placeWord(verdict === 'better-than-luck')}: ${plain(recommended)}`;
  if (changes.length === 0) return [{ name, value: 'That is what trades now.' }];
  const lines = changes.map(
    (change) => `\`${change.name}\` ${String(change.to)} (now ${String(change.from)})`,
  );
  return splitText(lines.join('\n'), LIMITS.fieldValue).map((value, page) => ({
    name: page === 0 ? name : 'The same, continued',
    value,
  }));
}

const number = (value: number | null): string => (value === null ? NONE : formatNumber(value));

function figureField(name: string, figures: StudyFigures): APIEmbedField {
  const { trades, netPnl, profitFactor, expectancyR, sharpe } = figures;
  return {
    name,
    value: [
      count(trades, 'trade'),
      `${formatGain(netPnl)} after costs`,
      `profit factor ${number(profitFactor)}`,
      `expectancy ${expectancyR === null ? NONE : formatR(expectancyR)}`,
      `Sharpe ${number(sharpe)}`,
    ].join('\n'),
    inline: true,
  };
}

const MARKS = { met: '✅', missed: '❌', 'not known': NONE } as const;

const luckFields = ({ luck }: StudySummary): readonly APIEmbedField[] =>
  luck === undefined
    ? []
    : [
        {
          name: 'Luck',
          value: luck
            .map(luckWords)
            .map((words) => `${MARKS[words.verdict]} ${luckLine(words)}`)
            .join('\n'),
        },
      ];

function heatFields({ heatMap, objective }: StudySummary): readonly APIEmbedField[] {
  const lines = heatMap === null ? null : heatTable(heatMap);
  if (heatMap === null || lines === null) return [];
  return [
    {
      name: `${plain(objective)}: ${plain(heatMap.y.name)} down, ${plain(heatMap.x.name)} across`,
      value: ['```', ...lines, '```'].join('\n'),
    },
  ];
}

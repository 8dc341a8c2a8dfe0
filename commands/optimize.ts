import type { Command } from '#app/command.ts';
import { cancelStudy } from '#app/studies/cancel-study.ts';
import { requestStudy, studyShown } from '#app/studies/request-study.ts';
import { studySuggestions } from '#app/studies/study-suggestions.ts';

export default {
  name: 'optimize',
  description: 'Search the past for better parameters, and judge them; the answer follows it',
  role: 'admin',
  isPrivate: false,
  options: [
    {
      name: 'kind',
      description: 'sweep: one search, tried on later time (usual). walk-forward: again and again',
      type: 'string',
      required: false,
      choices: [
        { name: 'sweep', value: 'sweep' },
        { name: 'walk-forward', value: 'walk-forward' },
      ],
    },
    {
      name: 'symbols',
      description: 'Like AAPL, MSFT; at most 25. The watchlist unless you say so',
      type: 'string',
      required: false,
      autocomplete: true,
    },
    {
      name: 'from',
      description: 'First day, like 2025-01-31; a year back, of a walk-forward two',
      type: 'string',
      required: false,
    },
    {
      name: 'to',
      description: 'Last day; the last session that is over unless you say so',
      type: 'string',
      required: false,
    },
    {
      name: 'grid',
      description: 'What to vary, like stop=2,2.5,3 target=3.5..5:0.5; 72 points unless you say so',
      type: 'string',
      required: false,
      autocomplete: true,
    },
    {
      name: 'search',
      description: 'grid (all points, usual), random:50 or halving:50',
      type: 'string',
      required: false,
      autocomplete: true,
    },
    {
      name: 'objective',
      description:
        'sharpe (usual), calmar, profitFactor, expectancyR or weighted:sharpe=1,calmar=1',
      type: 'string',
      required: false,
      autocomplete: true,
    },
    {
      name: 'windows',
      description: 'Of a walk-forward: half-years (usual), rolling:120:40 or anchored:120:40',
      type: 'string',
      required: false,
      autocomplete: true,
    },
  ],
  run: requestStudy,
  shown: async (context, card, message) => {
    if (card.kind === 'study') await studyShown(context, card, message);
  },
  cancel: cancelStudy,
  complete: async (context, option, typed) => studySuggestions(context, option, typed),
} satisfies Command;

import type { StudyKind, StudyRequest } from '#ports/studies.ts';

import { askedSpan, askedSymbols } from '../asked-past.ts';
import type { PastTask } from '../asked-past.ts';
import { UserError } from '../command.ts';
import type { CommandCall } from '../command.ts';
import type { AppContext } from '../context.ts';

/** The words of a request unless somebody says otherwise. */
export const USUAL_WORDS = {
  grid: 'stop=2,2.5,3 target=3.5,4,4.5,5 confidenceThreshold=65,70,75 barMinutes=5,15',
  search: 'grid',
  objective: 'sharpe',
  windows: 'half-years',
} as const satisfies Partial<Record<keyof StudyRequest, string>>;

/** Two years hold a whole one, whose halves make a window. */
const TASKS = {
  sweep: { name: 'sweep', usual: { days: 365, sessions: null }, isOfMarket: false },
  'walk-forward': { name: 'walk-forward', usual: { days: 730, sessions: null }, isOfMarket: false },
} as const satisfies Record<StudyKind, PastTask>;

/**
 * What a person asks to be found out, around the rules that trade.
 *
 * @throws UserError with what is wrong, and what is allowed.
 */
export async function askedStudy(
  context: AppContext,
  options: CommandCall['options'],
): Promise<StudyRequest> {
  const kind = options['kind'] === 'walk-forward' ? 'walk-forward' : 'sweep';
  const symbols = await askedSymbols(context, options['symbols'], TASKS[kind]);
  const said = (name: keyof typeof USUAL_WORDS): string => String(options[name] ?? '').trim();
  const word = (name: keyof typeof USUAL_WORDS): string => said(name) || USUAL_WORDS[name];
  if (kind === 'sweep' && said('windows') !== '') {
    throw new UserError(
      'windows are those of a walk-forward: say kind walk-forward, or leave windows out.',
    );
  }
  const { from, to, dates } = await askedSpan(context, options, TASKS[kind]);
  const request: StudyRequest = {
    kind,
    symbols,
    from,
    to,
    base: context.parameters,
    grid: word('grid'),
    search: word('search'),
    objective: word('objective'),
    windows: word('windows'),
    sectors: sectorsOf(context, symbols),
  };
  const problem = context.research.problemOf(request, dates);
  if (problem !== null) throw new UserError(problem.endsWith('?') ? problem : `${problem}.`);
  return request;
}

function sectorsOf(
  { sectors }: AppContext,
  symbols: StudyRequest['symbols'],
): StudyRequest['sectors'] {
  const known = symbols.flatMap((symbol) => {
    const sector = sectors.get(symbol);
    return sector === undefined ? [] : [[symbol, sector] as const];
  });
  return Object.fromEntries(known);
}

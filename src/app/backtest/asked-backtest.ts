import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { readParameters } from '#core/read-parameters.ts';
import type { BacktestRequest } from '#ports/backtests.ts';

import { askedSpan, askedSymbols, wordsOf } from '../asked-past.ts';
import type { PastTask } from '../asked-past.ts';
import { UserError } from '../command.ts';
import type { CommandCall } from '../command.ts';
import type { AppContext } from '../context.ts';

/** Sixty sessions, and calendar days that have so many in them, whatever the holidays. */
const BACKTEST: PastTask = {
  name: 'backtest',
  usual: { days: 100, sessions: 60 },
  isOfMarket: true,
};

/**
 * What a person asks to have tested.
 *
 * @throws UserError with what is wrong, and what is allowed.
 */
export async function askedBacktest(
  context: AppContext,
  options: CommandCall['options'],
): Promise<BacktestRequest> {
  const changes = changesOf(context, options['params']);
  const symbols = await askedSymbols(context, options['symbols'], BACKTEST);
  const { from, to } = await askedSpan(context, options, BACKTEST);
  return { symbols, from, to, changes };
}

/** What differs from the defaults once the figures that trade are changed as somebody wishes. */
function changesOf(context: AppContext, option: unknown): Partial<StrategyParameters> {
  const given = wordsOf(option).map((word) => {
    const [name = '', value = '', ...rest] = word.split('=');
    if (name === '' || value === '' || rest.length > 0) {
      throw new UserError(
        `params: “${word}” is not of the form name=value; write stop=2 emaFast=8, for example.`,
      );
    }
    return [name, value] as const;
  });
  const read = readParameters(given, context.parameters);
  if (!read.ok) throw new UserError(`params: ${read.why}`);
  const changed = Object.entries(read.parameters).filter(
    ([name, value]) => DEFAULT_PARAMETERS[name as keyof StrategyParameters] !== value,
  );
  return Object.fromEntries(changed);
}

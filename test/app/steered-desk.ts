import type { AppContext } from '#app/context.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { addUsd, parseUsd, usdFromNumber } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { CashActivity } from '#ports/broker.ts';

import { FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { cardsOf } from './behaviours/a-desk.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

export const QUIET: Ohlc = [100, 100.1, 99.9, 100];

/** What the channel was told of the drawdown, a word or two each. */
export const told = async (desk: Desk) =>
  (await cardsOf(desk, 'drawdown')).map(
    ({ event }) => `${event.scope} ${event.type === 'warning' ? event.ofLimitPercent : event.type}`,
  );

export const rules = (
  { context }: Desk,
  changes: Partial<StrategyParameters>,
): Pick<AppContext, 'parameters'> => ({ parameters: { ...context.parameters, ...changes } });

export interface Steered {
  readonly desk: Desk;
  readonly context: AppContext;
  /** In dollars, as the broker shows it from now on. */
  equity: number;
  /** In dollars: what has come that the broker has not listed, or less what it has listed ahead of time. */
  unlisted: number;
  readonly activities: CashActivity[];
  /** Ends the next bar and looks. */
  look(of?: AppContext): ReturnType<typeof watchDrawdown>;
}

/** A desk whose broker shows whatever equity the test wants. */
export async function steer(changes: Partial<StrategyParameters> = {}): Promise<Steered> {
  const desk = await openDesk([QUIET]);
  const { broker } = desk.context;
  const activities: CashActivity[] = [];
  const context: AppContext = desk.with({
    ...rules(desk, changes),
    broker: {
      ...broker,
      account: async () => ({
        ...(await broker.account()),
        equity: usdFromNumber(steered.equity),
        cash: addUsd(
          parseUsd('100000'),
          usdFromNumber(steered.unlisted),
          ...activities.map(({ amount }) => amount),
        ),
      }),
      cashActivitiesSince: async () => activities,
    },
  });
  const steered: Steered = {
    desk,
    context,
    equity: 100_000,
    unlisted: 0,
    activities,
    look: (of = context) => {
      desk.nextBar();
      return watchDrawdown(of);
    },
  };
  return steered;
}

export async function lookAt(steered: Steered, ...equities: readonly number[]): Promise<void> {
  for (const equity of equities) {
    steered.equity = equity;
    await steered.look();
  }
}

export const activity = (type: string, dollars: number, id = type): CashActivity => ({
  id,
  type,
  date: FIRST.date,
  amount: usdFromNumber(dollars),
});

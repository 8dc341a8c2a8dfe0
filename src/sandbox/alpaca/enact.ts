import type { Canceled } from '#core/matching/cancel.ts';
import type { ExchangeEvent } from '#core/matching/order.ts';
import type { Refusal } from '#core/matching/refusal.ts';
import type { Accepted } from '#core/matching/submit.ts';

import type { Commands } from './journal.ts';
import { liveBar } from './world-state.ts';
import type { WorldState } from './world-state.ts';

/** What happened without anyone's asking, or will be asked for by nobody but the world itself. */
export interface Done {
  readonly kind: 'done';
  /** A command that changed nothing need not be remembered. */
  readonly isChange: boolean;
  readonly events: readonly ExchangeEvent[];
}

type Outcome = Accepted | Canceled | Refusal | Done;

const done = (events: readonly ExchangeEvent[], isChange = events.length > 0): Done => ({
  kind: 'done',
  isChange,
  events,
});

/** What each command does to the world. */
const ENACTMENTS = {
  advance: (state: WorldState, { to }: Commands['advance']): Done => done(liveBar(state, to), true),
  submit: ({ exchange, now }: WorldState, { request }: Commands['submit']): Accepted | Refusal =>
    exchange.submit(request, now),
  cancel: ({ exchange, now }: WorldState, { id, moment }: Commands['cancel']): Canceled | Refusal =>
    exchange.cancel(id, now, moment),
  'request-cancel': (
    { exchange, now }: WorldState,
    { id }: Commands['request-cancel'],
  ): Canceled | Refusal => exchange.requestCancel(id, now),
  release: ({ exchange }: WorldState, { id }: Commands['release']): Done =>
    done([], exchange.release(id)),
  replace: (
    { exchange, now }: WorldState,
    { id, change }: Commands['replace'],
  ): Accepted | Refusal => exchange.replace(id, change, now),
  'request-replace': (
    { exchange, now }: WorldState,
    { id, change }: Commands['request-replace'],
  ): Accepted | Refusal => exchange.requestReplace(id, change, now),
  'complete-replace': ({ exchange, now }: WorldState, { id }: Commands['complete-replace']): Done =>
    done(exchange.completeReplace(id, now)),
  trade: ({ exchange, now }: WorldState, { id }: Commands['trade']): Done =>
    done(exchange.trade(id, now)),
  'fill-anyway': ({ exchange, now }: WorldState, { id }: Commands['fill-anyway']): Done =>
    done(exchange.fillAnyway(id, now)),
  behave: ({ exchange }: WorldState, { quirks }: Commands['behave']): Done => {
    exchange.behave(quirks);
    return done([], true);
  },
};

export type OutcomeOf<Type extends keyof Commands> = ReturnType<(typeof ENACTMENTS)[Type]>;

/** Enacts a command, whether it comes from a client or out of the journal. */
export function enact<Type extends keyof Commands>(
  state: WorldState,
  type: Type,
  command: Commands[Type],
): OutcomeOf<Type> {
  // The table has the enactment of exactly this type.
  const outcome = (ENACTMENTS[type] as (state: WorldState, command: Commands[Type]) => Outcome)(
    state,
    command,
  );
  // A bar books its own, between the fees of its sessions.
  if (type !== 'advance' && outcome.kind !== 'refused') state.activities.addFills(outcome.events);
  return outcome as OutcomeOf<Type>;
}

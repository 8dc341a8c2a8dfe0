import { clipLine } from './clip.ts';
import type { EpochMs } from './session.ts';

export type ControlStatus = 'active' | 'halted' | 'flattening';

/** Whether new positions may be opened, and who said so. Closing is allowed in every state. */
export interface ControlState {
  readonly status: ControlStatus;
  readonly by: string;
  readonly reason: string;
  readonly since: EpochMs;
  /** When the state ends by itself, or null: it stays until someone changes it. */
  readonly until: EpochMs | null;
}

/** Whose name stands on what the drawdown ladder does, and on what time brings by itself. */
export const DRAWDOWN_WATCH = 'drawdown watch';
const SYSTEM = 'system';

/** Whether a person brought this state about. */
export const isByPerson = ({ by }: ControlState): boolean => by !== DRAWDOWN_WATCH && by !== SYSTEM;

export const allowsEntries = (state: ControlState): boolean => state.status === 'active';

/** What a person, or the drawdown watch, wants. */
interface Wish {
  readonly by: string;
  readonly reason: string;
  readonly at: EpochMs;
}

export type ControlEvent =
  /** No new positions; null: until someone resumes. */
  | (Wish & { readonly type: 'halt'; readonly until: EpochMs | null })
  /** The same, and every position is closed. */
  | (Wish & { readonly type: 'flatten'; readonly until: EpochMs | null })
  /** No position and no live entry is left. */
  | { readonly type: 'flat'; readonly at: EpochMs }
  | (Wish & { readonly type: 'resume' })
  /** Time has passed: a halt whose end has come is over. */
  | { readonly type: 'expire'; readonly at: EpochMs };

/**
 * The state after an event; null where the event changes nothing. Only `resume` and the end of a halt's own
 * time lead back to active. Two halts are one, with the reasons of both and the longer one's end, so that
 * a halt by hand on top of one for the session does not end by itself, and the other way round neither.
 */
export function applyControl(state: ControlState, event: ControlEvent): ControlState | null {
  switch (event.type) {
    case 'halt':
      return state.status === 'active'
        ? begun('halted', event, event.until)
        : extended(state, event);
    case 'flatten':
      // What a halt was set for outlasts the closing that is done on top of it.
      if (state.status === 'active') return begun('flattening', event, event.until);
      if (state.status === 'flattening') return extended(state, event);
      return begun(
        'flattening',
        { ...event, reason: reasonOver(state, event) },
        laterEnd(state.until, event.until),
      );
    case 'flat':
      return state.status === 'flattening' ? { ...state, status: 'halted' } : null;
    case 'resume':
      // While everything is being closed there is nothing to go on with: resume once it is flat.
      return state.status === 'halted' ? begun('active', event, null) : null;
    case 'expire':
      return isOver(state, event.at)
        ? begun('active', { by: SYSTEM, reason: EXPIRED, at: event.at }, null)
        : null;
    default:
      return event satisfies never;
  }
}

const EXPIRED = 'the time that it was halted until has come';

const begun = (
  status: ControlStatus,
  { by, reason, at }: Wish,
  until: EpochMs | null,
): ControlState => ({ status, by, reason, since: at, until });

/** One halt on top of another: the first one's name and instant stay. */
function extended(
  state: ControlState,
  event: Wish & { readonly until: EpochMs | null },
): ControlState | null {
  const until = laterEnd(state.until, event.until);
  const reason = reasonWith(state, event);
  return until === state.until && reason === state.reason ? null : { ...state, until, reason };
}

/** Between the reasons of wishes that stand behind one halt. */
const ALSO = ' · also ';
/** The one that it began with and the newest, none of them long: a card has to hold them all. */
const MOST_REASONS = 4;
const MOST_CHARACTERS = 160;

type Reason = Pick<ControlState, 'by' | 'reason'>;

/** All that a halt is for, with whose wish it is, "Ada: news"; the first is the one that it began with. */
export function reasonsOf({ by, reason }: Reason): readonly string[] {
  const [first = '', ...others] = reason.split(ALSO);
  return [named({ by, reason: first }), ...others];
}

const named = ({ by, reason }: Reason): string => `${by}: ${clip(reason)}`;

const clip = (text: string): string => clipLine(text, MOST_CHARACTERS);

/** With the wish's reason as the newest, unless it is known. */
function reasonWith(state: ControlState, wish: Wish): string {
  const known = reasonsOf(state);
  const own = named(wish);
  if (known.includes(own)) return state.reason;
  const [first = '', ...others] = known;
  const newest = [...others, own].slice(1 - MOST_REASONS);
  return [first.slice(named({ by: state.by, reason: '' }).length), ...newest].join(ALSO);
}

/** With the wish's reason as the first: what the halt was for has to be looked at before anybody resumes. */
function reasonOver(state: ControlState, wish: Wish): string {
  const own = named(wish);
  const others = reasonsOf(state).filter((reason) => reason !== own);
  return [clip(wish.reason), ...others.slice(0, MOST_REASONS - 1)].join(ALSO);
}

/** Never is later than any instant. */
const laterEnd = (one: EpochMs | null, other: EpochMs | null): EpochMs | null =>
  one === null || other === null ? null : Math.max(one, other);

const isOver = ({ status, until }: ControlState, at: EpochMs): boolean =>
  status === 'halted' && until !== null && at >= until;

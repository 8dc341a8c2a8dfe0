import { decide } from './decide.ts';
import type { Decision, EntryIntent, Snapshot } from './decision.ts';
import { decideExits } from './exits.ts';
import type { ExitIntent } from './exits.ts';

/** All that one cycle wants done, as it is stored and compared when the cycle is replayed. */
export interface CycleIntents {
  readonly entries: readonly EntryIntent[];
  readonly exits: readonly ExitIntent[];
}

/** What the core makes of a cycle: a decision for each symbol, and all intents. */
export interface CycleDecided {
  readonly decisions: readonly Decision[];
  readonly intents: CycleIntents;
}

/** Decides a cycle as a whole: a pure function, so that a stored snapshot comes to the same again. */
export function decideCycle(snapshot: Snapshot): CycleDecided {
  const decisions = decide(snapshot);
  const entries = decisions.flatMap((decision) =>
    decision.kind === 'enter' ? [decision.intent] : [],
  );
  return { decisions, intents: { entries, exits: decideExits(snapshot) } };
}

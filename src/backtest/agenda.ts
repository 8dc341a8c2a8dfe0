import type { StrategyParameters } from '#core/parameters.ts';
import type { SessionDate } from '#core/session.ts';

import { Candidate, emptyTally, findCandidates } from './candidates.ts';
import type { RunningTally } from './candidates.ts';
import type { PreparedMarket } from './prepare.ts';
import { slotCount } from './time-grid.ts';
import type { TimeGrid } from './time-grid.ts';

/** When which symbols have to be decided about; runs whose parameters agree on that share one. */
export interface Agenda {
  /** The first one that is traded. */
  readonly firstSession: number;
  /** What the bars alone refuse. */
  readonly tally: Readonly<RunningTally>;
  /** The first slot from this one on that has candidates; the number of all slots when there is none. */
  next(slot: number): number;
  /** Of a slot, in the order of the watchlist. */
  at(slot: number): readonly Candidate[];
}

const NOBODY: readonly Candidate[] = [];

/** Looks through a whole market; lists by slot are chained, since most slots have none. */
export function createAgenda(
  market: PreparedMarket,
  parameters: StrategyParameters,
  tradeFrom: SessionDate | null,
): Agenda {
  const { grid } = market;
  const slots = slotCount(grid);
  const firstSession = firstSessionFrom(grid, tradeFrom);
  const heads = new Int32Array(slots).fill(-1);
  const chain: { readonly candidate: Candidate; readonly next: number }[] = [];
  const tally = emptyTally();
  // The last symbol first: each goes in front of those that are there.
  for (const history of market.symbols.toReversed()) {
    const found = findCandidates(history, parameters, { grid, firstSession });
    addTo(tally, found.tally);
    for (const signal of found.signals) {
      const candidate = new Candidate(history, signal);
      const slot = history.slots[candidate.row] ?? 0;
      chain.push({ candidate, next: heads[slot] ?? -1 });
      heads[slot] = chain.length - 1;
    }
  }
  const nexts = nextsOf(heads);
  const lists = new Map<number, readonly Candidate[]>();
  const listAt = (slot: number): readonly Candidate[] => {
    const candidates: Candidate[] = [];
    for (let link = chain[heads[slot] ?? -1]; link !== undefined; link = chain[link.next]) {
      candidates.push(link.candidate);
    }
    lists.set(slot, candidates);
    return candidates;
  };
  return {
    firstSession,
    tally,
    next: (slot) => nexts[slot] ?? slots,
    at: (slot) => (heads[slot] === -1 ? NOBODY : (lists.get(slot) ?? listAt(slot))),
  };
}

/** For each slot the first one from it on that has a list. */
function nextsOf(heads: Int32Array): Int32Array {
  const nexts = new Int32Array(heads.length);
  let next = heads.length;
  for (let slot = heads.length - 1; slot >= 0; slot -= 1) {
    if (heads[slot] !== -1) next = slot;
    nexts[slot] = next;
  }
  return nexts;
}

function firstSessionFrom({ sessions }: TimeGrid, tradeFrom: SessionDate | null): number {
  if (tradeFrom === null) return 0;
  const found = sessions.findIndex(({ date }) => date >= tradeFrom);
  return found === -1 ? sessions.length : found;
}

function addTo(sum: RunningTally, tally: RunningTally): void {
  sum.bars += tally.bars;
  sum.noSignal += tally.noSignal;
  for (const name of Object.keys(tally.refused) as (keyof RunningTally['refused'])[]) {
    sum.refused[name] += tally.refused[name];
  }
}

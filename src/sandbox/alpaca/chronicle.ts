import type { ExchangeEvent } from '#core/matching/order.ts';

import { quirksOf, withoutSiblingNews } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { enact } from './enact.ts';
import type { OutcomeOf } from './enact.ts';
import type { Command, Commands, Journal } from './journal.ts';
import type { PositionLag } from './position-lag.ts';
import type { WorldState } from './world-state.ts';

/** The one way to change the world. */
export interface Chronicle {
  /** Enacts a command, writes it down if it changed anything, and only then tells what happened. */
  act<Type extends keyof Commands>(type: Type, command: Commands[Type]): OutcomeOf<Type>;
}

interface ChronicleParts {
  readonly state: WorldState;
  readonly journal: Journal;
  readonly behaviour: Behaviour;
  readonly lag: PositionLag;
  readonly tell: (events: readonly ExchangeEvent[]) => void;
}

export function createChronicle(parts: ChronicleParts): Chronicle {
  const { state, journal, behaviour, lag } = parts;
  const tell = (events: readonly ExchangeEvent[]): void => {
    const told = behaviour.muteSiblingEvent ? withoutSiblingNews(events) : events;
    if (told.length > 0) parts.tell(told);
  };
  /** The switches as they are now are part of what the next command meets. */
  function noteBehaviour(): void {
    const quirks = quirksOf(behaviour);
    if (JSON.stringify(quirks) === JSON.stringify(state.exchange.quirks())) return;
    enact(state, 'behave', { quirks });
    journal.append({ type: 'behave', quirks });
  }
  return {
    act(type, command) {
      noteBehaviour();
      const outcome = lag.during(() => enact(state, type, command));
      if (outcome.kind === 'refused') return outcome;
      if (outcome.kind === 'done' && !outcome.isChange) return outcome;
      // A type and its own fields make a command.
      journal.append({ type, ...command } as unknown as Command);
      tell(outcome.events);
      return outcome;
    },
  };
}

import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import type { ExchangeEvent } from '#core/matching/order.ts';
import type { Quirks } from '#core/matching/quirks.ts';

/**
 * Switches for what the real broker has been seen to do, all off at first; a test may turn each at any
 * moment. The numbers are those of the list of thirty behaviours in the broker's reference.
 */
export interface Behaviour {
  /** 2, 6: the most shares of one execution, so that orders fill in parts; null for no bound. */
  fillAtMost: number | null;
  /** 4: a take-profit that fills cancels its stop, but nobody hears of it. */
  muteSiblingEvent: boolean;
  /** 5: how the take-profit is shown whose stop was triggered. */
  takeProfitEndsAs: 'canceled' | 'replaced';
  /** 5: a triggered stop is replaced by an order of a new id, and that one fills. */
  stopFillsUnderNewId: boolean;
  /** 6: after a part of a take-profit was filled, neither leg ever acts again; both stay live. */
  legDeadlock: boolean;
  /** 7: when one leg is filled, the other one fills too: the position turns around. */
  doubleExit: boolean;
  /** 12: so long after a replacement its successor cannot be replaced itself. */
  chainSettleMs: number;
  /** 13: a replacement is accepted, but the old order fills and the new one is rejected. */
  replaceRace: boolean;
  /** 14: the answer to another cancel of an order that is canceled or about to be. */
  repeatCancel: 'accepted' | 'refused';
  /** 14: how long a cancel stays pending, instead of the usual delay. */
  cancelStuckMs: number | null;
  /** 15: how long shares stay reserved after a cancel, instead of the usual delay. */
  releaseStuckMs: number | null;
  /** 20: so long after a fill the positions do not show it, and an OCO is no exit order. */
  positionLagMs: number;
  /** 20: whether a bracket may come on top of a position or a working entry; null leaves it to the rules. */
  secondBracket: 'accepted' | 'refused' | null;
  /** 20: symbols of which no order is taken. */
  readonly inactive: Set<string>;
  /** 23: symbols of which only day orders are taken, protective stops included. */
  readonly hardToBorrow: Set<string>;
  /** 24: symbols whose trading is halted: no bars, no executions, no triggers, no market orders. */
  readonly haltedSymbols: Set<string>;
  /** 29: whether bars of the last quarter of an hour may be read from the consolidated feed. */
  recentSip: 'allowed' | 'refused';
  /** 30: how a partly filled entry ends with its day. */
  partialDayParentEnd: 'expired' | 'canceled';
}

export const createBehaviour = (): Behaviour => ({
  fillAtMost: null,
  muteSiblingEvent: false,
  takeProfitEndsAs: 'canceled',
  stopFillsUnderNewId: false,
  legDeadlock: false,
  doubleExit: false,
  chainSettleMs: 0,
  replaceRace: false,
  repeatCancel: 'refused',
  cancelStuckMs: null,
  releaseStuckMs: null,
  positionLagMs: 0,
  secondBracket: null,
  inactive: new Set(),
  hardToBorrow: new Set(),
  haltedSymbols: new Set(),
  recentSip: 'allowed',
  partialDayParentEnd: 'expired',
});

const tickersOf = (symbols: ReadonlySet<string>): readonly Ticker[] =>
  [...symbols].filter(isTicker).toSorted();

/** What of the switches concerns the exchange. */
export const quirksOf = (behaviour: Behaviour): Quirks => ({
  takeProfitEndsAs: behaviour.takeProfitEndsAs,
  stopFillsUnderNewId: behaviour.stopFillsUnderNewId,
  legDeadlock: behaviour.legDeadlock,
  doubleExit: behaviour.doubleExit,
  fillAtMost: behaviour.fillAtMost,
  halted: tickersOf(behaviour.haltedSymbols),
  hardToBorrow: tickersOf(behaviour.hardToBorrow),
  inactive: tickersOf(behaviour.inactive),
  secondBracket: behaviour.secondBracket,
  partialDayParentEnd: behaviour.partialDayParentEnd,
});

/** Drops the news of every stop that was canceled because the take-profit of its group filled. */
export function withoutSiblingNews(events: readonly ExchangeEvent[]): readonly ExchangeEvent[] {
  const isMuted = (event: ExchangeEvent): boolean =>
    event.type === 'canceled' &&
    event.order.role === 'stop-loss' &&
    events.some(
      ({ type, order }) =>
        type === 'fill' &&
        order.role === 'take-profit' &&
        (order.parentId ?? order.id) === event.order.parentId,
    );
  return events.filter((event) => !isMuted(event));
}

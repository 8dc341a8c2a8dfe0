import type { BrokerOrderId } from '#core/ids.ts';
import type { Canceled } from '#core/matching/cancel.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { isExit } from '#core/matching/order.ts';
import type { ReplaceRequest, SimulatedOrder, SubmitRequest } from '#core/matching/order.ts';
import { refused } from '#core/matching/refusal.ts';
import type { Refusal } from '#core/matching/refusal.ts';
import type { Accepted } from '#core/matching/submit.ts';

import type { Behaviour } from './behaviour.ts';
import type { Chronicle } from './chronicle.ts';
import type { PositionLag } from './position-lag.ts';
import type { Schedule } from './schedule.ts';
import type { Delays } from './timers.ts';

/** `before-closing` waits for nothing: whoever closes everything has its orders canceled first. */
export type CancelUrgency = 'usual' | 'before-closing';

/** Takes what clients ask for, and sees to what follows from it later. */
export interface OrderDesk {
  readonly submit: (request: SubmitRequest) => Accepted | Refusal;
  readonly cancel: (id: BrokerOrderId, urgency?: CancelUrgency) => Canceled | Refusal;
  readonly replace: (id: BrokerOrderId, change: ReplaceRequest) => Accepted | Refusal;
  /** Brings to an end what was pending when the world was left. */
  finishPending(): void;
}

interface DeskParts {
  readonly exchange: Exchange;
  readonly chronicle: Chronicle;
  readonly schedule: Schedule;
  readonly behaviour: Behaviour;
  readonly delays: Delays;
  readonly lag: PositionLag;
}

const CANCELED: Canceled = { kind: 'canceled', events: [] };

export function createOrderDesk(parts: DeskParts): OrderDesk {
  const { exchange, chronicle, lag } = parts;
  return {
    submit(request) {
      const { orderClass, symbol } = request;
      if (orderClass === 'oco' && lag.isBehind(symbol)) {
        return refused({ code: 'not-an-exit', orderClass });
      }
      const outcome = chronicle.act('submit', { request });
      if (outcome.kind === 'accepted') tradeSoon(parts, outcome.order);
      return outcome;
    },
    cancel: cancelDesk(parts),
    replace: replaceDesk(parts),
    finishPending: () => finishPending(exchange, chronicle),
  };
}

/** A real broker fills a marketable exit between the bars. */
function tradeSoon({ chronicle, schedule, delays }: DeskParts, order: SimulatedOrder): void {
  const { id } = order;
  if (isExit(order)) schedule.after(delays.tradeMs, () => chronicle.act('trade', { id }));
}

function cancelDesk(parts: DeskParts): OrderDesk['cancel'] {
  const { exchange, chronicle, schedule, behaviour, delays } = parts;
  const releaseMs = (urgency: CancelUrgency): number =>
    behaviour.releaseStuckMs ?? (urgency === 'usual' ? delays.releaseMs : 0);

  function cancelNow(id: BrokerOrderId, waitMs: number): Canceled | Refusal {
    const moment = waitMs > 0 ? 'later' : 'at-once';
    const outcome = chronicle.act('cancel', { id, moment });
    if (outcome.kind === 'canceled' && moment === 'later') {
      schedule.after(waitMs, () => chronicle.act('release', { id }));
    }
    return outcome;
  }
  return (id, urgency = 'usual') => {
    if (behaviour.repeatCancel === 'accepted' && isCanceled(exchange.order(id))) return CANCELED;
    const delay = behaviour.cancelStuckMs ?? (urgency === 'usual' ? delays.cancelMs : 0);
    if (delay <= 0) return cancelNow(id, releaseMs(urgency));
    const outcome = chronicle.act('request-cancel', { id });
    if (outcome.kind === 'canceled') {
      // An order that has filled meanwhile refuses, and nobody waits for the answer.
      schedule.after(delay, () => cancelNow(id, releaseMs('usual')));
    }
    return outcome;
  };
}

function replaceDesk(parts: DeskParts): OrderDesk['replace'] {
  const { chronicle, schedule, behaviour, delays } = parts;
  /** Successors whose own replacement has to wait. */
  const settling = new Set<BrokerOrderId>();

  function settle(id: BrokerOrderId): void {
    if (behaviour.chainSettleMs <= 0) return;
    settling.add(id);
    schedule.after(behaviour.chainSettleMs, () => settling.delete(id));
  }
  return (id, change) => {
    if (settling.has(id)) return refused({ code: 'chain-unsettled' });
    const { replaceRace: isRace } = behaviour;
    const isImmediate = delays.replaceMs <= 0 && !isRace;
    const outcome = chronicle.act(isImmediate ? 'replace' : 'request-replace', { id, change });
    if (outcome.kind === 'refused') return outcome;
    const { order } = outcome;
    settle(order.id);
    schedule.after(isImmediate ? 0 : delays.replaceMs, () => {
      if (isRace) chronicle.act('fill-anyway', { id });
      if (!isImmediate) chronicle.act('complete-replace', { id: order.id });
      tradeSoon(parts, order);
    });
    return outcome;
  };
}

const isCanceled = (order: SimulatedOrder | undefined): boolean =>
  order?.status === 'canceled' || order?.status === 'pending_cancel';

/** Nobody is left who waited: cancels and replacements happen, and shares are free. */
function finishPending(exchange: Exchange, chronicle: Chronicle): void {
  for (const { id, status, replacedBy } of exchange.liveOrders()) {
    if (status === 'pending_cancel') chronicle.act('cancel', { id, moment: 'at-once' });
    if (status === 'pending_replace' && replacedBy !== null) {
      chronicle.act('complete-replace', { id: replacedBy });
    }
  }
  for (const id of exchange.lingering()) chronicle.act('release', { id });
}

import type { FeeCharge } from '#core/matching/fees.ts';
import type { ExchangeEvent, Fill, SimulatedOrder } from '#core/matching/order.ts';
import type { EpochMs } from '#core/session.ts';

/** What moved cash or shares, oldest first. */
export type Activity =
  | {
      readonly type: 'FILL';
      readonly id: string;
      readonly at: EpochMs;
      readonly fill: Fill;
      readonly order: SimulatedOrder;
    }
  | {
      readonly type: 'FEE';
      readonly id: string;
      readonly at: EpochMs;
      readonly charge: FeeCharge;
    };

export interface ActivityLog {
  addFills(events: readonly ExchangeEvent[]): void;
  addFee(charge: FeeCharge): void;
  all(): readonly Activity[];
  /** Its place in the list. */
  indexOf(id: string): number | undefined;
}

export function createActivityLog(): ActivityLog {
  const activities: Activity[] = [];
  const indexById = new Map<string, number>();
  const add = (activity: Activity): void => {
    indexById.set(activity.id, activities.length);
    activities.push(activity);
  };
  return {
    addFills(events) {
      for (const event of events) {
        if (event.type !== 'fill' && event.type !== 'partial_fill') continue;
        const { fill, order, at } = event;
        add({ type: 'FILL', id: fill.id, at, fill, order });
      }
    },
    addFee(charge) {
      add({ type: 'FEE', id: charge.id, at: charge.at, charge });
    },
    all: () => activities,
    indexOf: (id) => indexById.get(id),
  };
}

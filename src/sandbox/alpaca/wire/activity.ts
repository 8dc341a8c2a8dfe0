import { newYorkDate, newYorkTime, toIso } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { Activity } from '../activity-log.ts';
import { decimal, instant } from './format.ts';
import type { Json } from './order.ts';

/** New York's local time down to the millisecond, then the id: never to be parsed by anyone. */
const activityId = ({ id, at }: Activity): string => `${localStamp(at)}::${id}`;

const stamps = new Map<EpochMs, string>();

/** Many activities share an instant, and asking for New York's time is slow. */
function localStamp(at: EpochMs): string {
  const known = stamps.get(at);
  if (known !== undefined) return known;
  const stamp = `${newYorkDate(at)}${newYorkTime(at)}${toIso(at).slice(17, 23)}`.replace(/\D/g, '');
  if (stamps.size > 1000) stamps.clear();
  stamps.set(at, stamp);
  return stamp;
}

export function activityJson(activity: Activity): Json {
  const id = activityId(activity);
  if (activity.type === 'FEE') {
    const { charge, at } = activity;
    return {
      id,
      activity_type: 'FEE',
      activity_sub_type: 'REG',
      date: charge.date,
      created_at: instant(at),
      net_amount: `-${decimal(charge.amount)}`,
      currency: 'USD',
      description: `TAF and REG fees for the sales of ${charge.date}`,
      status: 'executed',
    };
  }
  const { fill, order, at } = activity;
  return {
    id,
    activity_type: 'FILL',
    transaction_time: instant(at),
    type: order.status === 'filled' ? 'fill' : 'partial_fill',
    price: decimal(fill.price),
    qty: String(fill.quantity),
    side: fill.intent === 'sell_to_open' ? 'sell_short' : fill.side,
    symbol: fill.symbol,
    leaves_qty: String(fill.leavesQuantity),
    order_id: fill.orderId,
    cum_qty: String(fill.cumulativeQuantity),
    order_status: order.status,
    swap_rate: '1',
  };
}

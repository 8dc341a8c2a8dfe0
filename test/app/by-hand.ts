import type { SimulatedOrder } from '#core/matching/order.ts';
import { isLive } from '#core/order.ts';
import type { AlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';

const HEADERS = { 'APCA-API-KEY-ID': 'somebody', 'APCA-API-SECRET-KEY': 'else' };

interface OrderByHand {
  readonly symbol?: string;
  readonly side: 'buy' | 'sell';
  readonly qty: number;
  readonly [field: string]: unknown;
}

/** Somebody who acts on the same account past the bot, with a client of their own. */
export function byHand({ url, inspect }: Pick<AlpacaStandIn, 'url' | 'inspect'>) {
  async function ask(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${url}/v2/${path}`, {
      method,
      headers: HEADERS,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response;
  }
  return {
    /** At the market unless told otherwise; returns the order's id. */
    async order({ symbol = 'NVDA', side, qty, ...rest }: OrderByHand): Promise<string> {
      const common = { type: 'market', time_in_force: 'day' };
      const body = { symbol, side, qty: String(qty), ...common, ...rest };
      const order = (await (await ask('POST', 'orders', body)).json()) as { id: string };
      return order.id;
    },
    cancel: (id: string) => ask('DELETE', `orders/${id}`),
    replace: (id: string, change: Readonly<Record<string, string>>) =>
      ask('PATCH', `orders/${id}`, change),
    /** The newest live order of the bot in this role. */
    live(role: SimulatedOrder['role']): SimulatedOrder {
      const found = inspect().orders.findLast(
        (order) => order.role === role && isLive(order.status),
      );
      if (found === undefined) throw new Error(`no live ${role}`);
      return found;
    },
  };
}

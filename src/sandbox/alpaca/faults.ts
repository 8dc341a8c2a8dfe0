import { once } from 'node:events';

import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';

import { USUAL_REQUESTS_PER_MINUTE, setLimitHeaders } from './rest/rate-limit.ts';
import { answer } from './rest/reply.ts';
import type { Timers } from './timers.ts';
import { PROBLEMS } from './wire/problem.ts';

type FaultKind =
  | {
      /**
       * `lost-reply`: done, then the connection breaks. `gateway-timeout-after`: done, then 504.
       * `gateway-timeout-before`: 504, not done. `stall`: done, and never answered. `drop-before`: the
       * connection breaks, not done.
       */
      readonly kind:
        | 'lost-reply'
        | 'gateway-timeout-after'
        | 'gateway-timeout-before'
        | 'stall'
        | 'drop-before';
    }
  /** 429 and the time of the next try in the headers, but no Retry-After; not done. */
  | { readonly kind: 'rate-limited'; readonly resetInMs?: number }
  /** Answered with this instead of being done. */
  | { readonly kind: 'reject'; readonly status: number; readonly body: unknown };

/** Something that goes wrong with the next requests of a method whose path matches, with or without its query. */
export type Fault = FaultKind & {
  readonly method: string;
  readonly path: RegExp;
  /** How many requests; one when left out. */
  readonly times?: number;
};

export interface Faults {
  /** They are tried in the order in which they were added. */
  add(fault: Fault): void;
  clear(): void;
}

export interface FaultInjection {
  readonly faults: Faults;
  readonly middleware: MiddlewareHandler;
}

export function createFaults(timers: Timers): FaultInjection {
  const pending: { readonly fault: Fault; left: number }[] = [];
  const take = (context: Context): Fault | null => {
    const { pathname, search } = new URL(context.req.url);
    const found = pending.find(
      ({ fault: { method, path }, left }) =>
        left > 0 &&
        method === context.req.method &&
        (path.test(pathname) || path.test(`${pathname}${search}`)),
    );
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  };
  return {
    faults: {
      add(fault) {
        pending.push({ fault, left: fault.times ?? 1 });
      },
      clear() {
        pending.length = 0;
      },
    },
    middleware: async (context, next) => {
      const fault = take(context);
      if (fault === null) {
        await next();
        return undefined;
      }
      if (!isDone(fault)) return answerOf(context, fault, timers);
      await next();
      const response = await answerOf(context, fault, timers);
      // Otherwise the real answer's headers would be in it.
      context.res = undefined;
      context.res = response;
      return undefined;
    },
  };
}

const isDone = ({ kind }: Fault): boolean =>
  kind === 'lost-reply' || kind === 'gateway-timeout-after' || kind === 'stall';

async function answerOf(context: Context, fault: Fault, timers: Timers): Promise<Response> {
  const { incoming, outgoing } = context.env as HttpBindings;
  switch (fault.kind) {
    case 'rate-limited': {
      const reset = timers.now() + (fault.resetInMs ?? 60_000);
      setLimitHeaders(context, { limit: USUAL_REQUESTS_PER_MINUTE, remaining: 0, reset });
      return answer(context, PROBLEMS.rateLimited);
    }
    case 'reject':
      return Response.json(fault.body, { status: fault.status });
    case 'gateway-timeout-after':
    case 'gateway-timeout-before':
      return new Response(GATEWAY_TIMEOUT, {
        status: 504,
        headers: { 'Content-Type': 'text/html' },
      });
    case 'stall':
      // Until the client gives up or everything is closed.
      if (!outgoing.closed) await once(outgoing, 'close');
      break;
    case 'lost-reply':
    case 'drop-before':
      incoming.socket.destroy();
  }
  // Nobody is there to read it.
  return new Response(null);
}

/** As a proxy answers, which knows nothing of the broker's JSON. */
const GATEWAY_TIMEOUT = '<html><body><h1>504 Gateway Time-out</h1></body></html>';

import type { HttpBindings } from '@hono/node-server';
import type { MiddlewareHandler } from 'hono';

/** Something that goes wrong with a REST request. */
type Fault =
  /** Answered with this status, and Discord's own code, instead of being done; 429 says when to come again. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: number;
      readonly retryAfterMs?: number;
    }
  /** It is done, but answered with this status all the same, as a proxy on the way may do. */
  | { readonly kind: 'status-after'; readonly status: number }
  /** The connection breaks before anything was done. */
  | { readonly kind: 'drop-before' }
  /** It is done, but the connection breaks before the answer. */
  | { readonly kind: 'drop-after' };

export interface Faults {
  /** Lets the next `times` requests fail whose method and path match: `/^POST .*messages$/`. */
  failNext(fault: Fault, times?: number, request?: RegExp): void;
  clear(): void;
}

interface PendingFault {
  readonly fault: Fault;
  readonly request: RegExp;
  left: number;
}

export interface FaultInjection {
  readonly faults: Faults;
  readonly middleware: MiddlewareHandler<{ Bindings: HttpBindings }>;
}

export function createFaults(): FaultInjection {
  const pending: PendingFault[] = [];
  const take = (request: string): Fault | null => {
    const found = pending.find(
      (candidate) => candidate.left > 0 && candidate.request.test(request),
    );
    if (!found) return null;
    found.left -= 1;
    return found.fault;
  };
  return {
    faults: {
      failNext(fault, times = 1, request = /./) {
        pending.push({ fault, request, left: times });
      },
      clear() {
        pending.length = 0;
      },
    },
    middleware: async (context, next) => {
      const fault = take(`${context.req.method} ${context.req.path}`);
      if (fault?.kind === 'status') return statusAnswer(fault);
      if (fault?.kind !== 'drop-before') await next();
      if (fault?.kind === 'status-after') {
        context.res = statusAnswer({ kind: 'status', status: fault.status });
        return undefined;
      }
      if (fault) context.env.incoming.socket.destroy();
      return fault ? new Response(null) : undefined;
    },
  };
}

function statusAnswer({
  status,
  code = 0,
  retryAfterMs = 1_000,
}: Extract<Fault, { kind: 'status' }>): Response {
  if (status !== 429) {
    return Response.json({ message: `${status}: injected fault`, code }, { status });
  }
  const seconds = retryAfterMs / 1_000;
  return Response.json(
    { message: 'You are being rate limited.', retry_after: seconds, global: false },
    {
      status,
      headers: {
        'Retry-After': String(seconds),
        'X-RateLimit-Scope': 'shared',
        'X-RateLimit-Reset-After': String(seconds),
      },
    },
  );
}

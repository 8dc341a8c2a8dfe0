import { randomUUID } from 'node:crypto';

import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';

import type { Ticker } from '#core/ids.ts';

import type { Timers } from '../timers.ts';
import { PROBLEMS } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { accountRoutes } from './account.ts';
import { activityRoutes } from './activities.ts';
import { marketDataRoutes } from './market-data.ts';
import { orderRoutes } from './orders.ts';
import { positionRoutes } from './positions.ts';
import { rateLimit } from './rate-limit.ts';
import { RequestProblem, answer } from './reply.ts';

export interface RestRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

export interface RestOptions {
  /** Requests that the account may make in a minute; null lets it make any number. */
  readonly requestsPerMinute: number | null;
  readonly notShortable: readonly Ticker[];
  readonly timers: Timers;
  /** Lets requests go wrong. */
  readonly faults: MiddlewareHandler;
  readonly onRequest: (request: RestRequest) => void;
  readonly onSubmit: (clientOrderId: string) => void;
}

/** Both of Alpaca's REST services; everything that a request passes on its way is in this list. */
export function createRestApp(world: World, options: RestOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    if (error instanceof RequestProblem) return answer(context, error.problem);
    return context.json(
      { code: 50010000, message: `internal server error: ${error.message}` },
      500,
    );
  });
  app.notFound((context) => answer(context, PROBLEMS.noEndpoint));
  const { timers, requestsPerMinute, faults } = options;
  app.use(report(options), faults, rateLimit(timers, requestsPerMinute), authenticate);
  accountRoutes(app, world, options.notShortable);
  orderRoutes(app, world, options.onSubmit);
  positionRoutes(app, world);
  activityRoutes(app, world);
  marketDataRoutes(app, world);
  return app;
}

const report =
  ({ onRequest }: RestOptions): MiddlewareHandler =>
  async (context, next) => {
    const { pathname, search } = new URL(context.req.url);
    onRequest({ method: context.req.method, path: `${pathname}${search}` });
    await next();
    context.header('X-Request-ID', randomUUID().replaceAll('-', ''));
  };

/** Any key will do, none will not. */
const authenticate: MiddlewareHandler = async (context, next) => {
  const hasKey = context.req.header('apca-api-key-id') && context.req.header('apca-api-secret-key');
  if (!hasKey) return answer(context, PROBLEMS.unauthorized);
  await next();
  return undefined;
};

import { Hono } from 'hono';

export interface HealthOptions {
  /** Whether the bot can do its work, and what it says of itself. */
  readonly ready: () => Promise<{ readonly ready: boolean; readonly body: object }>;
  /** The metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<string>;
}

const PROMETHEUS = 'text/plain; version=0.0.4; charset=utf-8';

/** `/healthz` (the process runs), `/readyz` (it can work: 200, else 503) and `/metrics`. */
export function healthRoutes({ ready, metrics }: HealthOptions): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.get('/readyz', async (context) => {
    try {
      const { ready: isReady, body } = await ready();
      return context.json({ ready: isReady, ...body }, isReady ? 200 : 503);
    } catch (error) {
      // What cannot be asked is not ready; why is in the log, not on a page.
      return context.json(
        { ready: false, error: error instanceof Error ? error.name : 'unknown' },
        503,
      );
    }
  });
  app.get('/metrics', async (context) =>
    context.body(await metrics(), 200, { 'content-type': PROMETHEUS }),
  );
  return app;
}

import { once } from 'node:events';
import { connect } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { systemClock } from '#adapters/system/clock.ts';
import { healthRoutes } from '#adapters/system/health-routes.ts';
import type { HealthOptions } from '#adapters/system/health-routes.ts';
import { listen } from '#adapters/system/listen.ts';
import { createMetrics } from '#adapters/system/metrics.ts';

const hello = () => new Response('hello');

const routes = (options: Partial<HealthOptions> = {}) =>
  healthRoutes({
    ready: async () => ({ ready: true, body: {} }),
    metrics: async () => '',
    ...options,
  });

describe('the health pages', () => {
  it('say that the process runs, even when nothing is ready', async () => {
    const app = routes({ ready: async () => ({ ready: false, body: {} }) });
    const response = await app.request('/healthz');
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    [true, 200],
    [false, 503],
  ])('answer readiness %s with %i and the report', async (ready, status) => {
    const app = routes({ ready: async () => ({ ready, body: { positions: 2 } }) });
    const response = await app.request('/readyz');
    expect([response.status, await response.json()]).toEqual([status, { ready, positions: 2 }]);
  });

  it('are not ready when readiness cannot be found out, and tell no details', async () => {
    const app = routes({
      ready: async () => {
        throw new TypeError('password in here');
      },
    });
    const response = await app.request('/readyz');
    expect([response.status, await response.json()]).toEqual([
      503,
      { ready: false, error: 'TypeError' },
    ]);
  });

  it('serve the metrics in the format of Prometheus', async () => {
    const metrics = createMetrics();
    metrics.cycles.inc();
    metrics.cycleSeconds.observe(0.2);
    metrics.intents.inc(3);
    metrics.orders.inc({ outcome: 'submitted' });
    metrics.orders.inc({ outcome: 'rejected' });
    metrics.commands.inc({ command: 'status', outcome: 'done' });
    metrics.deliveries.inc({ outcome: 'posted' });
    metrics.openPositions.set(2);
    metrics.protectedPositions.set(2);
    metrics.outboxBacklog.set(1);
    const response = await routes({ metrics: metrics.text }).request('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await response.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'bracketeer_cycles_total 1',
        'bracketeer_cycle_duration_seconds_bucket{le="0.25"} 1',
        'bracketeer_cycle_duration_seconds_bucket{le="0.1"} 0',
        'bracketeer_intents_total 3',
        'bracketeer_orders_total{outcome="submitted"} 1',
        'bracketeer_orders_total{outcome="rejected"} 1',
        'bracketeer_commands_total{command="status",outcome="done"} 1',
        'bracketeer_discord_deliveries_total{outcome="posted"} 1',
        'bracketeer_open_positions 2',
        'bracketeer_protected_positions 2',
        'bracketeer_outbox_backlog 1',
        expect.stringMatching(/^process_resident_memory_bytes \d/),
      ]),
    );
  });

  it('count for each bot in a process of its own', async () => {
    createMetrics().cycles.inc();
    expect(await createMetrics().text()).toContain('bracketeer_cycles_total 0');
  });
});

describe('the server', () => {
  it('serves on this machine alone, on any free port when it is 0', async () => {
    const server = await listen({ fetch: hello, port: 0 });
    onTestFinished(server.close);
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(server.url)).text()).toBe('hello');
  });

  it('tells in one line what to do when the port is taken', async () => {
    const first = await listen({ fetch: hello, port: 0 });
    onTestFinished(first.close);
    const port = Number(new URL(first.url).port);
    await expect(listen({ fetch: hello, port })).rejects.toThrow(
      `127.0.0.1:${port} is taken by another program; set PORT to a free one, or PORT=0 for any`,
    );
  });

  it('lets its caller take upgrades to web sockets, and ends those too when it closes', async () => {
    const { server, url, close } = await listen({ fetch: hello, port: 0 });
    server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 101 /);
    const ended = once(socket, 'close');
    await close();
    await ended;
    expect(socket.destroyed).toBe(true);
  });
});

describe('the clock of the system', () => {
  it('tells epoch milliseconds', () => {
    const before = Date.now();
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });
});

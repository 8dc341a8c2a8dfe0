import { afterEach, describe, expect, it } from 'vitest';

import { createCharts } from '#adapters/charts/charts.ts';
import type { ChartsOptions, ChartThread } from '#adapters/charts/charts.ts';
import type { ChartResult } from '#ports/charts.ts';
import { silentLog } from '#test/support/log.ts';

import { equity } from './facts.ts';

const opened: ChartThread[] = [];

afterEach(async () => {
  for (const charts of opened.splice(0)) await charts.close();
});

/** Charts whose thread does what a chart's title says. */
function troubled(options: Partial<ChartsOptions> = {}) {
  const worker = new URL('troubled-thread.ts', import.meta.url);
  const charts = createCharts({
    folder: 'good',
    log: silentLog,
    timeoutMs: 20_000,
    worker,
    ...options,
  });
  opened.push(charts);
  return {
    charts,
    ask: (title: string): Promise<ChartResult> => charts.render({ ...equity([100_000]), title }),
  };
}

const drawn = (title: string) => ({ ok: true, image: { altText: title } });

describe('a chart in trouble is an ordinary result', () => {
  it.each([
    { title: 'throw', why: 'the drawing thread failed: out of ink' },
    { title: 'exit', why: 'the drawing thread ended' },
    { title: 'eat', why: /the drawing thread failed: .*memory/i },
  ])(
    'when the thread dies of "$title"; those behind it are drawn by the next thread',
    async ({ title, why }) => {
      const { ask } = troubled();
      const [died, behind] = await Promise.all([ask(title), ask('behind')]);
      expect(died).toMatchObject({ ok: false, code: 'crashed' });
      expect(died.ok ? '' : died.why).toMatch(why);
      expect(behind).toMatchObject(drawn('behind'));
      expect(await ask('later')).toMatchObject(drawn('later'));
    },
  );

  it('when it cannot be drawn', async () => {
    const { ask } = troubled();
    expect(await ask('fail')).toEqual({ ok: false, code: 'crashed', why: 'no such colour' });
    expect(await ask('later')).toMatchObject(drawn('later'));
  });

  it.each(['hang', 'silent'])(
    'when the thread does not answer ("%s"): given up in time, and replaced',
    async (title) => {
      const { charts, ask } = troubled({ timeoutMs: 1_000 });
      await charts.warmUp();
      const begun = performance.now();
      expect(await ask(title)).toEqual({
        ok: false,
        code: 'late',
        why: 'it was not drawn within 1000 ms',
      });
      expect(performance.now() - begun).toBeLessThan(3_000);
      await charts.warmUp();
      expect(await ask('later')).toMatchObject(drawn('later'));
    },
  );

  it('when it waits too long behind another, which is then still drawn', async () => {
    const { ask } = troubled({ folder: 'slow', timeoutMs: 300 });
    // The thread takes longer to start than either may wait; it is not stopped for that.
    expect(await ask('early')).toMatchObject({ ok: false, code: 'late' });
    const patient = troubled({ folder: 'slow' });
    expect(await patient.ask('patient')).toMatchObject(drawn('patient'));
  });

  it('when too many wait', async () => {
    const { ask } = troubled();
    const results = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(`${index}`)));
    const codes = results.map((result) => (result.ok ? 'drawn' : result.code));
    expect(codes.filter((code) => code === 'drawn')).toHaveLength(32);
    expect(codes.lastIndexOf('drawn')).toBe(31);
    expect(codes.filter((code) => code === 'busy')).toHaveLength(8);
  });
});

describe('a thread that cannot start', () => {
  it('leaves all charts without a picture, and is not tried again for a while', async () => {
    const { ask } = troubled({ folder: 'broken', restMs: 1_500 });
    const why = 'the drawing thread failed: no such library';
    const unavailable = { ok: false, code: 'unavailable', why };
    expect(await Promise.all([ask('one'), ask('two')])).toEqual([unavailable, unavailable]);
    const begun = performance.now();
    expect(await ask('three')).toEqual(unavailable);
    expect(performance.now() - begun, 'answered without a try').toBeLessThan(20);
  });

  it('is tried again after that', async () => {
    const { ask } = troubled({ folder: 'broken', restMs: 0 });
    await ask('one');
    const begun = performance.now();
    expect(await ask('two')).toMatchObject({ ok: false, code: 'unavailable' });
    expect(performance.now() - begun, 'a thread was started').toBeGreaterThan(15);
  });

  it('is given up after its time', async () => {
    const { ask } = troubled({ folder: 'stuck', startTimeoutMs: 800 });
    expect(await ask('one')).toEqual({
      ok: false,
      code: 'unavailable',
      why: 'the drawing thread did not start within 800 ms',
    });
  });
});

describe('charts that are closed', () => {
  it('answer what waits and what comes, and end the thread', async () => {
    const { charts, ask } = troubled();
    await charts.warmUp();
    const waiting = [ask('silent'), ask('behind')];
    await charts.close();
    const closed = { ok: false, code: 'unavailable', why: 'the charts were closed' };
    expect(await Promise.all([...waiting, ask('late')])).toEqual([closed, closed, closed]);
  });

  it('can be closed before anything was drawn, and twice', async () => {
    const { charts } = troubled();
    await charts.close();
    await expect(charts.close()).resolves.toBeUndefined();
  });
});

describe('the log', () => {
  it('names what was not drawn, and why', async () => {
    const lines: unknown[] = [];
    const log = {
      ...silentLog,
      warn: (fields: object, message: string) => lines.push([fields, message]),
    };
    const { ask } = troubled({ log });
    await ask('fail');
    await ask('fine');
    expect(lines).toEqual([
      [{ chart: 'equity', code: 'crashed', why: 'no such colour' }, 'a chart was not drawn'],
    ]);
  });
});

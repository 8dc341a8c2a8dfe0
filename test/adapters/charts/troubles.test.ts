import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createCharts } from '#adapters/charts/charts.ts';
import type { ChartsOptions, DrawnCharts } from '#adapters/charts/charts.ts';
import type { ChartResult } from '#ports/charts.ts';
import { eventually } from '#test/support/eventually.ts';
import { silentLog } from '#test/support/log.ts';

import { equity } from './facts.ts';

const opened: DrawnCharts[] = [];

afterEach(async () => {
  for (const charts of opened.splice(0)) await charts.close();
});

const folders = mkdtempSync(join(tmpdir(), 'bracketeer-charts-'));
afterAll(() => rmSync(folders, { recursive: true }));
let desks = 0;

/** Charts whose process does what a chart's title says, and starts as its folder's name says. */
function troubled({ folder = 'good', ...options }: Partial<ChartsOptions> = {}) {
  const worker = new URL('troubled-process.ts', import.meta.url);
  const own = join(folders, String((desks += 1)), folder);
  mkdirSync(own, { recursive: true });
  const charts = createCharts({
    folder: own,
    log: silentLog,
    timeoutMs: 20_000,
    worker,
    ...options,
  });
  opened.push(charts);
  return {
    charts,
    ask: (title: string): Promise<ChartResult> => charts.render({ ...equity([100_000]), title }),
    /** How many processes were started. */
    starts: (): number => readFileSync(join(own, 'starts'), 'utf8').length,
  };
}

const drawn = (title: string) => ({ ok: true, image: { altText: title } });

describe('a chart in trouble is an ordinary result', () => {
  it.each([
    { title: 'throw', why: 'the drawing process failed: out of ink' },
    { title: 'exit', why: 'the drawing process ended' },
    { title: 'eat', why: /the drawing process failed: .*memory/i },
  ])(
    'when the process dies of "$title"; those behind it are drawn by the next process',
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
    'when the process does not answer ("%s"): given up in time, and replaced',
    async (title) => {
      const { charts, ask } = troubled({ timeoutMs: 1_000 });
      await charts.warmUp();
      expect(await ask(title)).toEqual({
        ok: false,
        code: 'late',
        why: 'it was not drawn within 1000 ms',
      });
      await charts.warmUp();
      // On a busy machine a second may be too short for a picture as well.
      await eventually(async () => expect(await ask('later')).toMatchObject(drawn('later')));
    },
  );

  it('when it waits too long behind another, which is then still drawn', async () => {
    const { ask } = troubled({ folder: 'slow', timeoutMs: 300 });
    // The process takes longer to start than either may wait; it is not stopped for that.
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

describe('a process that cannot start', () => {
  it('leaves all charts without a picture, and is not tried again for a while', async () => {
    const { ask, starts } = troubled({ folder: 'broken' });
    const why = 'the drawing process failed: no such library';
    const unavailable = { ok: false, code: 'unavailable', why };
    expect(await Promise.all([ask('one'), ask('two')])).toEqual([unavailable, unavailable]);
    expect(await ask('three')).toEqual(unavailable);
    expect(starts()).toBe(1);
  });

  it('is tried again after that', async () => {
    const { ask, starts } = troubled({ folder: 'broken', restMs: 0 });
    await ask('one');
    expect(await ask('two')).toMatchObject({ ok: false, code: 'unavailable' });
    expect(starts()).toBe(2);
  });

  it('is given up after its time', async () => {
    const { ask } = troubled({ folder: 'stuck', startTimeoutMs: 800 });
    expect(await ask('one')).toEqual({
      ok: false,
      code: 'unavailable',
      why: 'the drawing process did not start within 800 ms',
    });
  });
});

describe('charts that are closed', () => {
  it('answer what waits and what comes, and end the process', async () => {
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

/** The id of the process that draws. */
async function drawerOf({ ask }: ReturnType<typeof troubled>): Promise<number> {
  const drawer = await ask('who');
  return drawer.ok ? Number(drawer.image.altText) : 0;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a process with nothing to draw', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is ended after a minute, and another one draws the next picture', async () => {
    const desk = troubled();
    const first = await drawerOf(desk);
    vi.advanceTimersByTime(59_999);
    expect(await drawerOf(desk), 'the same until then').toBe(first);
    vi.advanceTimersByTime(60_000);
    await eventually(() => expect(isAlive(first)).toBe(false));
    const second = await drawerOf(desk);
    expect(second).toBeGreaterThan(0);
    expect(second).not.toBe(first);
  });

  it('is not ended while it draws, however long that takes', async () => {
    const desk = troubled({ timeoutMs: 120_000 });
    const drawer = await drawerOf(desk);
    const drawing = desk.ask('silent');
    vi.advanceTimersByTime(119_000);
    expect(isAlive(drawer)).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(await drawing).toMatchObject({ ok: false, code: 'late' });
  });

  it('loses no picture that is asked for at the moment of its end', async () => {
    const desk = troubled();
    const first = await drawerOf(desk);
    vi.advanceTimersByTime(60_000);
    const [one, two] = await Promise.all([desk.ask('one'), desk.ask('two')]);
    expect([one, two]).toMatchObject([drawn('one'), drawn('two')]);
    expect(await drawerOf(desk)).not.toBe(first);
  });

  it('can be closed at the moment of its end, and leaves none behind', async () => {
    const desk = troubled();
    const drawer = await drawerOf(desk);
    vi.advanceTimersByTime(60_000);
    await desk.charts.close();
    await eventually(() => expect(isAlive(drawer)).toBe(false));
    expect(await desk.ask('later')).toMatchObject({ ok: false, code: 'unavailable' });
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

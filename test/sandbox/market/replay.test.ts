import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { createReplay } from '#sandbox/market/replay.ts';
import type { Pace, ReplayOptions } from '#sandbox/market/replay.ts';

const market = generateMarket({
  seed: 1,
  symbols: [ticker('AAPL')],
  sessions: 2,
  historySessions: 0,
});
const BAR_MS = 5 * MINUTE_MS;

/** A wall clock that moves only when someone sleeps or works. */
function createWall() {
  const wall = { ms: 0, slept: [] as number[] };
  const pace: Pace = {
    now: () => wall.ms,
    sleep: async (ms) => {
      wall.slept.push(ms);
      wall.ms += Math.max(0, ms);
    },
  };
  return {
    ...wall,
    pace,
    at: () => wall.ms,
    work: (ms: number) => (wall.ms += ms),
    slept: wall.slept,
  };
}

function play(options: Partial<ReplayOptions> = {}) {
  const wall = createWall();
  const steps: { step: string; barEnd: EpochMs; clock: EpochMs; wall: number }[] = [];
  const stop = new AbortController();
  const note = (step: string) => async (barEnd: EpochMs) => {
    steps.push({ step, barEnd, clock: replay.clock.now(), wall: wall.at() });
  };
  const replay = createReplay({
    market,
    startAfter: null,
    speed: 300,
    advance: note('advance'),
    onBarClose: note('close'),
    pace: wall.pace,
    ...options,
  });
  const closes = () => steps.filter(({ step }) => step === 'close');
  return { replay, steps, closes, wall, stop };
}

describe('a replay', () => {
  it('plays every bar end in order and ends', async () => {
    const { replay, closes, stop } = play();
    await expect(replay.run(stop.signal)).resolves.toBe('ended');
    expect(closes().map(({ barEnd }) => barEnd)).toEqual(market.barEnds);
  });

  it('lets the exchange live through a bar, then sets the clock, then lets the bot work', async () => {
    const { replay, steps, stop } = play();
    await replay.run(stop.signal);
    const [first = 0, second = 0] = market.barEnds;
    expect(steps.slice(0, 4)).toMatchObject([
      { step: 'advance', barEnd: first, clock: market.start },
      { step: 'close', barEnd: first, clock: first },
      { step: 'advance', barEnd: second, clock: first },
      { step: 'close', barEnd: second, clock: second },
    ]);
  });

  it('gives each bar a second of wall time at speed 300, over the night too', async () => {
    const { replay, closes, stop } = play();
    await replay.run(stop.signal);
    const times = closes().map((step) => step.wall);
    expect(times).toEqual(market.barEnds.map((_, index) => index * 1000));
  });

  it('counts the work into the time of a bar', async () => {
    const { replay, closes, wall, stop } = play({
      onBarClose: async (barEnd) => {
        wall.work(400);
        marks.push([barEnd, wall.at()]);
      },
    });
    const marks: [EpochMs, number][] = [];
    await replay.run(stop.signal);
    expect(closes()).toEqual([]);
    expect(marks.slice(0, 3).map(([, ms]) => ms)).toEqual([400, 1400, 2400]);
  });

  it('waits for slow work, skips no bar and does not hurry after it', async () => {
    const marks: number[] = [];
    const seen: EpochMs[] = [];
    const { replay, wall, stop } = play({
      onBarClose: async (barEnd) => {
        marks.push(wall.at());
        seen.push(barEnd);
        if (seen.length === 1) wall.work(5000);
      },
    });
    await replay.run(stop.signal);
    expect(seen).toEqual(market.barEnds);
    expect(marks.slice(0, 4)).toEqual([0, 5000, 6000, 7000]);
  });

  it('never sleeps at full speed', async () => {
    const { replay, wall, stop } = play({ speed: 'max' });
    await replay.run(stop.signal);
    expect(Math.max(...wall.slept)).toBeLessThanOrEqual(0);
  });

  it('goes on after the bar that an earlier run finished', async () => {
    const startAfter = market.barEnds[9] ?? 0;
    const { replay, closes, stop } = play({ startAfter });
    expect(replay.clock.now()).toBe(startAfter);
    await replay.run(stop.signal);
    expect(closes().map(({ barEnd }) => barEnd)).toEqual(market.barEnds.slice(10));
  });

  it('has ended at once when the earlier run finished the last bar', async () => {
    const { replay, steps, stop } = play({ startAfter: market.barEnds.at(-1) ?? null });
    await expect(replay.run(stop.signal)).resolves.toBe('ended');
    expect(steps).toEqual([]);
  });

  it('stops after the bar it is in', async () => {
    const { replay, closes, steps, stop } = play({
      advance: async (barEnd) => {
        if (barEnd === market.barEnds[2]) stop.abort();
      },
    });
    await expect(replay.run(stop.signal)).resolves.toBe('stopped');
    expect(closes().map(({ barEnd }) => barEnd)).toEqual(market.barEnds.slice(0, 3));
    expect(steps).toHaveLength(3);
  });

  it('does not begin when it is stopped before', async () => {
    const { replay, steps, stop } = play();
    stop.abort();
    await expect(replay.run(stop.signal)).resolves.toBe('stopped');
    expect(steps).toEqual([]);
  });

  it('fails with what the work fails with', async () => {
    const { replay, stop } = play({
      onBarClose: async () => {
        throw new Error('the bot is broken');
      },
    });
    await expect(replay.run(stop.signal)).rejects.toThrow('the bot is broken');
  });

  it('ends a real pause promptly when it is stopped', async () => {
    const stop = new AbortController();
    const replay = createReplay({
      market,
      startAfter: null,
      // One bar in five minutes: without the stop this test would run into its time limit.
      speed: 1,
      advance: async () => {},
      onBarClose: async () => {
        setImmediate(() => stop.abort());
      },
    });
    await expect(replay.run(stop.signal)).resolves.toBe('stopped');
    expect(replay.clock.now()).toBe(market.start + BAR_MS);
  });

  it('lets others have a turn between two bars at full speed', async () => {
    const turns: EpochMs[] = [];
    const replay = createReplay({
      market,
      startAfter: null,
      speed: 'max',
      advance: async () => {},
      onBarClose: async (barEnd) => {
        setImmediate(() => turns.push(barEnd));
      },
    });
    await replay.run(new AbortController().signal);
    expect(turns.length).toBeGreaterThanOrEqual(market.barEnds.length - 1);
  });
});

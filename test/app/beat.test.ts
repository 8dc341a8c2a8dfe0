import { describe, expect, it } from 'vitest';

import { beat } from '#app/beat.ts';
import type { Session } from '#core/session.ts';

import { FIRST, HALF_DAY, HISTORY, SECOND } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';

const away = () => Promise.reject(new Error('away'));
const rows = 'SELECT version, mode, bar_minutes, sessions FROM heartbeat';

describe('the heartbeat', () => {
  it('has what a watchdog needs: the sessions to come, holidays and half-days as the broker has them', async () => {
    const desk = await openDesk([[100, 100, 100, 100]]);
    await beat(desk.with({ clock: { now: () => HISTORY.close } }));
    const [row] = await desk.query<{ sessions: readonly Session[] }>(rows);
    expect(row).toMatchObject({ version: 'test', mode: 'SANDBOX', bar_minutes: 5 });
    // Thanksgiving is none, and the Friday after it is short.
    expect(row!.sessions.slice(0, 3)).toEqual([FIRST, SECOND, HALF_DAY]);
    expect(row!.sessions.at(-1)!.close - HISTORY.close).toBeGreaterThan(7 * 86_400_000);
    await beat(desk.with({ clock: { now: () => FIRST.close - 1 } }));
    expect(await desk.query(rows), 'also while it runs').toMatchObject([
      { sessions: expect.arrayContaining([FIRST]) },
    ]);
  });

  it('goes on while the broker is away, with the sessions that are known', async () => {
    const desk = await openDesk([[100, 100, 100, 100]]);
    await beat(desk.with({ clock: { now: () => HISTORY.close } }));
    const { calendar } = desk.context;
    await beat(
      desk.with({
        calendar: { ...calendar, upcoming: away },
        process: { version: 'next', startedAt: 1 },
      }),
    );
    expect(await desk.query(rows)).toMatchObject([
      { version: 'next', sessions: expect.arrayContaining([FIRST, SECOND, HALF_DAY]) },
    ]);
  });
});

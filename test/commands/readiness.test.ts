import { afterEach, describe, expect, it } from 'vitest';

import type { CommandCall } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { impedimentsOf } from '#app/impediments.ts';
import { announceStart } from '#app/reports/started.ts';
import readiness from '#commands/readiness.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate, newYorkDate } from '#core/session.ts';
import type { StudyRequest, VerdictKind } from '#ports/studies.ts';

import { catchUp } from '../../src/compose/catch-up.ts';
import { closeDesks } from '../adapters/discord/harness.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';

afterEach(closeDesks);

const PASSED = 'better-than-luck';
const DAY = 86_400_000;

const call = (role: CommandCall['actor']['role'], override?: string): CommandCall => ({
  actor: { id: '1', name: 'Ann', role },
  options: override === undefined ? {} : { override },
});

async function answer(context: AppContext, asked: CommandCall): Promise<string> {
  const reply = await readiness.run(context, asked);
  return reply.text;
}

/** A walk-forward of the parameters in force, on the watchlist, has ended so many days ago. */
const afterWalkForward = (
  desk: Desk,
  verdict: VerdictKind,
  days: number,
  {
    playedBy = desk.context.codeVersion,
    ...asked
  }: Partial<StudyRequest> & { readonly playedBy?: string | null } = {},
) => {
  const { parametersKey, systemClock, watchlist: symbols } = desk.context;
  const ended = systemClock.now() - days * DAY;
  const at = new Date(ended).toISOString();
  const request = JSON.stringify({ symbols, to: newYorkDate(ended), ...asked });
  return desk.query(`
    INSERT INTO studies (id, kind, request, requested_by, requested_at, status, finished_at, verdict, sentence, parameters_key, code_version)
    VALUES ('a', 'walk-forward', '${request}', 'Ann', '${at}', 'done', '${at}', '${verdict}', 'as the verdict has it', '${parametersKey}', ${playedBy === null ? 'NULL' : `'${playedBy}'`})`);
};

async function noteAtStart(context: AppContext): Promise<string | undefined> {
  const about = { version: '0.0.0', database: 'test', queue: 'test', page: null };
  return (await announceStart(context, about, await catchUp(context))).readinessNote;
}

const live = (desk: Desk) => desk.with({ mode: 'LIVE' });
const unready = async (context: AppContext) =>
  (await impedimentsOf(context)).filter((text) => text.includes('walk-forward'));

describe('real money', () => {
  it.each([
    ['without a walk-forward', null, 0, 'no walk-forward has recommended these parameters; '],
    ['after a failed one', 'overfitted', 1, 'says: as the verdict has it; '],
    ['after one of 91 days ago', PASSED, 91, 'older than 90 days; '],
  ] as const)('is not traded %s', async (_, verdict, days, why) => {
    const desk = await openDesk([]);
    if (verdict !== null) await afterWalkForward(desk, verdict, days);
    expect(await unready(live(desk))).toEqual([expect.stringContaining(why)]);
    const told = await answer(live(desk), call('viewer'));
    expect(told).toContain('Not ready: ');
    expect(told).toContain('/optimize kind:walk-forward');
  });

  it('is traded after a walk-forward that has passed', async () => {
    const desk = await openDesk([]);
    await afterWalkForward(desk, PASSED, 89);
    expect(await unready(live(desk))).toEqual([]);
    expect(await answer(live(desk), call('viewer'))).toContain('Ready: ');
  });

  it.each<[string, Partial<StudyRequest>, string]>([
    ['of other symbols', { symbols: [ticker('XYZ')] }, 'was played without '],
    [
      'without slippage',
      { options: { slippageBps: 0 } },
      'had it easier than trading has: slippageBps 0; ',
    ],
    ['on old bars', { to: asSessionDate('2020-06-30') }, 'was played on bars up to 2020-06-30, '],
  ])('is not traded after one that has passed %s', async (_, asked, why) => {
    const desk = await openDesk([]);
    await afterWalkForward(desk, PASSED, 0, asked);
    expect(await unready(live(desk))).toEqual([expect.stringContaining(why)]);
    expect(await answer(live(desk), call('viewer'))).toContain('Not ready: ');
  });

  it.each<[string, (desk: Desk) => Partial<StudyRequest>]>([
    ['costs more', () => ({ options: { slippageBps: 5, commissionPerShare: 0.005 } })],
    ['more symbols', ({ context }) => ({ symbols: [...context.watchlist, ticker('XYZ')] })],
  ])('is traded after one that has passed with %s', async (_, asked) => {
    const desk = await openDesk([]);
    await afterWalkForward(desk, PASSED, 0, asked(desk));
    expect(await unready(live(desk))).toEqual([]);
  });

  it.each([
    ['another version', 'older code'],
    ['a version that was not noted', null],
  ])(
    'is traded after one that %s of the program has played, which is said',
    async (_, playedBy) => {
      const desk = await openDesk([]);
      await afterWalkForward(desk, PASSED, 0, { playedBy });
      expect(await unready(live(desk))).toEqual([]);
      const told = await answer(live(desk), call('viewer'));
      expect(told).toContain('Ready: ');
      expect(told).toContain('was played by another version of the program');
      expect(await noteAtStart(live(desk))).toContain('was played by another version');
    },
  );

  it('is traded without a word at the start after one that this version has played', async () => {
    const desk = await openDesk([]);
    await afterWalkForward(desk, PASSED, 0);
    expect(await answer(live(desk), call('viewer'))).not.toContain('another version');
    expect(await noteAtStart(live(desk))).toBeUndefined();
  });

  it('is traded on the word of an admin, whose reason is kept', async () => {
    const desk = await openDesk([]);
    expect(await answer(live(desk), call('admin', ' a small account '))).toContain(
      'let through by Ann',
    );
    expect(await unready(live(desk))).toEqual([]);
    expect(await desk.query('SELECT by, reason FROM readiness_overrides')).toEqual([
      { by: 'Ann', reason: 'a small account' },
    ]);
  });

  it('is traded on the word of an admin, which is on record and in the team’s channel with it', async () => {
    const desk = await openDesk([]);
    await answer(live(desk), call('admin', 'a small account'));
    expect(await desk.query('SELECT actor, action, outcome, details FROM audit_log')).toMatchObject(
      [
        {
          actor: '1',
          action: 'readiness override',
          outcome: 'done',
          details: { name: 'Ann', reason: 'a small account' },
        },
      ],
    );
    await deliverOutbox(desk.context);
    expect(desk.channel()).toMatchObject([
      { kind: 'notice', tone: 'warning', text: expect.stringContaining('By Ann') },
    ]);
  });

  it.each(['viewer', 'trader'] as const)('is not traded on the word of a %s', async (role) => {
    const desk = await openDesk([]);
    await expect(answer(live(desk), call(role, 'please'))).rejects.toThrow('Not allowed');
    expect(await unready(live(desk))).toHaveLength(1);
  });

  it('needs no word of an admin where a walk-forward speaks for it, and the channel is told of none', async () => {
    const desk = await openDesk([]);
    await afterWalkForward(desk, PASSED, 1);
    await expect(answer(live(desk), call('admin', 'to be sure'))).rejects.toThrow(
      'There is nothing to override, and nothing was changed. Ready: the walk-forward of ',
    );
    expect(await desk.query('SELECT by FROM readiness_overrides')).toEqual([]);
    await deliverOutbox(desk.context);
    expect(desk.channel()).toEqual([]);
  });

  it('needs a reason', async () => {
    const desk = await openDesk([]);
    await expect(answer(live(desk), call('admin', '  '))).rejects.toThrow('needs a reason');
  });
});

describe('made-up money', () => {
  it.each(['SANDBOX', 'PAPER'] as const)('is traded in any case: %s', async (mode) => {
    const desk = await openDesk([]);
    expect(await unready(desk.with({ mode }))).toEqual([]);
    expect(await noteAtStart(desk.with({ mode }))).toBe(
      'Not ready for real money: no walk-forward has recommended these parameters',
    );
  });
});

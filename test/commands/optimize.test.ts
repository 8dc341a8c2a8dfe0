import { afterEach, describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { followStudies } from '#app/studies/follow-studies.ts';
import optimize from '#commands/optimize.ts';
import type { StudyId } from '#ports/studies.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import {
  buttonsOf,
  channelMessages,
  closeDesks,
  say,
  whispersTo,
} from '../adapters/discord/harness.ts';
import { auditOf } from '../app/behaviours/a-desk.ts';
import { openStudyDesk } from '../app/studies/a-study-desk.ts';
import type { StudyDesk } from '../app/studies/a-study-desk.ts';
import { openChannel, textOf } from './a-trading-channel.ts';
import type { TradingChannel } from './a-trading-channel.ts';

interface Open extends TradingChannel {
  readonly desk: StudyDesk;
  /** The only study there is. */
  study(): Promise<StudyId>;
  /** The job has run, and the message that answers is as it left it. */
  followed(): Promise<PresentedMessage>;
}

async function open(): Promise<Open> {
  const desk = await openStudyDesk();
  const channel = await openChannel(desk, [optimize]);
  return {
    ...channel,
    desk,
    study: async () => (await desk.query<{ id: StudyId }>('SELECT id FROM studies'))[0]!.id,
    followed: async () => {
      await followStudies(channel.context);
      await deliverOutbox(channel.context);
      return channelMessages(channel).at(-1)!;
    },
  };
}

const titleOf = ({ embeds }: PresentedMessage): string =>
  (embeds[0]?.title ?? '').replaceAll('\u00A0', ' ');
const labelsOf = (message: PresentedMessage) =>
  buttonsOf(message).map((one) => 'label' in one && one.label);

describe('/optimize in the channel', () => {
  afterEach(closeDesks);

  it('tells all of it in the one message that answers, also after a restart', async () => {
    const channel = await open();
    const { desk } = channel;
    const answer = await channel.type('admin', 'optimize', { symbols: 'NVDA' });
    expect([titleOf(answer), labelsOf(answer)]).toEqual(['🔬 SWEEP queued', ['Cancel']]);
    const id = await channel.study();
    await desk.advance(id, 31, desk.context.systemClock.now());
    expect(titleOf(await channel.followed())).toBe('🔬 SWEEP running: 43 %, 0 s left');
    // What was told last is forgotten with the process.
    channel.context.toldStudies.clear();
    await desk.advance(id, 72, desk.context.systemClock.now());
    await desk.finish(id);
    const done = await channel.followed();
    expect(titleOf(done)).toMatch(/^🔬 SWEEP done: /);
    expect([done.id, labelsOf(done)]).toEqual([answer.id, []]);
    expect(textOf(done)).toContain('**Verdict: ');
    expect(done.attachments.map(({ filename }) => filename)).toEqual(['sweep.html']);
    expect(channelMessages(channel)).toHaveLength(1);
  });

  it('says where nobody does such work', async () => {
    const channel = await open();
    channel.desk.queue.isBusy = false;
    const answer = await channel.type('admin', 'optimize');
    expect(textOf(answer)).toContain('⚠ No research process is running: start one with');
  });

  it('is cancelled by its button, and that is on record', async () => {
    const channel = await open();
    const answer = await channel.type('admin', 'optimize', {
      kind: 'walk-forward',
      windows: 'rolling:15:5',
    });
    await channel.desk.advance(await channel.study(), 40, 0);
    await channel.press('admin', answer, 'Cancel');
    const cancelled = await channel.settled(answer);
    expect(titleOf(cancelled)).toMatch(/^🔬 WALK-FORWARD cancelled at 40 of 72 runs by /);
    expect(labelsOf(cancelled)).toEqual([]);
    expect(await whispersTo(channel, 'admin')).toEqual(['The walk-forward is cancelled.']);
    expect((await auditOf(channel.desk)).map(({ action }) => action)).toEqual([
      'optimize',
      'optimize cancel',
    ]);
  });

  it('is shown to admins alone', async () => {
    const channel = await open();
    await expect(say(channel, 'trader', 'optimize')).rejects.toThrow(
      'There is no command /optimize for you.',
    );
  });

  it.each([
    [{ grid: 'stp=2,3' }, 'stp: there is no such parameter; did you mean stop?'],
    [
      { windows: 'rolling:30:20' },
      'windows are those of a walk-forward: say kind walk-forward, or leave windows out.',
    ],
  ])('answers what is wrong with %o in one line, and asks for nothing', async (options, line) => {
    const channel = await open();
    const { content } = await say(channel, 'admin', 'optimize', options);
    expect(content).toBe(line);
    expect(await channel.desk.query('SELECT id FROM studies')).toEqual([]);
  });
});

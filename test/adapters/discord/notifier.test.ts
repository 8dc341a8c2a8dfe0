import { afterEach, describe, expect, it } from 'vitest';

import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId } from '#ports/notifier.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { Faults } from '#sandbox/discord/faults.ts';

import { alarm, AT, entry } from './facts.ts';
import { channelMessages, closeDesks, makeBot, openDesk, startStandIn } from './harness.ts';

const submitted = entry({ status: 'submitted', at: AT });
const cancelled = entry({ status: 'cancelled', at: AT, reason: 'not filled' });
const KEY = 'entry:2025-11-28-1030-NVDA';

/** A notifier whose gateway was never started: cards need none. */
async function openNotifier() {
  const standIn = await startStandIn();
  const { bot, lines } = makeBot(`${standIn.url}/api`);
  return { notifier: bot.notifier, standIn, lines };
}

const deliveryError = (work: Promise<unknown>): Promise<DeliveryError> =>
  work.then(
    () => {
      throw new Error('it was delivered');
    },
    (error: unknown) => {
      if (error instanceof DeliveryError) return error;
      throw error;
    },
  );

describe('a card', () => {
  afterEach(closeDesks);

  it('is posted without a connection to the gateway', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn })).toMatchObject([
      {
        id,
        embeds: [
          {
            title: '⏳ BUY 120 NVDA: bracket sent, limit $182.40',
            footer: { text: '2025-11-28-1030-NVDA · SANDBOX' },
          },
        ],
      },
    ]);
  });

  it('mentions nobody, whatever its text', async () => {
    const { notifier, standIn } = await openNotifier();
    const text = `@everyone <@${SANDBOX_DISCORD.people.admin}> <@&${SANDBOX_DISCORD.roles.admin}>`;
    await notifier.post({ ...alarm, title: text, text }, 'alarm');
    expect(channelMessages({ standIn })).toMatchObject([
      { mention_everyone: false, mentions: [], mention_roles: [] },
    ]);
  });

  it('whose reply was lost is not doubled when it is posted again', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext({ kind: 'drop-after' }, 1, /^POST .*messages$/);
    const lost = await deliveryError(notifier.post(submitted, KEY));
    expect(lost.permanent).toBe(false);
    const id = await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn }).map((message) => message.id)).toEqual([id]);
  });

  it('with another key is another message, though it says the same', async () => {
    const { notifier, standIn } = await openNotifier();
    await notifier.post(alarm, 'alarm:1');
    await notifier.post(alarm, 'alarm:2');
    expect(channelMessages({ standIn })).toHaveLength(2);
  });

  it('is edited in place as it goes on', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    expect(await notifier.edit(id, cancelled)).toBe('edited');
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [{ title: '✖️ NOT FILLED: BUY 120 NVDA' }] },
    ]);
  });

  it('that someone has deleted is reported as gone, not as a failure', async () => {
    const { notifier } = await openNotifier();
    expect(await notifier.edit('1199999999999999999' as MessageId, cancelled)).toBe('message-gone');
  });

  it('waits out a short rate limit', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext({ kind: 'status', status: 429, retryAfterMs: 50 }, 1);
    await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn })).toHaveLength(1);
  });

  it('is handed back at once when the rate limit is long', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext({ kind: 'status', status: 429, retryAfterMs: 600_000 }, 1);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.permanent).toBe(false);
  });
});

type Fault = Parameters<Faults['failNext']>[0];
const status = (code: number): Fault => ({ kind: 'status', status: code });

describe('a failed delivery', () => {
  afterEach(closeDesks);

  it.each<[string, Fault, boolean]>([
    ['400, a message that Discord cannot take', status(400), true],
    ['403, a channel that is closed to the bot', status(403), true],
    ['404, a channel that is gone', status(404), true],
    ['500', status(500), false],
    ['502', status(502), false],
    ['503', status(503), false],
    ['a broken connection', { kind: 'drop-before' }, false],
  ])('by %s is permanent: %3$s', async (_, fault, permanent) => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(fault, 1, /messages$/);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.permanent).toBe(permanent);
    expect(channelMessages({ standIn })).toEqual([]);
  });

  it('because nothing listens there may be tried again', async () => {
    const { notifier, standIn } = await openNotifier();
    await standIn.stop();
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error).toMatchObject({
      permanent: false,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('to a channel that does not exist is permanent', async () => {
    const standIn = await startStandIn();
    const { bot } = makeBot(`${standIn.url}/api`, { channelId: '1100000000000009999' });
    const error = await deliveryError(bot.notifier.post(submitted, KEY));
    expect(error).toMatchObject({ permanent: true, message: expect.stringMatching(/^404 10003/) });
  });

  it('by a wrong token keeps the card, asks Discord only once, and brings the adapter down', async () => {
    const standIn = await startStandIn();
    const { bot, lines } = makeBot(`${standIn.url}/api`, { token: 'wrong' });
    const first = await deliveryError(bot.notifier.post(submitted, KEY));
    expect(first).toMatchObject({ permanent: false, message: expect.stringMatching(/^401/) });
    await standIn.stop();
    const second = await deliveryError(bot.notifier.post(submitted, KEY));
    expect(second).toMatchObject({
      permanent: false,
      message: 'Discord does not accept the token',
    });
    expect(bot.state()).toBe('down');
    expect(lines).toMatchObject([{ level: 'error', reason: 'Discord does not accept the token' }]);
  });

  it('says what Discord said and no more: addresses and bodies stay out of the log', async () => {
    const desk = await openDesk();
    desk.standIn.faults.failNext({ kind: 'status', status: 500 }, 1, /messages$/);
    const error = await deliveryError(desk.bot.notifier.post(submitted, KEY));
    expect(error.message).toBe('500: Internal Server Error');
    expect(JSON.stringify(error)).not.toMatch(/token|127\.0\.0\.1/);
  });
});

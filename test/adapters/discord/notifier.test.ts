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
      { id, embeds: [{ title: '✖️ NOT FILLED: BUY 120 NVDA @ $182.40 · no position' }] },
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

describe('a card that Discord cannot take', () => {
  afterEach(closeDesks);

  const text = /^⏳ BUY 120 NVDA: bracket sent, limit \$182\.40\n.*Discord refused.*400/s;

  it('is posted as its title and a note', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(status(400), 1, /messages$/);
    const id = await notifier.post(submitted, KEY);
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [], content: expect.stringMatching(text) },
    ]);
  });

  it('replaces what the message showed by its title and a note', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(cancelled, KEY);
    standIn.faults.failNext(status(400), 1, /^PATCH/);
    expect(await notifier.edit(id, submitted)).toBe('edited');
    expect(channelMessages({ standIn })).toMatchObject([
      { id, embeds: [], content: expect.stringMatching(text) },
    ]);
  });

  it('leaves no note behind once the message can be shown again', async () => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(status(400), 1, /messages$/);
    const id = await notifier.post(submitted, KEY);
    await notifier.edit(id, cancelled);
    expect(channelMessages({ standIn })).toMatchObject([
      {
        id,
        content: '',
        embeds: [{ title: '✖️ NOT FILLED: BUY 120 NVDA @ $182.40 · no position' }],
      },
    ]);
  });
});

describe('a failed delivery', () => {
  afterEach(closeDesks);

  it.each<[string, Fault]>([
    ['403, a channel that is closed to the bot', status(403)],
    ['404, a channel that is gone', status(404)],
    ['500', status(500)],
    ['502', status(502)],
    ['503', status(503)],
    ['a broken connection', { kind: 'drop-before' }],
  ])('by %s may be tried again', async (_, fault) => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(fault, 1, /messages$/);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.permanent).toBe(false);
    expect(channelMessages({ standIn })).toEqual([]);
  });

  it.each([400, 413])('by %d, also of its plain version, is permanent', async (code) => {
    const { notifier, standIn } = await openNotifier();
    standIn.faults.failNext(status(code), 2, /messages$/);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.permanent).toBe(true);
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

  it('to a channel that does not exist keeps the card and says what to mend', async () => {
    const standIn = await startStandIn();
    const { bot } = makeBot(`${standIn.url}/api`, { channelId: '1100000000000009999' });
    const error = await deliveryError(bot.notifier.post(submitted, KEY));
    expect(error.permanent).toBe(false);
    expect(error.message).toMatch(
      /^404 10003: Unknown Channel\. .*DISCORD_CHANNEL_ID.*1100000000000009999/,
    );
    expect(bot.notifier.state()).toBe('down');
  });

  it('to a closed channel brings the channel down until a card gets through', async () => {
    const { bot, standIn } = await openDesk();
    const { notifier } = bot;
    expect(notifier.state()).toBe('ready');
    standIn.faults.failNext(status(403), 1, /messages$/);
    const error = await deliveryError(notifier.post(submitted, KEY));
    expect(error.message).toMatch(/View Channel.*Send Messages.*Embed Links/);
    expect(notifier.state()).toBe('down');
    await notifier.post(submitted, KEY);
    expect(notifier.state()).toBe('ready');
  });

  it('of an edit in a closed channel is no reason to post anew', async () => {
    const { notifier, standIn } = await openNotifier();
    const id = await notifier.post(submitted, KEY);
    standIn.faults.failNext(status(403), 1, /^PATCH/);
    const error = await deliveryError(notifier.edit(id, cancelled));
    expect(error.permanent).toBe(false);
    expect(notifier.state()).toBe('down');
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

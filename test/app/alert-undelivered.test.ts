import { describe, expect, it, onTestFinished } from 'vitest';

import { createAlertPath } from '#adapters/discord/webhook.ts';
import { freePort } from '#adapters/postgres/free-port.ts';
import { alertUndelivered } from '#app/alert-undelivered.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import type { Card } from '#ports/cards.ts';
import { DeliveryError } from '#ports/notifier.ts';
import { openWebhook } from '#test/support/webhook.ts';

import { alarm, closing, entry, exit, notice, proof } from '../adapters/discord/facts.ts';
import { openDesk } from './desk.ts';

/** A desk whose channel is away, with a second path to a webhook on this machine. */
async function openSecondPath(url?: string) {
  const desk = await openDesk([]);
  const webhook = await openWebhook();
  onTestFinished(() => webhook.close());
  const time = { now: 0 };
  const logged: object[] = [];
  const context = desk.with({
    systemClock: { now: () => time.now },
    alertPath: createAlertPath(url ?? webhook.url, 'PAPER'),
    log: { ...desk.context.log, warn: (fields) => void logged.push(fields) },
  });
  return {
    desk,
    webhook,
    time,
    logged,
    context,
    run: () => alertUndelivered(context),
    told: () => webhook.bodies.map(({ content }) => content.split('\n')[0]),
    write: (key: string, card: Card) =>
      desk.context.ledger.transaction((tx) => tx.enqueueCard(key, card)),
    age: (seconds: number) =>
      desk.query(`UPDATE outbox SET queued_at = queued_at - interval '${seconds} seconds'`),
  };
}

const stuck = { phase: 'stuck', why: 'no', stopPrice: null, retryInMs: 1, failures: 1 } as const;

const refuse = () => Promise.reject(new DeliveryError('no', { permanent: true }));

describe('the second path', () => {
  it('is told once what is about risk and was not delivered for a minute', async () => {
    const { write, age, run, webhook, context } = await openSecondPath();
    await write('alarm', { ...alarm, title: 'NVDA is naked' });
    await age(58);
    await run();
    expect(webhook.bodies).toEqual([]);
    await age(2);
    await run();
    await run();
    // As another process has it.
    await alertUndelivered({ ...context });
    expect(webhook.bodies).toEqual([
      {
        content: expect.stringMatching(
          /^\*\*🚨 ALARM: NVDA is naked\*\* \(PAPER\)\nThe bot's channel has not taken this for 1 min\.\n/,
        ),
        allowed_mentions: { parse: [] },
      },
    ]);
  });

  it('also tells that there is one that this version cannot show', async () => {
    const { write, age, run, webhook, desk } = await openSecondPath();
    await write('alarm', alarm);
    await desk.query(`UPDATE outbox SET card = card || '{"kind":"of-a-later-version"}'`);
    await age(61);
    await run();
    expect(webhook.bodies).toMatchObject([
      { content: expect.stringContaining('is missing: this version of the bot cannot show it') },
    ]);
  });

  it('leaves the card to the channel all the same', async () => {
    const { write, age, run, desk } = await openSecondPath();
    await write('alarm', alarm);
    await age(61);
    await run();
    await deliverOutbox(desk.context);
    expect(desk.told).toMatchObject([{ kind: 'posted', key: 'alarm' }]);
  });

  it('is told of nothing that is less urgent, that was delivered, or that is about risk no more', async () => {
    const { write, age, run, webhook, desk } = await openSecondPath();
    await write('delivered', alarm);
    await deliverOutbox(desk.context);
    await write('exit', exit());
    await write('entry', entry({ status: 'submitted', at: 0 }));
    await write('notice', notice);
    await write('closing', closing(stuck));
    await write('closing', closing({ phase: 'done', proof, pnl: null }));
    await age(3_600);
    await run();
    expect(webhook.bodies).toEqual([]);
  });

  it('is told at once of what the channel will never take', async () => {
    const { write, run, desk, told } = await openSecondPath();
    await write('alarm', { ...alarm, title: 'refused' });
    await deliverOutbox(desk.with({ notifier: { ...desk.context.notifier, post: refuse } }));
    await run();
    await run();
    expect(told()).toEqual(['**🚨 ALARM: refused** (PAPER)']);
  });

  it('is asked again after pauses that grow to five minutes, and no other alert waits for that', async () => {
    const { write, age, run, webhook, time, desk, logged, told } = await openSecondPath();
    await write('one', { ...alarm, title: 'one' });
    await age(61);
    webhook.status = 500;
    const pauses: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      await run();
      await run();
      const [next] = await desk.context.ledger.outbox.undeliveredAlerts(0);
      pauses.push((next!.retryAt! - time.now) / 1_000);
      time.now = next!.retryAt!;
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(webhook.bodies).toHaveLength(pauses.length);
    expect(logged[0]).toEqual({
      card: 'one',
      error: 'Error: the webhook answered 500',
      pauseMs: 5_000,
    });
    webhook.status = 204;
    time.now -= 1;
    await write('two', { ...alarm, title: 'two' });
    await age(61);
    await run();
    expect(told().at(-1), 'one is not due yet').toMatch('two');
    time.now += 1;
    await run();
    expect(told().at(-1)).toMatch('one');
  });

  it('says in the log that it cannot be reached, and never its address', async () => {
    const port = await freePort();
    const { write, age, run, logged } = await openSecondPath(
      `http://127.0.0.1:${port}/api/webhooks/1/secret-token`,
    );
    await write('one', alarm);
    await age(61);
    await run();
    expect(logged).toMatchObject([
      { error: 'Error: the webhook cannot be reached (ECONNREFUSED)' },
    ]);
    expect(JSON.stringify(logged)).not.toMatch('secret-token');
  });

  it('need not be there', async () => {
    const { write, age, context, webhook, desk } = await openSecondPath();
    await write('one', alarm);
    await age(61);
    await alertUndelivered({ ...context, alertPath: null });
    expect(webhook.bodies).toEqual([]);
    expect(await desk.context.ledger.outbox.undeliveredAlerts(0)).toHaveLength(1);
  });
});

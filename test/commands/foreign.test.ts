import { afterEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import foreign from '#commands/foreign.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { closeDesks, openDesk as openDiscord, say } from '../adapters/discord/harness.ts';
import { byHand } from '../app/by-hand.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';

const FLAT = [
  [100, 100.1, 99.9, 100],
  [100, 100.1, 99.9, 100],
] as const;

/** Somebody holds ten NVDA and has an order in AAPL; the bot has found out. */
async function deskWithBoth(): Promise<{ readonly desk: Desk; readonly order: string }> {
  const desk = await openDesk(FLAT, { others: { AAPL: FLAT } });
  desk.nextBar();
  const hand = byHand(desk.standIn);
  await hand.order({ side: 'buy', qty: 10 });
  desk.nextBar();
  const resting = { type: 'limit', limit_price: '90', time_in_force: 'gtc' };
  const order = await hand.order({ symbol: 'AAPL', side: 'buy', qty: 5, ...resting });
  await reconcile(desk.context);
  return { desk, order };
}

const ADA = { id: '1', name: 'Ada', role: 'admin' } as const;

async function run(
  { context }: Desk,
  options: Readonly<Record<string, string>> = {},
): Promise<string> {
  const reply = await foreign.run(context, { actor: ADA, options });
  if (reply.kind !== 'text') throw new Error('not a text');
  return reply.text;
}

describe('/foreign', () => {
  it('says that there is nothing when there is nothing', async () => {
    const desk = await openDesk(FLAT);
    expect(await run(desk)).toBe(
      'Nothing foreign: every order and position at the broker is the bot’s.',
    );
  });

  it('lists what there is, with what was decided', async () => {
    const { desk, order } = await deskWithBoth();
    await run(desk, { item: order, action: 'ignore' });
    const lines = (await run(desk)).split('\n');
    expect(lines.toSorted()).toEqual(
      [
        'NVDA +10: position long 10 NVDA (not decided: entries wait)',
        `${order}: order buy 5 AAPL (decided: ignore)`,
      ].toSorted(),
    );
  });

  it('names a position before the orders in its symbol, and says that it has to be decided first', async () => {
    const { desk, order: elsewhere } = await deskWithBoth();
    const stop = { type: 'stop', stop_price: '90', time_in_force: 'gtc' };
    const order = await byHand(desk.standIn).order({ side: 'sell', qty: 10, ...stop });
    await reconcile(desk.context);
    const [first, ...others] = (await run(desk)).split('\n');
    expect(first).toBe('NVDA +10: position long 10 NVDA (not decided: entries wait)');
    expect(others.at(-1)).toMatch(/^Decide about a position first: adopt takes the orders along/);
    await run(desk, { item: 'NVDA +10', action: 'adopt' });
    expect(await run(desk)).toBe(`${elsewhere}: order buy 5 AAPL (not decided: entries wait)`);
    expect(order).not.toBe(elsewhere);
  });

  it('carries a decision out, in the name of the person', async () => {
    const { desk } = await deskWithBoth();
    expect(await run(desk, { item: 'NVDA +10', action: 'adopt' })).toContain('are a trade now');
    expect(await desk.query('SELECT actor, action, outcome, details FROM audit_log')).toMatchObject(
      [{ actor: '1', action: 'adopt position NVDA', outcome: 'done', details: { name: 'Ada' } }],
    );
  });

  it.each([
    [{ item: 'NVDA +10' }, 'Name both the item and the action'],
    [{ action: 'adopt' }, 'Name both the item and the action'],
    [{ item: 'NVDA +10', action: 'sell' }, 'Name both the item and the action'],
    [{ item: 'NVDA', action: 'adopt' }, 'Nothing foreign is known as NVDA.'],
  ])('with %o says what is wrong, and changes nothing', async (options, words) => {
    const { desk } = await deskWithBoth();
    const asking = run(desk, options);
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow(words);
    expect((await desk.context.ledger.foreignItems()).map(({ decision }) => decision)).toEqual([
      null,
      null,
    ]);
  });

  it('suggests the items by symbol or key, in words', async () => {
    const { desk, order } = await deskWithBoth();
    const suggest = (typed: string) => foreign.complete(desk.context, 'item', typed);
    expect(await suggest('nv')).toEqual([{ name: 'position long 10 NVDA', value: 'NVDA +10' }]);
    expect(await suggest(order.slice(0, 8))).toEqual([{ name: 'order buy 5 AAPL', value: order }]);
    expect(await suggest('')).toHaveLength(2);
    expect(await suggest('TSLA')).toEqual([]);
  });
});

describe('/foreign in the channel', () => {
  afterEach(closeDesks);

  it('lists the items as they have to be typed', async () => {
    const { desk } = await deskWithBoth();
    const discord = await openDiscord({ commands: [foreign], context: () => desk.context });
    const { content } = await say(discord, 'admin', 'foreign');
    expect(content).toContain('NVDA +10: position long 10 NVDA (not decided: entries wait)');
  });

  it.each(['viewer', 'trader'] as const)('is not even shown to a %s', async (as) => {
    const { desk } = await deskWithBoth();
    const discord = await openDiscord({ commands: [foreign], context: () => desk.context });
    await expect(say(discord, as, 'foreign')).rejects.toThrow('no command /foreign');
  });

  it('is denied to who sees it and is no admin of the bot, and the attempt is on record', async () => {
    const { desk } = await deskWithBoth();
    const { admin } = SANDBOX_DISCORD.people;
    const access = { viewer: [], trader: [admin], admin: [] };
    const context = () => desk.context;
    const discord = await openDiscord({ commands: [foreign], context, access });
    const options = { item: 'NVDA +10', action: 'flatten' };
    const answer = await say(discord, 'admin', 'foreign', options);
    expect(answer).toMatchObject({ isPrivate: true });
    expect(answer.content).toContain('needs the role admin');
    expect(await desk.context.ledger.openCloses()).toEqual([]);
    const details = { 'option.item': 'NVDA +10', 'option.action': 'flatten' };
    await expect
      .poll(() => desk.query('SELECT actor, action, outcome, details FROM audit_log'))
      .toMatchObject([{ actor: admin, action: 'foreign', outcome: 'denied', details }]);
  });

  it('tells an admin what was done, and records the name beside the id', async () => {
    const { desk } = await deskWithBoth();
    const discord = await openDiscord({ commands: [foreign], context: () => desk.context });
    const options = { item: 'NVDA +10', action: 'ignore' };
    const { content } = await say(discord, 'admin', 'foreign', options);
    expect(content).toBe('The 10 NVDA stay as they are, unwatched.');
    const rows = await desk.query<{ actor: string; details: { name?: string } }>(
      'SELECT actor, details FROM audit_log ORDER BY sequence',
    );
    const ada = { actor: SANDBOX_DISCORD.people.admin, details: { name: 'Ada' } };
    expect(rows).toMatchObject([ada, ada]);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';

import { until } from '../adapters/discord/harness.ts';
import { answeredOnce, aWorld, doneOnce } from './a-world.ts';
import { ASKING, optionsOf, USES } from './command-table.ts';
import type { Use } from './command-table.ts';
import { send } from './world.ts';
import type { Sent } from './world.ts';

const shared = aWorld();
const { answered, ask, confirmed, outcomesOf, use } = shared;

/** Sees to it that every command has something to be used on, all at once. */
async function prepareAll(): Promise<void> {
  for (const { given } of USES.toSorted(byHaltLast)) await given?.(shared.world);
}

/** Of what the uses need, a halt goes with everything else, and would be lifted by the others. */
const byHaltLast = (left: Use, right: Use): number =>
  Number(left.command === 'resume') - Number(right.command === 'resume');

type SentOf = ReadonlyMap<Use, Promise<Sent>>;

/** Everybody is about to press Enter, at the same moment. */
async function readyToSend(): Promise<() => SentOf> {
  const typed = await Promise.all(
    USES.map(async (of) => ({ of, options: await optionsOf(shared.world, of) })),
  );
  return () =>
    new Map(typed.map(({ of, options }) => [of, send(shared.world, of.as, of.command, options)]));
}

async function untilBack(): Promise<void> {
  await until(() => shared.world.bot.state() !== 'ready');
  await until(() => shared.world.bot.state() === 'ready');
}

describe('sent while the gateway connection is lost, and resumed', () => {
  let sent: SentOf;

  beforeAll(async () => {
    await prepareAll();
    const sendAll = await readyToSend();
    shared.world.standIn.gateway.drop();
    sent = sendAll();
    await untilBack();
  });

  it.each(USES)('$name is answered once', async (of) => {
    expect(await answered(of, (await sent.get(of))!)).toEqual(answeredOnce(of));
  });
});

describe('when Discord forgets the gateway session', () => {
  let begun: SentOf;
  let lost: SentOf;

  beforeAll(async () => {
    const { world } = shared;
    const { gateway } = world.standIn;
    await prepareAll();
    const sendAll = await readyToSend();
    world.holdLedger();
    begun = sendAll();
    await Promise.all(begun.values());
    gateway.drop();
    lost = sendAll();
    gateway.forgetSessions();
    world.releaseLedger();
    await untilBack();
  });

  it.each(USES)('$name is answered once if it had reached the bot', async (of) => {
    expect(await answered(of, (await begun.get(of))!)).toEqual(answeredOnce(of));
  });

  it.each(USES)('$name is told to have failed if it had not, and nothing was done', async (of) => {
    const { reaction, interactionId } = (await lost.get(of))!;
    expect(reaction).toEqual({ kind: 'failed', reason: 'The application did not respond' });
    expect(await outcomesOf({ reaction, interactionId })).toEqual([]);
  });

  it.each(USES)('$name works again afterwards', async (of) => {
    expect(await answered(of, await use(of))).toEqual(answeredOnce(of));
  });
});

const TOO_MANY = { kind: 'status', status: 429, retryAfterMs: 20 } as const;

describe('while Discord says that there are too many requests', () => {
  it.each(USES)('$name is promised an answer, and gets it once', async (of) => {
    const { faults } = shared.world.standIn;
    faults.failNext(TOO_MANY, 1, /callback$/);
    faults.failNext(TOO_MANY, 2, /^PATCH .*webhooks/);
    expect(await answered(of, await use(of))).toEqual(answeredOnce(of));
  });
});

describe('while Discord fails', () => {
  it.each(USES)('$name is promised an answer, and gets it once', async (of) => {
    const { faults } = shared.world.standIn;
    faults.failNext({ kind: 'status', status: 500 }, 2, /callback$/);
    faults.failNext({ kind: 'status', status: 502 }, 2, /^PATCH .*webhooks/);
    expect(await answered(of, await use(of))).toEqual(answeredOnce(of));
  });

  it.each(ASKING)('$name is done once when it is confirmed', async (of) => {
    const message = await ask(of);
    const { faults } = shared.world.standIn;
    faults.failNext({ kind: 'status', status: 503 }, 2, /callback$/);
    // More often than the library tries by itself.
    faults.failNext({ kind: 'status', status: 503 }, 3, /^PATCH .*webhooks/);
    expect(await confirmed(of, message)).toEqual(doneOnce(of));
  });
});

const loseAnswer = () =>
  shared.world.standIn.faults.failNext({ kind: 'drop-after' }, 1, /callback$/);

describe('that Discord has heard, though its answer to the bot got lost', () => {
  it.each(USES)('$name is answered once', async (of) => {
    loseAnswer();
    expect(await answered(of, await use(of))).toEqual(answeredOnce(of));
  });

  it.each(ASKING)('the Yes to $name is carried out once', async (of) => {
    const message = await ask(of);
    loseAnswer();
    expect(await confirmed(of, message)).toEqual(doneOnce(of));
  });
});

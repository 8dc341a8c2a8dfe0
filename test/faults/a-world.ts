import { afterAll, afterEach, beforeAll, expect } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import { closeDesks, press } from '../adapters/discord/harness.ts';
import { optionsOf } from './command-table.ts';
import type { AskingUse, Use } from './command-table.ts';
import { answerTo, auditsOf, messagesOf, openWorld, readMessage, send } from './world.ts';
import type { Sent, World, WorldOptions } from './world.ts';

/** The world that the tests of a file share, and what they all do in it. */
export function aWorld(options: WorldOptions = {}) {
  let world: World;
  beforeAll(async () => {
    world = await openWorld(options);
  });
  afterEach(() => world.heal());
  afterAll(async () => {
    await closeDesks();
    await world.close();
  });
  const use = async (of: Use): Promise<Sent> => {
    await of.given?.(world);
    return send(world, of.as, of.command, await optionsOf(world, of));
  };
  /** What it came to, as the audit log has it. */
  const outcomesOf = async (sent: Sent): Promise<readonly string[]> =>
    (await auditsOf(world, sent)).map(({ action, outcome }) => `${action} ${outcome}`);
  return {
    get world(): World {
      return world;
    },
    /** Uses a command as it is meant to be. */
    use,
    /** Uses one that asks first; the question in the channel. */
    ask: async (of: Use): Promise<PresentedMessage> => answerTo(world, await use(of)),
    confirm: (of: Use, message: PresentedMessage): Promise<Sent> =>
      press(world, of.as, message, 'Yes'),
    /** The message as it is by now. */
    found: ({ id }: PresentedMessage): PresentedMessage =>
      world.standIn.messages(SANDBOX_DISCORD.channelId).find((one) => one.id === id)!,
    outcomesOf,
    /** What has become of a command, once it is on record. */
    answered: async (of: Use, sent: Sent) => {
      const text = readMessage(await answerTo(world, sent));
      await world.bot.idle();
      const messages = (await messagesOf(world, of.as, sent)).length;
      return { text, outcomes: await outcomesOf(sent), messages };
    },
    /** Presses Yes; what has become of it, and how often the thing was done. */
    confirmed: async (of: AskingUse, message: PresentedMessage) => {
      const before = await of.times(world);
      const sent = await press(world, of.as, message, 'Yes');
      await world.bot.idle();
      await world.settle();
      return { outcomes: await outcomesOf(sent), times: (await of.times(world)) - before };
    },
  };
}

/** Of a command that was carried out once, and answered in one message. */
export const answeredOnce = ({ shows, command }: Use) => ({
  text: expect.stringMatching(shows),
  outcomes: [`${command} done`],
  messages: 1,
});

export const doneOnce = ({ command }: Use) => ({
  outcomes: [`${command} confirmed done`],
  times: 1,
});

import { globSync } from 'node:fs';
import { basename, join } from 'node:path';

import { MessageFlags } from 'discord.js';
import { beforeAll, describe, expect, it } from 'vitest';

import { resume } from '#app/control.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { buttonsOf, press, whispersTo } from '../adapters/discord/harness.ts';
import { answeredOnce, aWorld, doneOnce } from './a-world.ts';
import { ASKING, optionsOf, USES } from './command-table.ts';
import type { AskingUse, Use } from './command-table.ts';
import { answerTo, auditsOf, messagesOf, readMessage, send } from './world.ts';

const { people } = SANDBOX_DISCORD;
const NAMES = { viewer: 'Vera', trader: 'Theo', admin: 'Ada' } as const;
const TO_GO_ON = { by: 'somebody', reason: 'to go on' };

const shared = aWorld();
const { answered, ask, confirm, confirmed, found, outcomesOf, use } = shared;

it('every file in commands/ has its row in the table', () => {
  const files = globSync('*.ts', { cwd: join(import.meta.dirname, '../../commands') })
    .map((file) => basename(file, '.ts'))
    .filter((name) => name !== 'index');
  const named = new Set(USES.map(({ command }) => command));
  expect([...named].toSorted()).toEqual(files.toSorted());
});

describe('used as it is meant to be', () => {
  it.each(USES)('$name shows what it is for, and leaves one row in the audit log', async (of) => {
    expect(await answered(of, await use(of))).toEqual(answeredOnce(of));
  });

  it.each(ASKING)('$name is done once it is confirmed, and its message says so', async (of) => {
    const message = await ask(of);
    expect(await confirmed(of, message)).toEqual(doneOnce(of));
    expect(readMessage(found(message))).toMatch(of.becomes);
  });
});

/** Of what each of these does itself, beside the row of the attempt. */
const DEEDS: readonly (readonly [name: string, deed: string])[] = [
  ['/halt', 'control halt'],
  ['/halt mode:flatten', 'control flatten'],
  ['/resume', 'control resume'],
  ['/close', 'close NVDA'],
  ['/close-all', 'close NVDA'],
  ['/foreign item action:ignore', 'ignore order NVDA'],
];

describe('what a person has done', () => {
  it.each(DEEDS)(
    'with %s is on record under the id that stays, with the name',
    async (name, deed) => {
      const of = USES.find((one) => one.name === name)!;
      if (deed === 'control halt') await resume(shared.world.context, TO_GO_ON);
      if ('becomes' in of) await confirmed(of, await ask(of));
      else await answered(of, await use(of));
      const rows = await shared.world.desk.query(
        `SELECT actor, details->>'name' AS name FROM audit_log
        WHERE action = '${deed}' ORDER BY sequence DESC LIMIT 1`,
      );
      expect(rows).toEqual([{ actor: people[of.as], name: NAMES[of.as] }]);
    },
  );
});

describe('confirmed twice', () => {
  it.each(ASKING)('$name is done once, and the second press is told so', async (of) => {
    const message = await ask(of);
    const before = await of.times(shared.world);
    const sent = await Promise.all([confirm(of, message), confirm(of, message)]);
    await shared.world.bot.idle();
    expect((await Promise.all(sent.map(outcomesOf))).flat().toSorted()).toEqual([
      `${of.command} answer denied`,
      `${of.command} confirmed done`,
    ]);
    await shared.world.settle();
    expect(await of.times(shared.world)).toBe(before + 1);
    expect((await whispersTo(shared.world, of.as)).at(-1)).toMatch(
      /is being carried out once|was confirmed before/,
    );
  });
});

const other = ({ as }: AskingUse) => (as === 'admin' ? 'trader' : 'admin');

describe('confirmed by somebody else', () => {
  it.each(ASKING)('$name is not done, and that is on record as denied', async (of) => {
    const message = await ask(of);
    const before = await of.times(shared.world);
    const sent = await press(shared.world, other(of), message, 'Yes');
    await expect.poll(() => outcomesOf(sent)).toEqual([`${of.command} answer denied`]);
    expect(await of.times(shared.world)).toBe(before);
    expect((await whispersTo(shared.world, other(of))).at(-1)).toMatch(/Nothing was changed/);
  });
});

describe('not confirmed within a minute', () => {
  it.each(ASKING)('$name is not done, and its message says that it expired', async (of) => {
    const message = await ask(of);
    const before = await of.times(shared.world);
    shared.world.aheadMs = 60_000;
    const sent = await confirm(of, message);
    await expect.poll(() => outcomesOf(sent)).toEqual([`${of.command} answer denied`]);
    shared.world.aheadMs = 0;
    await shared.world.settle();
    expect(await of.times(shared.world)).toBe(before);
    expect(readMessage(found(message))).toMatch(/Expired: [^]*nothing was done/);
    expect(buttonsOf(found(message))).toEqual([]);
  });
});

describe('with a restart before it is confirmed', () => {
  it.each(ASKING)('$name is not done, and its message says so', async (of) => {
    const message = await ask(of);
    const before = await of.times(shared.world);
    await shared.world.restart();
    await shared.world.settle();
    expect(await of.times(shared.world)).toBe(before);
    expect(readMessage(found(message))).toMatch(
      /Expired: [^]*restarted before it was confirmed: nothing was done/,
    );
    expect(buttonsOf(found(message))).toEqual([]);
  });
});

describe('while the database does not answer', () => {
  it.each(USES)(
    '$name is promised an answer, and gets it once the database is back',
    async (of) => {
      await of.given?.(shared.world);
      const options = await optionsOf(shared.world, of);
      shared.world.holdLedger();
      const sent = await send(shared.world, of.as, of.command, options);
      expect(sent.reaction.kind).toBe('deferred');
      shared.world.releaseLedger();
      expect(readMessage(await answerTo(shared.world, sent))).toMatch(of.shows);
      await expect.poll(() => outcomesOf(sent)).toEqual([`${of.command} done`]);
    },
  );

  it.each(ASKING)('the Yes to $name is acknowledged, and done once it is back', async (of) => {
    const message = await ask(of);
    const before = await of.times(shared.world);
    shared.world.holdLedger();
    const sent = await confirm(of, message);
    expect(sent.reaction.kind).toBe('noted');
    expect(await of.times(shared.world)).toBe(before);
    shared.world.releaseLedger();
    await expect.poll(() => outcomesOf(sent)).toEqual([`${of.command} confirmed done`]);
    await shared.world.settle();
    expect(await of.times(shared.world)).toBe(before + 1);
  });
});

/** What becomes of a command for whom it is not, or that comes in a wrong way. */
async function refused(of: Use) {
  const { world } = shared;
  await of.given?.(world);
  const before = await of.times?.(world);
  // An admin of the server sees every command, whatever the bot makes of it.
  const sent = await send(world, 'admin', of.command, await optionsOf(world, of));
  const { content, flags } = await answerTo(world, sent);
  await expect.poll(() => outcomesOf(sent)).not.toEqual([]);
  return {
    text: content,
    isPrivate: (flags & MessageFlags.Ephemeral) !== 0,
    messages: (await messagesOf(world, 'admin', sent)).length,
    audits: await auditsOf(world, sent),
    hasChanged: (await of.times?.(world)) !== before,
  };
}

/** Told to the person alone, on record as denied, and nothing else. */
const denied = ({ command: action }: Use, reason: string, text: RegExp) => ({
  text: expect.stringMatching(text),
  isPrivate: true,
  messages: 1,
  audits: [{ actor: SANDBOX_DISCORD.people.admin, action, outcome: 'denied', details: { reason } }],
  hasChanged: false,
});

describe('that reaches the bot half a minute late', () => {
  it.each(USES)('$name is not carried out', async (of) => {
    shared.world.aheadMs = 30_500;
    expect(await refused(of)).toMatchObject(
      denied(of, 'too-old', /reached the bot 3\d s late and was not carried out/),
    );
  });
});

describe('of someone without any role', () => {
  beforeAll(() => shared.world.restart({ access: { viewer: [], trader: [], admin: [] } }));

  it.each(USES)('$name is refused', async (of) => {
    expect(await refused(of)).toMatchObject(
      denied(of, 'not-allowed', /^Not allowed: .* and you have none\. Nothing was changed\.$/),
    );
  });
});

describe('in a server that is not the bot’s', () => {
  beforeAll(() => shared.world.restart({ guildId: '1100000000000000099' }));

  it.each(USES)('$name is refused', async (of) => {
    expect(await refused(of)).toMatchObject(
      denied(of, 'foreign-server', /only listens in its own server/),
    );
  });
});

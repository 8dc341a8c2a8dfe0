import { REST, Routes } from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { auditOf, lastMessage, openAskingDesk } from './asking-desk.ts';
import type { AskingDesk } from './asking-desk.ts';
import { buttonsOf, channelMessages, closeDesks, press, say, whispersTo } from './harness.ts';
import type { Person } from './harness.ts';

const STALE = 'This button is no longer active. Nothing was changed.';
const CONFIRMED =
  'This was confirmed before: resume entries. It is not done again; its message and /audit tell what came of it.';
const EXPIRED = 'Expired: resume entries. Nothing was done. Ask again if you still want it.';
const DECLINED = 'This was declined before: resume entries. Nothing was done.';

/** A message of the bot that still has a button, as somebody sees it whose screen is behind. */
async function leftover(desk: AskingDesk, customId: string): Promise<void> {
  const rest = new REST({ api: `${desk.standIn.url}/api` }).setToken(SANDBOX_DISCORD.token);
  const button = { type: 2, style: 1, label: 'Old', custom_id: customId };
  const body = { content: 'An old card', components: [{ type: 1, components: [button] }] };
  await rest.post(Routes.channelMessages(SANDBOX_DISCORD.channelId), { body });
}

/** Asks, and returns what Yes and No carry. */
async function ask(desk: AskingDesk, name = 'resume') {
  await say(desk, 'trader', name);
  const [yes = '', no = ''] = buttonsOf(lastMessage(desk)).map(({ custom_id: id }) => id);
  return { yes, no };
}

async function answered(desk: AskingDesk, label: 'Yes' | 'No', name = 'resume') {
  const asked = await ask(desk, name);
  await press(desk, 'trader', lastMessage(desk), label);
  await desk.bot.idle();
  return asked;
}

interface StalePress {
  readonly name: string;
  readonly as: Person;
  /** What happens before, and the id of the button that is pressed then. */
  readonly before: (desk: AskingDesk) => Promise<string>;
  readonly told: string;
  /** Null: nobody tried to change anything, or to see what is not theirs. */
  readonly audit: {
    readonly action: string;
    readonly outcome: string;
    readonly reason: string;
  } | null;
}

const refused = (action: string, reason: string, outcome = 'denied') => ({
  action,
  outcome,
  reason,
});
const before = refused('resume answer', 'answered before');

/** Every kind of button that the bot puts on its messages, pressed when it is too late. */
const PRESSES: readonly StalePress[] = [
  {
    name: 'Yes to what was confirmed and done',
    as: 'trader',
    before: async (desk) => (await answered(desk, 'Yes')).yes,
    told: CONFIRMED,
    audit: before,
  },
  {
    name: 'No to what was confirmed and done',
    as: 'trader',
    before: async (desk) => (await answered(desk, 'Yes')).no,
    told: CONFIRMED,
    audit: before,
  },
  {
    name: 'Yes to what was confirmed and failed',
    as: 'trader',
    before: async (desk) => (await answered(desk, 'Yes', 'fail')).yes,
    told: CONFIRMED.replace('resume entries', 'try it'),
    audit: refused('fail answer', 'answered before'),
  },
  {
    name: 'Yes to what a stop of the bot has interrupted',
    as: 'trader',
    before: async (desk) => {
      const { yes } = await ask(desk);
      await desk.rows("UPDATE confirmations SET state = 'confirmed', settled_at = now()");
      await desk.restart();
      return yes;
    },
    told: CONFIRMED,
    audit: before,
  },
  {
    name: 'Yes to what is being carried out',
    as: 'trader',
    before: async (desk) => {
      const { yes } = await ask(desk);
      await desk.rows("UPDATE confirmations SET state = 'confirmed', settled_at = now()");
      return yes;
    },
    told: 'This was confirmed, and is being carried out once: resume entries. If nothing follows, see /status.',
    audit: before,
  },
  {
    name: 'somebody else’s No to what was confirmed meanwhile',
    as: 'admin',
    before: async (desk) => (await answered(desk, 'Yes')).no,
    told: CONFIRMED,
    audit: before,
  },
  {
    name: 'Yes to what was declined',
    as: 'trader',
    before: async (desk) => (await answered(desk, 'No')).yes,
    told: DECLINED,
    audit: before,
  },
  {
    name: 'No to what was declined',
    as: 'trader',
    before: async (desk) => (await answered(desk, 'No')).no,
    told: DECLINED,
    audit: before,
  },
  {
    name: 'Yes to what a restart has ended',
    as: 'trader',
    before: async (desk) => {
      const { yes } = await ask(desk);
      await desk.restart();
      return yes;
    },
    told: EXPIRED,
    audit: before,
  },
  {
    name: 'Yes to what ran out',
    as: 'trader',
    before: async (desk) => {
      const { yes } = await ask(desk);
      await desk.rows("UPDATE confirmations SET expires_at = now() - interval '1 s'");
      return yes;
    },
    told: EXPIRED,
    audit: before,
  },
  {
    name: 'Yes to what the ledger knows nothing of',
    as: 'trader',
    before: async (desk) => {
      const { yes } = await ask(desk);
      await desk.rows('DELETE FROM confirmations');
      return yes;
    },
    told: STALE,
    audit: refused('confirm button', 'unknown button'),
  },
  {
    name: 'Yes to what ran out, by someone without the role',
    as: 'viewer',
    before: async (desk) => (await answered(desk, 'Yes')).yes,
    told: 'Not allowed: /resume needs the role trader, and you have viewer. Nothing was changed.',
    audit: refused('resume answer', 'not-allowed'),
  },
  {
    name: 'a button of an earlier version',
    as: 'admin',
    before: async () => 'confirm:1:yes',
    told: STALE,
    audit: refused('confirm button', 'unknown button'),
  },
  {
    name: '▶ of pages that are kept no more',
    as: 'viewer',
    before: async () => 'pages:show:gone:1',
    told: 'These pages are over. Send the command again.',
    audit: null,
  },
  {
    name: '▶ by someone who may no longer look',
    as: 'viewer',
    before: async (desk) => {
      await say(desk, 'trader', 'list');
      return buttonsOf(lastMessage(desk)).map(({ custom_id: id }) => id)[0] ?? '';
    },
    told: 'Not allowed: /list needs the role trader, and you have viewer. Nothing was changed.',
    audit: refused('list page', 'not-allowed'),
  },
  {
    name: 'Refresh of a command that exists no more',
    as: 'viewer',
    before: async () => 'refresh:run:forgotten',
    told: 'This command no longer exists. Nothing was changed.',
    audit: refused('forgotten refresh', 'unknown-command'),
  },
  {
    name: 'Refresh of a command that has none any more',
    as: 'viewer',
    before: async () => 'refresh:run:once',
    told: STALE,
    audit: refused('once refresh', 'unknown button'),
  },
  {
    name: 'Refresh by someone without the role',
    as: 'viewer',
    before: async () => 'refresh:run:list',
    told: 'Not allowed: /list needs the role trader, and you have viewer. Nothing was changed.',
    audit: refused('list refresh', 'not-allowed'),
  },
  {
    name: 'Refresh of what there is no more',
    as: 'viewer',
    before: async () => 'refresh:run:run',
    told: 'Nothing runs now.',
    audit: refused('run refresh', 'Nothing runs now.', 'failed'),
  },
  {
    name: 'Cancel of a command that exists no more',
    as: 'admin',
    before: async () => 'cancel:forgotten:7',
    told: 'This command no longer exists. Nothing was changed.',
    audit: refused('forgotten cancel', 'unknown-command'),
  },
  {
    name: 'Cancel of a command that cancels nothing any more',
    as: 'admin',
    before: async () => 'cancel:once:7',
    told: STALE,
    audit: refused('once cancel', 'unknown button'),
  },
  {
    name: 'Cancel of what is over',
    as: 'trader',
    before: async () => 'cancel:run:7',
    told: 'Run 7 is over already. Nothing was changed.',
    audit: refused('run cancel', 'Run 7 is over already. Nothing was changed.', 'failed'),
  },
];

describe('a button that is pressed too late', () => {
  afterEach(closeDesks);

  it.each(PRESSES)('$name is answered with the truth, in private', async (of) => {
    const desk = await openAskingDesk();
    const customId = await of.before(desk);
    const done = desk.done.length;
    const rows = (await auditOf(desk)).length;
    await leftover(desk, customId);
    const shown = () => channelMessages(desk).map(({ content }) => content);
    const old = lastMessage(desk);
    await press(desk, of.as, old, 'Old');
    await desk.bot.idle();
    expect(await whispersTo(desk, of.as)).toEqual([of.told]);
    expect(shown().at(-1)).toBe('An old card');
    expect(desk.done).toHaveLength(done);
    if (of.audit === null) return;
    const { action, outcome, reason } = of.audit;
    await expect
      .poll(async () => (await auditOf(desk)).slice(rows))
      .toContainEqual(
        expect.objectContaining({
          actor: SANDBOX_DISCORD.people[of.as],
          action,
          outcome,
          details: expect.objectContaining({ reason, name: expect.any(String) }),
        }),
      );
  });
});

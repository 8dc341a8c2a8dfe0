import { afterEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import type { CommandCall, Role } from '#app/command.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import halt from '#commands/halt.ts';
import resume from '#commands/resume.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { closeDesks, openDesk as openDiscord, say } from '../adapters/discord/harness.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';

const BARS = [[100, 100.1, 99.9, 100]] as const;

const call = (role: Role, options: CommandCall['options'] = {}): CommandCall => ({
  actor: { id: '1', name: 'Ada', role },
  options,
});

async function run(
  { context }: Desk,
  command: typeof halt | typeof resume,
  asked: CommandCall,
): Promise<string> {
  const reply = await command.run(context, asked);
  if (reply.kind !== 'text') throw new Error('not a text');
  return reply.text;
}

const controlOf = ({ context }: Desk) => context.ledger.controlState();

describe('/halt', () => {
  it('needs a trader, /resume an admin', () => {
    expect([halt.role, resume.role]).toEqual(['trader', 'admin']);
  });

  it('opens nothing any more until somebody resumes, in the name of the person', async () => {
    const desk = await openDesk(BARS);
    const text = await run(desk, halt, call('trader', { reason: ' news ' }));
    expect(text).toBe(
      'No new entries until somebody resumes; entries that still work are cancelled. ' +
        'Exits and protection go on. /resume (admins) opens it again.',
    );
    expect(await controlOf(desk)).toMatchObject({
      status: 'halted',
      by: 'Ada',
      reason: 'news',
      until: null,
    });
  });

  it.each([[{}], [{ reason: ' ' }], [{ mode: 'entries' }]])(
    'with %o says that no reason was given',
    async (options: CommandCall['options']) => {
      const desk = await openDesk(BARS);
      await run(desk, halt, call('trader', options));
      expect(await controlOf(desk)).toMatchObject({ status: 'halted', reason: 'no reason given' });
    },
  );

  it('twice says since when and by whom', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader'));
    expect(await run(desk, halt, call('trader'))).toBe(
      'Halted already, since 2025-11-25T14:30:00.000Z by Ada, until somebody resumes.',
    );
  });

  it('closes everything for an admin', async () => {
    const desk = await openDesk(BARS);
    const text = await run(desk, halt, call('admin', { mode: 'flatten' }));
    expect(text).toContain('every position of the bot is being closed');
    expect(await controlOf(desk)).toMatchObject({ status: 'flattening', by: 'Ada' });
    expect(await run(desk, halt, call('admin', { mode: 'flatten' }))).toBe(
      'Every position is being closed already, since 2025-11-25T14:30:00.000Z by Ada.',
    );
  });

  it('does not close everything for a trader, and changes nothing', async () => {
    const desk = await openDesk(BARS);
    const asking = run(desk, halt, call('trader', { mode: 'flatten' }));
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toMatchObject({ outcome: 'denied' });
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });

  it('with another mode says what there is, and changes nothing', async () => {
    const desk = await openDesk(BARS);
    await expect(run(desk, halt, call('admin', { mode: 'all' }))).rejects.toMatchObject({
      message: 'The mode is one of: entries, flatten.',
      outcome: 'failed',
    });
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });
});

describe('/resume', () => {
  it('opens it again', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('trader'));
    expect(await run(desk, resume, call('admin', { reason: ' all clear ' }))).toBe(
      'Entries are allowed again.',
    );
    expect(await controlOf(desk)).toMatchObject({ status: 'active', reason: 'all clear' });
  });

  it('says when there is nothing to resume', async () => {
    const desk = await openDesk(BARS);
    expect(await run(desk, resume, call('admin'))).toBe('Nothing is halted. Nothing was changed.');
  });

  it('says that it has to wait while everything is being closed', async () => {
    const desk = await openDesk(BARS);
    await run(desk, halt, call('admin', { mode: 'flatten' }));
    await expect(run(desk, resume, call('admin'))).rejects.toThrow(
      'resume once the channel says that all is flat',
    );
    expect(await controlOf(desk)).toMatchObject({ status: 'flattening' });
  });
});

describe('in the channel', () => {
  afterEach(closeDesks);

  it('a trader who asks to flatten is denied, and it is on record', async () => {
    const desk = await openDesk(BARS);
    const discord = await openDiscord({ commands: [halt, resume], context: () => desk.context });
    const answer = await say(discord, 'trader', 'halt', { mode: 'flatten' });
    expect(answer.content).toContain('needs the role admin');
    expect(await desk.query('SELECT action, outcome, details FROM audit_log')).toMatchObject([
      { action: 'halt', outcome: 'denied', details: { 'option.mode': 'flatten' } },
    ]);
  });

  it('a halt and a resume each leave a row of who asked and one of what it did', async () => {
    const desk = await openDesk(BARS);
    const discord = await openDiscord({ commands: [halt, resume], context: () => desk.context });
    await say(discord, 'trader', 'halt', { reason: 'news' });
    await say(discord, 'admin', 'resume');
    const rows = await desk.query<{ actor: string; action: string; outcome: string }>(
      'SELECT actor, action, outcome FROM audit_log ORDER BY sequence',
    );
    expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'control halt done',
      'halt done',
      'control resume done',
      'resume done',
    ]);
    expect(rows[1]?.actor).toBe(SANDBOX_DISCORD.people.trader);
    await deliverOutbox(desk.context);
    expect(desk.channel().map(({ kind }) => kind)).toEqual(['control', 'control']);
  });
});

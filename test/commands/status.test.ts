import { afterEach, describe, expect, it } from 'vitest';

import status from '#commands/status.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import { closeDesks } from '../adapters/discord/harness.ts';
import { BARS, deskWithPosition } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

afterEach(closeDesks);

const fieldsOf = ({ embeds }: PresentedMessage): Readonly<Record<string, string>> =>
  Object.fromEntries((embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]));
/** The day is as long as the broker's slowness makes it. */
const timeless = (text: string) => text.replaceAll(/<t:\d+:t>/g, '<t>');

describe('/status', () => {
  it('is for viewers', () => {
    expect(status.role).toBe('viewer');
  });

  it('tells state, session, money, drawdown, cycle, queue and streams', async () => {
    const channel = await openChannel(await openDesk([BARS.quiet]), [status]);
    const message = await channel.type('viewer', 'status');
    expect(textOf(message)).toContain('Positions: no open positions');
    expect(Object.keys(fieldsOf(message))).toEqual([
      'Equity',
      'Day P/L',
      'Session',
      'Drawdown',
      'Last cycle',
      'So far',
      'Waiting',
      'Queue',
      'Streams',
    ]);
  });

  it('tells of a position all that it stands on', async () => {
    const channel = await openChannel(await deskWithPosition([BARS.quiet]), [status]);
    const message = await channel.type('viewer', 'status');
    expect(textOf(message)).toContain('🛡 1 of 1 position protected');
    expect(timeless(fieldsOf(message)['🛡 NVDA long 10'] ?? '')).toMatchInlineSnapshot(`
      "$0.00 · 0.0 R
      entry $100.00 · now $100.00
      stop $98.00 (2 % away) · target $105.00
      since <t>, 0 s"
    `);
  });

  it('shows the positions as a table when asked, also when refreshed', async () => {
    const desk = await deskWithPosition([BARS.target]);
    const channel = await openChannel(desk, [status]);
    const message = await channel.type('viewer', 'status', { table: true });
    expect(fieldsOf(message)['Positions']).toMatchInlineSnapshot(`
      "\`\`\`
      symbol     entry  stop target
      shares       now  away      R
      state        P/L   age

      NVDA      100.00 98.00 105.00
      long 10   100.00    2%    0.0
      protected     $0    0s
      \`\`\`"
    `);
    desk.nextBar();
    await desk.settle();
    await channel.press('viewer', message, '🔄 Refresh');
    const refreshed = await channel.settled(message);
    expect(textOf(refreshed)).toContain('Positions: no open positions');
  });

  it('answers also while the queue does not', async () => {
    const desk = await openDesk([BARS.quiet]);
    const queue = { ...desk.context.queue, state: () => Promise.reject(new Error('away')) };
    const channel = await openChannel(desk, [status], { queue });
    expect(fieldsOf(await channel.type('viewer', 'status'))['Queue']).toBe('⚠ does not answer');
  });
});

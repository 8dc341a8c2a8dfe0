import { afterEach, describe, expect, it } from 'vitest';

import { halt } from '#app/control.ts';
import status from '#commands/status.ts';
import { BrokerError } from '#ports/broker.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import { closeDesks } from '../adapters/discord/harness.ts';
import { BARS, deskWithPosition } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

afterEach(closeDesks);

const fieldsOf = ({ embeds }: PresentedMessage): Readonly<Record<string, string>> =>
  Object.fromEntries((embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]));
const notAnswered = async (): Promise<never> => {
  throw new BrokerError('could not read the positions (503)', { retryable: true });
};
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

  it('tells what the ledger knows while the broker does not answer, and all once it does', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await halt(desk.context, { by: 'Ada', reason: 'news', until: null, flatten: false });
    const channel = await openChannel(desk, [status]);
    const { broker } = desk.context;
    const read = broker.positions.bind(broker);
    broker.positions = notAnswered;
    const message = await channel.type('viewer', 'status');
    const text = textOf(message);
    expect(text).toContain('⛔ HALTED · ⚠ the broker does not answer');
    expect(text).toContain('**This is what the ledger knows.**');
    expect(text).toContain('By Ada since');
    expect(fieldsOf(message)).toEqual({
      'NVDA long 10, as booked': 'entry $100.00 · stop put at $98.00 · for 0 s',
    });
    broker.positions = read;
    await channel.press('viewer', message, '🔄 Refresh');
    expect(textOf(await channel.settled(message))).toContain('🛡 1 of 1 position protected');
  });

  it('answers also while the queue does not', async () => {
    const desk = await openDesk([BARS.quiet]);
    const queue = { ...desk.context.queue, state: () => Promise.reject(new Error('away')) };
    const channel = await openChannel(desk, [status], { queue });
    expect(fieldsOf(await channel.type('viewer', 'status'))['Queue']).toBe('⚠ does not answer');
  });
});

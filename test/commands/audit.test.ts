import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import audit from '#commands/audit.ts';
import type { AuditEntry } from '#ports/audit-log.ts';

import { channelMessages, closeDesks, say } from '../adapters/discord/harness.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';
import { openChannel, textOf } from './a-trading-channel.ts';
import type { TradingChannel } from './a-trading-channel.ts';

let desk: Desk;
let channel: TradingChannel;

const write = (entry: Partial<AuditEntry>) =>
  desk.context.ledger.audit({
    at: Date.UTC(2025, 10, 25, 14, 30),
    actor: '42',
    action: 'status',
    outcome: 'done',
    details: {},
    ...entry,
  });

beforeEach(async () => {
  desk = await openDesk([[100, 100.1, 99.9, 100]]);
  channel = await openChannel(desk, [audit]);
});
afterEach(closeDesks);

describe('/audit', () => {
  it('needs a trader', () => {
    expect(audit.role).toBe('trader');
  });

  it('tells who did what, and what came of it, the newest first', async () => {
    await write({ action: 'close', details: { name: 'Ada', 'option.symbol': 'NVDA' } });
    await write({
      action: 'resume',
      outcome: 'denied',
      details: { name: 'B*n', reason: 'not-allowed' },
    });
    expect(textOf(await channel.type('trader', 'audit'))).toBe(
      [
        '📜 Audit log: the newest 2 rows',
        '`#2` <t:1764081000:f> ⛔ **resume** denied · B\\*n · reason not-allowed',
        '`#1` <t:1764081000:f> ✔ **close** done · Ada · symbol NVDA',
      ].join('\n'),
    );
  });

  it('shows only what names a symbol, or is by a person', async () => {
    await write({ action: 'close NVDA', actor: 'Ada' });
    await write({ action: 'close AMD', actor: 'Ben' });
    const bySymbol = textOf(await channel.type('trader', 'audit', { symbol: ' nvda ' }));
    expect(bySymbol).toContain('the newest 1 row about NVDA');
    expect(bySymbol).not.toContain('AMD');
    const byPerson = textOf(await channel.type('trader', 'audit', { person: 'ben' }));
    expect(byPerson).toContain('the newest 1 row by ben');
    expect(byPerson).not.toContain('NVDA');
  });

  it('says so when nothing fits', async () => {
    expect(textOf(await channel.type('trader', 'audit', { symbol: 'XOM' }))).toContain(
      'Audit log: no row about XOM',
    );
  });

  it('shows a long list in pages', async () => {
    for (let n = 0; n < 60; n += 1) await write({ details: { reason: `r${n} `.repeat(20) } });
    const answer = await channel.type('trader', 'audit', { n: 60 });
    expect(answer.components[0]?.components.map((part) => 'label' in part && part.label)).toEqual([
      '◀',
      expect.stringMatching(/^1 \/ \d+$/),
      '▶',
    ]);
    expect(textOf(answer)).toContain('the newest 60 rows');
  });

  it('attaches a file when asked, with more rows than a message shows', async () => {
    for (let n = 0; n < 30; n += 1) await write({ details: { name: '=1' } });
    await say(channel, 'trader', 'audit', { csv: true });
    const answer = channelMessages(channel).at(-1)!;
    expect(answer.content).toContain('30 rows of the audit log');
    const [file] = answer.attachments;
    expect(file?.filename).toBe('audit.csv');
    const text = await (await fetch(new URL(file!.url, channel.standIn.url))).text();
    expect(text.split('\r\n')).toHaveLength(32);
    expect(text).toContain("'=1");
  });

  it.each([
    [{ n: 0 }, 'from 1 to 500'],
    [{ n: 501 }, 'from 1 to 500'],
    [{ n: 10_001, csv: true }, 'from 1 to 10000'],
    [{ symbol: 'not one' }, 'is no stock symbol'],
  ])('with %o says what is allowed', async (options, words) => {
    const asking = audit.run(desk.context, {
      actor: { id: '1', name: 'Ada', role: 'trader' },
      options,
    });
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow(words);
  });

  it('suggests the symbols that are watched', async () => {
    expect(await audit.complete(desk.context, 'symbol', 'nv')).toEqual([
      { name: 'NVDA', value: 'NVDA' },
    ]);
  });
});

import type { APIEmbed } from 'discord.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clampEmbed, clipText, LIMITS } from '#adapters/discord/limits.ts';
import type { MessageBody } from '#adapters/discord/render.ts';
import { renderCard, renderConfirm, renderReply } from '#adapters/discord/render.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { ClosingProgress } from '#ports/trade-cards.ts';

import { anyCard, anyReply } from './any-facts.ts';
import { closing, started } from './facts.ts';

/** Discord's published limits, written down again: the adapter's own table is what is being tested. */
function expectAcceptable(body: MessageBody): void {
  expect(body.allowedMentions).toEqual({ parse: [] });
  expect(body.content + (body.embeds[0]?.title ?? '')).toMatch(/\S/);
  expect(body.content.length).toBeLessThanOrEqual(2000);
  const totals = body.embeds.map(acceptableLength);
  expect(totals.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(6000);
  expect(JSON.stringify(body).isWellFormed(), 'no character was cut in two').toBe(true);
}

function acceptableLength({ title = '', description = '', fields = [], footer }: APIEmbed): number {
  const footerLength = footer?.text.length ?? 0;
  expect(title.length).toBeLessThanOrEqual(256);
  expect(description.length).toBeLessThanOrEqual(4096);
  expect(footerLength).toBeLessThanOrEqual(2048);
  expect(fields.length).toBeLessThanOrEqual(25);
  for (const { name, value } of fields) {
    expect(name).toMatch(/\S/);
    expect(value).toMatch(/\S/);
    expect(name.length).toBeLessThanOrEqual(256);
    expect(value.length).toBeLessThanOrEqual(1024);
  }
  const fieldsLength = fields.reduce(
    (sum, field) => sum + field.name.length + field.value.length,
    0,
  );
  return title.length + description.length + footerLength + fieldsLength;
}

describe('Discord’s limits', () => {
  it('hold for any card', () => {
    fc.assert(
      fc.property(anyCard, fc.constantFrom('SANDBOX', 'PAPER', 'LIVE'), (card, mode) =>
        expectAcceptable(renderCard(card, mode)),
      ),
      { numRuns: 500 },
    );
  });

  it('hold for any answer', () => {
    fc.assert(
      fc.property(anyReply, (reply) => renderReply(reply).forEach(expectAcceptable)),
      {
        numRuns: 200,
      },
    );
  });

  it('hold for a question about any number of positions, of which none is missing', () => {
    const lines = Array.from({ length: 300 }, (_, n) => ({
      symbol: ticker(`A${n}`),
      side: 'long' as const,
      quantity: 10,
      keep: 0,
      entryPrice: parseUsd('100'),
      currentPrice: parseUsd('101'),
      pnl: parseUsd('10'),
      stopPrice: parseUsd('98'),
      liveOrders: 2,
    }));
    const market = { isOpen: true, opensAt: null };
    const control = 'active';
    const preview = {
      kind: 'close-all',
      lines,
      left: [],
      atMarket: false,
      market,
      control,
    } as const;
    const asked = { name: 'Ada', expiresInMs: 60_000 };
    const bodies = renderConfirm({ title: 'close all', preview }, asked, 'LIVE');
    bodies.forEach(expectAcceptable);
    const text = bodies.map(({ embeds }) => embeds[0]?.description ?? '').join('\n');
    for (const { symbol } of lines) expect(text).toContain(`**${symbol}** long 10`);
    expect(text).toContain('**REAL MONEY.**');
    expect(text).toContain('**Nothing has been done yet.**');
  });

  it('cost an endless reason or finding no line of the card’s own', () => {
    const endless = '*'.repeat(9000);
    const progress: ClosingProgress = {
      phase: 'stuck',
      why: endless,
      stopPrice: null,
      retryInMs: 30_000,
      failures: 1,
    };
    const stuck = renderCard(closing(progress, { requestedBy: endless }), 'LIVE');
    expectAcceptable(stuck);
    expect(stuck.embeds[0]?.description).toMatch(/\nTried again in 30 s, .*\.$/);
    expect(stuck.embeds[0]?.fields?.at(-1)?.name).toBe('Why');

    const findings = Array.from({ length: 500 }, () => endless);
    const start = renderCard({ ...started, findings }, 'LIVE');
    expectAcceptable(start);
    expect(start.embeds[0]?.fields?.at(-1)?.name).toBe('Page');
  });

  it('leave a card that fits as it is', () => {
    const embed = { title: 'a', description: 'b', fields: [{ name: 'c', value: 'd' }] };
    expect(clampEmbed(embed)).toEqual(embed);
  });

  it('cut a list of fields with a last one that counts the missing ones', () => {
    const fields = Array.from({ length: 40 }, (_, at) => ({ name: `n${at}`, value: 'v' }));
    const shown = clampEmbed({ title: 't', fields }).fields ?? [];
    expect(shown).toHaveLength(25);
    expect(shown.at(-1)).toEqual({ name: '…', value: '… 16 more' });
  });

  it('drop fields from the end when all texts together are too long', () => {
    const fields = Array.from({ length: 10 }, (_, at) => ({
      name: `n${at}`,
      value: 'v'.repeat(1000),
    }));
    const shown = clampEmbed({ title: 't', fields }).fields ?? [];
    expect(shown.map((field) => field.name)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', '…']);
    expect(shown.at(-1)?.value).toBe('… 5 more');
  });

  it('put a dash where a field would be empty, since Discord refuses the whole message', () => {
    expect(clampEmbed({ title: '', fields: [{ name: ' ', value: '' }] })).toEqual({
      title: '–',
      fields: [{ name: '–', value: '–' }],
    });
  });

  it('cut long text at a line’s end and count the missing lines', () => {
    const text = Array.from({ length: 100 }, (_, at) => `line ${at} ${'x'.repeat(20)}`).join('\n');
    const cut = clipText(text, LIMITS.fieldValue);
    expect(cut.length).toBeLessThanOrEqual(LIMITS.fieldValue);
    expect(cut).toMatch(/\nline \d+ x{20}\n… \d+ more lines$/);
    const kept = cut.split('\n').length - 1;
    expect(cut.endsWith(`… ${100 - kept} more lines`)).toBe(true);
  });

  it('cut one endless line in characters and count them', () => {
    const cut = clipText('y'.repeat(3000), 2000);
    expect(cut.length).toBeLessThanOrEqual(2000);
    const [head = '', note] = cut.split('\n');
    expect(note).toBe(`… ${3000 - head.length} more characters`);
  });

  it('close a code block that was cut', () => {
    const cut = clipText(`\`\`\`\n${'row of the table\n'.repeat(200)}\`\`\``, 1024);
    expect(cut.split('```')).toHaveLength(3);
    expect(cut).toMatch(/\n```\n… \d+ more lines$/);
  });
});

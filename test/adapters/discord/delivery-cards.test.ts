import { describe, expect, it } from 'vitest';

import { renderCard } from '#adapters/discord/render.ts';
import { ticker } from '#core/ids.ts';
import type { Card } from '#ports/cards.ts';

import { alarm, AT, digest, entry, exit, notice, stopMoved, summary } from './facts.ts';

const MINUTE = 60_000;
const embedOf = (card: Card, waitedMs?: number) =>
  renderCard(waitedMs === undefined ? card : { ...card, waitedMs }, 'SANDBOX').embeds[0]!;
/** 14:02 in New York. */
const SINCE = Date.parse('2025-11-28T19:02:10Z');

describe('the first word after an outage', () => {
  it.each([
    [29, 5, '📡 Discord was unreachable 14:02–14:31 (New York time): 5 messages follow'],
    [29, 1, '📡 Discord was unreachable 14:02–14:31 (New York time): 1 message follows'],
    [29, 0, '📡 Discord was unreachable 14:02–14:31 (New York time): no messages follow'],
    [
      1_440,
      2,
      '📡 Discord was unreachable 2025-11-28 14:02 – 2025-11-29 14:02 (New York time): 2 messages follow',
    ],
  ])('of %d minutes says from when to when, and what follows (%d)', (minutes, events, title) => {
    const until = SINCE + minutes * MINUTE;
    expect(embedOf({ kind: 'channel-outage', since: SINCE, until, events }).title).toBe(title);
  });
});

describe('a card that had to wait', () => {
  it('says how late it is, and when it happened', () => {
    const { title, description } = embedOf({ ...alarm, title: 'NVDA is naked' }, 29 * MINUTE);
    expect(title).toBe('🚨 ALARM: NVDA is naked · 29 min late');
    expect(description?.split('\n').slice(0, 2)).toEqual([
      '🕓 **Told 29 min late: the news could not get through before.**',
      `It happened at <t:${AT / 1_000}:f>.`,
    ]);
  });

  it('says when it happened also where that is the end of its trade', () => {
    expect(embedOf(summary, 29 * MINUTE).description).toContain(
      `It happened at <t:${summary.trade.closedAt / 1_000}:f>.`,
    );
  });

  it('says nothing of the kind when it did not', () => {
    expect(embedOf(alarm).title).not.toMatch('late');
    expect(embedOf(digest).description).not.toMatch('late');
  });

  it('says it once, and in all, when the news was late already', () => {
    const card = { ...exit(), lateMs: 10 * MINUTE };
    const { title, description } = embedOf(card, 29 * MINUTE);
    expect(title).toMatch(/ · 39 min late$/);
    expect(description?.match(/late/g)).toHaveLength(1);
  });

  it('does not read as if it had just happened when it is an entry', () => {
    const card = entry({
      status: 'filled',
      at: AT,
      averagePrice: stopMoved.from,
      quantity: 120,
      slippageBps: 0,
    });
    expect(embedOf(card, 29 * MINUTE).title).toMatch(/ · 29 min late$/);
    expect(embedOf(card, 29 * MINUTE).description).not.toMatch('🛡');
  });
});

describe('a flood in one message', () => {
  it('has a line for each, with its time', () => {
    const members = [1, 2, 3].map((n) => ({
      key: `n${n}`,
      card: { ...notice, title: `Note ${n}`, text: `text *${n}*`, at: AT + n * 1_000 },
    }));
    const { title, description } = embedOf({ kind: 'batch', members });
    expect(title).toBe('🧾 3 notices');
    expect(description?.split('\n')).toEqual(
      [1, 2, 3].map((n) => `<t:${AT / 1_000 + n}:f> **Note ${n}** text \\*${n}\\*`),
    );
  });

  it('names each stop that was moved', () => {
    const members = ['AAPL', 'NVDA'].map((symbol) => ({
      key: symbol,
      card: { ...stopMoved, symbol: ticker(symbol) },
    }));
    const { title, description } = embedOf({ kind: 'batch', members }, 3 * MINUTE);
    expect(title).toBe('🧾 2 stops were moved · 3 min late');
    expect(description).toMatch(/STOP TIGHTENED: AAPL .*\n.*STOP TIGHTENED: NVDA /);
  });
});

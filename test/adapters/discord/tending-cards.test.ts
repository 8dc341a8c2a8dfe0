import { describe, expect, it } from 'vitest';

import { parseUsd } from '#core/money.ts';

import { alarm, notice, repaired, stopMoved } from './facts.ts';
import { read, title } from './reading.ts';

describe('the alarm card', () => {
  it('says ALARM first and shows the text as it was written', () => {
    expect(read({ ...alarm, title: '@everyone *now*' })).toMatchInlineSnapshot(`
      "# 🚨 ALARM: @​everyone \\*now\\*
      <t:1764343800:f>
      TSLA has no live stop.
      The other positions are protected. Look at the broker now.
      (PAPER)"
    `);
  });

  it.each([
    [0, '🚨 ALARM: Position without a stop'],
    [1, '🚨🚨 ALARM, told for the 2nd time: Position without a stop'],
    [2, '🚨🚨🚨 ALARM, told for the 3rd time: Position without a stop'],
    [10, '🚨🚨🚨 ALARM, told for the 11th time: Position without a stop'],
  ])('grows louder when it was told %d times before', (repeat, expected) => {
    expect(title({ ...alarm, repeat })).toBe(expected);
    expect(read({ ...alarm, repeat }).includes('\n**It is still not solved.**\n')).toBe(repeat > 0);
  });
});

describe('the notice', () => {
  it('is told in its tone, as it was written', () => {
    expect(read(notice)).toMatchInlineSnapshot(`
      "# ✅ Order stream is back
      <t:1764343800:f>
      It was away for 4 min.
      2 fills were fetched and booked.
      (PAPER)"
    `);
    expect(title({ ...notice, tone: 'warning', title: 'Data *late*' })).toBe(
      String.raw`⚠️ Data \*late\*`,
    );
  });
});

describe('the card of a repaired position', () => {
  it('says that it is protected again, by what, and what to find out', () => {
    expect(read(repaired)).toMatchInlineSnapshot(`
      "# 🛡 PROTECTED AGAIN: NVDA, 80 long · stop $180.26
      No live stop was left at the broker. Since <t:1764343800:t> a stop at $180.26 and a target at $187.75 rest there.
      To do: find out who or what ended the earlier stop.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it('asks nothing where only an entry had filled in part', () => {
    const text = read({ ...repaired, cause: 'part-filled-entry' });
    expect(text).toContain('The entry filled only in part, and its own stop would have slept');
    expect(text).toContain('\nNothing to do.\n');
  });

  it('says when there is a stop alone', () => {
    expect(read({ ...repaired, targetPrice: null })).toContain(
      'Since <t:1764343800:t> a stop at $180.26 rests there alone, without a target.',
    );
  });

  it('does not hide that shares which are hard to borrow are naked overnight', () => {
    const text = read({ ...repaired, side: 'short', forTheDay: true });
    expect(text).toContain('# 🛡 PROTECTED AGAIN: NVDA, 80 short · stop $180.26 · today only\n');
    expect(text).toContain('**nothing protects the shares overnight**');
  });
});

describe('the card of a moved stop', () => {
  it('shows from where to where', () => {
    expect(read(stopMoved)).toMatchInlineSnapshot(`
      "# 🛡 STOP TIGHTENED: NVDA long, $180.26 → $183.10
      Since <t:1764343800:t> at the broker, in the place of the earlier one. Nothing to do.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it.each([
    ['long', '180', '181', '🛡 STOP TIGHTENED: NVDA long, $180.00 → $181.00'],
    ['long', '181', '180', '⚠️ STOP LOOSENED: NVDA long, $181.00 → $180.00'],
    ['short', '181', '180', '🛡 STOP TIGHTENED: NVDA short, $181.00 → $180.00'],
    ['short', '180', '181', '⚠️ STOP LOOSENED: NVDA short, $180.00 → $181.00'],
    ['long', '180', '180', '🛡 STOP REPLACED: NVDA long, $180.00 → $180.00'],
  ] as const)('says of a %s’s stop from %s to %s what it is', (side, from, to, expected) => {
    expect(title({ ...stopMoved, side, from: parseUsd(from), to: parseUsd(to) })).toBe(expected);
  });

  it('asks who moved it when it risks more than before', () => {
    const text = read({ ...stopMoved, from: stopMoved.to, to: stopMoved.from });
    expect(text).toContain('The bot never loosens a stop: find out who moved it.');
  });
});

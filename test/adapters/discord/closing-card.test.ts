import { describe, expect, it } from 'vitest';

import { renderCard } from '#adapters/discord/render.ts';
import type { CloseProof } from '#core/close.ts';
import { parseUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { ClosingCard, ClosingProgress } from '#ports/trade-cards.ts';

import { AT, closing, proof } from './facts.ts';
import { field, read, title } from './reading.ts';

const queued = { phase: 'queued', opensAt: AT + 86_400_000 } as const;
const clearing = { phase: 'clearing', orders: 3 } as const;
const exiting = { phase: 'exiting', attempt: 1, limitPrice: parseUsd('181.02') } as const;
const stuck = {
  phase: 'stuck',
  why: 'the broker does not confirm the cancels',
  stopPrice: parseUsd('178'),
  retryInMs: 30_000,
  failures: 2,
} as const;
const done = (
  changes: Partial<CloseProof> = {},
  pnl: Usd | null = parseUsd('120.50'),
): ClosingProgress => ({ phase: 'done', proof: { ...proof, ...changes }, pnl });

const half = { quantity: 50, keep: 50 } as const;
const sold50 = { exitQuantity: 50, positionQuantity: 50, liveOrders: 2 };
const short = { side: 'short' } as const;

describe('the card of a closing', () => {
  it('is one message from the wish to the proof', () => {
    const titles = [queued, clearing, exiting, stuck, done()].map((step) => title(closing(step)));
    expect(titles.join('\n')).toMatchInlineSnapshot(`
      "🌙 CLOSE QUEUED: NVDA, 100 to sell at the open · 🛡 bracket stays until then
      ⏳ CLOSING: NVDA, 100 to sell · cancelling 3 orders, its stop too
      ⏳ CLOSING: NVDA, selling 100 @ $181.02 or better · attempt 1 · no stop meanwhile
      ⚠️ NOT CLOSED: NVDA, 100 to sell · 🛡 stop $178.00
      🏁 FLAT: NVDA, 100 sold @ $181.20 · +$120.50 · 1.3 s"
    `);
  });

  it('waits for the open with the bracket in place', () => {
    expect(read(closing(queued))).toMatchInlineSnapshot(`
      "# 🌙 CLOSE QUEUED: NVDA, 100 to sell at the open · 🛡 bracket stays until then
      The market is closed. The exit goes out at the open, <t:1764430200:f>.
      Until then its bracket stays in place at the broker. Nothing to do.
      [Shares] all 100 leave
      [Asked by] Theo
      [As of] <t:1764343800:f>
      [Why] A person asked for it.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
    expect(read(closing({ phase: 'queued', opensAt: null }))).toContain(
      'The exit goes out at the next open, whose time is not known yet.',
    );
  });

  it('says what is cancelled, and that a stop goes back in if that fails', () => {
    expect(read(closing(clearing))).toMatchInlineSnapshot(`
      "# ⏳ CLOSING: NVDA, 100 to sell · cancelling 3 orders, its stop too
      The shares have to be free of orders, the stop included, before they can leave: some seconds without protection.
      If anything fails, a stop goes back in.
      [Shares] all 100 leave
      [Asked by] Theo
      [As of] <t:1764343800:f>
      [Why] A person asked for it.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
    expect(title(closing({ phase: 'clearing', orders: 0 }))).toBe(
      '⏳ CLOSING: NVDA, 100 to sell · waiting for its shares, no stop',
    );
  });

  it('shows the limit and the attempt while it exits', () => {
    expect(read(closing(exiting))).toMatchInlineSnapshot(`
      "# ⏳ CLOSING: NVDA, selling 100 @ $181.02 or better · attempt 1 · no stop meanwhile
      The exit order works at the broker; the shares that leave have no stop while it does.
      If it does not fill in time it is priced anew. If anything fails, a stop goes back in.
      [Order] limit $181.02
      attempt 1
      [Shares] all 100 leave
      [Asked by] Theo
      [As of] <t:1764343800:f>
      [Why] A person asked for it.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it('says market order where there is no limit', () => {
    const body = renderCard(closing({ ...exiting, attempt: 3, limitPrice: null }), 'PAPER');
    expect(field(body, /^Order/)).toBe('market order\nattempt 3');
    expect(body.embeds[0]?.title).toBe(
      '⏳ CLOSING: NVDA, selling 100 at the market · attempt 3 · no stop meanwhile',
    );
  });

  it('tells of a part which shares stay, and that they are protected', () => {
    const text = read(closing(exiting, { ...half, reason: 'scale_out', requestedBy: 'the bot' }));
    expect(text).toContain(
      '# ⏳ REDUCING: NVDA, selling 50 @ $181.02 or better · attempt 1 · 🛡 50 stay, protected\n',
    );
    expect(text).toContain('\nThose that stay are protected already.\n');
    expect(text).toContain('[Shares] 50 of 100 leave\n50 stay\n[Asked by] the bot');
    expect(text).toContain('[Why] A part takes its profit early.');
  });

  it('buys back what is short', () => {
    expect([clearing, exiting, done()].map((step) => title(closing(step, short)))).toEqual([
      '⏳ CLOSING: NVDA, 100 to buy back · cancelling 3 orders, its stop too',
      '⏳ CLOSING: NVDA, buying back 100 @ $181.02 or better · attempt 1 · no stop meanwhile',
      '🏁 FLAT: NVDA, 100 bought back @ $181.20 · +$120.50 · 1.3 s',
    ]);
  });

  it('shows who asked as it was written', () => {
    expect(read(closing(queued, { requestedBy: '@everyone *Ada*' }))).toContain(
      '[Asked by] @\u200Beveryone \\*Ada\\*',
    );
  });
});

describe('a closing that is stuck', () => {
  it('says what failed, what protects the shares meanwhile, and when it is tried again', () => {
    expect(read(closing(stuck))).toMatchInlineSnapshot(`
      "# ⚠️ NOT CLOSED: NVDA, 100 to sell · 🛡 stop $178.00
      Meanwhile a stop at $178.00 protects the shares. Nothing to do yet.
      Failed for the 2nd time: the broker does not confirm the cancels
      Tried again in 30 s, with what the broker shows then.
      [Shares] all 100 leave
      [Asked by] Theo
      [As of] <t:1764343800:f>
      [Why] A person asked for it.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it('calls people to the broker where nothing protects the shares', () => {
    const naked = { ...stuck, stopPrice: null, failures: 1 };
    expect(read(closing(naked)).split('\n').slice(0, 4)).toEqual([
      '# 🚨 NOT CLOSED: NVDA, 100 to sell · NO STOP: act at the broker now',
      '**NOTHING protects the shares: act at the broker now.** Sell NVDA there, or set a stop.',
      'Failed for the 1st time: the broker does not confirm the cancels',
      'Tried again in 30 s, with what the broker shows then.',
    ]);
    expect(read(closing(naked, short))).toContain('Buy back NVDA there, or set a stop.');
  });

  it('does not say that nothing protects the shares where nobody can see', () => {
    const unseen = { ...stuck, stopPrice: null, doubt: 'unseen', failures: 1 } as const;
    const text = read(closing(unseen));
    expect(text).toContain('# 🚨 NOT CLOSED: NVDA, 100 to sell · STOP NOT KNOWN: look at the');
    expect(text).toContain('whether a stop protects the shares is not known. Look there now**');
    expect(text).not.toContain('NO STOP');
    expect(text).not.toContain('NOTHING');
  });

  it('calls nobody for shares that are not there any more', () => {
    const gone = { ...stuck, stopPrice: null, doubt: 'no-shares', failures: 1 } as const;
    const text = read(closing(gone));
    expect(text).toContain('# ⚠️ NOT CLOSED: NVDA, 100 to sell · no shares are left\n');
    expect(text).not.toContain('act at the broker');
  });

  it('grows louder when it keeps failing, though a stop is in', () => {
    const text = read(closing({ ...stuck, failures: 3 }));
    expect(text).toContain('# 🚨 NOT CLOSED: NVDA, 100 to sell · 🛡 stop $178.00\n');
    expect(text).toContain('**It keeps failing: look at the broker.**');
  });

  it('is not reduced where a part was to leave', () => {
    expect(title(closing(stuck, half))).toBe('⚠️ NOT REDUCED: NVDA, 50 to sell · 🛡 stop $178.00');
  });
});

describe('a closing that is done', () => {
  it('is flat with price, result and seconds', () => {
    expect(read(closing(done()))).toMatchInlineSnapshot(`
      "# 🏁 FLAT: NVDA, 100 sold @ $181.20 · +$120.50 · 1.3 s
      Proven at the broker: no share and no live order. Nothing to do.
      [P/L] +$120.50
      [At the broker] no share
      no live order
      [Took] 1.3 s
      [Shares] all 100 leave
      [Asked by] Theo
      [Done] <t:1764343800:f>
      [Why] A person asked for it.
      (2025-11-28-1030-NVDA · PAPER)"
    `);
  });

  it.each<[string, Partial<ClosingCard>, ClosingProgress, string]>([
    ['flat', {}, done(), '🏁 FLAT: NVDA, 100 sold @ $181.20 · +$120.50 · 1.3 s'],
    [
      'flat after a minute, at a loss',
      {},
      done({ tookMs: 75_000 }, parseUsd('-41.20')),
      '🏁 FLAT: NVDA, 100 sold @ $181.20 · −$41.20 · 1 min',
    ],
    [
      'flat without a known result',
      {},
      done({}, null),
      '🏁 FLAT: NVDA, 100 sold @ $181.20 · 1.3 s',
    ],
    [
      'flat by another order',
      {},
      done({ exitPrice: null, exitQuantity: 0 }, null),
      '🏁 FLAT: NVDA, none sold by the closing · 1.3 s',
    ],
    [
      'a part, protected',
      half,
      done(sold50),
      '✅ REDUCED: NVDA, 50 sold @ $181.20 · 🛡 50 left, protected · +$120.50 · 1.3 s',
    ],
    [
      'a part of a short, protected',
      { ...half, ...short },
      done({ ...sold50, positionQuantity: -50 }),
      '✅ REDUCED: NVDA, 50 bought back @ $181.20 · 🛡 50 left, protected · +$120.50 · 1.3 s',
    ],
    [
      'a part, naked',
      half,
      done({ ...sold50, liveOrders: 0 }),
      '🚨 REDUCED: NVDA, 50 sold @ $181.20 · 50 left, NO STOP: act at the broker now · +$120.50 · 1.3 s',
    ],
    [
      'a part, but all have left',
      half,
      done({ exitQuantity: 50 }),
      '🏁 FLAT: NVDA, 50 sold @ $181.20 · +$120.50 · 1.3 s',
    ],
    [
      'a part, but too many stay',
      half,
      done({ exitQuantity: 30, positionQuantity: 70, liveOrders: 2 }),
      '🚨 NOT AS WISHED: NVDA, the broker shows 70 long and 2 live orders · 30 sold @ $181.20',
    ],
    [
      'not flat: shares are left',
      {},
      done({ positionQuantity: 20, exitQuantity: 80, liveOrders: 1 }),
      '🚨 NOT FLAT: NVDA, the broker shows 20 long and 1 live order · 80 sold @ $181.20',
    ],
    [
      'not flat: too many were sold',
      {},
      done({ positionQuantity: -20, exitQuantity: 120 }),
      '🚨 NOT FLAT: NVDA, the broker shows 20 short and no live order · 120 sold @ $181.20',
    ],
    [
      'not flat: an order still lives',
      {},
      done({ liveOrders: 1 }),
      '🚨 NOT FLAT: NVDA, the broker shows no share and 1 live order · 100 sold @ $181.20',
    ],
  ])('is told as the broker shows it: %s', (_, changes, progress, expected) => {
    expect(title(closing(progress, changes))).toBe(expected);
  });

  it.each<[Partial<CloseProof>, string]>([
    [
      { liveOrders: 1 },
      '**Cancel what is live in this symbol at the broker now**: filled, it would open a position.',
    ],
    [
      { positionQuantity: 20 },
      '**Look at this symbol at the broker now.** Nothing protects the shares.',
    ],
    [
      { positionQuantity: 20, liveOrders: 1 },
      '**Look at this symbol at the broker now.** Whether one of the orders is a stop, /status tells.',
    ],
  ])('says what to do when it is not flat: %o', (changes, line) => {
    expect(
      read(closing(done(changes)))
        .split('\n')
        .slice(1, 3),
    ).toEqual([line, 'Wished for: no share and no live order.']);
  });

  it('says when shares left by another order than its own, or too many did', () => {
    expect(read(closing(done({ exitQuantity: 60 })))).toContain(
      '\n40 of the 100 did not leave by the closing’s own order: a stop or target was faster, or someone at the broker.\n',
    );
    expect(read(closing(done({ exitQuantity: 120, positionQuantity: -20 })))).toContain(
      '\n20 more sold than asked for.\n',
    );
  });

  it('says when fewer shares stay than wished', () => {
    expect(read(closing(done({ exitQuantity: 50 }), half))).toContain(
      '\n50 were to stay; they have left too.\n',
    );
    expect(read(closing(done({ ...sold50, positionQuantity: 30 }), half))).toContain(
      '\n50 were to stay; more have left.\n',
    );
  });
});

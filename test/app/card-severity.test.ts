import { describe, expect, it } from 'vitest';

import { severityOf } from '#app/card-severity.ts';
import { parseUsd } from '#core/money.ts';
import type { BatchedCard, Card } from '#ports/cards.ts';
import type { StopDoubt } from '#ports/trade-cards.ts';

import {
  alarm,
  AT,
  closing,
  control,
  digest,
  drawdown,
  entry,
  exit,
  metrics,
  notice,
  parity,
  outage,
  position,
  proof,
  repaired,
  scaledOut,
  started,
  stopMoved,
  summary,
  weekly,
} from '../adapters/discord/facts.ts';

const stop = parseUsd('100');
const stuck = (stopPrice: typeof stop | null, failures: number) =>
  closing({ phase: 'stuck', why: 'x', stopPrice, retryInMs: 1, failures });
const doubtful = (doubt: StopDoubt) =>
  closing({ phase: 'stuck', why: 'x', stopPrice: null, doubt, retryInMs: 1, failures: 1 });
const leaving = (positionQuantity: number, liveOrders: number) =>
  closing(
    { phase: 'done', proof: { ...proof, positionQuantity, liveOrders }, pnl: null },
    { quantity: 50, keep: 50 },
  );
const touched = metrics({ interference: { value: 1, count: 3, interval: null } });

const batchOf = (...cards: readonly BatchedCard[]): Card => ({
  kind: 'batch',
  members: cards.map((card, index) => ({ key: `${index}`, card })),
});

/** What it is, the card, how much it matters. */
const CARDS: readonly (readonly [string, Card, string])[] = [
  ['a start', started, 'info'],
  ['a start that has to be settled', { ...started, findings: ['x'] }, 'warning'],
  ['a start with a naked position', { ...started, protectedPositions: 2 }, 'critical'],
  ['an entry that was sent', entry({ status: 'submitted', at: AT }), 'info'],
  ['an entry that was not filled', entry({ status: 'cancelled', at: AT, reason: '' }), 'info'],
  ['a rejected entry', entry({ status: 'rejected', at: AT, code: '', message: '' }), 'warning'],
  ['an exit, also at a loss', exit({ pnl: parseUsd('-500') }), 'info'],
  ['a closing under way', closing({ phase: 'clearing', orders: 1 }), 'info'],
  ['a closing that is stuck behind its stop', stuck(stop, 2), 'warning'],
  ['a closing that keeps being stuck', stuck(stop, 3), 'critical'],
  ['a closing that is stuck without a stop', stuck(null, 1), 'critical'],
  ['a closing that is stuck, and nobody sees its stop', doubtful('unseen'), 'critical'],
  ['a closing that is stuck without shares', doubtful('no-shares'), 'warning'],
  ['a closing that is done', closing({ phase: 'done', proof, pnl: null }), 'info'],
  ['a closing that leaves shares without an order', leaving(50, 0), 'critical'],
  ['a closing that leaves shares with their orders', leaving(50, 2), 'info'],
  ['a stop that was gone and is back', repaired, 'warning'],
  ['the stop of a partly filled entry', { ...repaired, cause: 'part-filled-entry' }, 'info'],
  [
    'a stop for today only',
    { ...repaired, cause: 'part-filled-entry', forTheDay: true },
    'warning',
  ],
  ['a tighter stop', stopMoved, 'info'],
  ['a stop that was put anew', { ...stopMoved, to: stopMoved.from }, 'info'],
  ['a looser stop', { ...stopMoved, from: stopMoved.to, to: stopMoved.from }, 'warning'],
  [
    'a tighter stop of a short trade',
    { ...stopMoved, side: 'short', from: stopMoved.to, to: stopMoved.from },
    'info',
  ],
  ['an alarm', alarm, 'critical'],
  ['good news', notice, 'info'],
  ['a notice of warning', { ...notice, tone: 'warning' }, 'warning'],
  ['a warning of the drawdown', drawdown, 'warning'],
  ['a breach of its limit', { ...drawdown, event: { type: 'breached', scope: 'day' } }, 'critical'],
  ['its recovery', { ...drawdown, event: { type: 'recovered', scope: 'day' } }, 'info'],
  ['a halt', control, 'warning'],
  ['one more who wants it halted', { ...control, change: 'joined' }, 'warning'],
  ['a longer halt', { ...control, change: 'prolonged' }, 'info'],
  ['a closing of everything', { ...control, change: 'flattening' }, 'critical'],
  ['its end', { ...control, change: 'flat' }, 'info'],
  ['a resume', { ...control, change: 'resumed' }, 'info'],
  ['the end of a halt', { ...control, change: 'expired' }, 'info'],
  ['an outage', outage, 'warning'],
  [
    'the return of the channel',
    { kind: 'channel-outage', since: AT, until: AT, events: 1 },
    'info',
  ],
  ['a batch of what asks nothing', batchOf(notice, stopMoved), 'info'],
  ['a batch with a warning in it', batchOf(notice, { ...notice, tone: 'warning' }), 'warning'],
  ['its end', { ...outage, until: AT }, 'info'],
  ['a part that has left', scaledOut, 'info'],
  ['a trade in sum', summary, 'info'],
  ['a day that went as tested', parity, 'info'],
  [
    'a day that did not',
    { ...parity, report: { ...parity.report, verdict: 'different' } },
    'warning',
  ],
  ['a week', weekly, 'info'],
  ['a week with a touched bracket', { ...weekly, metrics: touched }, 'warning'],
  ['a digest', digest, 'info'],
  ['a digest of a touched bracket', { ...digest, session: touched }, 'warning'],
  [
    'a digest with a naked position',
    { ...digest, session: touched, openPositions: [position, { ...position, isProtected: false }] },
    'critical',
  ],
];

describe('how much a card matters', () => {
  it.each(CARDS)('%s', (_, card, severity) => {
    expect(severityOf(card)).toBe(severity);
  });
});

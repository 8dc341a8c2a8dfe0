import { describe, expect, it } from 'vitest';

import { laneOf, streamsOf } from '#app/lanes.ts';
import type { Lane } from '#core/delivery-order.ts';
import type { Card } from '#ports/cards.ts';

import {
  alarm,
  AT,
  closing,
  control,
  digest,
  drawdown,
  entry,
  exit,
  notice,
  outage,
  parity,
  proof,
  repaired,
  scaledOut,
  started,
  stopMoved,
  summary,
  trade,
  weekly,
} from '../adapters/discord/facts.ts';

const stuck = { phase: 'stuck', why: 'no', stopPrice: null, retryInMs: 1, failures: 1 } as const;
const batch = {
  kind: 'batch',
  members: [
    { key: 'one', card: stopMoved },
    { key: 'two', card: notice },
  ],
} as const satisfies Card;
const naked = { ...started, openPositions: 2, protectedPositions: 1 } as const satisfies Card;
const own = `trade ${trade.tradeId}`;

describe('a card', () => {
  it.each<[Lane, string, Card, readonly string[]]>([
    [
      'channel-outage',
      'the word of the channel’s return',
      { kind: 'channel-outage', since: AT, until: AT, events: 1 },
      [],
    ],
    ['risk', 'an alarm', alarm, []],
    ['risk', 'an alarm about a trade', { ...alarm, tradeId: trade.tradeId }, [own]],
    ['risk', 'the drawdown', drawdown, []],
    ['risk', 'a halt', control, []],
    ['risk', 'a position that was naked', repaired, [own]],
    ['risk', 'a closing that is stuck', closing(stuck), [own]],
    ['exit', 'a closing', closing({ phase: 'done', proof, pnl: null }), [own]],
    ['risk', 'a bot that is blind', outage, []],
    ['exit', 'an exit', exit(), [own]],
    ['exit', 'a part that was sold', scaledOut, [own]],
    ['info', 'a trade’s summary', summary, [own]],
    ['info', 'the week', weekly, []],
    ['info', 'the comparison with the backtest', parity, []],
    ['entry', 'an entry', entry({ status: 'submitted', at: AT }), [own]],
    ['info', 'a stop that was moved', stopMoved, [own]],
    ['info', 'a notice', notice, []],
    ['risk', 'the start, which tells how the positions stand', started, []],
    ['risk', 'a start beside a naked position', naked, []],
    ['info', 'the digest', digest, []],
    ['info', 'a batch', batch, ['message one', own, 'message two']],
  ])('is told as %s when it is %s', (lane, _, card, streams) => {
    expect(laneOf(card)).toBe(lane);
    expect(streamsOf(card)).toEqual(streams);
  });
});

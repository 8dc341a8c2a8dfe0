import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deliveryOrder, LANES } from '#core/delivery-order.ts';
import type { Lane, WaitingCard } from '#core/delivery-order.ts';

/** `entry T1 e1`: lane, trade (or –), message. */
const waiting = (rows: readonly string[]): readonly WaitingCard[] =>
  rows.map((row, index) => {
    const [lane = '', trade = '', key = ''] = row.split(' ');
    const streams = trade === '–' ? [] : trade.split('+').map((one) => `trade ${one}`);
    return { sequence: index, place: index, key, lane: lane as Lane, streams };
  });

const keysInOrder = (rows: readonly string[]) => deliveryOrder(waiting(rows)).map(({ key }) => key);

describe('waiting cards are delivered', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['in the order in which they were written', ['info – a', 'info – b'], ['a', 'b']],
    [
      'risk before exits before entries before what is only to be known',
      ['info – i', 'entry T1 e', 'exit T2 x', 'risk – r', 'channel-outage – o'],
      ['o', 'r', 'x', 'e', 'i'],
    ],
    [
      'a trade’s exit after its own entry, and both before other entries',
      ['entry T1 e1', 'entry T2 e2', 'exit T2 x2'],
      ['e2', 'x2', 'e1'],
    ],
    [
      'an alarm after all that was written of its trade, and together with it before the rest',
      ['exit T1 x1', 'info T2 moved', 'entry T2 e2', 'risk T2 naked'],
      ['moved', 'e2', 'naked', 'x1'],
    ],
    [
      'what was written of a trade after its alarm in its own lane',
      ['info – i', 'risk T1 naked', 'info T1 moved', 'exit T2 x2'],
      ['naked', 'x2', 'i', 'moved'],
    ],
    [
      'a message once, in place of its oldest card',
      ['info – a', 'info – b', 'info – a'],
      ['a', 'b'],
    ],
    [
      'a message as soon as the most urgent of its cards has to be told',
      ['info – i', 'exit T1 closing', 'exit T2 x2', 'risk T1 closing'],
      ['closing', 'x2', 'i'],
    ],
    [
      'a batch before the exit of any trade it tells of, with what its other trades wrote before it',
      ['info T3 m3', 'info T1+T3 batch', 'exit T2 x2', 'exit T1 x1'],
      ['m3', 'batch', 'x2', 'x1'],
    ],
  ])('%s', (_, rows, expected) => {
    expect(keysInOrder(rows)).toEqual(expected);
  });

  it('with the newest card of each message last', () => {
    const [turn] = deliveryOrder(waiting(['info – a', 'risk – a', 'entry – a']));
    expect(turn?.cards.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
    expect(turn?.lane).toBe('risk');
  });

  it('by their place where that is not their number', () => {
    const [one, two] = waiting(['info – a', 'info – b']);
    expect(deliveryOrder([one!, { ...two!, place: -1 }]).map(({ key }) => key)).toEqual(['b', 'a']);
  });
});

const lane = fc.constantFrom<Lane>(...LANES);
const someCards = fc
  .array(
    fc.record({
      lane,
      trade: fc.integer({ min: 0, max: 3 }),
      message: fc.integer({ min: 0, max: 4 }),
    }),
    {
      maxLength: 30,
    },
  )
  .map((rows) =>
    waiting(
      // A message is about one trade, for all its life; trade 0 is none.
      rows.map(
        (row) =>
          `${row.lane} ${row.trade === 0 ? '–' : `T${row.trade}`} ${row.trade}:${row.message}`,
      ),
    ),
  );

describe('whatever waits', () => {
  it('each message has one turn, with all its cards', () => {
    fc.assert(
      fc.property(someCards, (cards) => {
        const turns = deliveryOrder(cards);
        expect(new Set(turns.map(({ key }) => key)).size).toBe(turns.length);
        expect(turns.flatMap((turn) => turn.cards).length).toBe(cards.length);
      }),
    );
  });

  it('no card of a trade overtakes an earlier message of it', () => {
    fc.assert(
      fc.property(someCards, (cards) => {
        const turns = deliveryOrder(cards);
        const firsts = turns.flatMap(({ cards: [first] }) => first ?? []);
        for (const trade of ['T1', 'T2', 'T3']) {
          const places = firsts
            .filter(({ streams }) => streams.includes(`trade ${trade}`))
            .map(({ place }) => place);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('nothing waits behind a less urgent message that is not of its own trade', () => {
    fc.assert(
      fc.property(someCards, (cards) => {
        const turns = deliveryOrder(cards);
        const ranks = turns.map((turn) => LANES.indexOf(turn.lane));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        for (const turn of turns) {
          const own = turn.cards.map((card) => LANES.indexOf(card.lane));
          expect(LANES.indexOf(turn.lane)).toBeLessThanOrEqual(Math.min(...own));
          // It is more urgent than its own cards only for one of its trade that waits for it.
          const behind = cards.filter(({ streams, place }) =>
            streams.some((stream) =>
              turn.cards.some((card) => card.streams.includes(stream) && card.place < place),
            ),
          );
          const reasons = [...own, ...behind.map((card) => LANES.indexOf(card.lane))];
          expect(reasons).toContain(LANES.indexOf(turn.lane));
        }
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { createOutageMemory, watchOutage } from '#app/outage.ts';
import { MINUTE_MS } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { OutageCard } from '#ports/cards.ts';

import { FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const START = FIRST.open + 30 * MINUTE_MS;

/** A desk whose time and sight are set by hand. */
async function openWatch() {
  const desk = await openDesk([QUIET]);
  const world = { now: START, why: null as string | null };
  const clock = { now: () => world.now };
  const context = desk.with({
    clock,
    systemClock: clock,
    sight: { ...desk.context.sight, blindness: () => world.why },
  });
  const look = async (afterMs: number, of = context) => {
    world.now += afterMs;
    await watchOutage(of);
    await deliverOutbox(of);
  };
  return { desk, world, context, look };
}

const cards = ({ told }: Desk) =>
  told.flatMap(({ kind, card }) => (card.kind === 'outage' ? [{ kind, card }] : []));
const shown = (desk: Desk): OutageCard | undefined => cards(desk).at(-1)?.card;

describe('an outage', () => {
  it('is told once when it has lasted for more than a minute', async () => {
    const { desk, world, look } = await openWatch();
    world.why = 'The order stream is connecting.';
    await look(0);
    await look(MINUTE_MS);
    expect(cards(desk)).toEqual([]);
    await look(1);
    await look(15_000);
    expect(cards(desk)).toHaveLength(1);
    expect(shown(desk)).toMatchObject({
      why: 'The order stream is connecting.',
      since: START,
      until: null,
    });
  });

  it('that passes within a minute is not told, and the next one counts anew', async () => {
    const { desk, world, look } = await openWatch();
    world.why = 'away';
    await look(0);
    world.why = null;
    await look(45_000);
    world.why = 'away';
    await look(15_000);
    await look(MINUTE_MS);
    expect(cards(desk)).toEqual([]);
  });

  it('has its message edited when it is over, with how long it was', async () => {
    const { desk, world, look } = await openWatch();
    world.why = 'away';
    await look(0);
    await look(MINUTE_MS + 1);
    world.why = null;
    await look(5 * MINUTE_MS);
    await look(15_000);
    expect(cards(desk).map(({ kind }) => kind)).toEqual(['posted', 'edited']);
    expect(shown(desk)).toMatchObject({ since: START, until: START + 6 * MINUTE_MS + 1 });
  });

  it('is over also for a process that began during it', async () => {
    const { desk, world, context, look } = await openWatch();
    world.why = 'away';
    await look(0);
    await look(MINUTE_MS + 1);
    const another = { ...context, outages: createOutageMemory() };
    await look(15_000, another);
    await look(2 * MINUTE_MS, another);
    expect(cards(desk), 'not told twice').toHaveLength(1);
    world.why = null;
    await look(15_000, another);
    expect(shown(desk)?.until).toBe(world.now);
  });

  it('is nobody’s concern outside of a session', async () => {
    const { desk, world, look } = await openWatch();
    world.now = FIRST.open - 10 * MINUTE_MS;
    world.why = 'away';
    await look(0);
    await look(2 * MINUTE_MS);
    expect(cards(desk)).toEqual([]);
    await look(8 * MINUTE_MS);
    expect(cards(desk), 'until one opens').toHaveLength(1);
  });

  it('is also a broker that does not answer while the streams are up', async () => {
    const { desk, context, look } = await openWatch();
    const broker = {
      ...context.broker,
      account: () => Promise.reject(new BrokerError('503 upstream', { retryable: true })),
    };
    const mute = { ...context, broker };
    await look(0, mute);
    await look(MINUTE_MS + 1, mute);
    expect(shown(desk)?.why).toBe('The broker does not answer (503 upstream).');
  });
});

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { ticker, tradeId } from '#core/ids.ts';
import type { Card } from '#ports/cards.ts';
import type { Notifier } from '#ports/notifier.ts';
import type { OutboxStore } from '#ports/outbox.ts';
import { compareSnowflakes } from '#sandbox/discord/snowflake.ts';

import {
  alarm,
  AT,
  entry,
  exit,
  intent,
  notice,
  repaired,
  stopMoved,
} from '../adapters/discord/facts.ts';
import { channelMessages, closeDesks, makeBot, startStandIn } from '../adapters/discord/harness.ts';
import { openDesk } from '../app/desk.ts';

/** `npm run soak` asks for more. */
const RUNS = Math.max(20, Number(process.env['SAFETY_RUNS'] ?? 20));

const KINDS = ['entry', 'exit', 'moved', 'repaired', 'alarm', 'notice'] as const;
type Kind = (typeof KINDS)[number];

type Fault = Parameters<Awaited<ReturnType<typeof startStandIn>>['faults']['failNext']>[0];

/** The next request fails so, once it is of the one or the other kind. */
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 429, retryAfterMs: 20 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'drop-before' },
  // Accepted, though nobody hears of it.
  { kind: 'drop-after' },
  { kind: 'drop-after' },
];

type Step =
  | { readonly tell: Kind; readonly trade: number; readonly isEdit: boolean }
  /** So many notices at once. */
  | { readonly flood: number }
  | { readonly fault: number }
  /** Delivers, and dies after so many effects, which may be too many to die at all. */
  | { readonly deliver: number }
  | { readonly waitMs: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      tell: fc.constantFrom(...KINDS),
      trade: fc.integer({ min: 0, max: 2 }),
      isEdit: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ flood: fc.integer({ min: 7, max: 11 }) }) },
  { weight: 3, arbitrary: fc.record({ fault: fc.integer({ min: 0, max: FAULTS.length - 1 }) }) },
  { weight: 4, arbitrary: fc.record({ deliver: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 3, arbitrary: fc.record({ waitMs: fc.constantFrom(1_000, 5_000, 130_000, 900_000) }) },
);

class Crash extends Error {}

/** The same thing, which dies before or after one of its effects. */
function mortal<T extends object>(thing: T, perhapsDie: () => void): T {
  return new Proxy(thing, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function' || name === 'exclusively' || name === 'state') return member;
      return async (...args: unknown[]) => {
        perhapsDie();
        const result: unknown = await Reflect.apply(member, target, args);
        perhapsDie();
        return result;
      };
    },
  });
}

/** Real ledger, real notifier, Discord's stand-in; the system's time and Discord's are the test's. */
async function aChannel() {
  const time = { now: Date.now() };
  const desk = await openDesk([]);
  const standIn = await startStandIn({ now: () => time.now });
  let lives = Number.POSITIVE_INFINITY;
  const perhapsDie = () => {
    lives -= 1;
    if (lives < 0) throw new Crash('the process is gone');
  };
  const aProcess = (): AppContext => {
    const notifier: Notifier = mortal(makeBot(`${standIn.url}/api`).bot.notifier, perhapsDie);
    const outbox: OutboxStore = mortal(desk.context.ledger.outbox, perhapsDie);
    const ledger = { ...desk.context.ledger, outbox };
    return desk.with({ notifier, ledger, systemClock: { now: () => time.now } });
  };
  let context = aProcess();
  return {
    desk,
    standIn,
    time,
    deliver: async (effects = Number.POSITIVE_INFINITY) => {
      lives = effects;
      try {
        await deliverOutbox(context);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        context = aProcess();
      }
    },
  };
}

/** What the test has written: messages in the order of their first cards, each with what it has to show. */
interface Written {
  readonly key: string;
  readonly trade: string | null;
  token: string;
}

/** Of the channel and of the threads in it, in the order in which they were posted. */
const allMessages = (standIn: Awaited<ReturnType<typeof startStandIn>>) =>
  channelMessages({ standIn })
    .flatMap((message) => [message, ...(message.thread ? standIn.messages(message.id) : [])])
    .toSorted((a, b) => compareSnowflakes(a.id, b.id));

const LONGEST_MS = 6_000;

describe('whatever happens to a delivery', () => {
  afterEach(closeDesks);

  it(
    'each card is exactly once in the channel, those of a trade in order',
    async () => {
      const { desk, standIn, time, deliver } = await aChannel();
      // Of four digits each, so that no mark of a message looks like one by chance.
      let number = 1_000;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
          const before = new Set(allMessages(standIn).map(({ id }) => id));
          const run = (number += 1);
          const written: Written[] = [];

          const tell = async (kind: Kind, trade: number, isEdit: boolean) => {
            const token = `Q${(number += 1)}Z`;
            const id = kind === 'notice' ? null : `${run}-${trade}`;
            // Entries and repairs are edited as they go on; of the others each is a message.
            const isOne = isEdit && (kind === 'entry' || kind === 'repaired');
            const key = isOne ? `${kind}:${id}` : `${kind}:${token}`;
            const known = written.find((one) => one.key === key);
            if (known === undefined) written.push({ key, trade: id, token });
            else known.token = token;
            await desk.context.ledger.transaction((tx) =>
              tx.enqueueCard(key, cardOf(kind, id ?? '', token)),
            );
          };

          for (const one of steps) {
            if ('tell' in one) await tell(one.tell, one.trade, one.isEdit);
            if ('flood' in one) {
              for (let count = 0; count < one.flood; count += 1) await tell('notice', 0, false);
            }
            if ('fault' in one) standIn.faults.failNext(FAULTS[one.fault]!, 1, /messages/);
            if ('deliver' in one) await deliver(one.deliver);
            if ('waitMs' in one) time.now += one.waitMs;
          }
          standIn.faults.clear();
          time.now += 600_000;
          await deliver();

          expect(await desk.context.ledger.outbox.backlog()).toBe(0);
          const shown = allMessages(standIn)
            .filter(({ id }) => !before.has(id))
            .flatMap((message) => [
              ...new Set(
                [...JSON.stringify(message.embeds).matchAll(/Q\d{4}Z/g)].map(([token]) => token),
              ),
            ]);
          expect(shown.toSorted()).toEqual(written.map(({ token }) => token).toSorted());
          for (const trade of new Set(written.map((one) => one.trade))) {
            if (trade === null) continue;
            const own = written.filter((one) => one.trade === trade).map(({ token }) => token);
            expect(shown.filter((token) => own.includes(token))).toEqual(own);
          }
        }),
        {
          numRuns: RUNS,
          endOnFailure: process.env['SAFETY_SHRINK'] === undefined,
        },
      );
    },
    Math.max(60_000, RUNS * LONGEST_MS),
  );
});

/** A card whose message shows the token. */
function cardOf(kind: Kind, trade: string, token: string): Card {
  const id = tradeId(trade);
  const symbol = ticker(token);
  switch (kind) {
    case 'entry': {
      const { bracket } = intent;
      const card = entry({ status: 'submitted', at: AT });
      return { ...card, intent: { ...card.intent, bracket, symbol, tradeId: id } };
    }
    case 'exit':
      return exit({ tradeId: id, symbol });
    case 'moved':
      return { ...stopMoved, tradeId: id, symbol };
    case 'repaired':
      return { ...repaired, tradeId: id, symbol };
    case 'alarm':
      return { ...alarm, title: token, tradeId: id };
    case 'notice':
      return { ...notice, title: token };
    default:
      return kind satisfies never;
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nextCloseStep } from '#core/close-step.ts';
import type { CloseStep, CloseView } from '#core/close-step.ts';
import { CLOSE_TACTICS, retryPause } from '#core/close.ts';
import type { Close } from '#core/close.ts';
import type { BrokerOrderId } from '#core/ids.ts';
import { handleOf } from '#core/order-tree.ts';
import { protectionOf } from '#core/protection.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import { createBrokerModel } from './support/broker-model.ts';
import type { Answer, BrokerModel, BrokerWorld } from './support/broker-model.ts';
import { aClose, closeOrderId } from './support/closes.ts';

/** A closing in a world of its own, with the process that carries it on. */
interface Scenario extends BrokerWorld {
  readonly leave: number;
  readonly atMarket: boolean;
  readonly opensAt: EpochMs;
  /** The process is away at this instant, and for so long. */
  readonly crash: { readonly at: EpochMs; readonly forMs: number };
}

/** More than this, and a closing does not end. */
const MOST_LOOKS = 5_000;

function simulate(scenario: Scenario) {
  const broker = createBrokerModel(scenario);
  const asked = new Map<BrokerOrderId, EpochMs>();
  const keep = scenario.held - scenario.leave;
  const story: string[] = [];
  let close = aClose({ quantity: scenario.leave, keep, atMarket: scenario.atMarket });
  let waitMs = 50;
  let isCrashDue = true;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    if (isCrashDue && broker.now() >= scenario.crash.at) {
      isCrashDue = false;
      broker.advance(broker.now() + scenario.crash.forMs);
    }
    broker.advance(broker.now() + 5);
    const view: CloseView = {
      close,
      position: broker.position(),
      orders: broker.orders(),
      asked,
      ledgerShares: broker.truth().held + broker.truth().exited,
      isMarketOpen: broker.now() >= scenario.opensAt,
      now: broker.now(),
      tactics: CLOSE_TACTICS,
    };
    const step = nextCloseStep(view);
    story.push(`${broker.now()} ${close.phase} ${JSON.stringify(step)}`.slice(0, 120));
    expect(broker.truth().held, 'never the other way round').toBeGreaterThanOrEqual(0);
    if (step.kind === 'finish') return { broker, close, proof: step.proof, story, looks, keep };
    close = perform(broker, close, view, { step, asked });
    waitMs = step.kind === 'wait' ? Math.min(waitMs * 2, 1_000) : 50;
    if (step.kind === 'wait') broker.advance(broker.now() + waitMs / 2);
  }
  throw new Error(`the closing does not end:\n${story.slice(-40).join('\n')}`);
}

interface Doing {
  readonly step: CloseStep;
  readonly asked: Map<BrokerOrderId, EpochMs>;
}

/** Where each step leaves a closing: the transitions of the application, without its ledger. */
function perform(
  broker: BrokerModel,
  close: Close,
  view: CloseView,
  { step, asked }: Doing,
): Close {
  const now = broker.now();
  switch (step.kind) {
    case 'wait':
    case 'finish':
      return close;
    case 'queue':
      broker.advance(now + MINUTE_MS);
      return close.phase === 'queued' ? close : { ...close, phase: 'queued', phaseSince: now };
    case 'cancel':
      for (const group of step.groups) {
        const { id } = handleOf(group);
        asked.set(id, now);
        broker.cancel(id);
      }
      return close;
    case 'cleared':
      return { ...close, quantity: step.quantity, phase: 'exiting', phaseSince: now, attempt: 0 };
    case 'recount':
      return { ...close, phase: 'clearing', phaseSince: now, attempt: 0 };
    case 'keep': {
      const next = { ...close, keeps: close.keeps + 1 };
      const id = closeOrderId('keep', next.keeps);
      return after(broker, next, broker.place('oco', step.quantity, id));
    }
    case 'exit': {
      const next = {
        ...close,
        exits: close.exits + 1,
        attempt: close.attempt + 1,
        phaseSince: now,
      };
      const id = closeOrderId('exit', next.exits);
      return after(broker, next, broker.placeExit(step.quantity, id, step.limitPrice === null));
    }
    case 'fail':
      return restAndBeginAgain(broker, rescue(broker, close, view));
    default:
      return step satisfies never;
  }
}

/** The broker’s objections pass: the closing looks again a moment later. */
function after(broker: BrokerModel, close: Close, answer: Answer): Close {
  if (answer !== 'working') broker.advance(broker.now() + CLOSE_TACTICS.fillMs / 10);
  return close;
}

function rescue(broker: BrokerModel, close: Close, { position, orders }: CloseView): Close {
  const isNaked = position !== null && !protectionOf(position, orders).isProtected;
  if (!isNaked || position.available < position.quantity) return close;
  const rescues = close.rescues + 1;
  broker.place('stop', position.quantity, closeOrderId('rescue', rescues));
  return { ...close, rescues };
}

function restAndBeginAgain(broker: BrokerModel, close: Close): Close {
  const failures = close.failures + 1;
  broker.advance(broker.now() + retryPause(CLOSE_TACTICS, failures));
  return { ...close, failures, phase: 'clearing', phaseSince: broker.now(), attempt: 0 };
}

const instant = fc.oneof(
  fc.integer({ min: 0, max: 400 }),
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 90_000 }),
);
const rarely = <Value>(usual: Value, rare: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: rare });

const worlds: fc.Arbitrary<Scenario> = fc
  .record({
    seed: fc.integer(),
    held: fc.integer({ min: 1, max: 12 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    layout: fc.constantFrom(
      'bracket' as const,
      'two-brackets' as const,
      'stop' as const,
      'target' as const,
      'naked' as const,
    ),
    stopsAt: fc.array(instant, { maxLength: 3 }),
    targetsAt: fc.array(instant, { maxLength: 3 }),
    cancelMs: fc.constantFrom(0, 50, 2_000, 10_000, 45_000),
    releaseMs: fc.constantFrom(0, 80, 5_000, 40_000),
    // As late as the tactics expect it to be, but no later.
    lagMs: fc.constantFrom(0, 100, 1_000, CLOSE_TACTICS.settleMs - 100),
    haltedUntil: rarely(0, fc.integer({ min: 1_000, max: 60_000 })),
    showsPendingCancel: fc.boolean(),
    atMarket: fc.boolean(),
    opensAt: rarely(0, fc.integer({ min: 1_000, max: 20 * MINUTE_MS })),
    crash: fc.record({
      at: instant,
      forMs: rarely(0, fc.integer({ min: 100, max: 10 * MINUTE_MS })),
    }),
  })
  .map(({ share, ...world }) => ({
    ...world,
    leave: Math.max(1, Math.round(world.held * share)),
  }));

describe('whatever the broker and the market do, a closing', () => {
  it('ends, never sells a share twice, and leaves what stays protected', () => {
    fc.assert(
      fc.property(worlds, (scenario) => {
        const { broker, proof, story, keep } = simulate(scenario);
        const { held, exited, live, covered } = broker.truth();
        const told = story.slice(-30).join('\n');
        expect(exited, `no more than was to leave\n${told}`).toBeLessThanOrEqual(scenario.leave);
        expect(proof.exitQuantity, `the proof counts its own exits\n${told}`).toBe(exited);
        expect(held, `what stays\n${told}`).toBeLessThanOrEqual(keep);
        expect(covered, `what stays is protected\n${told}`).toBeGreaterThanOrEqual(held);
        expect(held > 0 || live === 0, `nothing is left behind\n${told}`).toBe(true);
        // Long after, when whatever still lived has acted, no share is owed.
        broker.advance(broker.now() + 60 * MINUTE_MS);
        expect(broker.truth().held).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 3_000 },
    );
  });

  it('does not finish with a stop whose cancel hung through a rest and is still to come', () => {
    const { broker } = simulate({
      seed: 2_145_304_529,
      held: 3,
      leave: 1,
      layout: 'bracket',
      stopsAt: [],
      targetsAt: [26_511],
      cancelMs: 45_000,
      releaseMs: 0,
      lagMs: 2_900,
      haltedUntil: 53_400,
      showsPendingCancel: false,
      atMarket: true,
      opensAt: 0,
      crash: { at: 0, forMs: 0 },
    });
    const { held, covered } = broker.truth();
    expect(covered).toBeGreaterThanOrEqual(held);
  });

  it('never gets stuck where cancels and fills take no longer than they do on any day', () => {
    const calm = worlds.map((scenario) => ({
      ...scenario,
      cancelMs: Math.min(scenario.cancelMs, 2_000),
      releaseMs: Math.min(scenario.releaseMs, 5_000),
      haltedUntil: 0,
      // Nothing trades before the open.
      stopsAt: scenario.stopsAt.map((at) => scenario.opensAt + at),
      targetsAt: scenario.targetsAt.map((at) => scenario.opensAt + at),
      // Without a stop it is stuck until the open, and rightly so.
      layout: 'bracket' as const,
    }));
    fc.assert(
      fc.property(calm, (scenario) => {
        const { close, story } = simulate(scenario);
        const told = story.slice(-30).join('\n');
        expect(close.failures, `never stuck\n${told}`).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('needs no more than a few looks when everything goes well', () => {
    const { close, looks, broker } = simulate({
      seed: 1,
      held: 10,
      leave: 10,
      layout: 'bracket',
      stopsAt: [],
      targetsAt: [],
      cancelMs: 15,
      releaseMs: 60,
      lagMs: 0,
      haltedUntil: 0,
      showsPendingCancel: true,
      atMarket: true,
      opensAt: 0,
      crash: { at: 0, forMs: 0 },
    });
    expect(looks).toBeLessThan(15);
    expect(close).toMatchObject({ exits: 1, failures: 0 });
    expect(broker.now()).toBeLessThan(2_000);
  });
});

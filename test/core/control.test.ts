import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { allowsEntries, applyControl, reasonsOf } from '#core/control.ts';
import type { ControlEvent, ControlState, ControlStatus } from '#core/control.ts';

const EVENING = 1_000;
const MORNING = 2_000;
const AT = 500;

const state = (
  status: ControlStatus,
  until: number | null = null,
  words: Partial<ControlState> = {},
): ControlState => ({ status, by: 'Ada', reason: 'news', since: 1, until, ...words });

const halt = (until: number | null): ControlEvent => ({
  type: 'halt',
  by: 'Bob',
  reason: 'lunch',
  at: AT,
  until,
});
const flatten = (until: number | null): ControlEvent => ({
  type: 'flatten',
  by: 'Bob',
  reason: 'lunch',
  at: AT,
  until,
});
const flat: ControlEvent = { type: 'flat', at: AT };
const resume: ControlEvent = { type: 'resume', by: 'Bob', reason: 'all clear', at: AT };
const expire = (at: number): ControlEvent => ({ type: 'expire', at });

const bobs = (
  status: ControlStatus,
  until: number | null,
  words: Partial<ControlState> = {},
): ControlState => state(status, until, { by: 'Bob', reason: 'lunch', since: AT, ...words });
/** Ada's, with Bob's reason beside hers; and Bob's flattening, beside which hers stays. */
const both = (status: ControlStatus, until: number | null = null): ControlState =>
  state(status, until, { reason: 'news · also Bob: lunch' });
const bobsOverAdas = (until: number | null): ControlState =>
  bobs('flattening', until, { reason: 'lunch · also Ada: news' });
const resumed = state('active', null, { by: 'Bob', reason: 'all clear', since: AT });
const expired = (at: number) =>
  state('active', null, {
    by: 'system',
    reason: 'the time that it was halted until has come',
    since: at,
  });

/** Null: nothing changes. */
const TABLE: readonly (readonly [string, ControlState, ControlEvent, ControlState | null])[] = [
  ['active, halted for ever', state('active'), halt(null), bobs('halted', null)],
  ['active, halted for a time', state('active'), halt(MORNING), bobs('halted', MORNING)],
  ['active, to be flattened', state('active'), flatten(null), bobs('flattening', null)],
  [
    'active, to be flattened for a time',
    state('active'),
    flatten(MORNING),
    bobs('flattening', MORNING),
  ],
  ['active and flat', state('active'), flat, null],
  ['active, resumed', state('active'), resume, null],
  ['active, with time gone by', state('active'), expire(MORNING), null],

  ['halted for ever, halted again', state('halted'), halt(null), both('halted')],
  ['halted for both, halted again', both('halted'), halt(null), null],
  ['halted for ever, halted for a time', state('halted'), halt(MORNING), both('halted')],
  ['halted for a time, halted for ever', state('halted', MORNING), halt(null), both('halted')],
  [
    'halted for a time, halted for longer',
    state('halted', EVENING),
    halt(MORNING),
    both('halted', MORNING),
  ],
  [
    'halted for both for a time, halted for longer',
    both('halted', EVENING),
    halt(MORNING),
    both('halted', MORNING),
  ],
  [
    'halted for a time, halted for less',
    state('halted', MORNING),
    halt(EVENING),
    both('halted', MORNING),
  ],
  [
    'halted for ever, to be flattened for a time',
    state('halted'),
    flatten(MORNING),
    bobsOverAdas(null),
  ],
  [
    'halted for a time, to be flattened for longer',
    state('halted', EVENING),
    flatten(MORNING),
    bobsOverAdas(MORNING),
  ],
  [
    'halted for a time, to be flattened for ever',
    state('halted', EVENING),
    flatten(null),
    bobsOverAdas(null),
  ],
  ['halted for both, to be flattened', both('halted'), flatten(null), bobsOverAdas(null)],
  ['halted and flat', state('halted'), flat, null],
  ['halted, resumed', state('halted'), resume, resumed],
  ['halted for a time, resumed before', state('halted', MORNING), resume, resumed],
  ['halted for ever, with time gone by', state('halted'), expire(MORNING), null],
  ['halted for a time, a moment before', state('halted', MORNING), expire(MORNING - 1), null],
  ['halted for a time, at its end', state('halted', MORNING), expire(MORNING), expired(MORNING)],

  ['flattening, halted', state('flattening'), halt(MORNING), both('flattening')],
  ['flattening for both, halted', both('flattening'), halt(MORNING), null],
  [
    'flattening for a time, halted for ever',
    state('flattening', MORNING),
    halt(null),
    both('flattening'),
  ],
  ['flattening, to be flattened', state('flattening'), flatten(null), both('flattening')],
  [
    'flattening for a time, to be flattened for longer',
    state('flattening', EVENING),
    flatten(MORNING),
    both('flattening', MORNING),
  ],
  ['flattening and flat', state('flattening', MORNING), flat, state('halted', MORNING)],
  ['flattening, resumed too early', state('flattening'), resume, null],
  ['flattening, at its end', state('flattening', MORNING), expire(MORNING), null],
];

const follow = (from: ControlState, events: readonly ControlEvent[]): ControlState =>
  events.reduce((now, event) => applyControl(now, event) ?? now, from);

describe('the control state', () => {
  it.each(TABLE)('%s', (_, before, event, after) => {
    expect(applyControl(before, event)).toEqual(after);
  });

  it('has every state and every event in the table', () => {
    const pairs = new Set(TABLE.map(([, { status }, { type }]) => `${status} ${type}`));
    expect(pairs.size).toBe(15);
  });

  const end = fc.option(fc.integer({ min: 0, max: 100 }));
  const words = { by: fc.constantFrom('Ada', 'Bob', 'drawdown'), reason: fc.string() };
  const at = fc.integer({ min: 0, max: 100 });
  const anyEvent: fc.Arbitrary<ControlEvent> = fc.oneof(
    fc.record({ type: fc.constantFrom('halt', 'flatten'), ...words, at, until: end }),
    fc.record({ type: fc.constant('resume'), ...words, at }),
    fc.record({ type: fc.constantFrom('flat', 'expire'), at }),
  );
  const anyState = fc.array(anyEvent).map((events) => follow(state('active'), events));

  it('allows entries only while it is active', () => {
    fc.assert(
      fc.property(anyState, (now) => {
        expect(allowsEntries(now)).toBe(now.status === 'active');
      }),
    );
  });

  it('is as halted after two halts as after one', () => {
    fc.assert(
      fc.property(anyState, end, (before, until) => {
        const once = follow(before, [halt(until)]);
        expect(once.status).not.toBe('active');
        expect(applyControl(once, halt(until))).toBeNull();
      }),
    );
  });

  it('keeps the reason that it began with, and the newest, however many and long they are', () => {
    const wishes = Array.from({ length: 20 }, (_, index) => ({
      ...halt(null),
      by: `trader ${index}`,
      reason: `${index} ${'very '.repeat(100)}`,
    }));
    const after = follow(state('active'), wishes);
    const reasons = reasonsOf(after);
    expect(reasons.map((reason) => reason.slice(0, 12))).toEqual([
      'trader 0: 0 ',
      'trader 17: 1',
      'trader 18: 1',
      'trader 19: 1',
    ]);
    expect(after.reason.length).toBeLessThan(900);
  });

  it('becomes active only by a resume or at its end', () => {
    fc.assert(
      fc.property(anyState, anyEvent, (before, event) => {
        const after = applyControl(before, event);
        if (before.status === 'active' || after?.status !== 'active') return;
        expect(['resume', 'expire']).toContain(event.type);
      }),
    );
  });

  it('never ends by itself once anybody has halted for ever', () => {
    const noResume = anyEvent.filter(({ type }) => type !== 'resume');
    fc.assert(
      fc.property(anyState, fc.array(noResume), (before, events) => {
        expect(follow(before, [halt(null), ...events]).status).not.toBe('active');
      }),
    );
  });
});

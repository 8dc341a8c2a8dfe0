import { describe, expect, it } from 'vitest';

import { brokerOrderId } from '#core/ids.ts';
import { isExplained } from '#core/interference.ts';

type Member = Parameters<typeof isExplained>[0];
type Intervention = Parameters<typeof isExplained>[2][number];

interface Shape {
  readonly parent?: string;
  readonly replaces?: string;
  readonly filled?: number;
}

const member = (
  id: string,
  role: Member['role'],
  status: Member['status'],
  { parent, replaces, filled = 0 }: Shape = {},
): Member => ({
  brokerOrderId: brokerOrderId(id),
  role,
  status,
  filledQuantity: filled,
  parentId: parent === undefined ? null : brokerOrderId(parent),
  replaces: replaces === undefined ? null : brokerOrderId(replaces),
});

const entry = (status: Member['status'] = 'filled', filled = 100): Member =>
  member('entry', 'entry', status, { filled });
const target = (status: Member['status'], filled = 0): Member =>
  member('target', 'take_profit', status, { parent: 'entry', filled });
const stop = (status: Member['status'], filled = 0): Member =>
  member('stop', 'stop_loss', status, { parent: 'entry', filled });
const moved = (id: string, replaces: string, status: Member['status'], filled = 0): Member =>
  member(id, 'stop_loss', status, { parent: 'entry', replaces, filled });

const asked = (id: string, action: Intervention['action'] = 'cancel'): Intervention => ({
  brokerOrderId: brokerOrderId(id),
  action,
  intentId: `intent-${id}`,
});
/** What was recorded of somebody else’s doing before. */
const foreign = (id: string): Intervention => ({ ...asked(id), intentId: null });

/** Another bracket of the same trade, untouched. */
const OTHER_BRACKET: readonly Member[] = [
  member('entry-2', 'entry', 'filled', { filled: 50 }),
  member('target-2', 'take_profit', 'filled', { parent: 'entry-2', filled: 50 }),
  member('stop-2', 'stop_loss', 'canceled', { parent: 'entry-2' }),
];

const verdict = (
  leg: string,
  orders: readonly Member[],
  interventions: readonly Intervention[] = [],
): boolean =>
  isExplained(
    orders.find(({ brokerOrderId: id }) => id === leg)!,
    [...orders, ...OTHER_BRACKET],
    interventions,
  );

/** A take-profit and its stop, both cancelled after so many shares. */
const oco = (targetFilled: number, stopFilled: number): readonly Member[] => [
  member('oco', 'take_profit', 'canceled', { filled: targetFilled }),
  member('oco-stop', 'stop_loss', 'canceled', { parent: 'oco', filled: stopFilled }),
];

describe('a leg that ended is explained', () => {
  it.each<[string, string, readonly Member[], readonly Intervention[]]>([
    // 4. The take-profit fills, the stop goes.
    ['the take-profit has filled', 'stop', [entry(), target('filled', 100), stop('canceled')], []],
    ['it has filled in part', 'stop', [entry(), target('canceled', 40), stop('canceled')], []],
    // 5. The stop is triggered; the take-profit is shown as cancelled or as replaced.
    ['the stop has filled', 'target', [entry(), target('canceled'), stop('filled', 100)], []],
    [
      'the stop has filled, and it is shown as replaced',
      'target',
      [entry(), target('replaced'), stop('filled', 100)],
      [],
    ],
    // … or the stop fills under a new id.
    [
      'the stop has filled under another id',
      'target',
      [entry(), target('canceled'), stop('replaced'), moved('new', 'stop', 'filled', 100)],
      [],
    ],
    [
      'it has itself filled under another id',
      'stop',
      [entry(), target('canceled'), stop('replaced'), moved('new', 'stop', 'filled', 100)],
      [],
    ],
    // 8. Cancelling the parent, or either leg, cancels the group.
    [
      'the bot cancelled it',
      'stop',
      [entry(), target('canceled'), stop('canceled')],
      [asked('stop')],
    ],
    [
      'the bot cancelled the other leg',
      'target',
      [entry(), target('canceled'), stop('canceled')],
      [asked('stop')],
    ],
    [
      'the bot cancelled the leg that stood before it',
      'new',
      [entry(), target('canceled'), stop('replaced'), moved('new', 'stop', 'canceled')],
      [asked('stop')],
    ],
    [
      'the bot cancelled the entry',
      'stop',
      [entry('canceled', 0), target('canceled'), stop('canceled')],
      [asked('entry')],
    ],
    // 9. The entry ends in part, whoever ended it.
    [
      'its entry was cancelled before it was complete',
      'stop',
      [entry('canceled', 40), target('canceled'), stop('canceled')],
      [],
    ],
    ['its entry expired', 'stop', [entry('expired', 0), target('expired'), stop('canceled')], []],
    // 10. The bot moves the stop.
    [
      'the bot replaced it',
      'stop',
      [entry(), target('new'), stop('replaced'), moved('new', 'stop', 'held')],
      [asked('stop', 'replace')],
    ],
    [
      'the bot replaced it, a second time',
      'new',
      [
        entry(),
        target('new'),
        stop('replaced'),
        moved('new', 'stop', 'replaced'),
        moved('newest', 'new', 'held'),
      ],
      [asked('stop', 'replace'), asked('new', 'replace')],
    ],
  ])('where %s (%s)', (_, leg, orders, interventions) => {
    expect(verdict(leg, orders, interventions)).toBe(true);
  });

  it('where somebody cancelled the other leg, which counts once and took this one along', () => {
    const cancelled = [entry(), target('canceled'), stop('canceled')];
    expect(verdict('stop', cancelled, [foreign('target')])).toBe(true);
  });

  it('where the other order of an OCO has filled, in both directions', () => {
    expect(verdict('oco', oco(0, 100))).toBe(true);
    expect(verdict('oco-stop', oco(100, 0))).toBe(true);
    expect(verdict('oco', oco(0, 0))).toBe(false);
    expect(verdict('oco-stop', oco(0, 0))).toBe(false);
  });
});

describe('a leg was interfered with', () => {
  const cancelled = [entry(), target('canceled'), stop('canceled')];
  const movedAndCancelled = [
    entry(),
    target('canceled'),
    stop('replaced'),
    moved('new', 'stop', 'canceled'),
  ];

  it.each<[string, string, readonly Member[], readonly Intervention[]]>([
    ['nobody here asked for its cancel', 'stop', cancelled, []],
    ['nor for that of the other leg', 'target', cancelled, []],
    ['nobody here replaced it', 'stop', [entry(), target('new'), stop('replaced')], []],
    ['the bot cancelled another bracket', 'stop', cancelled, [asked('entry-2'), asked('stop-2')]],
    [
      'the bot had moved the stop before it was cancelled',
      'new',
      movedAndCancelled,
      [asked('stop', 'replace')],
    ],
    [
      'the bot had moved the stop before the take-profit was cancelled',
      'target',
      movedAndCancelled,
      [asked('stop', 'replace')],
    ],
    ['it filled in part itself', 'target', [entry(), target('canceled', 40), stop('canceled')], []],
    [
      'the entry’s end is not known',
      'stop',
      [entry('unknown', 0), target('canceled'), stop('canceled')],
      [],
    ],
  ])('where %s (%s)', (_, leg, orders, interventions) => {
    expect(verdict(leg, orders, interventions)).toBe(false);
  });

  it('whatever happened in another bracket of the trade', () => {
    expect(verdict('stop', cancelled)).toBe(false);
    expect(isExplained(OTHER_BRACKET[2]!, [...cancelled, ...OTHER_BRACKET], [])).toBe(true);
  });
});

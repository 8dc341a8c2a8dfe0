import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Confirmation } from '#ports/confirmations.ts';
import type { MessageId } from '#ports/notifier.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';

const ASKED = Date.parse('2026-03-02T15:00:00Z');
const MESSAGE = '1100000000000000099' as MessageId;

const question: Confirmation = {
  id: 'c1',
  command: 'close',
  person: 'ada',
  personName: 'Ada',
  title: 'close 10 NVDA',
  action: { symbol: 'NVDA', quantity: 10, atMarket: false },
  messageId: MESSAGE,
  askedAt: ASKED,
  expiresAt: ASKED + 60_000,
  state: 'pending',
  settledAt: null,
  finishedAt: null,
};

const yes = { person: 'ada', state: 'confirmed', at: ASKED + 1_000 } as const;

describe('the ledger’s confirmations', () => {
  let desk: LedgerDesk;

  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());
  beforeEach(() => desk.clear());

  const insert = (...changes: readonly Partial<Confirmation>[]) =>
    desk.ledger.transaction(async (tx) => {
      for (const change of changes) await tx.insertConfirmation({ ...question, ...change });
    });
  const answer = (given: Parameters<typeof answerOf>[1] = yes) => answerOf(desk, given);

  it('come back as they were asked', async () => {
    await insert({});
    expect(await desk.ledger.confirmation('c1')).toEqual(question);
    expect(await desk.ledger.confirmation('c2')).toBeNull();
  });

  it('take one answer, and remember it', async () => {
    await insert({});
    const taken = { ...question, state: 'confirmed', settledAt: yes.at };
    expect(await answer()).toEqual(taken);
    expect(await answer()).toBeNull();
    expect(await answer({ ...yes, state: 'declined' })).toBeNull();
    expect(await desk.ledger.confirmation('c1')).toEqual(taken);
  });

  it('take one of many answers that come at once, from whatever process', async () => {
    await insert({});
    const other = await desk.openAnother();
    const answers = await Promise.all(
      [desk, other, desk, other, desk, other].map((process) => answerOf(process, yes)),
    );
    await other.close();
    expect(answers.filter((one) => one !== null)).toHaveLength(1);
  });

  it.each([
    ['of somebody else', { ...yes, person: 'bob' }],
    ['at the end of the time', { ...yes, at: ASKED + 60_000 }],
    ['after it', { ...yes, at: ASKED + 60_001 }],
  ])('take no answer %s', async (_, given) => {
    await insert({});
    expect(await answer(given)).toBeNull();
    expect(await desk.ledger.confirmation('c1')).toMatchObject({ state: 'pending' });
  });

  it('take an answer to the last millisecond', async () => {
    await insert({});
    expect(await answer({ ...yes, at: ASKED + 59_999 })).not.toBeNull();
  });

  it('expire at the end of their time, once, and not if they were answered', async () => {
    await insert({}, { id: 'c2' });
    await answer();
    const expire = expireIn(desk);
    expect(await expire('c2', ASKED + 59_999)).toBeNull();
    expect(await expire('c2', ASKED + 60_000)).toMatchObject({ id: 'c2', state: 'expired' });
    expect(await expire('c2', ASKED + 60_000)).toBeNull();
    expect(await expire('c1', ASKED + 60_000)).toBeNull();
  });

  it('expire all together at a start, whatever their time', async () => {
    await insert({}, { id: 'c2' }, { id: 'c3' });
    await answer();
    const expired = await desk.ledger.transaction((tx) => tx.expireConfirmations(ASKED + 2_000));
    expect(expired.map(({ id }) => id).toSorted()).toEqual(['c2', 'c3']);
  });

  it('that were confirmed are interrupted until they are finished', async () => {
    await insert({}, { id: 'c2' });
    await answer();
    const interrupted = () =>
      desk.ledger.transaction(async (tx) => (await tx.finishInterrupted(ASKED + 3_000)).length);
    const finish = () =>
      desk.ledger.transaction((tx) => tx.finishConfirmation('c1', ASKED + 2_000));
    expect(await finish()).toBe(true);
    expect(await finish()).toBe(false);
    expect(await interrupted()).toBe(0);
    await answerOf(desk, yes, 'c2');
    expect(await interrupted()).toBe(1);
    expect(await interrupted()).toBe(0);
  });

  it('give their message to one card', async () => {
    const claim = (key: string) =>
      desk.ledger.transaction((tx) => tx.claimMessage(key, MESSAGE, ASKED));
    expect(await claim('close:1')).toBe(true);
    expect(await claim('confirmation:c1')).toBe(false);
    expect(await desk.ledger.outbox.messageOf('close:1')).toBe(MESSAGE);
    expect(await desk.ledger.outbox.messageOf('confirmation:c1')).toBeNull();
  });
});

const answerOf = (
  { ledger }: Pick<LedgerDesk, 'ledger'>,
  given: { person: string; state: 'confirmed' | 'declined'; at: number },
  id = 'c1',
) => ledger.transaction((tx) => tx.answerConfirmation(id, given));

const expireIn =
  ({ ledger }: LedgerDesk) =>
  (id: string, at: number) =>
    ledger.transaction((tx) => tx.expireConfirmation(id, at));

import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { AuditEntry } from '#ports/ledger.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';

let desk: LedgerDesk;

beforeAll(async () => {
  desk = await openDesk();
});
beforeEach(() => desk.clear());
afterAll(() => desk.close());

const entry = (action: string, details: AuditEntry['details'] = {}): AuditEntry => ({
  at: 1_764_000_000_123,
  actor: 'trader#1',
  action,
  outcome: 'done',
  details,
});

interface AuditRow extends Omit<AuditEntry, 'at'> {
  readonly sequence: string;
  readonly at: Date;
  readonly hash: string;
}

/** The first row that does not follow from the ones before it, by the rule in the schema alone. */
async function firstForgery(): Promise<string | null> {
  const rows = await desk.query<AuditRow>('SELECT * FROM audit_log ORDER BY sequence');
  let previous = '0'.repeat(64);
  for (const { sequence, hash, at, actor, action, outcome, details } of rows) {
    const names = Object.keys(details).toSorted();
    const body = JSON.stringify({
      action,
      actor,
      at: at.toISOString(),
      details: Object.fromEntries(names.map((name) => [name, details[name]])),
      outcome,
    });
    const expected = createHash('sha256').update(`${previous}${body}`).digest('hex');
    if (hash !== expected) return sequence;
    previous = hash;
  }
  return null;
}

describe('the audit log', () => {
  beforeEach(async () => {
    await desk.ledger.audit(entry('status'));
    await desk.ledger.audit(entry('halt', { reason: 'too wild \0 today', b: '2', a: '1' }));
    await desk.ledger.audit(entry('resume', { because: '\ud83d' }));
  });

  it('can be proved from its rows alone, also with strange characters in it', async () => {
    expect(await firstForgery()).toBeNull();
  });

  it.each([
    ['an actor', "UPDATE audit_log SET actor = 'someone else' WHERE sequence = 2", '2'],
    ['a detail', `UPDATE audit_log SET details = '{"a": "9"}' WHERE sequence = 2`, '2'],
    ['a row that is gone', 'DELETE FROM audit_log WHERE sequence = 2', '3'],
  ])('shows a change of %s', async (_title, forgery, place) => {
    await desk.query(forgery);
    expect(await firstForgery()).toBe(place);
  });

  it('is one chain, also when several write at once', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => desk.ledger.audit(entry(name))));
    expect(await firstForgery()).toBeNull();
    const rows = await desk.query('SELECT count(*)::int AS rows FROM audit_log');
    expect(rows).toEqual([{ rows: 9 }]);
  });
});

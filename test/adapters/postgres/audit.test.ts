import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import type { AuditEntry } from '#ports/audit-log.ts';

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

describe('the proof of the audit log', () => {
  const actions = Array.from({ length: 5 }, (_, n) => `status ${n + 1}`);
  beforeEach(async () => {
    for (const action of actions) await desk.ledger.audit(entry(action, { name: 'Ada', b: '\0' }));
  });

  it('counts the rows and names the last hash, so that missing ones at the end are seen', async () => {
    const [last] = await desk.query<AuditRow>('SELECT * FROM audit_log WHERE sequence = 5');
    expect(await desk.ledger.verifyAudit()).toEqual({
      kind: 'sound',
      rows: 5,
      lastHash: last?.hash,
    });
  });

  it('of an empty log has nothing to object to', async () => {
    await desk.clear();
    expect(await desk.ledger.verifyAudit()).toEqual({ kind: 'sound', rows: 0, lastHash: null });
  });

  it('goes over more rows than are read at once', async () => {
    await desk.ledger.transaction(async (tx) => {
      for (let n = 0; n < 1_001; n += 1) await tx.audit(entry(`many ${n}`));
    });
    expect(await desk.ledger.verifyAudit()).toMatchObject({ kind: 'sound', rows: 1_006 });
    await desk.query("UPDATE audit_log SET action = 'another' WHERE sequence = 1003");
    expect(await desk.ledger.verifyAudit()).toMatchObject({
      kind: 'broken',
      at: { sequence: 1_003 },
    });
  });

  it.each([
    ['a changed action', "UPDATE audit_log SET action = 'halt' WHERE sequence = 2", 2],
    ['a changed outcome', "UPDATE audit_log SET outcome = 'denied' WHERE sequence = 4", 4],
    ['a changed instant', 'UPDATE audit_log SET at = now() WHERE sequence = 3', 3],
    ['a changed hash', "UPDATE audit_log SET hash = repeat('0', 64) WHERE sequence = 3", 3],
    ['a first row that is gone', 'DELETE FROM audit_log WHERE sequence = 1', 2],
    ['a row that is gone', 'DELETE FROM audit_log WHERE sequence = 3', 4],
  ])('names the row that shows %s', async (_title, forgery, sequence) => {
    await desk.query(forgery);
    expect(await desk.ledger.verifyAudit()).toMatchObject({ kind: 'broken', at: { sequence } });
  });
});

const found = async (question: Partial<Parameters<typeof desk.ledger.auditRows>[0]>) =>
  (await desk.ledger.auditRows({ symbol: null, person: null, newest: 10, ...question })).map(
    ({ sequence }) => sequence,
  );

describe('the rows of the audit log', () => {
  beforeEach(async () => {
    await desk.ledger.audit({ ...entry('close NVDA', { name: 'Ada Lovelace' }), actor: '7' });
    await desk.ledger.audit({
      ...entry('close', { 'option.symbol': 'NVDA', name: 'Ben' }),
      actor: '8',
    });
    await desk.ledger.audit({
      ...entry('close', { what: 'close 5 NVDAX' }),
      actor: 'drawdown watch',
    });
    await desk.ledger.audit({ ...entry('close', { trade: '2025-11-28-1030-NVDA' }), actor: '7' });
    await desk.ledger.audit({ ...entry('why', { what: 'BRKxB BRK.B' }), actor: 'a_b' });
  });

  it('come with the newest first, and no more than asked for', async () => {
    expect(await found({})).toEqual([5, 4, 3, 2, 1]);
    expect(await found({ newest: 2 })).toEqual([5, 4]);
  });

  it('about a symbol name it as a whole word, in the action or in a detail', async () => {
    expect(await found({ symbol: ticker('NVDA') })).toEqual([4, 2, 1]);
    expect(await found({ symbol: ticker('BRK.B') })).toEqual([5]);
    expect(await found({ symbol: ticker('NVD') })).toEqual([]);
  });

  it.each([
    ['the id', '7', [4, 1]],
    ['a part of the name, whatever its capitals', 'lOVE', [1]],
    ['what did it by itself', 'drawdown', [3]],
    ['nothing else than is written, also where a database would read a pattern', '_', [5]],
    ['nobody', 'Cleo', []],
  ])('by a person are found by %s', async (_title, person, rows) => {
    expect(await found({ person })).toEqual(rows);
  });

  it('come in order from any row on', async () => {
    const rows = await desk.ledger.auditRowsAfter(2, 2);
    expect(rows.map(({ sequence }) => sequence)).toEqual([3, 4]);
  });
});

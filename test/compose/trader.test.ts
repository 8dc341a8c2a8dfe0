import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { LEASE_MS } from '#app/trader-lease.ts';
import { silentLog } from '#test/support/log.ts';

import { openHttp } from '../../src/compose/http.ts';
import { createLifecycle } from '../../src/compose/lifecycle.ts';
import { claimTrading } from '../../src/compose/trader.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';

/** A process that claims the account of the desk's ledger, with a port of its own. */
async function aClaimant({ context: { ledger } }: Desk, folder?: string) {
  const dataDir = folder ?? mkdtempSync(join(tmpdir(), 'bracketeer-claim-'));
  const lifecycle = createLifecycle(() => silentLog);
  const http = await openHttp(0, lifecycle);
  const stopping = new AbortController();
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: object, message: string) => warnings.push(message) };
  const { signal } = stopping;
  const claim = claimTrading({ ledger, dataDir, http, lifecycle, log, stopping: signal });
  claim.catch(() => {});
  onTestFinished(async () => {
    stopping.abort();
    await lifecycle.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const get = async (path: string) => {
    const response = await fetch(`${http.url}${path}`);
    return { status: response.status, body: await response.json() };
  };
  return { claim, dataDir, lifecycle, get, warnings, stop: () => stopping.abort() };
}

/** A ledger whose account somebody trades; the desk has taken its lease for itself. */
const aTakenDesk = () => openDesk([[100, 100, 100, 100]]);

describe('a process that finds the account traded by another', () => {
  it('says so on its page: it is alive, and not ready, for this reason', async () => {
    const desk = await aTakenDesk();
    const { get, warnings } = await aClaimant(desk);
    await expect
      .poll(async () => (await get('/readyz')).body)
      .toEqual({
        ready: false,
        status: 'waiting',
        reason: 'another process trades this account: desk',
      });
    expect((await get('/readyz')).status).toBe(503);
    expect((await get('/')).status).toBe(503);
    expect(await get('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
    expect(warnings).toHaveLength(1);
  });

  it('takes over when the other one gives the account back', async () => {
    const desk = await aTakenDesk();
    const { claim, get } = await aClaimant(desk);
    await expect.poll(async () => (await get('/readyz')).body).toMatchObject({ status: 'waiting' });
    await desk.context.ledger.lease.release(desk.context.lease.token);
    const lease = await claim;
    expect(lease.token).toBeGreaterThan(desk.context.lease.token);
    expect(() => lease.assertHeld()).not.toThrow();
  });

  it('takes over when the other one is lost and its time is over', async () => {
    const desk = await aTakenDesk();
    const { claim, get } = await aClaimant(desk);
    await expect.poll(async () => (await get('/readyz')).body).toMatchObject({ status: 'waiting' });
    await desk.query("UPDATE trader_lease SET expires_at = now() + interval '200 ms'");
    expect((await claim).token).toBeGreaterThan(desk.context.lease.token);
  });

  it('can be stopped while it waits', async () => {
    const desk = await aTakenDesk();
    const { claim, get, stop } = await aClaimant(desk);
    await expect.poll(async () => (await get('/readyz')).body).toMatchObject({ status: 'waiting' });
    stop();
    await expect(claim).rejects.toThrow('it was stopped while another process traded the account');
  });
});

describe('a process that trades', () => {
  it('gives the account back when it ends', async () => {
    const desk = await aTakenDesk();
    await desk.context.ledger.lease.release(desk.context.lease.token);
    const first = await aClaimant(desk);
    await first.claim;
    expect(await desk.context.ledger.lease.acquire('other', LEASE_MS)).toMatchObject({
      kind: 'taken',
    });
    await first.lifecycle.close();
    expect(await desk.context.ledger.lease.acquire('other', LEASE_MS)).toMatchObject({
      kind: 'held',
    });
  });

  it('and comes back to its data folder after a crash does not wait for itself', async () => {
    const desk = await aTakenDesk();
    await desk.context.ledger.lease.release(desk.context.lease.token);
    const crashed = await aClaimant(desk);
    const before = await crashed.claim;
    const next = await aClaimant(desk, crashed.dataDir);
    expect((await next.claim).token).toBeGreaterThan(before.token);
    expect(next.warnings).toEqual([]);
  });
});

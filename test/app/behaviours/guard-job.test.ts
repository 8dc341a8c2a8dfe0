/** The guard's job as the queue runs it. */
import { expect, it } from 'vitest';

import { watchDrawdown } from '#app/drawdown.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { clientOrderId, ticker, tradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import positionGuard from '#jobs/position-guard.ts';

import { openDesk } from '../desk.ts';
import { BARS, cancelByHand, isShownProtected, legAt, NVDA } from './a-desk.ts';

const AMD = ticker('AMD');

it('protects a position although a stale entry elsewhere cannot be read', async () => {
  const { entry, quiet } = BARS;
  const bars = [quiet, entry, quiet, quiet];
  const desk = await openDesk(bars, { others: { AMD: bars } });
  const barEnd = desk.nextBar();
  const { bracket } = await desk.plan();
  await submitPlannedEntries(desk.context, barEnd);
  desk.nextBar();
  await desk.settle();
  const { decidedAt } = await desk.plan({
    tradeId: tradeId('2025-11-25-0940-AMD'),
    clientOrderId: clientOrderId('brk-2025-11-25-0940-AMD-entry'),
    symbol: AMD,
    bracket: { ...bracket, limitPrice: parseUsd('99'), stopPrice: parseUsd('90') },
  });
  await watchDrawdown(desk.context);
  await submitPlannedEntries(desk.context, decidedAt);
  desk.nextBar();
  desk.nextBar();
  const stale = desk.standIn.inspect().orders.find(({ symbol }) => symbol === AMD)!;
  await cancelByHand(desk, legAt(desk, 'take-profit'));
  desk.standIn.faults.add({
    kind: 'reject',
    method: 'GET',
    path: new RegExp(`orders/${stale.id}`),
    status: 500,
    body: { message: 'it cannot be read' },
    times: 1_000,
  });
  await expect(positionGuard.run(desk.context)).rejects.toThrow('could not read order');
  expect((await desk.context.broker.position(NVDA))?.quantity).toBe(10);
  expect(await isShownProtected(desk)).toBe(true);
});

import { describe, expect, it } from 'vitest';

import { brokerOrderId, clientOrderId, purposeOf, ticker } from '#core/ids.ts';
import { differencesOf, tradesNamedBy } from '#core/reconciliation.ts';
import type { ReconciliationView } from '#core/reconciliation.ts';

import { bracket, lone, order, stop, target } from './support/orders.ts';
import { position } from './support/snapshots.ts';

const ours = clientOrderId('brk-2025-11-28-1030-NVDA-entry');

const view = (changes: Partial<ReconciliationView> = {}): ReconciliationView => ({
  positions: [],
  orders: [],
  ledgerQuantities: new Map(),
  knownOrders: new Set(),
  knownTrades: new Set([purposeOf(ours)!.tradeId]),
  ...changes,
});

const books = (entries: Readonly<Record<string, number>>) =>
  new Map(Object.entries(entries).map(([symbol, shares]) => [ticker(symbol), shares]));

const known = (...ids: readonly string[]) => new Set(ids.map(brokerOrderId));

describe('positions and the ledger', () => {
  const long = position('NVDA', { quantity: 100 });
  const short = position('NVDA', { side: 'short', quantity: 40 });

  it.each([
    ['agree on nothing', [], {}, []],
    ['agree on a long', [long], { NVDA: 100 }, []],
    ['agree on a short', [short], { NVDA: -40 }, []],
    ['agree on what is flat', [], { NVDA: 0 }, []],
    ['differ by a position nobody knows', [long], {}, [['NVDA +100', 100, 0]]],
    ['differ by a short nobody knows', [short], {}, [['NVDA −40', -40, 0]]],
    ['differ by shares bought by hand', [long], { NVDA: 90 }, [['NVDA +10', 10, 90]]],
    ['differ by shares sold by hand', [long], { NVDA: 130 }, [['NVDA −30', -30, 130]]],
    ['differ by a position that is gone', [], { NVDA: 100 }, [['NVDA −100', -100, 100]]],
    ['differ by a short that is gone', [], { NVDA: -40 }, [['NVDA +40', 40, -40]]],
    ['differ by one that has turned', [short], { NVDA: 100 }, [['NVDA −140', -140, 100]]],
  ] as const)('%s', (_, positions, ledger, expected) => {
    const differences = differencesOf(view({ positions, ledgerQuantities: books(ledger) }));
    expect(differences).toEqual(
      expected.map(([key, quantity, ledgerQuantity]) => ({
        kind: 'position',
        key,
        symbol: 'NVDA',
        quantity,
        ledgerQuantity,
      })),
    );
  });

  it('are compared symbol by symbol, in their order', () => {
    const positions = [position('XOM', { quantity: 5 }), long];
    const differences = differencesOf(
      view({ positions, ledgerQuantities: books({ AMD: 7, NVDA: 100 }) }),
    );
    expect(differences.map(({ key }) => key)).toEqual(['AMD −7', 'XOM +5']);
  });
});

describe('a live order', () => {
  const guard = clientOrderId('brk-2025-11-28-1030-NVDA-guard1');
  const exit = clientOrderId('brk-2025-11-28-1030-NVDA-close1-exit1');
  const child = stop({ id: brokerOrderId('child'), replaces: brokerOrderId('stop') });

  it.each([
    ['under an id of our making', [bracket({ clientOrderId: ours })], []],
    ['that protects, under an id of our making', [lone({ clientOrderId: guard })], []],
    ['that closes, under an id of our making', [lone({ clientOrderId: exit })], []],
    ['that the ledger knows by the broker’s id', [lone()], ['stop']],
    ['of which the ledger knows a leg', [bracket()], ['target']],
    ['that hangs on one of ours', [bracket({ clientOrderId: ours, status: 'filled' })], []],
    [
      'that replaces a leg of ours',
      [bracket({ clientOrderId: ours, legs: [target(), stop({ status: 'replaced' })] }), child],
      [],
    ],
    ['that is over', [lone({ status: 'canceled' })], []],
  ] as const)('%s is no difference', (_, orders, ids) => {
    expect(differencesOf(view({ orders, knownOrders: known(...ids) }))).toEqual([]);
  });

  it.each([
    ['placed by hand', [lone()], [], ['stop']],
    ['of another bot', [order('x', { clientOrderId: clientOrderId('bot-1') })], [], ['x']],
    ['of a status nobody documented', [lone({ status: 'unknown' })], [], ['stop']],
    ['with legs is one difference, by its root', [bracket()], [], ['entry']],
    ['beside one that is known', [lone(), order('known')], ['known'], ['stop']],
    ['of a symbol that is never traded', [lone({ symbol: ticker('GME') })], [], ['stop']],
  ] as const)('%s is a difference', (_, orders, ids, expected) => {
    const differences = differencesOf(view({ orders, knownOrders: known(...ids) }));
    expect(differences.map(({ kind, key }) => [kind, key])).toEqual(
      expected.map((key) => ['order', key]),
    );
  });

  it('of a ledger that was lost is a difference, although its id is of our making', () => {
    const orders = [bracket({ clientOrderId: ours })];
    const lost = view({ orders, knownTrades: new Set() });
    expect(tradesNamedBy(lost)).toEqual([purposeOf(ours)!.tradeId]);
    expect(differencesOf(lost)).toMatchObject([{ kind: 'order', key: 'entry' }]);
  });

  it('is told after the positions, with its symbol and itself', () => {
    const foreign = lone({ symbol: ticker('GME') });
    const differences = differencesOf(
      view({ orders: [foreign], ledgerQuantities: books({ NVDA: 1 }) }),
    );
    expect(differences).toEqual([
      { kind: 'position', key: 'NVDA −1', symbol: 'NVDA', quantity: -1, ledgerQuantity: 1 },
      { kind: 'order', key: 'stop', symbol: 'GME', order: foreign },
    ]);
  });
});

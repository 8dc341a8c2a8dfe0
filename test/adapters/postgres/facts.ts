import { begunClose } from '#core/close.ts';
import type { Close } from '#core/close.ts';
import type { Decision, EntryIntent, Features, FilterResult } from '#core/decision.ts';
import { brokerOrderId, clientOrderId, closeIdOf, ticker, tradeId } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { parseUsd, usdFromNumber } from '#core/money.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { asSessionDate, parseInstant } from '#core/session.ts';
import type { LegRole } from '#core/trade.ts';
import type { Card } from '#ports/cards.ts';
import type { OrderBelonging, OrderIntent } from '#ports/ledger.ts';
import { anIntent } from '#test/support/intents.ts';

export const DATE = asSessionDate('2025-11-26');
export const BAR_END = parseInstant('2025-11-26T15:30:00Z');
export const CYCLE = { sessionDate: DATE, barEnd: BAR_END };

/** An intent of its own trade, whatever the symbol. */
export function intentOf(id: string, shape: Parameters<typeof anIntent>[0] = {}): EntryIntent {
  return { ...anIntent(shape), tradeId: tradeId(id), clientOrderId: clientOrderId(`brk-${id}`) };
}

const FEATURES: Features = {
  barEnd: BAR_END,
  close: 182.3149,
  emaFast: 182.1045832190486,
  emaSlow: 181.97710445512,
  barsSinceCrossUp: 2,
  barsSinceCrossDown: Number.POSITIVE_INFINITY,
  atr: 0.8123456789012,
  atrAverage: 0.7912345678901,
  adx: 27.512345678,
  plusDi: 31.212345678,
  minusDi: 14.912345678,
  relativeVolume: 1.8312345678,
  vwap: 181.88123456789,
  trendEmaFast: 181.5123456789,
  trendEmaSlow: 181.2123456789,
};

const passed = (
  filter: FilterResult['filter'],
  numbers: FilterResult['numbers'],
): FilterResult => ({
  filter,
  passed: true,
  numbers,
});

const dataFilters = [
  passed('warm-up', { missing: null }),
  passed('freshness', { barEnd: BAR_END, featuresBarEnd: BAR_END, minutesBehind: 0 }),
];

const evidence = {
  features: FEATURES,
  side: 'long',
  confidence: 81.43256789,
  filters: [
    ...dataFilters,
    passed('entry-window', {
      minutesSinceOpen: 60,
      minutesToClose: 330,
      noEntryFirstMinutes: 5,
      noEntryLastMinutes: 15,
    }),
    passed('confidence', {
      confidence: 81.4,
      threshold: 70,
      trend: 21.890432098,
      separation: 10.5012345678,
      direction: 20.375,
      volume: 15,
      vwap: 15,
    }),
    passed('trend-15m', { side: 'long', trendEmaFast: 181.512345678, trendEmaSlow: 181.21234567 }),
    passed('one-position', { hasPosition: false, hasPendingEntry: false }),
    passed('control', { status: 'active', by: 'system', reason: 'first start' }),
    passed('broker', {
      side: 'long',
      isKnown: true,
      tradable: true,
      tradingBlocked: false,
      shortable: true,
      shortingEnabled: true,
      allowShort: true,
    }),
    passed('size', {
      equity: '99874.213377',
      riskBps: 100,
      riskBudget: '998.742133',
      limitPrice: '182.41',
      stopPrice: '180.78',
      riskPerShare: '1.63',
      sharesByRisk: 612,
      cappedBy: 'notional',
      shares: 136,
    }),
  ],
} as const;

export const enter = (intent: EntryIntent): Decision => ({
  kind: 'enter',
  symbol: intent.symbol,
  intent,
  evidence,
});

export const noSignal = (symbol: string): Decision => ({
  kind: 'no-signal',
  symbol: ticker(symbol),
  evidence: { features: FEATURES, side: null, confidence: null, filters: dataFilters },
});

export const anOrder = (id: string, shape: Partial<BrokerOrder> = {}): BrokerOrder => ({
  id: brokerOrderId(id),
  clientOrderId: clientOrderId(`client-${id}`),
  symbol: ticker('NVDA'),
  side: 'buy',
  type: 'limit',
  orderClass: 'bracket',
  timeInForce: 'gtc',
  status: 'new',
  quantity: 10,
  filledQuantity: 0,
  filledAveragePrice: null,
  limitPrice: parseUsd('100.05'),
  stopPrice: null,
  createdAt: BAR_END,
  updatedAt: BAR_END,
  replaces: null,
  replacedBy: null,
  legs: [],
  ...shape,
});

export const aFill = (
  orderId: string,
  quantity: number,
  cumulativeQuantity: number,
  shape: Partial<Execution> = {},
): Execution => ({
  orderId: brokerOrderId(orderId),
  symbol: ticker('NVDA'),
  side: 'buy',
  quantity,
  price: usdFromNumber(100.01),
  at: BAR_END,
  cumulativeQuantity,
  ...shape,
});

export const alarm = (title: string): Card => ({
  kind: 'alarm',
  title,
  text: '',
  repeat: 0,
  at: BAR_END,
});

export const id = (text: string): TradeId => tradeId(text);

/** What an order is to trade t1. */
export const ofTrade = (role: LegRole, parent: string | null = null): OrderBelonging => ({
  tradeId: id('t1'),
  role,
  parentId: parent === null ? null : brokerOrderId(parent),
});

/** A closing of ten NVDA of trade t1 that has just begun. */
export const aClose = (n: number, shape: Partial<Close> = {}): Close => ({
  ...begunClose({
    id: closeIdOf(id('t1'), n),
    tradeId: id('t1'),
    symbol: ticker('NVDA'),
    side: 'long',
    reason: 'manual_close',
    quantity: 10,
    keep: 0,
    decisionPrice: parseUsd('100'),
    atMarket: false,
    requestedBy: 'trader#1',
    requestedAt: BAR_END,
  }),
  ...shape,
});

/** The wish to cancel an order of trade t1. */
export const aCancel = (
  orderId: string,
  n: number,
  shape: Partial<OrderIntent> = {},
): OrderIntent => ({
  id: `cancel-${orderId}-${n}`,
  tradeId: id('t1'),
  closeId: null,
  symbol: ticker('NVDA'),
  reason: 'manual_close',
  request: { kind: 'cancel', orderId: brokerOrderId(orderId) },
  requestedBy: 'trader#1',
  at: BAR_END,
  sessionDate: DATE,
  ...shape,
});

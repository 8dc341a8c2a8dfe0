import type { BrokerOrderId } from '#core/ids.ts';
import { formatUsd } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';
import type { IntentOutcome, LedgerTransaction, OrderIntent, OrderRequest } from '#ports/ledger.ts';

/** What is known of an intent that was carried out, or tried to be. */
export type AuditedIntent = Omit<OrderIntent, 'at' | 'sessionDate'>;

export interface IntentEnd {
  readonly outcome: IntentOutcome;
  /** Why it was not carried out. */
  readonly detail: string | null;
  /** The order that it has caused, moved or cancelled. */
  readonly order: BrokerOrderId | null;
  readonly at: EpochMs;
}

const VERBS = {
  bracket: 'enter',
  exit: 'exit',
  protection: 'protect',
  move: 'move stop',
  cancel: 'cancel order',
} as const satisfies Record<OrderRequest['kind'], string>;

/**
 * Writes down what came of an intent, with its row in the audit log: who wanted it and why, and the order, the
 * trade and the closing it belongs to. However often it is told, the first answer stays, and is one row.
 */
export async function settleOnRecord(
  tx: LedgerTransaction,
  intent: AuditedIntent,
  { outcome, detail, order, at }: IntentEnd,
): Promise<void> {
  const { id, tradeId, closeId, symbol, reason, request, requestedBy } = intent;
  if (!(await tx.settleOrderIntent(id, outcome, detail))) return;
  await tx.audit({
    at,
    actor: requestedBy,
    action: `${VERBS[request.kind]} ${symbol}`,
    outcome: outcome === 'accepted' ? 'done' : 'failed',
    details: {
      intent: id,
      ...(order === null ? {} : { order }),
      ...(tradeId === null ? {} : { trade: tradeId }),
      ...(closeId === null ? {} : { close: closeId }),
      why: reason,
      ...figuresOf(request),
      ...(detail === null ? {} : { reason: detail }),
    },
  });
}

function figuresOf(request: OrderRequest): Readonly<Record<string, string>> {
  switch (request.kind) {
    case 'bracket': {
      const { side, quantity, limitPrice, stopPrice } = request.order;
      const prices = { limit: formatUsd(limitPrice), stop: formatUsd(stopPrice) };
      return { side, quantity: String(quantity), ...prices };
    }
    case 'protection': {
      const { side, quantity, stopPrice } = request.order;
      return { side, quantity: String(quantity), stop: formatUsd(stopPrice) };
    }
    case 'exit': {
      const { side, quantity } = request.order;
      return { side, quantity: String(quantity) };
    }
    case 'move':
      return { moved: request.move.orderId, stop: formatUsd(request.move.stopPrice) };
    case 'cancel':
      return {};
    default:
      return request satisfies never;
  }
}

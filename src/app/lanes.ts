import type { Lane } from '#core/delivery-order.ts';
import type { TradeId } from '#core/ids.ts';
import type { Card } from '#ports/cards.ts';

import { severityOf } from './card-severity.ts';

const LANE = {
  'channel-outage': 'channel-outage',
  alarm: 'risk',
  drawdown: 'risk',
  control: 'risk',
  repaired: 'risk',
  outage: 'risk',
  // How the positions stand: told after what came of them, like ALL FLAT, it would be untrue.
  started: 'risk',
  closing: 'exit',
  exit: 'exit',
  'scaled-out': 'exit',
  entry: 'entry',
  'stop-moved': 'info',
  notice: 'info',
  summary: 'info',
  digest: 'info',
  weekly: 'info',
  backtest: 'info',
  study: 'info',
  parity: 'info',
  batch: 'info',
} as const satisfies Record<Card['kind'], Lane>;

/** How soon a card has to be told. What is critical is about risk, whatever its kind, as is a closing that is stuck. */
export function laneOf(card: Card): Lane {
  const isStuck = card.kind === 'closing' && card.progress.phase === 'stuck';
  return isStuck || severityOf(card) === 'critical' ? 'risk' : LANE[card.kind];
}

/** The trade that a card is about, with whose other cards it stays in order; null when it is about none. */
function tradeOf(card: Card): TradeId | null {
  if ('tradeId' in card) return card.tradeId ?? null;
  if (card.kind === 'entry') return card.intent.tradeId;
  return 'trade' in card ? card.trade.tradeId : null;
}

/** What a card must stay in order with, besides its own message. A batch is in all of its members' streams. */
export function streamsOf(card: Card): readonly string[] {
  if (card.kind === 'batch') {
    return [
      ...new Set(
        card.members.flatMap((member) => [`message ${member.key}`, ...streamsOf(member.card)]),
      ),
    ];
  }
  const trade = tradeOf(card);
  return trade === null ? [] : [`trade ${trade}`];
}

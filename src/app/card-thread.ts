import type { TradeId } from '#core/ids.ts';
import type { PositionSide } from '#core/order.ts';
import type { Card } from '#ports/cards.ts';
import type { Thread } from '#ports/notifier.ts';

import { severityOf } from './card-severity.ts';
import type { AppContext } from './context.ts';
import { entryCardKey } from './entry-cards.ts';

interface Subject {
  readonly tradeId: TradeId;
  readonly symbol: string;
  readonly side: PositionSide;
}

/** The kinds whose cards are told in their trade's thread. Every fill and repair is for the whole channel. */
function subjectOf(card: Card): Subject | null {
  if (card.kind === 'summary') return card.trade;
  if (card.kind === 'batch')
    return commonSubject(card.members.map((member) => subjectOf(member.card)));
  return card.kind === 'stop-moved' ? card : null;
}

/** Of a batch that tells of one trade alone, that trade. */
function commonSubject(subjects: readonly (Subject | null)[]): Subject | null {
  const [first = null] = subjects;
  return subjects.every((subject) => subject?.tradeId === first?.tradeId) ? first : null;
}

/**
 * The thread that a card belongs into; null for the channel. What is a warning is for everybody's eyes,
 * whatever its kind, and so is a card of a trade whose entry has no message.
 */
export async function threadOf({ ledger }: AppContext, card: Card): Promise<Thread | null> {
  const subject = subjectOf(card);
  if (subject === null || severityOf(card) !== 'info') return null;
  const on = await ledger.outbox.messageOf(entryCardKey({ id: subject.tradeId }));
  return on === null ? null : { on, name: threadName(subject) };
}

const OF_ENTRY = /^(\d{4}-\d{2}-\d{2})-(\d{4})-/;

/** `NVDA long · 2025-11-28 #1030`: the trade's id, in the order in which one looks for it. */
export function threadName({ tradeId, symbol, side }: Subject): string {
  const [, date, time] = OF_ENTRY.exec(tradeId) ?? [];
  return date === undefined
    ? `${symbol} ${side} · ${tradeId}`
    : `${symbol} ${side} · ${date} #${time}`;
}

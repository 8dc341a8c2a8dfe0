import type { BatchCard, BatchedCard, Card } from '#ports/cards.ts';
import type { OutboxCard } from '#ports/outbox.ts';

import type { AppContext } from './context.ts';

/** As many messages of one kind may wait and still be posted one by one; more are a flood. */
const FLOOD = 8;
/** Of a batch, so that one message holds all of it, whatever signs Discord makes of its text. */
const MOST_MEMBERS = 25;
const MOST_TEXT = 2_500;
/** How far back in the queue members are looked for. */
const SIGHT = 60;

/** Only what is to be known, never what is about risk, an exit or an entry. */
const isBatchable = (card: Card): card is BatchedCard =>
  card.kind === 'notice' || card.kind === 'stop-moved';

type Member = OutboxCard & { readonly card: BatchedCard };

/**
 * Where more than a few messages of one kind wait, has them told in one: nothing is left out, and each
 * counts as delivered with it. A later card of one of them posts a message of its own.
 *
 * Only messages that were never posted or tried are taken, since those may be in the channel already; and
 * none before which something else of its trade has to be told.
 *
 * @returns whether it did: then there is another card to be delivered first.
 */
export async function gatherFlood({ ledger }: AppContext, next: OutboxCard): Promise<boolean> {
  if (next.lane !== 'info' || !isBatchable(next.card)) return false;
  const members = await membersOf(ledger.outbox, next.card.kind);
  if (members.length <= FLOOD) return false;
  const card: BatchCard = {
    kind: 'batch',
    members: members.map(({ key, card: member }) => ({ key, card: member })),
  };
  await ledger.outbox.gather(members, `batch:${members[0]?.sequence}`, card);
  return true;
}

async function membersOf(
  outbox: AppContext['ledger']['outbox'],
  kind: BatchedCard['kind'],
): Promise<readonly Member[]> {
  const members: Member[] = [];
  const passed = new Set<string>();
  let text = 0;
  // All of them are in the lane of the first.
  for (const item of await outbox.pending(SIGHT)) {
    const member = await asMember(outbox, item, kind);
    const size = member === null ? 0 : textOf(member.card);
    const isFull = members.length === MOST_MEMBERS || text + size > MOST_TEXT;
    const isBehind = item.streams.some((stream) => passed.has(stream));
    if (member === null || isFull || isBehind) {
      for (const stream of item.streams) passed.add(stream);
    } else {
      members.push(member);
      text += size;
    }
  }
  return members;
}

async function asMember(
  outbox: AppContext['ledger']['outbox'],
  item: OutboxCard,
  kind: BatchedCard['kind'],
): Promise<Member | null> {
  const { card } = item;
  if (!isBatchable(card) || card.kind !== kind || item.mayExist) return null;
  return (await outbox.messageOf(item.key)) === null ? { ...item, card } : null;
}

/** Roughly, in characters. */
const textOf = (card: BatchedCard): number =>
  card.kind === 'notice' ? card.title.length + card.text.length + 30 : 90;

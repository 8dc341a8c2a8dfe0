/**
 * The order in which waiting cards are delivered.
 *
 * Every card has a lane: what is about risk goes before exits, exits before entries, entries before what is
 * only to be known. And every card belongs to streams: its message, and the trade it is about. Within a
 * stream the order is always that in which the cards were written: nothing of a trade is told before what
 * happened to it earlier. So an urgent card does not jump over the older ones of its streams but takes them
 * along: each card has the lane of the most urgent card that waits behind it. (Schedulers know this as
 * priority inheritance.)
 */
export const LANES = ['channel-outage', 'risk', 'exit', 'entry', 'info'] as const;

/** How soon a card has to be told, the soonest first. `channel-outage` is the word of the channel's return alone. */
export type Lane = (typeof LANES)[number];

/** A card that waits. */
export interface WaitingCard {
  /** Grows in the order in which cards are written. */
  readonly sequence: number;
  /** Where it stands in that order: its own number, or of a batch that of its first member. */
  readonly place: number;
  /** The message it belongs to. */
  readonly key: string;
  readonly lane: Lane;
  /** Besides its message, what must stay in order with it: the trade, or of a batch all its members' streams. */
  readonly streams: readonly string[];
}

/** A message that is to be posted or edited. */
export interface Turn<W extends WaitingCard = WaitingCard> {
  readonly key: string;
  /** Of its cards, all that wait, oldest first; the last one is what the message shall show. */
  readonly cards: readonly W[];
  /** The most urgent of its cards and of those that wait for it. */
  readonly lane: Lane;
}

/**
 * The messages in the order of their delivery: by lane, then by the place of their oldest card. A message
 * whose oldest card is older than that of another in a shared stream always comes before it.
 */
export function deliveryOrder<W extends WaitingCard>(waiting: readonly W[]): readonly Turn<W>[] {
  const cards = waiting.toSorted((a, b) => a.place - b.place || a.sequence - b.sequence);
  const ranks = inheritedRanks(cards);
  const messages = new Map<string, { readonly cards: W[]; rank: number; readonly place: number }>();
  for (const [index, card] of cards.entries()) {
    const rank = ranks[index] ?? LANES.length;
    const message = messages.get(card.key) ?? { cards: [], rank, place: card.place };
    message.cards.push(card);
    message.rank = Math.min(message.rank, rank);
    messages.set(card.key, message);
  }
  return [...messages]
    .toSorted(([, a], [, b]) => a.rank - b.rank || a.place - b.place)
    .map(([key, { cards: own, rank }]) => ({ key, cards: own, lane: LANES[rank] ?? 'info' }));
}

const streamsOf = ({ key, streams }: WaitingCard): readonly string[] => [
  `message ${key}`,
  ...streams,
];

/** Of each card, in order of place, the most urgent lane of itself and of what follows it in its streams. */
function inheritedRanks(cards: readonly WaitingCard[]): readonly number[] {
  const urgency = new Map<string, number>();
  const ranks: number[] = [];
  for (const card of cards.toReversed()) {
    const streams = streamsOf(card);
    const own = LANES.indexOf(card.lane);
    const rank = Math.min(own, ...streams.map((stream) => urgency.get(stream) ?? own));
    // Passed on to whatever is older, also where that shares another stream with this card than the urgent one does.
    for (const stream of streams) urgency.set(stream, rank);
    ranks.unshift(rank);
  }
  return ranks;
}

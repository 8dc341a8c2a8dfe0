import { REJECT_CODES } from '#ports/broker.ts';
import type { RejectCode } from '#ports/broker.ts';

interface RejectionWords {
  /** What the broker's no means. */
  readonly means: string;
  readonly todo: string;
}

/** The broker's no in plain words. */
const REJECTIONS = {
  'duplicate-client-order-id': {
    means: 'The broker already has an order with this id: nothing was sent twice.',
    todo: 'Look at /status for what became of the first one.',
  },
  'insufficient-buying-power': {
    means: 'The account has too little buying power for it.',
    todo: 'Nothing, or let the bot take smaller positions if it happens often.',
  },
  'insufficient-quantity': {
    means: 'The shares it needs are tied up in another order.',
    todo: 'Look at the symbol’s orders at the broker. Cancel none that is the bot’s.',
  },
  'sub-penny': {
    means: 'A price has more decimals than the exchange allows.',
    todo: 'Report it: this is a fault of the bot.',
  },
  'base-price': {
    means: 'The price had moved too close to the stop or the target before the order arrived.',
    todo: 'Nothing: the next order is priced anew.',
  },
  'not-an-entry': {
    means:
      'The broker takes a bracket only as an entry, and it already has an order or position in this symbol.',
    todo: 'Find out whether someone else trades this symbol in the account.',
  },
  'not-an-exit': {
    means: 'The broker takes this order only as an exit, and it sees no position to leave.',
    todo: 'Look at /status: the position is gone, or the broker has not booked it yet.',
  },
  'opposite-pending': {
    means: 'An order for the other side of this symbol still works at the broker.',
    todo: 'Look at the symbol’s orders at the broker. Cancel none that is the bot’s.',
  },
  'not-shortable': {
    means: 'The broker does not allow this symbol to be sold short.',
    todo: 'Nothing, or take the symbol off the watchlist.',
  },
  'hard-to-borrow': {
    means: 'These shares are hard to borrow: the broker takes orders for the day only.',
    todo: 'Nothing, or take the symbol off the watchlist if it happens often.',
  },
  halted: {
    means: 'The exchange has halted trading in this symbol.',
    todo: 'Wait for the exchange. Stops in this symbol do not act until it trades again.',
  },
  'inactive-asset': {
    means: 'The symbol does not trade at this broker.',
    todo: 'Take it off the watchlist.',
  },
  'wash-trade': {
    means: 'It could have traded against another order of this account.',
    todo: 'Find out whether someone else trades this symbol in the account.',
  },
  'rate-limited': {
    means: 'The broker had too many requests at once.',
    todo: 'Nothing, or find out what else uses this account’s key if it happens often.',
  },
  unauthorized: {
    means: 'The broker does not accept the account’s key.',
    todo: 'Check the credentials now. Orders at the broker stay, but the bot cannot send or move any.',
  },
  'not-found': {
    means: 'The broker does not know what the order refers to.',
    todo: 'Look at /status for what is there.',
  },
  'already-final': {
    means: 'The order is over already: filled, cancelled or expired.',
    todo: 'Look at /status for how it ended.',
  },
  unchanged: {
    means: 'The order stands at that price already.',
    todo: 'Nothing.',
  },
  'not-replaceable': {
    means: 'The order is still on its way and cannot be changed yet.',
    todo: 'Nothing: it stays as it was.',
  },
  'already-replaced': {
    means: 'Another order has already taken its place.',
    todo: 'Nothing: the newer order counts.',
  },
  'chain-not-settled': {
    means: 'An earlier change of this order is not through yet.',
    todo: 'Nothing: it stays as the earlier change has it.',
  },
  'quantity-fixed': {
    means: 'The broker does not change the number of shares of this order.',
    todo: 'Report it: this is a fault of the bot.',
  },
  unknown: {
    means: 'The broker gave a reason that is not known here.',
    todo: 'Look at the broker before anything else in this symbol.',
  },
} as const satisfies Record<RejectCode, RejectionWords>;

const KNOWN: ReadonlySet<string> = new Set(REJECT_CODES);
const isKnown = (code: string): code is RejectCode => KNOWN.has(code);

/** Words for the class of a rejection; an older ledger may hold classes that exist no more. */
export const rejectionWords = (code: string): RejectionWords =>
  REJECTIONS[isKnown(code) ? code : 'unknown'];

import type { Usd } from '#core/money.ts';
import {
  count,
  formatMoney,
  formatNumber,
  formatPrice,
  formatSlippage,
} from '#core/number-words.ts';
import type { EpochMs } from '#core/session.ts';
import type { TradeStatus } from '#core/trade.ts';
import type {
  DayFill,
  HandDeed,
  ParityDifference,
  ParityReport,
  SignalOutcome,
} from '#ports/parity.ts';

import { EXIT_WORDS } from './reasons.ts';

/** How an instant is shown. */
type TimeWords = (at: EpochMs) => string;

/** What both sides agree on, in one line. */
export function parityLine({ signals, fills, slippage }: ParityReport): string {
  const both = `${count(signals, 'signal')}, ${count(fills, 'fill')}`;
  const { bps, usd } = slippage;
  const cost = usd === 0 ? '' : `, ${formatMoney(absolute(usd))}`;
  return `${both}, slippage ${formatSlippage(bps)}${cost} against the backtest`;
}

const absolute = (amount: Usd): Usd => Math.abs(amount) as Usd;

/** A difference in words. */
export function differenceLine(difference: ParityDifference, time: TimeWords): string {
  if ('fill' in difference) {
    const { fill } = difference;
    return `${time(fill.at)} ${fill.symbol}: ${fillWords(difference)}`;
  }
  const { barEnd, symbol } = difference;
  return `${time(barEnd)} ${symbol}: ${signalWords(difference)}`;
}

type OfFill = Extract<ParityDifference, { readonly fill: DayFill }>;
type OfSignal = Exclude<ParityDifference, OfFill>;

function signalWords(difference: OfSignal): string {
  switch (difference.kind) {
    case 'signal-missed':
      return `signal missed: the backtest enters, the bot ${outcomeWords(difference.recorded)}`;
    case 'signal-extra':
      return `extra signal: the bot entered, the backtest ${outcomeWords(difference.replayed)}`;
    case 'signal-refused': {
      const { recorded, replayed } = difference;
      return `signal refused otherwise: the bot ${outcomeWords(recorded)}, the backtest ${outcomeWords(replayed)}`;
    }
    case 'signal-numbers': {
      const numbers = difference.numbers.map(
        ({ name, recorded, replayed }) => `${name} ${recorded}, in the backtest ${replayed}`,
      );
      return `other numbers: ${numbers.join('; ')}`;
    }
    default:
      return difference satisfies never;
  }
}

function outcomeWords(outcome: SignalOutcome): string {
  if (outcome === 'entered') return 'entered';
  if (outcome === 'no-signal') return 'saw no signal';
  if (outcome === 'no-cycle') return 'had no cycle at that bar';
  return `refused it (${outcome})`;
}

function fillWords(difference: OfFill): string {
  const what = executed(difference.fill);
  switch (difference.kind) {
    case 'fill-missed':
      return `${what} missed: only the backtest has it${statusWords(difference.status)}`;
    case 'fill-extra':
      return `extra ${what}: the backtest does not have it`;
    case 'fill-late': {
      const { bars } = difference;
      return `${what} ${count(Math.abs(bars), 'bar')} ${bars > 0 ? 'late' : 'early'}`;
    }
    case 'fill-quantity':
      return `${what}, in the backtest ${count(difference.replayed, 'share')}`;
    case 'fill-price': {
      const { replayed, bps, usd } = difference;
      const cost = formatMoney(absolute(usd));
      return `${what}, in the backtest ${formatPrice(replayed)}: ${formatSlippage(bps)}, ${cost}`;
    }
    default:
      return difference satisfies never;
  }
}

const executed = ({ as, quantity, price }: DayFill): string =>
  `${as === 'entry' ? 'entry' : `exit (${EXIT_WORDS[as].column})`} of ${formatNumber(quantity)} @ ${formatPrice(price)}`;

/** What became of a trade whose fill is missing, where that tells why. */
function statusWords(status: TradeStatus | null): string {
  if (status === null) return '; the bot has no such trade';
  const isOver = status === 'cancelled' || status === 'rejected' || status === 'abandoned';
  return isOver ? `; the bot’s entry was ${status}` : '';
}

/**
 * What a person did, in words.
 *
 * @param nameOf shows a person's name where it could mean something else
 */
export function deedLine(
  deed: HandDeed,
  time: TimeWords,
  nameOf: (name: string) => string = (name) => name,
): string {
  if (deed.kind === 'control') {
    const { status, by } = deed.control;
    return `${time(deed.at)} ${status === 'active' ? 'resumed' : status} by ${nameOf(by)}`;
  }
  const { fill } = deed;
  const who = deed.kind === 'closed' ? 'closed by hand' : 'none of the bot’s own';
  return `${time(fill.at)} ${fill.symbol}: ${executed(fill)}, ${who}`;
}

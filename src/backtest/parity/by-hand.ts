import { isByPerson } from '#core/control.ts';
import type { ControlState } from '#core/control.ts';
import type { TradeId } from '#core/ids.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { DayFill, HandDeed } from '#ports/parity.ts';

import type { HandAct } from '../recording.ts';
import type { RecordedDay } from './recorded-day.ts';

/** Another control state than in the cycle before, by a person. */
interface Steering {
  /** When it is told to have been. */
  readonly toldAt: EpochMs;
  /** When a run has to do it: before the cycle that has seen it. */
  readonly at: EpochMs;
  readonly control: ControlState;
}

/** What people did in a day: as it is told, and as a run has to do it again. */
export function handsOf(
  day: RecordedDay,
  fills: readonly DayFill[],
): { readonly deeds: readonly HandDeed[]; readonly acts: readonly HandAct[] } {
  const origins = new Map(day.trades.map(({ trade }) => [trade.id, trade.origin]));
  const steerings = steeringsOf(day);
  const deeds = fills.flatMap((fill): readonly HandDeed[] => {
    const isForeign = fill.as === 'other' || origins.get(fill.tradeId) === 'adopted';
    if (isForeign) return [{ kind: 'foreign', fill }];
    return fill.as === 'manual_close' ? [{ kind: 'closed', fill }] : [];
  });
  return {
    deeds: [...deeds, ...steerings.map(steeringDeed)],
    acts: [...fills.flatMap(closingOf), ...steerings.map((one) => steeringAct(day, one))].toSorted(
      (one, other) => one.at - other.at,
    ),
  };
}

function closingOf({ as, at, tradeId, symbol, quantity, price }: DayFill): readonly HandAct[] {
  if (as !== 'manual_close' && as !== 'other') return [];
  return [{ kind: 'close', at, tradeId, symbol, quantity, price, reason: as }];
}

const steeringDeed = ({ toldAt, control }: Steering): HandDeed => ({
  kind: 'control',
  at: toldAt,
  control,
});

const steeringAct = (day: RecordedDay, steering: Steering): HandAct => ({
  kind: 'control',
  at: steering.at,
  control: steering.control,
  cancels: cancelledBy(day, steering),
});

function steeringsOf({ cycles, first }: RecordedDay): readonly Steering[] {
  const barMs = first.parameters.barMinutes * MINUTE_MS;
  return cycles.flatMap(({ barEnd, control }, index) => {
    const before = cycles[index - 1]?.control ?? null;
    const isFirst = before === null;
    const isBegun = isFirst ? control.since > barEnd - barMs : control.since !== before.since;
    // One halt on top of another keeps its words, and only its end moves.
    const isExtended = !isFirst && !isBegun && control.until !== before.until;
    if (!isExtended && !(isBegun && isByPerson(control))) return [];
    // The cycle of that bar has seen it.
    const at = isExtended ? barEnd - 1 : Math.min(control.since, barEnd - 1);
    return [{ toldAt: isExtended ? at : control.since, at, control }];
  });
}

/** Entries that worked when a halt came, and never filled. */
function cancelledBy(
  { trades, first }: RecordedDay,
  { at, control }: Steering,
): readonly TradeId[] {
  const barMs = first.parameters.barMinutes * MINUTE_MS;
  if (control.status === 'active') return [];
  return trades.flatMap(({ trade }) => {
    const { id, intent, entryQuantity } = trade;
    const wasWorking = intent.decidedAt <= at && at < intent.decidedAt + barMs;
    return wasWorking && entryQuantity === 0 ? [id] : [];
  });
}

import { applyControl, DRAWDOWN_WATCH } from '#core/control.ts';
import type { ControlEvent } from '#core/control.ts';
import type { DrawdownScope } from '#core/drawdown-ladder.ts';
import { acknowledgeDrawdown, drawdownView } from '#core/drawdown.ts';
import type { EpochMs } from '#core/session.ts';

import type { Desk, Moment } from './desk.ts';

/** Halts whose time is over end, and what a person would have to resume is resumed where the options say so. */
export function tendControl(desk: Desk, { barEnd, session }: Moment): void {
  // The bar may have filled the last of what was being flattened.
  noteFlat(desk, barEnd);
  change(desk, { type: 'expire', at: barEnd });
  const { control, ladder, options } = desk;
  const isNewDay = ladder.sessionDate() !== session.date;
  const drawdown = isNewDay && options.afterPeakHalt !== 'stay' ? ladder.state() : null;
  if (drawdown === null) return;
  if (drawdown.peak.level !== 'breached' || control.status !== 'halted') return;
  ladder.set(acknowledgeDrawdown(drawdown));
  change(desk, { type: 'resume', by: 'backtest', reason: 'a new session', at: barEnd });
}

function change(desk: Desk, event: ControlEvent): void {
  desk.control = applyControl(desk.control, event) ?? desk.control;
}

/** Takes the account's equity in, once a bar; a limit that is reached halts. */
export function watchDrawdown(desk: Desk, moment: Moment): void {
  const { exchange, ladder } = desk;
  const { barEnd: at, session } = moment;
  const [equity, lastEquity] = [exchange.equity(), exchange.lastEquity()];
  for (const { type, scope } of ladder.read({ at, session, equity, lastEquity })) {
    if (type === 'breached') halt(desk, scope, moment);
  }
}

function halt(desk: Desk, scope: DrawdownScope, { barEnd: at, sessionIndex }: Moment): void {
  desk.halts.push({ at, scope });
  change(desk, {
    type: desk.parameters.drawdownPolicy === 'flatten' ? 'flatten' : 'halt',
    by: DRAWDOWN_WATCH,
    reason: `equity fell to the limit of the ${scope}`,
    at,
    until: scope === 'day' ? nextOpen(desk, sessionIndex) : null,
  });
}

const nextOpen = ({ grid }: Desk, sessionIndex: number): EpochMs | null =>
  grid.sessions[sessionIndex + 1]?.open ?? null;

/** Nothing is held or ordered any more: what had to be flattened is. */
export function noteFlat(desk: Desk, at: EpochMs): void {
  if (desk.control.status === 'flattening' && desk.live.size === 0)
    change(desk, { type: 'flat', at });
}

export const drawdownNow = ({ ladder }: Desk, { session }: Moment) =>
  drawdownView(ladder.state(), session.date);

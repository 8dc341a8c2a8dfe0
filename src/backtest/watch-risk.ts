import { applyControl } from '#core/control.ts';
import type { ControlEvent } from '#core/control.ts';
import type { DrawdownScope } from '#core/drawdown-ladder.ts';
import { acknowledgeDrawdown, drawdownView, followDrawdown } from '#core/drawdown.ts';
import { ZERO_USD } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';
import { NO_CASH_VIEW } from '#core/unexplained-cash.ts';

import type { Desk, Moment } from './desk.ts';

/** Halts whose time is over end, and what a person would have to resume is resumed where the options say so. */
export function tendControl(desk: Desk, { barEnd, session }: Moment): void {
  // The bar may have filled the last of what was being flattened.
  noteFlat(desk, barEnd);
  change(desk, { type: 'expire', at: barEnd });
  const { drawdown, control, options } = desk;
  const isNewDay = drawdown !== null && drawdown.sessionDate !== session.date;
  if (!isNewDay || options.afterPeakHalt === 'stay') return;
  if (drawdown.peak.level !== 'breached' || control.status !== 'halted') return;
  desk.drawdown = acknowledgeDrawdown(drawdown);
  change(desk, { type: 'resume', by: 'backtest', reason: 'a new session', at: barEnd });
}

function change(desk: Desk, event: ControlEvent): void {
  desk.control = applyControl(desk.control, event) ?? desk.control;
}

/** Takes the account's equity in, once a bar; a limit that is reached halts. */
export function watchDrawdown(desk: Desk, moment: Moment): void {
  const { exchange, parameters } = desk;
  const { barEnd: at, session } = moment;
  const { state, events } = followDrawdown(
    desk.drawdown,
    {
      at,
      sessionDate: session.date,
      sessionOpen: session.open,
      isTrusted: true,
      equity: exchange.equity(),
      flows: ZERO_USD,
      lastEquity: exchange.lastEquity(),
      lastFlows: ZERO_USD,
      cash: NO_CASH_VIEW,
      recorded: null,
    },
    parameters,
  );
  desk.drawdown = state;
  for (const { type, scope } of events) if (type === 'breached') halt(desk, scope, moment);
}

/** Whether the ladder has seen the equity there is, and waits for no second reading of it. */
export function isEquityRead({ drawdown, exchange }: Desk): boolean {
  if (drawdown === null) return true;
  const { equity, day, peak } = drawdown;
  const isAwaited = day.suspectedAt !== null || peak.suspectedAt !== null;
  return !isAwaited && equity === exchange.equity();
}

function halt(desk: Desk, scope: DrawdownScope, { barEnd: at, sessionIndex }: Moment): void {
  desk.halts.push({ at, scope });
  change(desk, {
    type: desk.parameters.drawdownPolicy === 'flatten' ? 'flatten' : 'halt',
    by: 'drawdown watch',
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

export const drawdownNow = ({ drawdown }: Desk, { session }: Moment) =>
  drawdownView(drawdown, session.date);

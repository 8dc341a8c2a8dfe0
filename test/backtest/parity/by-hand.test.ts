import { describe, expect, it } from 'vitest';

import { handsOf } from '#backtest/parity/by-hand.ts';
import type { RecordedDay } from '#backtest/parity/recorded-day.ts';
import type { ControlState } from '#core/control.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

const MINUTE = 60_000;
const BAR_END = Date.parse('2025-10-15T13:55:00Z');
/** Once the bar had ended, and before its cycle decided. */
const HALTED_AT = BAR_END + 2_000;

const active = {
  status: 'active',
  by: 'system',
  reason: 'never changed',
  since: 0,
  until: null,
} as const satisfies ControlState;
const halted = {
  status: 'halted',
  by: 'Theo',
  reason: 'at once',
  since: HALTED_AT,
  until: null,
} as const satisfies ControlState;

const day = {
  cycles: [
    { barEnd: BAR_END - 5 * MINUTE, control: active },
    { barEnd: BAR_END, control: halted },
  ],
  first: { parameters: DEFAULT_PARAMETERS },
  trades: [],
} as unknown as RecordedDay;

describe('a halt between the end of a bar and its cycle', () => {
  it('is told with the time that its own card had', () => {
    expect(handsOf(day, []).deeds).toEqual([{ kind: 'control', at: HALTED_AT, control: halted }]);
  });

  it('is done again before the cycle of that bar, which has seen it', () => {
    expect(handsOf(day, []).acts).toEqual([
      { kind: 'control', at: BAR_END - 1, control: halted, cancels: [] },
    ]);
  });
});

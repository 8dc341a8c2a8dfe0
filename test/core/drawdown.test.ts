import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { CONFIRM_MS } from '#core/drawdown-ladder.ts';
import type { DrawdownEvent } from '#core/drawdown-ladder.ts';
import { acknowledgeDrawdown, drawdownView, followDrawdown } from '#core/drawdown.ts';
import type { DrawdownReading, DrawdownState } from '#core/drawdown.ts';
import { micros, parseUsd, usdFromNumber } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant } from '#core/session.ts';
import { NO_CASH_VIEW } from '#core/unexplained-cash.ts';

const MONDAY = asSessionDate('2025-11-24');
const TUESDAY = asSessionDate('2025-11-25');
const OPEN = newYorkInstant(MONDAY, '09:30');
const DAY_MS = 24 * 60 * MINUTE_MS;

type Given = Partial<Omit<DrawdownReading, 'equity' | 'flows'>> & {
  /** In dollars. */
  readonly equity: number;
  readonly flows?: number;
};

/** A reading a quarter of a minute after the one before it, the first one at the open. */
const readings = (given: readonly Given[]): readonly DrawdownReading[] =>
  given.map(({ equity, flows = 0, ...changes }, index) => ({
    at: OPEN + index * 15_000,
    sessionDate: MONDAY,
    sessionOpen: OPEN,
    isTrusted: true,
    lastEquity: parseUsd('100000'),
    lastFlows: micros(0),
    cash: NO_CASH_VIEW,
    recorded: null,
    equity: usdFromNumber(equity),
    flows: usdFromNumber(flows),
    ...changes,
  }));

/** `day 50`, `peak breached`, `day recovered`, `day beyond 2`. */
function words(event: DrawdownEvent): string {
  if (event.type === 'warning') return `${event.scope} ${event.ofLimitPercent}`;
  return `${event.scope} ${event.type}${event.type === 'beyond' ? ` ${event.limits}` : ''}`;
}

interface Lived {
  readonly state: DrawdownState | null;
  /** Of each reading, joined by commas. */
  readonly told: readonly string[];
  readonly views: readonly (number | null)[];
}

function live(
  given: readonly Given[],
  from: DrawdownState | null = null,
  limits = DEFAULT_PARAMETERS,
): Lived {
  let state = from;
  const told: string[] = [];
  const views: (number | null)[] = [];
  for (const reading of readings(given)) {
    const step = followDrawdown(state, reading, limits);
    ({ state } = step);
    told.push(step.events.map(words).join(', '));
    views.push(drawdownView(state, reading.sessionDate).dailyPercent);
  }
  return { state, told, views };
}

const falling = (...equities: readonly number[]): readonly Given[] =>
  equities.map((equity) => ({ equity }));

/** Equity from an open at 100,000, and what each reading tells; the peak's limit is out of the way. */
const DAYS: readonly (readonly [string, readonly (readonly [number, string])[]])[] = [
  [
    'says nothing of small moves',
    [
      [100_000, ''],
      [99_000, ''],
      [101_000, ''],
      [98_501, ''],
    ],
  ],
  [
    'warns at half of the limit, once',
    [
      [100_000, ''],
      [98_500, 'day 50'],
      [98_400, ''],
      [98_500, ''],
    ],
  ],
  [
    'warns at three quarters, once',
    [
      [100_000, ''],
      [98_500, 'day 50'],
      [97_750, 'day 75'],
      [97_700, ''],
    ],
  ],
  [
    'warns once of two warnings at one stroke',
    [
      [100_000, ''],
      [97_750, 'day 75'],
      [97_750, ''],
    ],
  ],
  [
    'does not reach three quarters a dollar above',
    [
      [100_000, ''],
      [97_751, 'day 50'],
    ],
  ],
  [
    'halts when a second reading is at the limit too',
    [
      [100_000, ''],
      [97_000, 'day 75'],
      [97_000, 'day breached'],
    ],
  ],
  [
    'does not halt a dollar above the limit',
    [
      [100_000, ''],
      [97_001, 'day 75'],
      [97_001, ''],
    ],
  ],
  [
    'does not halt by a single odd tick',
    [
      [100_000, ''],
      [96_000, 'day 75'],
      [99_900, 'day recovered'],
    ],
  ],
  [
    'needs the two readings in a row',
    [
      [100_000, ''],
      [96_000, 'day 75'],
      [97_100, ''],
      [96_000, ''],
      [96_000, 'day breached'],
    ],
  ],
  [
    'is not told again by noise around a threshold',
    [
      [100_000, ''],
      [98_500, 'day 50'],
      [98_510, ''],
      [98_490, ''],
      [98_799, ''],
      [98_500, ''],
    ],
  ],
  [
    'has recovered a tenth of the limit above the first warning, and may be told again then',
    [
      [100_000, ''],
      [98_500, 'day 50'],
      [98_799, ''],
      [98_800, 'day recovered'],
      [98_500, 'day 50'],
    ],
  ],
  [
    'tells the second warning again only past its own hysteresis',
    [
      [100_000, ''],
      [97_750, 'day 75'],
      [98_049, ''],
      [97_750, ''],
      [98_050, ''],
      [97_750, 'day 75'],
    ],
  ],
  [
    'has recovered at once from both warnings when the fall is gone',
    [
      [100_000, ''],
      [97_750, 'day 75'],
      [100_000, 'day recovered'],
      [98_500, 'day 50'],
    ],
  ],
  [
    'stays breached for the session, whatever comes',
    [
      [100_000, ''],
      [96_000, 'day 75'],
      [96_000, 'day breached'],
      [98_799, ''],
      [93_000, ''],
      [93_000, ''],
    ],
  ],
  [
    'after a breach is told once to be back, and stays breached',
    [
      [100_000, ''],
      [96_000, 'day 75'],
      [96_000, 'day breached'],
      [98_799, ''],
      [98_800, 'day recovered'],
      [96_000, ''],
      [96_000, ''],
      [101_000, ''],
    ],
  ],
];

const NO_PEAK = { ...DEFAULT_PARAMETERS, peakDrawdownPercent: 100 };
const NO_DAY = { ...DEFAULT_PARAMETERS, dailyDrawdownPercent: 100 };

describe('the ladder of a day', () => {
  it.each(DAYS)('%s', (_, path) => {
    expect(live(falling(...path.map(([equity]) => equity)), null, NO_PEAK).told).toEqual(
      path.map(([, told]) => told),
    );
  });

  it('shows the fall in per cent of the open, and no gain', () => {
    expect(live(falling(100_000, 98_800, 101_000, 100_000)).views).toEqual([0, -1.2, 0, 0]);
  });

  it('counts a breach from the first reading beyond the limit, for whoever wants to enter', () => {
    const suspected = live(falling(100_000, 97_000)).state;
    expect(drawdownView(suspected, MONDAY).isDailyBreached).toBe(true);
    const cleared = live(falling(100_000, 97_000, 97_100)).state;
    expect(drawdownView(cleared, MONDAY).isDailyBreached).toBe(false);
    const breached = live(falling(100_000, 97_000, 97_000, 99_000)).state;
    expect(drawdownView(breached, MONDAY).isDailyBreached).toBe(true);
  });

  it.each([
    [CONFIRM_MS - 1, ''],
    [CONFIRM_MS, 'day breached'],
  ])('takes a reading %d ms later for another look, or the same one', (later, told) => {
    const at = OPEN + 15_000;
    const path = [{ equity: 100_000 }, { equity: 97_000, at }, { equity: 97_000, at: at + later }];
    expect(live(path, null, NO_PEAK).told.at(-1)).toBe(told);
    expect(CONFIRM_MS).toBe(5_000);
  });

  it('begins anew with each session', () => {
    const monday = live(falling(100_000, 97_000, 97_000), null, NO_PEAK).state;
    const next = { sessionDate: TUESDAY, sessionOpen: OPEN + DAY_MS };
    const tuesday = live(
      [
        { equity: 97_000, ...next, at: OPEN + DAY_MS },
        { equity: 95_600, ...next, at: OPEN + DAY_MS + 15_000 },
        { equity: 95_545, ...next, at: OPEN + DAY_MS + 30_000 },
      ],
      monday,
      NO_PEAK,
    );
    expect(tuesday.told).toEqual(['', '', 'day 50']);
    expect(tuesday.state?.openingEquity).toBe(parseUsd('97000'));
    expect(drawdownView(tuesday.state, TUESDAY).isDailyBreached).toBe(false);
  });

  it('of yesterday says nothing of today', () => {
    const monday = live(falling(100_000, 96_000, 96_000)).state;
    expect(drawdownView(monday, TUESDAY)).toEqual({
      dailyPercent: null,
      peakPercent: -4,
      isDailyBreached: false,
      isPeakBreached: false,
    });
  });

  it('is unknown before the first reading', () => {
    expect(drawdownView(null, MONDAY)).toEqual({
      dailyPercent: null,
      peakPercent: null,
      isDailyBreached: false,
      isPeakBreached: false,
    });
  });
});

describe('the opening equity', () => {
  const BAR_MS = 5 * MINUTE_MS;

  it.each([
    ['the first reading’s within a bar of the open', OPEN + BAR_MS, 100_000, '98000'],
    ['the close before for a bot that came later', OPEN + BAR_MS + 1, 100_000, '100000'],
    ['the first reading’s where the broker knows no close before', OPEN + 2 * BAR_MS, 0, '98000'],
  ])('is %s', (_, at, lastEquity, expected) => {
    const { state } = live([{ equity: 98_000, at, lastEquity: usdFromNumber(lastEquity) }]);
    expect(state?.openingEquity).toBe(parseUsd(expected));
    expect(state?.peakEquity).toBe(parseUsd(expected));
  });

  it('is the close before however little that was', () => {
    const { state } = live([{ equity: 1, at: OPEN + 2 * BAR_MS, lastEquity: micros(1) }]);
    expect(state?.openingEquity).toBe(1);
  });

  it('of the close before leaves out what was paid in since', () => {
    const { state } = live([
      { equity: 148_000, flows: 70_000, lastFlows: usdFromNumber(20_000), at: OPEN + 2 * BAR_MS },
    ]);
    expect(drawdownView(state, MONDAY).dailyPercent).toBe(-2);
  });

  it('stays what it was, whatever the broker says later of the close before', () => {
    const { views } = live([
      { equity: 100_000 },
      { equity: 99_000, lastEquity: parseUsd('50000'), at: OPEN + 60 * MINUTE_MS },
    ]);
    expect(views.at(-1)).toBe(-1);
  });
});

/** Equity from a peak at 100,000; the day's limit is out of the way. */
const PEAKS: readonly (readonly [string, readonly (readonly [number, string])[]])[] = [
  [
    'warns at half and three quarters of five per cent, then halts',
    [
      [100_000, ''],
      [97_501, ''],
      [97_500, 'peak 50'],
      [96_250, 'peak 75'],
      [95_000, ''],
      [95_000, 'peak breached'],
    ],
  ],
  [
    'does not halt a dollar above the limit',
    [
      [100_000, ''],
      [95_001, 'peak 75'],
      [95_001, ''],
    ],
  ],
  [
    'measures from the highest equity so far',
    [
      [100_000, ''],
      [110_000, ''],
      [107_251, ''],
      [107_250, 'peak 50'],
      [111_000, 'peak recovered'],
    ],
  ],
  [
    'has recovered a tenth of the limit above the first warning',
    [
      [100_000, ''],
      [97_500, 'peak 50'],
      [97_999, ''],
      [98_000, 'peak recovered'],
    ],
  ],
  [
    'stays breached until somebody resumes',
    [
      [100_000, ''],
      [95_000, 'peak 75'],
      [95_000, 'peak breached'],
      [120_000, ''],
      [110_000, ''],
      [110_000, ''],
    ],
  ],
];

describe('the ladder from the peak', () => {
  it.each(PEAKS)('%s', (_, path) => {
    expect(live(falling(...path.map(([equity]) => equity)), null, NO_DAY).told).toEqual(
      path.map(([, told]) => told),
    );
  });

  it('goes on over sessions, and over nights', () => {
    const monday = live(falling(100_000, 97_500), null, NO_DAY).state;
    const next = { sessionDate: TUESDAY, sessionOpen: OPEN + DAY_MS };
    const tuesday = live(
      [
        { equity: 96_300, ...next, at: OPEN + DAY_MS },
        { equity: 96_250, ...next, at: OPEN + DAY_MS + 15_000 },
      ],
      monday,
      NO_DAY,
    );
    expect(tuesday.told).toEqual(['', 'peak 75']);
    expect(tuesday.state?.peakAt).toBe(OPEN);
  });

  it('knows when the peak was', () => {
    expect(live(falling(100_000, 101_000, 100_500, 101_000)).state).toMatchObject({
      peakEquity: parseUsd('101000'),
      peakAt: OPEN + 15_000,
    });
  });

  it('tells of both scopes when both are reached', () => {
    expect(live(falling(100_000, 94_000, 94_000)).told).toEqual([
      '',
      'day 75, peak 75',
      'day breached, peak breached',
    ]);
  });
});

describe('a resume', () => {
  it('lets the day’s breach be, for the rest of the session', () => {
    const before = live(falling(100_000, 97_000, 97_000), null, NO_PEAK).state!;
    const after = acknowledgeDrawdown(before);
    expect(drawdownView(after, MONDAY).isDailyBreached).toBe(false);
    const later = live(
      [
        { equity: 96_000, at: OPEN + 60_000 },
        { equity: 96_000, at: OPEN + 75_000 },
        { equity: 99_900, at: OPEN + 90_000 },
        { equity: 96_000, at: OPEN + 105_000 },
      ],
      after,
      NO_PEAK,
    );
    expect(later.told).toEqual(['', '', 'day recovered', '']);
    expect(drawdownView(later.state, MONDAY).isDailyBreached).toBe(false);
  });

  it('has each further whole limit told once, by a second reading, and halts nothing', () => {
    const before = live(falling(100_000, 97_000, 97_000), null, NO_PEAK).state!;
    const path = [94_001, 94_001, 94_000, 94_000, 94_000, 93_000, 94_500, 93_500, 91_000, 91_000];
    const given = path.map((equity, index) => ({ equity, at: OPEN + 60_000 + index * 15_000 }));
    const later = live(given, acknowledgeDrawdown(before), NO_PEAK);
    expect(later.told.map((text) => text || '-').join(' ')).toBe(
      '- - - day beyond 2 - - - - - day beyond 3',
    );
    expect(drawdownView(later.state, MONDAY).isDailyBreached).toBe(false);
  });

  it('does not take a single odd tick for a further limit', () => {
    const before = live(falling(100_000, 97_000, 97_000), null, NO_PEAK).state!;
    const given = [94_000, 97_000, 94_000, 97_000].map((equity, index) => ({
      equity,
      at: OPEN + 60_000 + index * 15_000,
    }));
    const later = live(given, acknowledgeDrawdown(before), NO_PEAK);
    expect(later.told).toEqual(['', '', '', '']);
  });

  it('is not followed by a limit that was reached before it', () => {
    const before = live(falling(100_000, 97_000, 97_000, 93_000, 93_000), null, NO_PEAK).state!;
    const given = [93_000, 93_000, 91_000, 91_000].map((equity, index) => ({
      equity,
      at: OPEN + 90_000 + index * 15_000,
    }));
    const later = live(given, acknowledgeDrawdown(before), NO_PEAK);
    expect(later.told).toEqual(['', '', '', 'day beyond 3']);
  });

  it('measures a breach from the peak anew, from the equity there is', () => {
    const before = live(falling(100_000, 95_000, 94_000), null, NO_DAY).state!;
    expect(drawdownView(before, MONDAY)).toMatchObject({ peakPercent: -6, isPeakBreached: true });
    const after = acknowledgeDrawdown(before);
    expect(after).toMatchObject({ peakEquity: parseUsd('94000'), peakAt: before.at });
    expect(drawdownView(after, MONDAY)).toMatchObject({ peakPercent: 0, isPeakBreached: false });
    const later = live(
      [
        { equity: 91_650, at: OPEN + 60_000 },
        { equity: 89_300, at: OPEN + 75_000 },
        { equity: 89_300, at: OPEN + 90_000 },
      ],
      after,
      NO_DAY,
    );
    expect(later.told).toEqual(['peak 50', 'peak 75', 'peak breached']);
  });

  it('changes nothing where nothing was breached', () => {
    const before = live(falling(100_000, 97_001, 97_001)).state!;
    expect(acknowledgeDrawdown(before)).toEqual(before);
  });
});

describe('deposits and withdrawals', () => {
  it.each([
    ['a deposit', 50_000],
    ['a withdrawal', -50_000],
  ])('%s moves neither percentage', (_, amount) => {
    const before = live(falling(100_000, 98_000)).state!;
    const step = live([{ equity: 98_000 + amount, flows: amount, at: OPEN + 60_000 }], before);
    expect(step.told).toEqual(['']);
    expect(drawdownView(step.state, MONDAY)).toEqual(drawdownView(before, MONDAY));
  });

  it('leave later moves measured on the money that is there', () => {
    const path = [
      { equity: 100_000 },
      { equity: 10_000, flows: -90_000 },
      { equity: 9_700, flows: -90_000 },
      { equity: 9_700, flows: -90_000 },
    ];
    const { told, views } = live(path, null, NO_PEAK);
    expect(views).toEqual([0, 0, -3, -3]);
    expect(told.at(-1)).toBe('day breached');
  });

  it('that bring an empty account to life begin it anew', () => {
    const { told, views } = live([{ equity: 100 }, { equity: 100_000, flows: 100_000 }]);
    expect(views).toEqual([0, 0]);
    expect(told).toEqual(['', '']);
  });

  it('that come to an account with anything left keep its fall', () => {
    const { views } = live([{ equity: 0.000_002 }, { equity: 100.000_001, flows: 100 }]);
    expect(views).toEqual([0, -50]);
  });
});

describe('a reading that is not to be trusted', () => {
  it('changes nothing, and the next one goes on from before', () => {
    const path = [
      { equity: 100_000 },
      { equity: 50_000, isTrusted: false },
      { equity: 50_000, isTrusted: false },
      { equity: 99_900 },
    ];
    expect(live(path)).toMatchObject({ told: ['', '', '', ''], views: [0, 0, 0, -0.1] });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 0, -5])(
    'is one with an equity of %d',
    (equity) => {
      const [first] = readings([{ equity: 100_000 }]);
      const before = live(falling(100_000)).state;
      const reading = { ...first!, at: OPEN + 60_000, equity: equity as DrawdownReading['equity'] };
      expect(followDrawdown(before, reading, DEFAULT_PARAMETERS)).toEqual({
        state: before,
        events: [],
      });
    },
  );

  it('is none because the account is nearly empty', () => {
    expect(live([{ equity: 0.000_001 }]).state).toMatchObject({ equity: 1, openingEquity: 1 });
  });

  it('is one that is older than the last', () => {
    const before = live(falling(100_000, 99_000)).state;
    const late = live([{ equity: 90_000, at: OPEN + 14_999 }], before);
    expect(late).toMatchObject({ state: before, told: [''] });
    const again = live([{ equity: 98_000, at: OPEN + 15_000 }], before);
    expect(again.views).toEqual([-2]);
  });
});

describe('the deepest fall of a session', () => {
  it('is since the open, and stays when equity comes back', () => {
    expect(live(falling(100_000, 98_800, 99_000, 103_000, 102_000)).state?.deepestPercent).toBe(
      1.2,
    );
  });

  it('leaves out a single odd tick beyond the limit, and has what a second one confirmed', () => {
    const odd = live(falling(100_000, 96_000, 99_000), null, NO_PEAK).state;
    expect(odd?.deepestPercent).toBe(1);
    const breached = live(falling(100_000, 96_000, 97_000, 99_000), null, NO_PEAK).state;
    expect(breached?.deepestPercent).toBe(3);
  });

  it('begins anew with each session', () => {
    const monday = live(falling(100_000, 98_800)).state;
    const next = { sessionDate: TUESDAY, sessionOpen: OPEN + DAY_MS, at: OPEN + DAY_MS };
    expect(live([{ equity: 98_000, ...next }], monday).state?.deepestPercent).toBe(0);
  });
});

describe('a suspected breach', () => {
  it('from the peak is not carried into the next session', () => {
    const monday = live(falling(100_000, 94_000), null, NO_DAY).state;
    expect(drawdownView(monday, MONDAY).isPeakBreached).toBe(true);
    expect(drawdownView(monday, TUESDAY).isPeakBreached).toBe(false);
    const next = { sessionDate: TUESDAY, sessionOpen: OPEN + DAY_MS };
    const path = [0, 15_000].map((after) => ({
      equity: 94_000,
      ...next,
      at: OPEN + DAY_MS + after,
    }));
    expect(live(path, monday, NO_DAY).told).toEqual(['', 'peak breached']);
  });
});

describe('the peak of earlier records', () => {
  const recorded = { equity: parseUsd('108000'), flows: parseUsd('20000'), at: OPEN - DAY_MS };

  it('is what the first reading is measured from, with what was paid in since', () => {
    const { state } = live([{ equity: 100_000, flows: 20_000, recorded }]);
    expect(state).toMatchObject({ peakEquity: recorded.equity, peakAt: recorded.at });
    const later = live([{ equity: 110_000, flows: 30_000, recorded }]).state;
    expect(later?.peakEquity).toBe(parseUsd('118800'));
  });

  it('does not count where equity is higher by now', () => {
    const { state } = live([{ equity: 109_000, flows: 20_000, recorded }]);
    expect(state).toMatchObject({ peakEquity: parseUsd('109000'), peakAt: OPEN });
  });

  it('is not asked for again', () => {
    const first = live([{ equity: 100_000 }]).state;
    const { state } = live([{ equity: 100_000, recorded, at: OPEN + 15_000 }], first);
    expect(state?.peakEquity).toBe(parseUsd('100000'));
  });
});

describe('the configured figures', () => {
  it('are the ones that count', () => {
    const limits = {
      ...NO_PEAK,
      dailyDrawdownPercent: 10,
      drawdownFirstWarningPercent: 20,
      drawdownSecondWarningPercent: 40,
      drawdownHysteresisPercent: 5,
    };
    const path = falling(100_000, 98_001, 98_000, 96_001, 96_000, 96_500, 98_499, 98_500);
    expect(live(path, null, limits).told).toEqual([
      '',
      '',
      'day 20',
      '',
      'day 40',
      '',
      '',
      'day recovered',
    ]);
  });

  it('let a warning be left at the top where the hysteresis would put it higher', () => {
    const limits = {
      ...NO_PEAK,
      drawdownFirstWarningPercent: 10,
      drawdownSecondWarningPercent: 20,
      drawdownHysteresisPercent: 50,
    };
    expect(live(falling(100_000, 99_700, 99_999, 100_000), null, limits).told).toEqual([
      '',
      'day 10',
      '',
      'day recovered',
    ]);
  });

  it('tell a level once also without hysteresis', () => {
    const limits = { ...NO_PEAK, drawdownHysteresisPercent: 0 };
    expect(live(falling(100_000, 98_500, 98_500, 98_501), null, limits).told).toEqual([
      '',
      'day 50',
      '',
      'day recovered',
    ]);
  });
});

const tellings = (path: readonly Given[]) => live(path).told.filter((text) => text !== '');
const ofDay = ({ told }: Lived) => told.map((text) => text.replace(/,? ?peak \w+/g, ''));

describe('whatever equity does', () => {
  const paths = fc.array(fc.integer({ min: 92_000, max: 104_000 }), {
    minLength: 2,
    maxLength: 60,
  });

  /** What is told may follow only what these were told before, at a fall of at least, or at most. */
  const LAWFUL: Readonly<Record<string, (before: string, fall: number) => boolean>> = {
    'day 50': (before, fall) => before === 'day recovered' && fall >= 1.5,
    // Once more after it was left for the level above it.
    'day 75': (before, fall) => before !== 'day breached' && fall >= 2.25,
    'day breached': (before, fall) => before === 'day 75' && fall >= 3,
    'day recovered': (before, fall) => /day (50|75|breached)/.test(before) && fall <= 1.2,
  };

  it('a crossing is told once: a warning only after it was left, and after a breach only that it is back', () => {
    fc.assert(
      fc.property(paths, (equities) => {
        const path = [100_000, ...equities];
        const { told } = live(falling(...path), null, NO_PEAK);
        let before = 'day recovered';
        let isOver = false;
        const unlawful: string[] = [];
        for (const [index, text] of told.entries()) {
          if (text === '') continue;
          const fall = (100_000 - path[index]!) / 1_000;
          const isLawful = !isOver && LAWFUL[text]?.(before, fall) === true;
          if (!isLawful) unlawful.push(`${text} at ${fall}`);
          isOver = before === 'day breached';
          before = text;
        }
        expect(unlawful).toEqual([]);
      }),
    );
  });

  it('the second warning is told again only after a reading past its hysteresis', () => {
    fc.assert(
      fc.property(paths, (equities) => {
        const path = [100_000, ...equities];
        const { told } = live(falling(...path), null, NO_PEAK);
        const places = [...told.keys()].filter((index) => told[index] === 'day 75');
        const stretches = places.slice(1).map((to, n) => path.slice(places[n], to));
        expect(stretches.filter((stretch) => Math.max(...stretch) < 98_050)).toEqual([]);
      }),
    );
  });

  it('two readings in a row beyond the limit are a breach, and nothing else is', () => {
    fc.assert(
      fc.property(paths, (equities) => {
        const isTwice = equities.some(
          (equity, index) => equity <= 97_000 && (equities[index + 1] ?? Infinity) <= 97_000,
        );
        const { told } = live(falling(100_000, ...equities), null, NO_PEAK);
        expect(told.includes('day breached')).toBe(isTwice);
      }),
    );
  });

  it('readings that cannot be trusted, put anywhere, tell nothing and change nothing told', () => {
    const noise = fc.record({ place: fc.nat(60), equity: fc.integer({ min: 1, max: 300_000 }) });
    fc.assert(
      fc.property(paths, fc.array(noise, { maxLength: 10 }), (equities, bad) => {
        const clean = falling(100_000, ...equities).map((one, index) => ({
          ...one,
          at: OPEN + index * 60_000,
        }));
        const mixed = clean.flatMap((one, index) => [
          one,
          ...bad
            .filter(({ place }) => place === index)
            .map(({ equity }) => ({ equity, isTrusted: false, at: one.at + 1 })),
        ]);
        expect(tellings(mixed)).toEqual(tellings(clean));
      }),
    );
  });

  it('deposits and withdrawals, put anywhere, change no percentage and tell nothing', () => {
    const move = fc.record({
      percent: fc.integer({ min: -20, max: 20 }).map((tenths) => tenths / 10),
      flow: fc.oneof(fc.constant(0), fc.integer({ min: -50_000, max: 1_000_000 })),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        let [plain, funded, flows] = [100_000, 100_000, 0];
        const without: Given[] = [{ equity: plain }];
        const including: Given[] = [{ equity: funded }];
        for (const { percent, flow } of moves) {
          plain *= 1 + percent / 100;
          funded *= 1 + percent / 100;
          const paid = funded + flow > 50_000 ? flow : 0;
          funded += paid;
          flows += paid;
          without.push({ equity: plain });
          including.push({ equity: funded, flows });
        }
        const [expected, actual] = [live(without), live(including)];
        for (const [index, percent] of actual.views.entries()) {
          expect(percent).toBeCloseTo(expected.views[index]!, 5);
        }
        // A fall within a rounding of a threshold may be on either side of it.
        const isClose = expected.views.some((percent) =>
          [1.2, 1.5, 1.95, 2.25, 3].some((level) => Math.abs(Math.abs(percent!) - level) < 1e-4),
        );
        fc.pre(!isClose);
        expect(ofDay(actual)).toEqual(ofDay(expected));
      }),
    );
  });
});

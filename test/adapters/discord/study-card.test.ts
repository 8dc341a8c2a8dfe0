import { describe, expect, it } from 'vitest';

import { renderCard } from '#adapters/discord/render.ts';
import type { StudyId } from '#ports/studies.ts';
import type { StudyCard, StudyProgress, StudySummary } from '#ports/study-card.ts';
import { aStudyRequest, aSummary } from '#test/support/studies.ts';

import { AT } from './facts.ts';
import { read, title } from './reading.ts';

const card = (progress: StudyProgress, request: Partial<StudyCard['request']> = {}): StudyCard => ({
  kind: 'study',
  id: '0f0e0d0c-0000-4000-8000-000000000000' as StudyId,
  requestedBy: 'Ann',
  request: { ...aStudyRequest, ...request },
  progress,
  at: AT,
});

const done = (
  changes: Partial<StudySummary> = {},
  parameters: Extract<StudyProgress, { status: 'done' }>['changes'] = [
    { name: 'stopAtrs', from: 2.5, to: 2 },
    { name: 'targetAtrs', from: 4, to: 4.5 },
  ],
): StudyProgress => ({
  status: 'done',
  summary: aSummary(changes),
  changes: parameters,
  tookMs: 95_000,
});
const running = (at: number, leftMs: number | null = null): StudyProgress => ({
  status: 'running',
  isWorked: true,
  done: at,
  tasks: 72,
  leftMs,
});
const STATES: readonly StudyProgress[] = [
  { status: 'queued', isWorked: true },
  running(31),
  done(),
  { status: 'failed', why: 'AAPL: the store lacks bars' },
  { status: 'cancelled', by: 'Bea', done: 40, tasks: 144 },
];

const cancelled = (at: number, tasks: number) =>
  title(card({ status: 'cancelled', by: 'Bea', done: at, tasks }));

describe('the card of a study', () => {
  it.each(STATES)('can be taken for nothing else in the state $status', (progress) => {
    for (const [kind, name] of [
      ['sweep', 'SWEEP'],
      ['walk-forward', 'WALK-FORWARD'],
    ] as const) {
      const [embed] = renderCard(card(progress, { kind }), 'LIVE').embeds;
      expect(embed?.title?.startsWith(`🔬 ${name} `)).toBe(true);
      expect(embed?.color).toBe(0x8e_44_ad);
      expect(embed?.footer?.text.startsWith(`${name}: the past, no orders`)).toBe(true);
    }
  });

  it('has a button that ends it for as long as it is not over', () => {
    const buttons = STATES.map((progress) => {
      const [row] = renderCard(card(progress), 'PAPER').components;
      return row?.components.map(({ label, custom_id: id }) => [label, id]) ?? null;
    });
    const cancel = [['Cancel', 'cancel:optimize:0f0e0d0c-0000-4000-8000-000000000000']];
    expect(buttons).toEqual([cancel, cancel, null, null, null]);
  });

  it.each([
    [{ status: 'queued', isWorked: false } as const, true],
    [{ ...running(0), isWorked: false } as StudyProgress, true],
    [{ status: 'queued', isWorked: true } as const, false],
    [{ status: 'queued', isWorked: null } as const, false],
  ])('of %j says that nobody works on it: %s', (progress, says) => {
    const told = read(card(progress)).includes(
      '⚠ No research process is running: start one with `npm start -- --role research`.',
    );
    expect(told).toBe(says);
  });

  it.each([
    [0, null, '0 of 72 runs done\n░░░░░░░░░░░░░░░░ 0 %\n'],
    [31, 12_000, '31 of 72 runs done\n▓▓▓▓▓▓░░░░░░░░░░ 43 %, 12 s left\n'],
    [
      72,
      0,
      'Every run known of is done: more of the search follows, or the report.\n▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓ 100 %\n',
    ],
  ])('at %d of 72 shows how far it is', (at, leftMs, text) => {
    expect(read(card(running(at, leftMs)))).toContain(text);
  });

  it('that was cancelled says where, and by whom', () => {
    expect(cancelled(40, 144)).toBe('🔬 SWEEP cancelled at 40 of 144 runs by Bea');
    expect(cancelled(8, 2016)).toBe('🔬 SWEEP cancelled at 8 of 2,016 runs by Bea');
    expect(cancelled(0, 0)).toBe('🔬 SWEEP cancelled by Bea before it began');
  });

  it('of a sweep that is done tells the verdict, what would change, and where it is good', () => {
    expect(read(card(done()))).toMatchInlineSnapshot(`
      "# 🔬 SWEEP done: not distinguishable from luck
      AAPL, NVDA
      2024-11-26 to 2025-11-25
      stop=2,2.5,3 target=3.5,4,4.5,5
      by sharpe, every point

      **Verdict: not distinguishable from luck: p = 0.31 on 38 trades, at most 0.05 is needed.**
      72 points tried in 1 min
      Chosen on 2024-11-26 to 2025-08-07 (175 sessions)
      Tried on 2025-08-08 to 2025-11-25 (75 sessions)
      Nothing is changed by it.
      [Best place found, not proven: stop=2 target=4.5] \`stopAtrs\` 2 (now 2.5)
      \`targetAtrs\` 4.5 (now 4)
      [In sample] 120 trades
      +$1,234.50 after costs
      profit factor 1.42
      expectancy +0.18 R
      Sharpe 1.1
      [Out of sample] 38 trades
      −$50.00 after costs
      profit factor 1.42
      expectancy +0.18 R
      Sharpe –
      [Luck] ❌ p-value 0.31 (needs at most 0.05)
      – Sharpe above zero – (needs 95 %)
      ❌ Sharpe after all tries 62 % sure (needs 95 %)
      ✅ overfitting 17.8 % (needs at most 20 %)
      [sharpe: stop down, target across] \`\`\`
             3.5      4    4.5      5
      2   0.11 ▒  0.5 ▓ 1.25 █  1.1 █
      2.5 −0.4 ░  0.2 ▒  0.9 █    1 █
      3        – −0.1 ░  0.3 ▒ 0.44 ▓
      \`\`\`
      [Asked by] Ann
      (SWEEP: the past, no orders · 0f0e0d0c · PAPER)"
    `);
  });

  it('of a walk-forward tells how many windows it stands on, and what was left in the tests', () => {
    const windows = { count: 2, efficiency: 0.42 };
    const text = read(
      card(done({ spans: null, windows, heatMap: null }), { kind: 'walk-forward' }),
    );
    expect(text).toContain('by sharpe, every point, half-years\n');
    expect(text).toContain('2 windows; the tests made 42 % of the annual return in training\n');
    expect(text).not.toContain('```');
  });

  it('of a walk-forward says so where its training is too little to hold the tests against', () => {
    const windows = { count: 2, efficiency: null };
    const text = read(card(done({ spans: null, windows }), { kind: 'walk-forward' }));
    expect(text).toContain(
      '2 windows; training made less than 1 % a year: too little to hold the tests against\n',
    );
  });

  it('of before luck was told with its limits is told without', () => {
    const { luck: _, ...before } = aSummary();
    const text = read(card({ ...done(), summary: before } as StudyProgress));
    expect(text).toContain('[Out of sample] 38 trades');
    expect(text).not.toContain('[Luck]');
  });

  it('recommends nothing where nothing is good, or where it trades already', () => {
    expect(read(card(done({ recommended: null }, [])))).toContain(
      '[Recommended] nothing: there is no place at which most of the neighbouring points',
    );
    expect(read(card(done({}, [])))).toContain(
      '[Best place found, not proven: stop=2 target=4.5] That is what trades now.',
    );
  });

  it('tells what the windows traded where only the time to come has no place to trade', () => {
    const nothing = { ...aSummary().inSample, trades: 0 };
    const text = read(card(done({ recommended: null }, [])));
    expect(text).toContain('[Out of sample] 38 trades');
    expect(text).toContain('[Luck]');
    const idle = { recommended: null, inSample: nothing, outOfSample: nothing };
    expect(read(card(done(idle, [])))).not.toContain('[Out of sample]');
  });

  it('tells what is to be known about what it stands on, and of much only the beginning', () => {
    expect(read(card(done({ notes: ['2 of 6 points were left out'] })))).toContain(
      'sessions)\n⚠ 2 of 6 points were left out\nNothing is changed by it.',
    );
    const text = read(card(done({ notes: [1, 2, 3, 4, 5, 6, 7].map((n) => `line_${n}`) })));
    expect(text).toContain('⚠ line\\_5\n⚠ and 2 more, which the report has\nNothing');
    expect(text).not.toContain('line\\_6');
  });

  it('names fills and costs where they are not the defaults', () => {
    expect(read(card(STATES[0]!))).not.toContain('Fills and costs');
    const options = { slippageBps: 5, maxParticipationBps: null };
    expect(read(card(STATES[0]!, { options }))).toContain(
      'Fills and costs: slippageBps 5, maxParticipationBps none',
    );
  });
});

/** The lines of a heat map with so many columns and rows. */
const heat = (columns: number, rows = 3): readonly string[] => {
  const values = Array.from({ length: columns }, (_, index) => index + 1);
  const cells = Array.from({ length: rows }, (_, row) =>
    values.map((value) => (row + 1) * value * 0.37),
  );
  const y = { name: 'stop', values: cells.map((_, row) => row + 1) };
  const heatMap = { x: { name: 'target', values }, y, cells };
  return (
    read(card(done({ heatMap })))
      .match(/```\n([^`]*)\n```/)?.[1]
      ?.split('\n') ?? []
  );
};

describe('the heat map of a card', () => {
  it.each([2, 5, 6, 12, 15])('of %d columns fits into the line of a phone', (columns) => {
    const lines = heat(columns);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('is left out where it does not', () => {
    expect([heat(30), heat(4, 21)]).toEqual([[], []]);
  });
});

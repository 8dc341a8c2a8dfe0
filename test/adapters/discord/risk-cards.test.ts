import { describe, expect, it } from 'vitest';

import { parseUsd } from '#core/money.ts';

import { AT, control, drawdown } from './facts.ts';
import { read, title } from './reading.ts';

const halted = { ...control.control, by: 'drawdown watch' } as const;

describe('the drawdown card', () => {
  it('warns with the figures, what cost most, and what the limit would do', () => {
    expect(read(drawdown)).toMatchInlineSnapshot(`
      "# ⚠️ DRAWDOWN of the day −1.54 %: 51 % of the limit is used up
      <t:1764343800:f>
      At −3 % the bot halts entries for the session. Nothing to do yet.
      2 open positions: stops and targets at the broker stay as they are; exits and protection go on.
      [Equity] $98,460.00
      [At the open] $100,000.00
      [Fall] −1.54 %
      limit −3 %
      [Cost most since the open] NVDA −$1,204.00
      TSLA −$310.50
      (PAPER)"
    `);
  });

  it('says of a breach what happens now, what protects the positions, and what to do', () => {
    const card = {
      ...drawdown,
      event: { type: 'breached', scope: 'day' },
      percent: -3.02,
      control: { ...halted, until: AT + 60_000 },
    } as const;
    expect(read(card)).toMatchInlineSnapshot(`
      "# 🚨 DRAWDOWN of the day −3.02 %: LIMIT REACHED
      <t:1764343800:f>
      **No new entries until <t:1764343860:f>.** Two readings in a row were beyond the limit.
      2 open positions: stops and targets at the broker stay as they are; exits and protection go on.
      To do: look at what cost most, and decide whether to go on.
      [Equity] $98,460.00
      [At the open] $100,000.00
      [Fall] −3.02 %
      limit −3 %
      [Cost most since the open] NVDA −$1,204.00
      TSLA −$310.50
      (PAPER)"
    `);
  });

  it('says of a breach from the peak when the peak was, and that only a person ends it', () => {
    const card = {
      ...drawdown,
      event: { type: 'breached', scope: 'peak' },
      percent: -5.1,
      limitPercent: 5,
      baseAt: AT - 86_400_000,
      control: halted,
    } as const;
    const text = read(card);
    expect(text).toContain('# 🚨 DRAWDOWN from the peak −5.10 %: LIMIT REACHED\n');
    expect(text).toContain('**No new entries until someone resumes with /resume (admins).**');
    expect(text).toContain('[At the peak] $100,000.00\n<t:1764257400:f>');
    expect(text).toContain('−5.10 %\nlimit −5 %');
  });

  it('says that everything is closed where that is the policy', () => {
    const card = { ...drawdown, policy: 'flatten' } as const;
    expect(read(card)).toContain(
      'At −3 % the bot halts entries for the session and closes every position. Nothing to do yet.',
    );
    const flattening = { ...halted, status: 'flattening' } as const;
    const breach = { ...card, event: { type: 'breached', scope: 'day' } } as const;
    expect(read({ ...breach, control: flattening })).toContain(
      '**2 positions will be closed**: each closing has a card of its own',
    );
  });

  it('says of a single reading beyond the limit that the next one decides', () => {
    const decides =
      '**It is beyond the limit: nothing is opened until the next reading has decided.**';
    expect(read({ ...drawdown, percent: -3 })).toContain(decides);
    expect(read({ ...drawdown, percent: -2.99 })).not.toContain(decides);
    expect(title({ ...drawdown, percent: -3.2 })).toBe(
      '⚠️ DRAWDOWN of the day −3.20 %: beyond the limit, being confirmed',
    );
    expect(title({ ...drawdown, percent: -2.99 })).toContain('99 % of the limit is used up');
  });

  it('says when it is over', () => {
    const card = {
      ...drawdown,
      event: { type: 'recovered', scope: 'peak' },
      percent: -1.2,
    } as const;
    expect(title(card)).toBe('✅ DRAWDOWN from the peak recovered to −1.20 %');
    expect(read(card)).toContain('The warning is over. Nothing to do.');
  });

  it('says of a breach that is over that entries stay halted, and until when', () => {
    const card = {
      ...drawdown,
      event: { type: 'recovered', scope: 'day' },
      percent: -1.2,
    } as const;
    expect(read({ ...card, control: { ...halted, until: AT + 60_000 } })).toContain(
      '**entries stay halted** until <t:1764343860:f>; /resume (admins) ends it before.',
    );
    expect(read({ ...card, control: halted })).toContain(
      '**entries stay halted** until someone resumes with /resume (admins).',
    );
  });

  it('says after a resume how many limits the fall has come to, and that nothing is halted', () => {
    const event = { type: 'beyond', scope: 'day', limits: 2 } as const;
    const text = read({ ...drawdown, event, percent: -6.1 });
    expect(text).toContain('# 🚨 DRAWDOWN of the day −6.10 %: 2 × THE LIMIT\n');
    expect(text).toContain(
      '**Nothing is halted by it**: somebody has resumed after the limit, which is 3 %.',
    );
  });

  it('says when nothing is open, and nothing cost anything', () => {
    const text = read({ ...drawdown, openPositions: 0, contributors: [] });
    expect(text).toContain('No position is open.');
    expect(text).toContain('[Cost most since the open] –');
  });
});

describe('the control card', () => {
  it('says who halted, why, until when, and what still works', () => {
    expect(read({ ...control, reason: 'news @everyone\n# now' })).toMatchInlineSnapshot(`
      "# ⛔ HALTED: no new entries
      Nothing is opened; entries that still work are cancelled. Open positions keep their stops and targets at the broker; exits and protection go on.
      **No entries until someone resumes** with /resume (admins).
      By Ada, <t:1764343800:f>: news @​everyone # now
      (PAPER)"
    `);
  });

  it.each([
    ['halted', '⛔ HALTED: no new entries'],
    ['prolonged', '⛔ HALTED FOR LONGER'],
    ['joined', '⛔ STILL HALTED: one more reason'],
    ['flattening', '⏏️ FLATTENING: every position is being closed'],
    ['flat', '🏁 ALL FLAT, and halted'],
    ['resumed', '✅ RESUMED: entries are allowed'],
    ['expired', '✅ HALT OVER: entries are allowed again'],
  ] as const)('names %s first', (change, words) => {
    expect(title({ ...control, change })).toBe(words);
  });

  it('tells the end of a halt that ends by itself', () => {
    const until = AT + 60_000;
    expect(read({ ...control, control: { ...control.control, until } })).toContain(
      '**No entries until <t:1764343860:f>**; /resume (admins) ends it before.',
    );
  });

  it('says while everything is being closed what comes after it', () => {
    const flattening = { ...control.control, status: 'flattening' } as const;
    const text = read({ ...control, change: 'flattening', control: flattening });
    expect(text).toContain('Each position has a closing of its own');
    expect(text).toContain('**Once all is flat: no entries until someone resumes**');
  });

  it('names who halted first when somebody halts too, with the reasons of both', () => {
    const reason = 'equity fell · also Bob: lunch';
    const card = { ...control, by: 'Bob', reason, control: { ...halted, reason } };
    expect(read({ ...card, change: 'joined' })).toMatchInlineSnapshot(`
      "# ⛔ STILL HALTED: one more reason
      It was halted already; whoever resumes has to look at each reason.
      **No entries until someone resumes** with /resume (admins).
      Since <t:1764343800:f> by drawdown watch: equity fell · also Bob: lunch
      Changed by Bob, <t:1764343800:f>.
      (PAPER)"
    `);
    expect(read({ ...card, change: 'prolonged' })).toContain(
      'Since <t:1764343800:f> by drawdown watch: equity fell · also Bob: lunch\nChanged by Bob, <t:',
    );
  });

  it('does not let everybody think that nothing is closed any more when somebody halts too', () => {
    const flattening = { ...control.control, status: 'flattening' } as const;
    expect(read({ ...control, change: 'joined', control: flattening })).toContain(
      '**Every position is being closed.**',
    );
  });

  it.each([
    [true, 'The session is open: the next cycle decides as usual.'],
    [false, 'No session is open just now: entries are decided on again when the next one opens.'],
  ])('of a halt that is over says whether a session is open: %s', (isSessionOpen, words) => {
    const active = { ...control.control, status: 'active' } as const;
    expect(read({ ...control, change: 'expired', control: active, isSessionOpen })).toContain(
      words,
    );
  });

  it('does not hide what a resume does to the limits', () => {
    const active = { ...control.control, status: 'active' } as const;
    const resumed = { ...control, change: 'resumed', control: active } as const;
    expect(read(resumed)).not.toContain('⚠');
    const text = read({ ...resumed, letsDayBe: true, newPeak: parseUsd('94000') });
    expect(text).toContain('**does not halt again in this session**');
    expect(text).toContain('**is measured from $94,000.00**');
    expect(text).not.toContain('No entries');
  });
});

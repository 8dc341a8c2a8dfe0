import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { changeSentence } from '#adapters/discord/cards/why-changes.ts';
import { filterLine } from '#adapters/discord/cards/why-filters.ts';
import { renderReply } from '#adapters/discord/render.ts';
import type { NothingStored, WhyDecision, WhyReport } from '#app/reports/why.ts';
import { FILTER_FORMS } from '#core/decision-record-form.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import type { FilterResult } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import { plannedTrade } from '#core/trade.ts';
import type { Change } from '#core/why.ts';
import { anIntent } from '#test/support/intents.ts';

import { BAR_END, DATE, features } from '../../core/support/snapshots.ts';
import { page } from './reading.ts';

const NVDA = ticker('NVDA');

const refused: WhyDecision = {
  kind: 'refused',
  symbol: NVDA,
  at: null,
  sessionDate: DATE,
  barEnd: BAR_END,
  features: features({ barsSinceCrossDown: Number.POSITIVE_INFINITY }),
  side: 'long',
  confidence: 63.2,
  filters: [
    { filter: 'warm-up', passed: true, numbers: { missing: null } },
    {
      filter: 'confidence',
      passed: false,
      numbers: {
        confidence: 63.2,
        threshold: 70,
        trend: 12.345_67,
        separation: 8,
        direction: 20,
        volume: 7.9,
        vwap: 15,
      },
    },
  ],
  notAsked: ['trend-15m', 'size'],
  isCut: false,
  parameters: DEFAULT_PARAMETERS,
  changes: [{ code: 'confidence', value: 63.2, needed: 70 }],
  trade: null,
};

const show = (report: WhyReport): string =>
  renderReply({ kind: 'why', report }).map(page).join('\n');

const askedLater = (minutes: number): string =>
  show({ ...refused, at: BAR_END + minutes * MINUTE_MS });

describe('the answer to why', () => {
  it('of a refusal names the filter, what would have to change, and every number', () => {
    expect(show(refused)).toMatchInlineSnapshot(`
      "# 🚫 No BUY NVDA: Confidence · 10:30 NY
      Not entered: a signal with confidence 63.2, but a filter said no.

      **For a trade**
      • Confidence 63.2 must reach 70.
      Then 2 more filters would be asked.

      ✅ **Warm-up**
      ❌ **Confidence**: 63.2, needs 70, trend 12.35, separation 8, direction 20, volume 7.9, VWAP 15
      Not asked any more: Longer trend, Size.
      [Close] 100
      VWAP 99
      [EMA 9 / 21] 100 / 99
      15 min: 100 / 99
      [Crossed] up 1 bar ago
      down never
      [ATR] 1
      average 1
      [ADX] 30
      +DI 30, −DI 10
      [Relative volume] 1.5
      (NVDA · bar ending 2025-11-25 10:30 New York)"
    `);
  });

  it('of a bar without a signal names the crossings that would be one', () => {
    const crossing = { code: 'crossing', withinBars: 3, emaFast: 100, emaSlow: 99 } as const;
    const text = show({
      ...refused,
      kind: 'no-signal',
      side: null,
      confidence: null,
      filters: [],
      notAsked: [],
      changes: [
        { ...crossing, side: 'long', isBeyond: true, barsSince: 7 },
        { ...crossing, side: 'short', isBeyond: false, barsSince: null },
      ],
    });
    expect(text).toContain(
      [
        '# ➖ No signal in NVDA · 10:30 NY',
        'Not entered: the EMAs gave no signal.',
        '',
        '**For a trade**',
        '• BUY: EMA 9 must cross above EMA 21 anew: it did 7 bars ago, and that counts on its own bar and the next 2 (100 against 99).',
        '• SELL: EMA 9 must cross below EMA 21 (100 against 99).',
      ].join('\n'),
    );
  });

  const intent = anIntent();
  const entered: WhyDecision = {
    ...refused,
    kind: 'enter',
    confidence: 81.44,
    filters: [],
    notAsked: [],
    changes: [],
    trade: plannedTrade(intent),
  };

  it('of an entry tells the plan and what became of it', () => {
    const closed = {
      ...plannedTrade(intent),
      status: 'closed',
      exitReason: 'take_profit',
      pnl: parseUsd('50'),
      rMultiple: 2.5,
    } as const;
    const text = show({ ...entered, trade: closed });
    expect(text).toContain(
      '# ✅ BUY NVDA · 10:30 NY\nEntered with confidence 81.4.\n10 shares, limit',
    );
    expect(text).toContain('It is closed. The price reached the target. +$50.00, +2.5 R.');
    expect(text).not.toContain('For a trade');
  });

  it.each([
    ['planned', 'Its bracket is about to be sent.'],
    ['submitted', 'Its bracket is at the broker and has not filled yet.'],
    ['open', 'It is open.'],
    ['cancelled', 'It did not fill within its bar and was cancelled.'],
    ['rejected', 'The broker rejected it.'],
    ['abandoned', 'It was given up before it was sent.'],
  ] as const)('of an entry that is %s says so', (status, words) => {
    expect(show({ ...entered, trade: { ...plannedTrade(intent), status } })).toContain(words);
  });

  it('of an entry that a halt overtook says that nothing was sent', () => {
    expect(show({ ...entered, trade: null })).toContain(
      'Nothing was sent: trading was halted in that very moment.',
    );
  });

  it('says when the bar is not the one that was asked for', () => {
    expect(askedLater(4.9)).not.toContain('No bar was decided');
    expect(askedLater(35)).toContain('No bar was decided between this one and 11:05');
  });

  it('says when numbers were too long to be kept, and when there were no bars at all', () => {
    const text = show({ ...refused, isCut: true, features: null, side: null, confidence: null });
    expect(text).toContain('Some numbers were too long to be kept.');
    expect(text).toContain('# 🚫 NVDA not judged: Confidence · 10:30 NY\nNot entered.');
    expect(text).not.toContain('[ATR]');
  });

  it.each<[NothingStored, string]>([
    ['never-decided', 'Nothing was decided yet, about NVDA or anything else.'],
    [
      'not-watched',
      'NVDA was not on the watchlist at 2025-11-25 10:30 New York: it was not looked at.',
    ],
    [
      'pruned',
      'What was decided at 2025-11-25 10:30 New York is not stored any more: decisions are kept for 400 days.',
    ],
    ['not-yet', '2025-11-25 10:30 New York is still to come.'],
    [
      'no-cycle',
      'No trading cycle of that session had run by then (2025-11-25 10:30 New York): the market was closed, or the bot was not running.',
    ],
    [
      'unreadable',
      'What was decided about NVDA at 2025-11-25 10:30 New York is stored in a form that this version cannot read.',
    ],
  ])('of nothing is one line: %s', (why, line) => {
    const nothing = { kind: 'nothing', symbol: NVDA, at: BAR_END, why, keepDecisionsDays: 400 };
    expect(show(nothing as WhyReport)).toBe(line);
  });

  it('without a time speaks of the last session', () => {
    const nothing = { kind: 'nothing', symbol: NVDA, at: null, keepDecisionsDays: 400 } as const;
    expect(show({ ...nothing, why: 'not-watched' })).toBe(
      'NVDA was not on the watchlist in the last session: it was not looked at.',
    );
  });
});

describe('a filter in words', () => {
  it.each<[FilterResult['filter'], FilterResult['numbers'], string]>([
    ['warm-up', { missing: 'atr, adx' }, 'Warm-up**: no value yet: atr, adx'],
    [
      'freshness',
      { barEnd: BAR_END, featuresBarEnd: BAR_END - 300_000, minutesBehind: 5 },
      'Fresh data**: bar <t:1764084600:t>, data of <t:1764084300:t>, 5 min behind',
    ],
    [
      'entry-window',
      { minutesSinceOpen: 60, minutesToClose: 330, noEntryFirstMinutes: 5, noEntryLastMinutes: 15 },
      'Entry window**: 60 min after the open, entries from 5 min after it, 330 min to the close, entries until 15 min before it',
    ],
    [
      'trend-15m',
      { side: 'long', trendEmaFast: 181.512, trendEmaSlow: 181.212 },
      'Longer trend**: long, fast EMA 181.51, slow EMA 181.21',
    ],
    [
      'volume-profile',
      { price: 100.25, bucket: 100, node: 98, distance: 2, width: 1, days: 20 },
      'Volume profile**: price $100.25, bucket 100, nearest node $98, 2 buckets away, buckets of $1, 20 daily bars',
    ],
    [
      'volume-profile',
      { price: 1, days: 7, needed: 20 },
      'Volume profile**: price $1, 7 daily bars, needs 20',
    ],
    [
      'one-position',
      { hasPosition: true, hasPendingEntry: false },
      'One position a symbol**: holds a position, no entry works',
    ],
    [
      'cooldown',
      { cooldownUntil: BAR_END, minutesLeft: 12, stopOuts: 4, streakUntil: BAR_END },
      'Cooldown**: after its stop-out, until <t:1764084600:t>, after a row of stop-outs, until <t:1764084600:t>, 12 min left, stop-outs lately: 4',
    ],
    [
      'cooldown',
      { cooldownUntil: null, minutesLeft: 0, stopOuts: 0, streakUntil: null },
      'Cooldown**: stop-outs lately: 0',
    ],
    [
      'control',
      { status: 'halted', by: 'Ada', reason: '*lunch*' },
      'Control state**: halted, by Ada, \\*lunch\\*',
    ],
    ['readiness', { impediments: null }, 'Readiness**'],
    [
      'drawdown',
      { daily: -3.21, dailyLimit: 3, dailyBreached: true, peak: null, peakLimit: 5 },
      'Drawdown**: day −3.21 %, limit −3 %, **limit reached**, peak unknown, limit −5 %',
    ],
    ['position-cap', { open: 10, max: 10 }, 'Open positions**: 10, at most 10'],
    [
      'sector',
      { sector: 'Technology', open: 5, same: 2, maxShare: 0.4 },
      'Sector**: Technology, 2 in it, 5 open, below 40 %',
    ],
    [
      'correlation',
      { correlation: 0.912, with: 'AMD', days: 60, max: 0.8, minDays: 20 },
      'Correlation**: 0.91, with AMD, 60 days, at most 0.8, needs 20 days',
    ],
    [
      'size',
      {
        equity: '99874.21',
        riskBps: 120,
        tier: 'good',
        wins: 12,
        trades: 20,
        riskBudget: '1198.490522',
        limitPrice: '182.41',
        stopPrice: '180.78',
        riskPerShare: '1.63',
        sharesByRisk: 735,
        cappedBy: 'notional',
        shares: 136,
      },
      'Size**: equity $99,874.21, risk 1.2 %, win rate tier good, 12 wins, of 20 trades, budget $1,198.49, limit $182.41, stop $180.78, R $1.63, by risk 735 shares, capped by notional, 136 shares',
    ],
    [
      'broker',
      {
        side: 'short',
        isKnown: true,
        tradable: true,
        tradingBlocked: false,
        shortable: false,
        shortingEnabled: false,
        allowShort: true,
      },
      'Broker**: short, tradable, not shortable, the account may not short',
    ],
  ])('%s is told with its numbers', (filter, numbers, words) => {
    expect(filterLine({ filter, passed: true, numbers })).toBe(`✅ **${words}`);
    expect(filterLine({ filter, passed: false, numbers })).toBe(`❌ **${words}`);
  });

  it('tells every number that it has no words for by its name', () => {
    const numbers = { open: 1, moon: 'full', phase: 0.25, isUp: true, none: null };
    expect(filterLine({ filter: 'position-cap', passed: true, numbers })).toBe(
      '✅ **Open positions**: 1, moon full, phase 0.25, isUp yes, none –',
    );
  });

  it('leaves no number out, whichever of them there are and whatever they hold', () => {
    const anyValue = fc.oneof(
      fc.integer({ min: 1_000, max: 9_999 }),
      fc.constantFrom('mmm', 'www'),
    );
    const any = fc
      .constantFrom(...ENTRY_FILTERS)
      .chain((filter) =>
        fc
          .dictionary(fc.constantFrom(...FILTER_FORMS[filter].numbers), anyValue, { minKeys: 1 })
          .map((numbers) => ({ filter, passed: true, numbers })),
      );
    fc.assert(
      fc.property(any, (result) => {
        const line = filterLine(result).replaceAll(',', '');
        for (const [name, value] of Object.entries(result.numbers)) {
          // Shares are shown in per cent, risk too, instants as Discord's own.
          if (/^(maxShare|riskBps|.*[uU]ntil|.*[bB]arEnd)$/.test(name)) continue;
          expect(line).toContain(String(value));
        }
      }),
    );
  });
});

describe('a change in words', () => {
  it.each<[Change, string]>([
    [{ code: 'warm-up', missing: 'atr' }, 'The indicators must be warm: atr had no value yet.'],
    [
      { code: 'fresh-bar', minutesBehind: 5 },
      'The bar itself must be there: the newest data was 5 minutes behind.',
    ],
    [
      { code: 'after-open', minutes: 1, needed: 5 },
      'It was 1 min after the open; entries begin after 5 min.',
    ],
    [
      { code: 'before-close', minutes: 10, needed: 15 },
      'It was 10 min before the close; entries end 15 min before it.',
    ],
    [{ code: 'confidence', value: 63.2, needed: 70 }, 'Confidence 63.2 must reach 70.'],
    [{ code: 'confidence', value: null, needed: null }, 'Confidence – must reach –.'],
    [
      { code: 'trend', side: 'long', emaFast: 98, emaSlow: 99 },
      'On 15-minute bars EMA 9 (98) must reach EMA 21 (99).',
    ],
    [
      { code: 'trend', side: 'short', emaFast: 99, emaSlow: 98 },
      'On 15-minute bars EMA 9 (99) must fall to EMA 21 (98).',
    ],
    [
      { code: 'daily-bars', days: 7, needed: 20 },
      'The volume profile must be readable: 7 daily bars were there, it takes 20.',
    ],
    [
      { code: 'daily-bars', days: 20, needed: null },
      'The volume profile must be readable: 20 daily bars were there, not all of them usable.',
    ],
    [
      { code: 'volume-node', distance: 5, reach: 2, node: 95 },
      'The price must be within 2 buckets of a high-volume node: the nearest, at $95, was 5 away.',
    ],
    [
      { code: 'volume-node', distance: null, reach: 2, node: null },
      'A price must stand out by its volume: no high-volume node was there.',
    ],
    [
      { code: 'no-position', has: 'position' },
      'The position that is held in it must be closed first.',
    ],
    [
      { code: 'no-position', has: 'pending-entry' },
      'The entry in it that still works must fill or end first.',
    ],
    [
      { code: 'wait', why: 'cooldown', until: BAR_END },
      'The cooldown after its stop-out ends <t:1764084600:t>.',
    ],
    [
      { code: 'wait', why: 'streak', until: BAR_END },
      'The pause after a row of stop-outs ends <t:1764084600:t>.',
    ],
    [{ code: 'control', status: 'halted' }, 'Trading was halted: someone must resume it.'],
    [
      { code: 'impediment', impediment: 'no bars' },
      'The bot must be able to see, with clean books: no bars.',
    ],
    [
      { code: 'drawdown', of: 'day', isKnown: true, fall: -3.2, limit: 3 },
      'Equity had fallen since the open to its limit (now −3.2 %, limit −3 %): entries wait until the next session begins or someone resumes.',
    ],
    [
      { code: 'drawdown', of: 'peak', isKnown: true, fall: null, limit: 5 },
      'Equity had fallen from its peak to its limit (now –, limit −5 %): entries wait until someone resumes.',
    ],
    [
      { code: 'drawdown', of: 'peak', isKnown: false, fall: null, limit: 5 },
      'The fall of equity from its peak must be known.',
    ],
    [
      { code: 'positions', open: 10, max: 10 },
      'Of 10 open positions, at least one must close: at most 10 are allowed.',
    ],
    [
      { code: 'sector', sector: 'Energy', open: 5, same: 2, maxShare: 0.4 },
      'Fewer of the open positions may lie in its sector, Energy: 2 of 5, and 40 % is too much.',
    ],
    [
      { code: 'correlation', correlation: 0.91, with: 'AMD', max: 0.8 },
      'Its correlation with AMD, 0.91, must not be above 0.8, or that position must close.',
    ],
    [
      { code: 'correlation', correlation: null, with: 'AMD', max: 0.8 },
      'Its correlation with AMD must be known.',
    ],
    [
      { code: 'bracket' },
      'A bracket must be able to stand: stop and target on the right sides of the price.',
    ],
    [
      { code: 'room', cappedBy: 'exposure', riskPerShare: '2.00' },
      'There must be room for one share: all positions together are at their limit.',
    ],
    [
      { code: 'room', cappedBy: null, riskPerShare: '2000.00' },
      'There must be room for one share: the risk budget does not pay 2000.00 dollars of risk.',
    ],
    [{ code: 'broker', what: 'not-shortable' }, 'The symbol must become shortable.'],
    [
      { code: 'filter', filter: 'entry-window' },
      'Entry window must pass; the record does not say more.',
    ],
  ])('%j reads as a sentence', (change, sentence) => {
    expect(changeSentence(change, DEFAULT_PARAMETERS)).toBe(sentence);
  });
});

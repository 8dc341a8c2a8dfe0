import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { ConnectionsReport } from '#app/reports/health.ts';
import type { StatusReport } from '#app/reports/status.ts';
import type { Usd } from '#core/money.ts';
import {
  formatDuration,
  formatNumber,
  formatPrice,
  formatRoundGain,
  NONE,
} from '#core/number-words.ts';
import type { EpochMs } from '#core/session.ts';
import { stopDistancePercent } from '#core/trade-math.ts';
import type { OpenPositionLine } from '#ports/report-cards.ts';

import { LIMITS } from '../limits.ts';
import { nakedFirst, stateEmbed } from './status.ts';
import { protection } from './style.ts';
import { cellOfR, chunks, table } from './table.ts';

const FENCE = '```';
/** Of a page, so that it is read without much scrolling. */
const MOST_A_PAGE = 8;
/** Each position takes three lines, or the table would be wider than a phone. */
const HEAD = [
  ['symbol', 'entry', 'stop', 'target'],
  ['shares', 'now', 'away', 'R'],
  ['state', 'P/L', 'age', ''],
] as const;
const FIGURES = new Set([1, 2, 3]);
const FOREIGN_NOTE = '\\* not opened by this bot';

/** What `/status table` shows, in pages. */
export function statusTableEmbeds(
  report: StatusReport,
  connections: ConnectionsReport,
): readonly [APIEmbed, ...APIEmbed[]] {
  const state = stateEmbed(report, connections);
  const { fields: _fields, ...frame } = state;
  const [first, ...later] = tableFields(report);
  if (first === undefined) return [state];
  const { protectedPositions, positions } = report;
  const description = `Positions: ${protection(protectedPositions, positions.length)}`;
  return [
    { ...state, fields: [...state.fields, first] },
    ...later.map((field) => ({ ...frame, description, fields: [field] })),
  ];
}

/** The table in fields, of which each has the head. */
function tableFields(report: StatusReport): readonly APIEmbedField[] {
  const positions = nakedFirst(report);
  const rows = [...HEAD, ...positions.flatMap((line) => rowsOf(line, report.now))];
  const blocks = chunks(table(rows, FIGURES), HEAD.length).map((lines) => lines.join('\n'));
  const [head = '', ...shown] = blocks;
  const size = pageSize(Math.max(...blocks.map(({ length }) => length)));
  return chunks(shown, size).map((some, page) => {
    const from = page * size;
    const until = from + some.length;
    const hasForeign = positions.slice(from, until).some(({ tradeId }) => tradeId === null);
    return {
      name: shown.length <= size ? 'Positions' : `${from + 1} to ${until} of ${shown.length}`,
      value: [
        FENCE,
        [head, ...some].join('\n\n'),
        FENCE,
        ...(hasForeign ? [FOREIGN_NOTE] : []),
      ].join('\n'),
    };
  });
}

/** How many positions fit into a field, beside the head. */
function pageSize(longestBlock: number): number {
  const room = LIMITS.fieldValue - 2 * FENCE.length - FOREIGN_NOTE.length - 3;
  const fit = Math.floor(room / (longestBlock + 2)) - 1;
  return Math.max(1, Math.min(MOST_A_PAGE, fit));
}

function rowsOf(line: OpenPositionLine, now: EpochMs): readonly (readonly string[])[] {
  const { side, currentPrice, stopPrice: stop, rNow, openedAt } = line;
  return [
    [
      `${line.symbol}${line.tradeId === null ? '*' : ''}`,
      priceOf(line.entryPrice),
      priceOf(stop),
      priceOf(line.targetPrice),
    ],
    [
      `${side} ${formatNumber(line.quantity)}`,
      priceOf(currentPrice),
      stop === null ? NONE : percent(stopDistancePercent(side, { now: currentPrice, stop })),
      rNow === null ? NONE : cellOfR(rNow),
    ],
    [
      line.isProtected ? 'protected' : 'NAKED',
      formatRoundGain(line.unrealizedPnl),
      openedAt === null ? NONE : formatDuration(now - openedAt).replaceAll(' ', ''),
      '',
    ],
  ];
}

/** Bare: every character counts, and all are dollars. */
const priceOf = (price: Usd | null): string =>
  price === null ? NONE : formatPrice(price).replace('$', '');

const percent = (value: number): string => `${formatNumber(value)}%`;

import type { Context, Hono } from 'hono';

import type { Bar } from '#core/bars.ts';
import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import { createSeries, parseTimeframe } from '../series.ts';
import type { Series, Timeframe } from '../series.ts';
import { barJson, quoteJson, tradeJson } from '../wire/market-data.ts';
import type { Json } from '../wire/order.ts';
import { RECENT_SIP, badDataRequest } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { choiceParameter, countParameter, instantParameter, listParameter } from './query.ts';
import { RequestProblem } from './reply.ts';

const LIMIT = { fallback: 1000, maximum: 10_000 };

/** What is latest of each kind: the key for many symbols, the key for one, and what it looks like. */
const LATEST = {
  bars: { one: 'bar', json: (bar: Bar) => barJson(bar) },
  trades: { one: 'trade', json: tradeJson },
  quotes: { one: 'quote', json: quoteJson },
} as const satisfies Record<string, { one: string; json: (bar: Bar, barMs: number) => Json }>;

/** Bars that have ended by now, and the latest bar, trade and quote of each symbol. */
export function marketDataRoutes(app: Hono, world: World): void {
  const series = createSeries(world.market);
  const barMs = world.market.barMinutes * MINUTE_MS;
  app.get('/v2/stocks/bars', (context) => {
    const { bars, next } = readPage(world, series, context, symbolsOf(context));
    return context.json({ bars: Object.fromEntries(bars), next_page_token: next });
  });
  app.get('/v2/stocks/:symbol/bars', (context) => {
    const symbol = context.req.param('symbol');
    const { bars, next } = readPage(world, series, context, [symbol].filter(isTicker));
    return context.json({ bars: bars[0]?.[1] ?? [], symbol, next_page_token: next });
  });
  for (const [kind, { one, json }] of Object.entries(LATEST)) {
    app.get(`/v2/stocks/${kind}/latest`, (context) => {
      const found = symbolsOf(context).flatMap((symbol) => {
        const bar = world.latestBar(symbol);
        return bar === undefined ? [] : [[symbol, json(bar, barMs)] as const];
      });
      return context.json({ [kind]: Object.fromEntries(found) });
    });
    app.get(`/v2/stocks/:symbol/${kind}/latest`, (context) => {
      const symbol = context.req.param('symbol');
      const bar = isTicker(symbol) ? world.latestBar(symbol) : undefined;
      if (bar === undefined)
        throw new RequestProblem(badDataRequest(`no ${one} found for ${symbol}`));
      return context.json({ symbol, [one]: json(bar, barMs) });
    });
  }
}

const DELAY_OF_FREE_SIP_MS = 15 * MINUTE_MS;

/** Without a subscription the consolidated feed is to be had a quarter of an hour late only. */
function checkSubscription(world: World, context: Context, until: EpochMs): void {
  if (world.behaviour.recentSip === 'allowed' || context.req.query('feed') !== 'sip') return;
  if (until > world.now() - DELAY_OF_FREE_SIP_MS) throw new RequestProblem(RECENT_SIP);
}

function symbolsOf(context: Context): readonly Ticker[] {
  const symbols = listParameter(context, 'symbols');
  if (symbols === null) throw new RequestProblem(badDataRequest('symbols is required'));
  return [...symbols].filter(isTicker).toSorted();
}

interface Page {
  readonly bars: readonly (readonly [Ticker, readonly Json[]])[];
  readonly next: string | null;
}

/** The limit counts points of all symbols together, so that a page may hold one symbol only. */
function readPage(
  world: World,
  series: Series,
  context: Context,
  symbols: readonly Ticker[],
): Page {
  const timeframe = timeframeOf(world, context);
  const now = world.now();
  const from = instantParameter(context, 'start') ?? startOfDay(world);
  const until = (instantParameter(context, 'end') ?? now) + 1;
  checkSubscription(world, context, until);
  const isAscending = choiceParameter(context, 'sort', ['asc', 'desc']) === 'asc';
  let left = countParameter(context, 'limit', LIMIT);
  const resume = readToken(context);
  const bars: (readonly [Ticker, readonly Json[]])[] = [];
  for (const symbol of symbols) {
    if (resume !== null && symbol < resume.symbol) continue;
    const all = series.bars(symbol, timeframe, { from, until, now });
    const sorted = isAscending ? all : all.toReversed();
    const skip = resume?.symbol === symbol ? resume.skip : 0;
    const taken = sorted.slice(skip, skip + left);
    if (taken.length > 0) bars.push([symbol, taken.map(barJson)]);
    left -= taken.length;
    const isMore = skip + taken.length < sorted.length;
    if (isMore) return { bars, next: writeToken({ symbol, skip: skip + taken.length }) };
  }
  return { bars, next: null };
}

function timeframeOf({ market }: World, context: Context): Timeframe {
  const text = context.req.query('timeframe') ?? '';
  const timeframe = parseTimeframe(text, market.barMinutes);
  if (timeframe !== null) return timeframe;
  throw new RequestProblem(
    badDataRequest(
      `invalid timeframe: "${text}"; this market has bars of ${market.barMinutes} minutes`,
    ),
  );
}

/** Without a start, Alpaca begins with the current day. */
function startOfDay({ sessions, ...world }: World): EpochMs {
  const now = world.now();
  return sessions.findLast(({ open }) => open <= now)?.open ?? now;
}

interface PageToken {
  readonly symbol: string;
  /** Bars of the symbol that were sent already. */
  readonly skip: number;
}

const writeToken = ({ symbol, skip }: PageToken): string =>
  Buffer.from(`${symbol}|${skip}`).toString('base64url');

function readToken(context: Context): PageToken | null {
  const token = context.req.query('page_token');
  if (token === undefined || token === '') return null;
  const [symbol, skip] = Buffer.from(token, 'base64url').toString('utf8').split('|');
  if (symbol === undefined || !/^\d+$/.test(skip ?? '')) {
    throw new RequestProblem(badDataRequest('invalid page_token'));
  }
  return { symbol, skip: Number(skip) };
}

import type { Hono } from 'hono';

import type { Ticker } from '#core/ids.ts';
import { newYorkTime } from '#core/session.ts';
import type { Session } from '#core/session.ts';

import { uuidOf } from '../ids.ts';
import { accountJson } from '../wire/account.ts';
import { newYorkInstantText } from '../wire/format.ts';
import { assetIdOf } from '../wire/order.ts';
import type { Json } from '../wire/order.ts';
import { noSuchAsset } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { RequestProblem } from './reply.ts';

/** The account, the exchange's time and hours, and what it lists. */
export function accountRoutes(app: Hono, world: World, notShortable: readonly Ticker[]): void {
  const id = uuidOf(`account ${world.market.identity}`);
  const createdAt = world.sessions[0]?.open ?? world.market.start;
  app.get('/v2/account', (context) =>
    context.json(accountJson(world.exchange.account(), { id, createdAt, now: world.now() })),
  );
  app.get('/v2/clock', (context) => context.json(clockJson(world)));
  app.get('/v2/calendar', (context) => {
    // The SDK sends instants at UTC midnight where the documentation has dates.
    const [from, to] = [context.req.query('start'), context.req.query('end')];
    const days = world.sessions.filter(
      ({ date }) => (!from || date >= from.slice(0, 10)) && (!to || date <= to.slice(0, 10)),
    );
    return context.json(days.map((day) => calendarJson(world, day)));
  });
  const { symbols } = world.market;
  const symbolById = new Map(symbols.map((symbol) => [assetIdOf(symbol), symbol]));
  const assetOf = (symbol: Ticker): Json =>
    assetJson(symbol, {
      isShortable: !notShortable.includes(symbol),
      isHardToBorrow: world.behaviour.hardToBorrow.has(symbol),
      isActive: !world.behaviour.inactive.has(symbol),
    });
  app.get('/v2/assets', (context) => {
    const status = context.req.query('status');
    const assets = symbols.map(assetOf);
    return context.json(status ? assets.filter((asset) => asset['status'] === status) : assets);
  });
  app.get('/v2/assets/:symbol', (context) => {
    const text = context.req.param('symbol');
    const symbol = symbols.find((listed) => listed === text) ?? symbolById.get(text);
    if (symbol === undefined) throw new RequestProblem(noSuchAsset(text));
    return context.json(assetOf(symbol));
  });
}

function clockJson(world: World): Json {
  const now = world.now();
  const next = world.sessions.filter(({ close }) => close > now).slice(0, 2);
  const isOpen = world.exchange.isOpen();
  const nextOpen = (isOpen ? next[1] : next[0])?.open ?? now;
  return {
    timestamp: newYorkInstantText(now),
    is_open: isOpen,
    next_open: newYorkInstantText(nextOpen),
    next_close: newYorkInstantText(next[0]?.close ?? now),
  };
}

function calendarJson(world: World, { date, open, close }: Session): Json {
  const next = world.sessions.find((session) => session.date > date);
  return {
    date,
    open: newYorkTime(open),
    close: newYorkTime(close),
    session_open: '0400',
    session_close: '2000',
    settlement_date: next?.date ?? date,
  };
}

interface Listing {
  readonly isShortable: boolean;
  readonly isHardToBorrow: boolean;
  readonly isActive: boolean;
}

const assetJson = (symbol: Ticker, { isShortable, isHardToBorrow, isActive }: Listing): Json => ({
  id: assetIdOf(symbol),
  class: 'us_equity',
  exchange: 'NASDAQ',
  symbol,
  name: `${symbol} (sandbox)`,
  status: isActive ? 'active' : 'inactive',
  tradable: isActive,
  marginable: true,
  shortable: isShortable,
  easy_to_borrow: isShortable && !isHardToBorrow,
  borrow_status: isShortable && !isHardToBorrow ? 'easy_to_borrow' : 'hard_to_borrow',
  fractionable: false,
  maintenance_margin_requirement: 30,
  margin_requirement_long: '30',
  margin_requirement_short: '30',
  attributes: [],
});

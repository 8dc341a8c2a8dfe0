import { decide } from '#core/decide.ts';
import type { Decision, SymbolSnapshot } from '#core/decision.ts';
import { drawdownView } from '#core/drawdown.ts';
import type { Ticker } from '#core/ids.ts';
import { usdFromNumber } from '#core/money.ts';
import { openTradeOf } from '#core/open-trade.ts';
import { isBarEndOf, lastBarEnd } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { isUnjudged } from '#core/signal-counts.ts';
import { whatIf } from '#core/what-if.ts';
import type { WhatIf } from '#core/what-if.ts';

import type { AppContext } from '../context.ts';
import { createFeatureStore } from '../feature-store.ts';
import { refuseStrange } from '../known-symbols.ts';
import { gather, readBar } from '../snapshot.ts';
import type { TendedBar } from '../tend-trades.ts';

/** What the rules would decide; of a refusal, whether there was a signal or data that cannot be judged. */
export type RiskDecision = Decision['kind'] | 'unjudged';

/** What `/risk` tells of a symbol, on its last settled bar. */
export type RiskReport =
  | { readonly kind: 'risk'; readonly symbol: Ticker; readonly bar: null }
  | {
      readonly kind: 'risk';
      readonly symbol: Ticker;
      readonly bar: {
        readonly session: Session;
        readonly barEnd: EpochMs;
        /** In plain dollars; null without features. */
        readonly close: number | null;
        readonly decision: RiskDecision;
        readonly long: WhatIf;
        readonly short: WhatIf;
      };
    };

/**
 * What would be done in a symbol now, and what size, stop and target an entry would have on either side:
 * by the rules and on the facts that the trading cycle has, gathered anew. Nothing is written down, and
 * what the cycle remembers of bars is not touched. Throws BrokerError when something cannot be read,
 * and UserError for a stock that the broker does not know.
 */
export async function riskReport(context: AppContext, symbol: Ticker): Promise<RiskReport> {
  await refuseStrange(context, symbol);
  const last = await lastBar(context);
  if (last === null) return { kind: 'risk', symbol, bar: null };
  const { session, barEnd } = last;
  const asking = { ...context, watchlist: [symbol], features: createFeatureStore(context) };
  const [bar, drawdown] = await Promise.all([
    readBar(asking, session, barEnd),
    context.ledger.drawdownState(),
  ]);
  const snapshot = await gather(asking, {
    ...bar,
    openTrades: openTradesOf(bar),
    drawdown: drawdownView(drawdown, session.date),
  });
  const own: SymbolSnapshot = snapshot.symbols[0] ?? { symbol, features: null, asset: null };
  const [decision] = decide(snapshot);
  return {
    kind: 'risk',
    symbol,
    bar: {
      session,
      barEnd,
      close: own.features?.close ?? null,
      decision: kindOf(decision),
      long: whatIf(snapshot, own, 'long'),
      short: whatIf(snapshot, own, 'short'),
    },
  };
}

function kindOf(decision: Decision | undefined): RiskDecision {
  if (decision === undefined) return 'no-signal';
  const { kind } = decision;
  return kind === 'refused' && isUnjudged(decision.by) ? 'unjudged' : kind;
}

interface LastBar {
  readonly session: Session;
  readonly barEnd: EpochMs;
}

/** The last bar that has ended, of this session or the one before. */
async function lastBar({ calendar, clock, parameters }: AppContext): Promise<LastBar | null> {
  const now = clock.now();
  const session = await calendar.currentOrNext(now);
  if (session === null) return null;
  const barEnd = lastBarEnd(now, parameters.barMinutes);
  if (isBarEndOf(session, barEnd)) return { session, barEnd };
  const previous = await calendar.before(session.date);
  return previous === null ? null : { session: previous, barEnd: previous.close };
}

/** As the ledger has them: to follow their prices is the cycle's business. */
const openTradesOf = ({ trades, features, barEnd }: TendedBar) =>
  trades.flatMap((trade) => {
    const last = features.get(trade.intent.symbol) ?? null;
    const close = last?.barEnd === barEnd ? usdFromNumber(last.close) : null;
    return openTradeOf(trade, close) ?? [];
  });

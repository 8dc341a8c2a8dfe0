import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';

import { aMarket } from '../backtest/a-market.ts';

/** A worker that plays one market after the other, until it is ended. */
const market = aMarket({ sessions: 250 });
for (;;) runBacktest(market, DEFAULT_PARAMETERS, DEFAULT_OPTIONS);

import type { Bench } from '#adapters/research/protocol.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { ticker } from '#core/ids.ts';
import type { StudyRequest } from '#ports/studies.ts';

import { backtestSchema, optionsOf } from './backtest-schema.ts';
import type { LoadMarket } from './load-market.ts';

/** The bars of a request, and how they are traded. Throws an error of a line for each thing that is wrong. */
export async function benchOf(load: LoadMarket, request: StudyRequest): Promise<Bench> {
  const loaded = await load(request);
  if (loaded.kind === 'refused') throw new Error(loaded.lines.join('\n'));
  const sectors = new Map(
    Object.entries(request.sectors).map(([symbol, sector]) => [ticker(symbol), sector]),
  );
  const set = optionsOf(backtestSchema.parse(request.options ?? {}));
  return { market: loaded.market, options: { ...DEFAULT_OPTIONS, ...set, sectors } };
}

import type { Bench } from '#adapters/research/protocol.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { ticker } from '#core/ids.ts';
import type { StudyRequest } from '#ports/studies.ts';
import { warmUpOf } from '#research/study.ts';
import type { StudyPlan } from '#research/study.ts';

import { backtestSchema, optionsOf } from './backtest-schema.ts';
import type { LoadMarket } from './load-market.ts';

/** Points of longer bars are made of these. */
const BAR_MINUTES = 5;

/**
 * The bars of a request, with a warm-up that is enough for every point of its grid, and how they are traded. Throws
 * an error of a line for each thing that is wrong.
 */
export async function benchOf(
  load: LoadMarket,
  request: StudyRequest,
  study: StudyPlan,
): Promise<{ readonly bench: Bench; readonly notes: readonly string[] }> {
  const { symbols, from, to } = request;
  const warmUp = warmUpOf(study);
  const loaded = await load({ symbols, from, to, barMinutes: BAR_MINUTES, warmUp });
  if (loaded.kind === 'refused') throw new Error(loaded.lines.join('\n'));
  const sectors = new Map(
    Object.entries(request.sectors).map(([symbol, sector]) => [ticker(symbol), sector]),
  );
  const set = optionsOf(backtestSchema.parse(request.options ?? {}));
  const { market, notes } = loaded;
  return { bench: { market, options: { ...DEFAULT_OPTIONS, ...set, sectors } }, notes };
}

import type { APIEmbedField } from 'discord.js';

import { count, formatNumber } from '#core/number-words.ts';
import type { Removal, SignalCounts } from '#core/signal-counts.ts';

/** What became of a session's signals, and how many bars could not be judged; nothing where none was. */
export const signalFields = (counts: SignalCounts): readonly APIEmbedField[] =>
  counts.decisions === 0 ? [] : [{ name: 'Signals', value: signalLines(counts).join('\n') }];

function signalLines({ signals, entries, removed, unjudged }: SignalCounts): readonly string[] {
  const some = removed.filter((removal) => removal.count > 0);
  const bad = unjudged.filter((removal) => removal.count > 0);
  return [
    `${count(signals, 'signal')} → ${count(entries, 'entry')}`,
    ...(some.length === 0 ? [] : [`removed by ${listed(some)}`]),
    ...(bad.length === 0 ? [] : [`bars not judged: ${listed(bad)}`]),
  ];
}

const listed = (removals: readonly Removal[]): string =>
  removals.map(({ filter, count: times }) => `${filter} ${formatNumber(times)}`).join(', ');

import { askedSymbol, SYMBOL_OPTION, watchedSymbols } from '#app/asked-symbol.ts';
import { UserError } from '#app/command.ts';
import type { Command } from '#app/command.ts';
import { whyReport } from '#app/reports/why.ts';
import { asSessionDate, newYorkDate, newYorkInstant, parseInstant } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

const TIME = /^(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}):([0-5]\d)$/;

/** `10:35` today or `2025-11-28 10:35`, both in New York, or an instant with its offset. */
function instantOf(text: string, today: EpochMs): EpochMs {
  const [, date, hour, minute] = TIME.exec(text) ?? [];
  try {
    if (hour === undefined) return parseInstant(text);
    const day = date === undefined ? newYorkDate(today) : asSessionDate(date);
    return newYorkInstant(day, `${hour.padStart(2, '0')}:${minute}`);
  } catch {
    throw new UserError(
      `“${text}” is no time: write 10:35 (today in New York), 2025-11-28 10:35, or leave it out for the last bar.`,
    );
  }
}

export default {
  name: 'why',
  description: 'Why a symbol was traded or not at a bar, and what would have to change for a trade',
  role: 'viewer',
  isPrivate: false,
  options: [
    SYMBOL_OPTION,
    {
      name: 'time',
      description: '10:35 (today, New York) or 2025-11-28 10:35; the last bar when left out',
      type: 'string',
      required: false,
    },
  ],
  run: async (context, { options: { symbol, time } }) => {
    const of = askedSymbol(symbol);
    const at = typeof time === 'string' ? instantOf(time.trim(), context.clock.now()) : null;
    return { kind: 'why', report: await whyReport(context, of, at) };
  },
  complete: async (context, _option, typed) => watchedSymbols(context, typed),
} satisfies Command;

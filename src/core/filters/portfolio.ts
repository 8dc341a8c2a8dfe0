import { correlationWithOpen } from '../correlation.ts';
import { sectorShareOf } from '../sector.ts';
import { openSymbols } from '../sizing.ts';
import type { EntryQuestion, Verdict } from './question.ts';

/** There is room for one more position; entries on their way count. */
export function askPositionCap({ snapshot: { parameters }, book }: EntryQuestion): Verdict {
  const open = openSymbols(book).size;
  const max = parameters.maxOpenPositions;
  return { passed: open < max, numbers: () => ({ open, max }) };
}

/** Not too much of what is open lies in one sector. */
export function askSector({ snapshot, symbol: { symbol }, book }: EntryQuestion): Verdict {
  const { sectors, parameters } = snapshot;
  const maxShare = parameters.maxSectorShare;
  const share = sectorShareOf(symbol, openSymbols(book), sectors, maxShare);
  return {
    passed: share.hasRoom,
    numbers: () => ({ sector: share.sector, open: share.open, same: share.same, maxShare }),
  };
}

/** Nothing that is open moves like the symbol. */
export function askCorrelation({ snapshot, symbol: { symbol }, book }: EntryQuestion): Verdict {
  const { daily, parameters } = snapshot;
  const found = correlationWithOpen(symbol, openSymbols(book), daily, parameters);
  return {
    passed: found.isAllowed,
    numbers: () => ({
      correlation: found.value,
      with: found.with,
      days: found.days,
      max: parameters.maxCorrelation,
      minDays: parameters.correlationMinDays,
    }),
  };
}

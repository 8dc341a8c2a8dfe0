import { correlationWithOpen } from '../correlation.ts';
import { sectorShareOf } from '../sector.ts';
import type { EntryFilter, EntryQuestion } from './question.ts';

/** There is room for one more position; entries on their way count. */
export const POSITION_CAP: EntryFilter<EntryQuestion> = {
  name: 'position-cap',
  passes: ({ snapshot: { parameters }, book }) => book.open.size < parameters.maxOpenPositions,
  numbers: ({ snapshot: { parameters }, book }) => ({
    open: book.open.size,
    max: parameters.maxOpenPositions,
  }),
};

const shareOf = ({ snapshot, symbol: { symbol }, book }: EntryQuestion) =>
  sectorShareOf(symbol, book.open, snapshot.sectors, snapshot.parameters.maxSectorShare);

/** Not too much of what is open lies in one sector. */
export const SECTOR: EntryFilter<EntryQuestion> = {
  name: 'sector',
  passes: (question) => shareOf(question).hasRoom,
  numbers(question) {
    const { sector, open, same } = shareOf(question);
    return { sector, open, same, maxShare: question.snapshot.parameters.maxSectorShare };
  },
};

const correlationOf = ({ snapshot: { daily, parameters }, symbol, book }: EntryQuestion) =>
  correlationWithOpen(symbol.symbol, book.open, daily, parameters);

/** Nothing that is open moves like the symbol. */
export const CORRELATION: EntryFilter<EntryQuestion> = {
  name: 'correlation',
  passes: (question) => correlationOf(question).isAllowed,
  numbers(question) {
    const found = correlationOf(question);
    const { maxCorrelation, correlationMinDays } = question.snapshot.parameters;
    return {
      correlation: found.value,
      with: found.with,
      days: found.days,
      max: maxCorrelation,
      minDays: correlationMinDays,
    };
  },
};

import type { APIEmbedField } from 'discord.js';

import { formatGain, formatR } from '#core/number-words.ts';
import type { Standing, TradeRange } from '#core/trade-range.ts';

const standing = ({ pnl, r }: Standing): string => `${formatGain(pnl)}\n${formatR(r)}`;

/** How far a trade went either way; nothing where that was not measured. */
export const rangeFields = (range: TradeRange | undefined): APIEmbedField[] =>
  range === undefined
    ? []
    : [
        { name: 'At best (MFE)', value: standing(range.best), inline: true },
        { name: 'At worst (MAE)', value: standing(range.worst), inline: true },
      ];

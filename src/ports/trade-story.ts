import type { TradeId } from '#core/ids.ts';

import type { ChartFill, StopStep } from './charts.ts';

/** What a trade went through, to be shown. */
export interface TradeStory {
  /** In order of time. */
  readonly fills: readonly ChartFill[];
  /** Where its stop legs stood, in the order in which the broker had them; equal ones in a row are one. */
  readonly stops: readonly StopStep[];
}

export interface StoryReads {
  tradeStory(id: TradeId): Promise<TradeStory>;
}

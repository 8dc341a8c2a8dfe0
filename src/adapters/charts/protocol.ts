import type { ChartSpec } from '#ports/charts.ts';

/** To the drawing process. */
export interface DrawRequest {
  readonly id: number;
  readonly chart: ChartSpec;
}

/** From the drawing process, for a request. */
export type Answer =
  | {
      readonly type: 'drawn';
      readonly id: number;
      readonly png: Uint8Array<ArrayBuffer>;
      readonly altText: string;
      readonly fileName: string;
    }
  | { readonly type: 'failed'; readonly id: number; readonly why: string };

/** Ready: all is loaded, and it can draw. */
export type WorkerMessage = Answer | { readonly type: 'ready' };

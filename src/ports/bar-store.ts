import type { BarColumns } from '#core/bars.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs } from '#core/session.ts';
import type { Span } from '#core/span.ts';

/** Names one file of the store. */
export interface BarKey {
  readonly symbol: Ticker;
  readonly barMinutes: number;
}

/** Where bars come from: bars of different sources are never mixed in one file. */
export interface BarSource {
  /** Name of the data feed: iex, sip, or import for files that were read in. */
  readonly feed: string;
  /** Prices and volumes are in the shares of after every split; dividends are left in. */
  readonly adjustment: 'split';
  /** Bars within the exchange's hours only. */
  readonly hours: 'regular';
}

export interface StoredBars extends BarKey, BarSource {
  readonly count: number;
  /** Start of the first and of the last bar; null without any. */
  readonly first: EpochMs | null;
  readonly last: EpochMs | null;
  /** The times for which the source was asked: what lies in them and is not stored was never traded. */
  readonly covered: readonly Span[];
  /** SHA-256 of the bars, in hexadecimal: the same bars have the same wherever they are stored. */
  readonly sha256: string;
}

export interface StoredBarQuery extends BarKey {
  /** Bars that start at or after this instant … */
  readonly from: EpochMs;
  /** … and before this one. */
  readonly until: EpochMs;
}

/** The file is not what was written; the text names it with the cure. */
export interface DamagedBars {
  readonly kind: 'damaged';
  readonly text: string;
}

export type BarLoad =
  /** The columns lie in shared memory: other threads take them without a copy. `stored` tells of the whole file. */
  | { readonly kind: 'loaded'; readonly columns: BarColumns; readonly stored: StoredBars }
  | { readonly kind: 'missing' }
  | DamagedBars;

export type BarLookup =
  | { readonly kind: 'stored'; readonly stored: StoredBars }
  | { readonly kind: 'missing' }
  | DamagedBars;

export interface BarAddition extends BarKey, BarSource {
  /** In order, each once, all within the span. */
  readonly columns: BarColumns;
  /** The source was asked for all bars of this time; what was stored of it before gives way. */
  readonly span: Span;
}

export type BarMerge =
  | { readonly kind: 'merged'; readonly stored: StoredBars }
  /** Stored bars are of another source; the text has the cure. */
  | { readonly kind: 'refused'; readonly text: string }
  | DamagedBars;

/** The bars of many years, a file a symbol and bar length. One process at a time adds to it. */
export interface BarStore {
  load(query: StoredBarQuery): Promise<BarLoad>;
  /** What a file says of itself; the bars are not looked at. */
  look(key: BarKey): Promise<BarLookup>;
  /** Adds bars; a crash leaves the file as it was before or as it is after. */
  merge(addition: BarAddition): Promise<BarMerge>;
  /** Forgets a file, damaged or not. */
  remove(key: BarKey): Promise<void>;
  list(): Promise<readonly (BarKey & BarLookup)[]>;
  /** A file as it is, for another machine; null where there is none. */
  read(key: BarKey): Promise<Uint8Array | null>;
  /** Takes a file of another machine in the place of one's own, after a look at every bar of it. */
  install(bytes: Uint8Array): Promise<BarLookup>;
}

/** Files of bars that many machines share. */
export interface BarArchive {
  /** What the files say of themselves, without their bars. */
  list(): Promise<readonly StoredBars[]>;
  /** A file as it is; null where there is none. */
  read(key: BarKey): Promise<Uint8Array | null>;
  /** Takes the place of what was there under the same symbol and bar length. */
  save(stored: StoredBars, bytes: Uint8Array): Promise<void>;
}

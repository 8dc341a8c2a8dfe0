/** One measured figure. */
export interface BenchRow {
  readonly name: string;
  /** With its unit. */
  readonly value: string;
  /** What it must not exceed, with its unit. */
  readonly budget?: string;
  readonly ok?: boolean;
}

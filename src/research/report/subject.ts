/** What a report is about, in words. */
export interface ReportSubject {
  readonly runId: string;
  /** `24 symbols, 2025-01-02 to 2025-10-24 (203 sessions)`. */
  readonly span: string;
  /** Parameters that are not the default, how orders fill, where the bars are from. */
  readonly what: string;
  /** What is to be known about the bars, a line each. */
  readonly notes: readonly string[];
}

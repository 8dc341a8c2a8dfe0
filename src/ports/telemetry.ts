/** What the application counts while it works. */
export interface Telemetry {
  cycleFinished(tookMs: number, entries: number): void;
  orderSubmitted(outcome: 'accepted' | 'rejected' | 'unknown'): void;
  cardDelivered(outcome: 'posted' | 'edited' | 'failed'): void;
}

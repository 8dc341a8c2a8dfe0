/** Which process trades the account. Times are the database's own, so that no two clocks are compared. */
export interface LeaseStore {
  /**
   * Takes the lease when it is free, has run out, or is this holder's own. The token grows each time, so
   * that whoever held it before is fenced off.
   */
  acquire(holder: string, forMs: number): Promise<LeaseAnswer>;
  /** False when another process has taken it. */
  renew(token: number, forMs: number): Promise<boolean>;
  release(token: number): Promise<void>;
}

export type LeaseAnswer =
  | { readonly kind: 'held'; readonly token: number }
  | { readonly kind: 'taken'; readonly holder: string; readonly expiresInMs: number };

/** Another process trades the account: nothing more may be done by this one. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

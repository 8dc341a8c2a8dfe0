/** Puts a job on the queue. An id that was used before is not queued again. */
export interface Queue {
  add(job: string, payload: object, options?: { readonly id?: string }): Promise<void>;
  /** For health reports. */
  state(): Promise<{ readonly waiting: number; readonly failed: number }>;
}

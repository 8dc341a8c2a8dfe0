type Fields = Readonly<Record<string, unknown>>;

/** Structured log lines. Secrets never go in: the adapter redacts known ones, callers pass facts. */
export interface Logger {
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

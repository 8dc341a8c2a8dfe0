const WIDTH = 30;

/** A line of the terminal that is written over again and again. */
export interface ProgressBar {
  show(done: number, of: number, words: string): void;
  /** Leaves the terminal as it was before. */
  clear(): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Where nobody looks, as in a file, nothing is written. */
export function createProgressBar(terminal: Terminal): ProgressBar {
  if (terminal.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    show: (done, of, words) => {
      const share = of === 0 ? 1 : done / of;
      const filled = Math.round(share * WIDTH);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}`;
      const line = `${bar} ${Math.floor(share * 100)} %  ${words}`;
      // A line that wraps could not be written over.
      terminal.write(`\r\u001B[K${line.slice(0, (terminal.columns ?? 80) - 1)}`);
    },
    clear: () => {
      terminal.write('\r\u001B[K');
    },
  };
}

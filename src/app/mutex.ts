/** Lets pieces of work of one key run one after the other, in the order in which they asked. */
export interface Mutex {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}

export function createMutex(): Mutex {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, work) {
      const before = last.get(key) ?? Promise.resolve();
      // The one before may have failed; that is no business of this one.
      const mine = before.then(work, work);
      last.set(key, mine);
      const forget = (): void => {
        if (last.get(key) === mine) last.delete(key);
      };
      mine.then(forget, forget);
      return mine;
    },
  };
}

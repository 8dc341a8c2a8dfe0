/**
 * Has work done one run at a time: however often it is asked for while a run is under way, one more follows, so that
 * nobody's asking comes to nothing.
 *
 * @param run must not reject
 * @returns asks for a run; resolves when none is asked for or under way any more
 */
export function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let isAsked = false;
  let running: Promise<void> | null = null;

  async function runWhileAsked(): Promise<void> {
    while (isAsked) {
      isAsked = false;
      await run();
    }
    running = null;
  }

  return () => {
    isAsked = true;
    return (running ??= runWhileAsked());
  };
}

import type { AppContext } from './context.ts';

/**
 * Why no entry may be made now, whatever the market says, a sentence each: the bot does not see what its
 * orders do, or broker and ledger differ.
 */
export async function impedimentsOf({ sight, ledger }: AppContext): Promise<readonly string[]> {
  const blindness = sight.blindness();
  const last = await ledger.lastReconciliation();
  const unclean =
    last === null
      ? ['broker and ledger have not been compared yet']
      : last.isClean
        ? []
        : ['broker and ledger differ'];
  return [...(blindness === null ? [] : [blindness]), ...unclean];
}

import type { AppContext } from './context.ts';
import { outageOf } from './drawdown-outage.ts';
import { unreadiness } from './readiness.ts';

/**
 * Why no entry may be made now, whatever the market says, a sentence each: the bot does not see what its
 * orders do, broker and ledger differ, nobody knows how far equity has fallen, or no walk-forward speaks for
 * the parameters that would trade real money.
 */
export async function impedimentsOf(context: AppContext): Promise<readonly string[]> {
  const { sight, ledger } = context;
  const blindness = sight.blindness();
  const last = await ledger.lastReconciliation();
  const unclean =
    last === null
      ? ['broker and ledger have not been compared yet']
      : last.isClean
        ? []
        : ['broker and ledger differ'];
  const outage = await outageOf(context);
  const unready = await unreadiness(context);
  return [
    ...(blindness === null ? [] : [blindness]),
    ...unclean,
    ...(outage === null ? [] : [outage]),
    ...(unready === null ? [] : [unready]),
  ];
}

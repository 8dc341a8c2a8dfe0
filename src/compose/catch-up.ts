import type { AppContext } from '#app/context.ts';
import { writeDueDigests } from '#app/reports/digest.ts';
import { tendOrders } from '#app/tend-orders.ts';

/**
 * What a bot that was down makes up for: fills that it did not hear of, entries that were working when it
 * went down and would stay live overnight, and digests of sessions that ended meanwhile.
 */
export async function catchUp(context: AppContext): Promise<void> {
  const { clock, log } = context;
  await tendOrders(context);
  try {
    await writeDueDigests(context, clock.now());
  } catch (error) {
    log.error(
      { error: String(error) },
      'digests that are due could not be written; the next session close tries again',
    );
  }
}

/**
 * Whether this is a sandbox of which the ledger knows nothing yet. What a queue on Redis still has of an
 * earlier world, whose data was removed, would pass for this one's: its bars would count as done.
 */
export const isNewSandbox = async ({ mode, ledger }: AppContext): Promise<boolean> =>
  mode === 'SANDBOX' && (await ledger.cycleCount()) === 0;

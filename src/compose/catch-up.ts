import type { AppContext } from '#app/context.ts';
import { cancelStaleEntries } from '#app/enter.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { writeDueDigests } from '#app/reports/digest.ts';
import type { StartFindings } from '#app/reports/started.ts';
import { lastBarEnd } from '#core/session.ts';

/**
 * What a bot that was down makes up for: fills that it did not hear of, entries that were working when it
 * went down and would stay live overnight, and digests of sessions that ended meanwhile. Broker and ledger
 * are compared before anything else happens.
 */
export async function catchUp(context: AppContext): Promise<StartFindings> {
  const { clock, log, ledger, parameters } = context;
  const reconciliation = await reconcile(context);
  await cancelStaleEntries(context, lastBarEnd(clock.now(), parameters.barMinutes));
  try {
    await writeDueDigests(context, clock.now());
  } catch (error) {
    log.error(
      { error: String(error) },
      'digests that are due could not be written; the next look, some minutes from now, tries again',
    );
  }
  return { reconciliation, resumedCloses: (await ledger.openCloses()).length };
}

/**
 * Whether this is a sandbox of which the ledger knows nothing yet. What a queue on Redis still has of an
 * earlier world, whose data was removed, would pass for this one's: its bars would count as done.
 */
export const isNewSandbox = async ({ mode, ledger }: AppContext): Promise<boolean> =>
  mode === 'SANDBOX' && (await ledger.cycleCount()) === 0;

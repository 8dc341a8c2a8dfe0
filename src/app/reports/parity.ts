import type { Session } from '#core/session.ts';
import { newYorkDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { ParityReport } from '#ports/parity.ts';
import type { ParityCard } from '#ports/report-cards.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';

/** How many sessions back one that nobody compared, by a bot that was down, is still told. */
const LOOK_BACK_SESSIONS = 3;
/** So many differences fit into one message. */
const DIFFERENCES_A_CARD = 20;
/** Beyond that the command line tells the rest. */
const MOST_CARDS = 5;

/**
 * Tells of each session that is over whether the backtest has traded it as the bot did, once a session, however
 * often this is asked for. A session of which no cycle is stored any more is passed over.
 *
 * Throws BrokerError when the bars cannot be read, LeaseLostError when another process trades the account.
 */
export async function tellDueParity(context: AppContext, at: EpochMs): Promise<void> {
  const { calendar, ledger, parity } = context;
  for (const session of await calendar.endingWith(newYorkDate(at), LOOK_BACK_SESSIONS)) {
    const isDue = session.close <= at && (await ledger.cycleCount(session.date)) > 0;
    if (!isDue || (await ledger.outbox.has(keyOf(session, 1)))) continue;
    const report = await parity.of(session.date);
    if (report === null) continue;
    await fenced(context, async (tx) => {
      for (const card of cardsOf(report, session)) {
        await tx.enqueueCard(keyOf(session, card.page), card);
      }
    });
    await context.wakeOutbox();
  }
}

const keyOf = ({ date }: Session, page: number): string =>
  page === 1 ? `parity:${date}` : `parity:${date}:${page}`;

/** As many as the differences need; the first one stands also for a day without any. */
function cardsOf(report: ParityReport, { close: at }: Session): readonly ParityCard[] {
  const total = report.differences.length;
  const pages = Math.max(1, Math.min(MOST_CARDS, Math.ceil(total / DIFFERENCES_A_CARD)));
  return Array.from({ length: pages }, (_, index) => ({
    kind: 'parity',
    report: {
      ...report,
      differences: report.differences.slice(
        index * DIFFERENCES_A_CARD,
        (index + 1) * DIFFERENCES_A_CARD,
      ),
    },
    page: index + 1,
    pages,
    total,
    untold: Math.max(0, total - pages * DIFFERENCES_A_CARD),
    at,
  }));
}

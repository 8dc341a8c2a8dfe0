import type { DrawdownState } from '#core/drawdown.ts';
import type { Usd } from '#core/money.ts';
import { formatGain } from '#core/number-words.ts';
import { MINUTE_MS, newYorkDate, newYorkTime } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { NoticeCard } from '#ports/cards.ts';

import type { AppContext } from './context.ts';

/**
 * What the last bar of a session left behind is looked at for so long, and no longer: what is traded after
 * the close is no price to halt for.
 */
const JUST_OVER_MS = MINUTE_MS;

/** The session whose drawdown is watched now; null when none is. */
export async function watchedSession({ calendar, clock }: AppContext): Promise<Session | null> {
  const now = clock.now();
  const session = await calendar.on(newYorkDate(now));
  const isWatched = session !== null && now >= session.open && now <= session.close + JUST_OVER_MS;
  return isWatched ? session : null;
}

/** One reading or another fails; a bar without any, and some time more, is an outage. */
const patienceMs = ({ parameters }: AppContext): number =>
  parameters.barMinutes * MINUTE_MS + MINUTE_MS;

/** Why the drawdown is not known, as a sentence, when the last reading of the session that runs is too old. */
export async function outageOf(context: AppContext): Promise<string | null> {
  const since = await unmeasuredSince(context, await context.ledger.drawdownState());
  return since === null ? null : outageWords(context, since);
}

async function unmeasuredSince(
  context: AppContext,
  state: DrawdownState | null,
): Promise<EpochMs | null> {
  const session = await watchedSession(context);
  const now = context.clock.now();
  if (session === null || now >= session.close) return null;
  // Before the first reading of a session it counts from the open, or from the start of the bot.
  const last = state?.sessionDate === session.date ? state.at : context.drawdownMemory.startedAt;
  const since = Math.max(session.open, last);
  return now - since > patienceMs(context) ? since : null;
}

const outageWords = ({ drawdownMemory }: AppContext, since: EpochMs): string =>
  `the drawdown cannot be measured since ${newYorkTime(since)} New York time: ${
    drawdownMemory.why ?? 'no reading was made'
  }`;

/** What is given as the reason may be a sentence already. */
const asSentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

export interface Notice {
  readonly key: string;
  readonly card: NoticeCard;
}

/** What an outage is told by, over restarts: the last reading before it. */
const outageKey = (before: DrawdownState | null): string =>
  `drawdown-outage:${before?.at ?? 'from the start'}`;
const endKey = (before: DrawdownState | null): string => `${outageKey(before)}:over`;

/** The notice that nothing can be measured; null when it is not so for long, or was told. */
export async function outageBegins(
  context: AppContext,
  before: DrawdownState | null,
): Promise<Notice | null> {
  const since = await unmeasuredSince(context, before);
  const key = outageKey(before);
  if (since === null || (await context.ledger.outbox.has(key))) return null;
  const why = asSentence(`Entries are closed: ${outageWords(context, since)}`);
  const text =
    `${why} What was measured until then stands; stops and targets ` +
    'at the broker stay as they are, exits and protection go on. To do: hold the account against the broker’s own page.';
  return {
    key,
    card: {
      kind: 'notice',
      tone: 'warning',
      title: 'The drawdown cannot be measured: no entries until it can',
      text,
      at: context.clock.now(),
    },
  };
}

/** The notice that it is measured again; null when nobody was told that it was not. */
export async function outageEnds(
  context: AppContext,
  before: DrawdownState | null,
  { at }: DrawdownState,
): Promise<Notice | null> {
  if (before !== null && at - before.at <= patienceMs(context)) return null;
  const { outbox } = context.ledger;
  const isTold = (await outbox.has(outageKey(before))) && !(await outbox.has(endKey(before)));
  if (!isTold) return null;
  return {
    key: endKey(before),
    card: {
      kind: 'notice',
      tone: 'good',
      title: 'The drawdown is measured again: entries are not closed for it any more',
      text: 'What happened meanwhile is part of the fall. Nothing to do.',
      at,
    },
  };
}

/** Cash has moved, and nobody has said why for so long that it is taken for a deposit or a withdrawal. */
export const assumedNotice = (amount: Usd, at: EpochMs): Notice => ({
  key: `drawdown-cash:${at}`,
  card: {
    kind: 'notice',
    tone: 'warning',
    title: `Cash moved by ${formatGain(amount)}, and the broker does not say why`,
    text:
      `It is taken for a ${amount < 0 ? 'withdrawal' : 'deposit'}: the drawdown is measured on the money that is there now. ` +
      'To do: if nobody paid it in or out, find out at the broker what it was.',
    at,
  },
});

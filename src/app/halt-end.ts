import {
  asSessionDate,
  newYorkDate,
  newYorkInstant,
  newYorkTime,
  startOfDay,
} from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import { UserError } from './command.ts';
import type { AppContext } from './context.ts';
import { nextOpen } from './control.ts';

const SESSION = 'session';
const TIME = /^([01]?\d|2[0-3]):[0-5]\d$/;

/**
 * When a halt is to end, as a person writes it: `session` is the next session's open, `15:30` today in New
 * York, `2025-12-01` that day's open, or the first one after it. Null: until someone resumes. A phone begins
 * what is typed with a capital letter: it counts for nothing.
 *
 * @throws UserError on anything else, and on what has passed.
 */
export async function haltEnd(context: AppContext, text: string | null): Promise<EpochMs | null> {
  if (text === null) return null;
  const now = context.clock.now();
  if (text.toLowerCase() === SESSION) return nextOpen(context, now);
  const at = await instantOf(context, text, now);
  if (at > now) return at;
  throw new UserError(
    `“${text}” has passed: in New York it is ${newYorkDate(now)} ${newYorkTime(now)}. Nothing was changed.`,
  );
}

async function instantOf({ calendar }: AppContext, text: string, now: EpochMs): Promise<EpochMs> {
  if (TIME.test(text)) return newYorkInstant(newYorkDate(now), text.padStart(5, '0'));
  let midnight: EpochMs;
  try {
    midnight = startOfDay(asSessionDate(text));
  } catch {
    throw new UserError(
      `“${text}” is no end: write session, 15:30 (today, New York) or a date like 2025-12-01. Nothing was changed.`,
    );
  }
  // Further away than the calendar reaches, the day itself has to do.
  return (await calendar.currentOrNext(midnight))?.open ?? midnight;
}

const NEXT_DAYS = 4;

/** Ends that a person may mean, for someone who types one. */
export async function haltEnds(
  { calendar, clock }: AppContext,
  typed: string,
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  const ends = [{ name: 'session: until the next session opens', value: SESSION as string }];
  let date = newYorkDate(clock.now());
  for (let day = 0; day < NEXT_DAYS; day += 1) {
    const session = await calendar.after(date);
    if (session === null) break;
    date = session.date;
    ends.push({ name: `${date}: until that session opens`, value: date });
  }
  return ends.filter(({ value }) => value.startsWith(typed.trim().toLowerCase()));
}

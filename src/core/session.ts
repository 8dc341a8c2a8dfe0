/**
 * Time of the exchange. An instant is epoch milliseconds in UTC; a session date is the exchange's own
 * calendar day. The two are converted here and nowhere else.
 */
declare const sessionDate: unique symbol;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;
/** `YYYY-MM-DD` in New York. */
export type SessionDate = string & { readonly [sessionDate]: true };

/** One trading day of the exchange; the close of a half-day is early. */
export interface Session {
  readonly date: SessionDate;
  readonly open: EpochMs;
  readonly close: EpochMs;
}

export const MINUTE_MS = 60_000;

/** The furthest instants that a calendar can name, in either direction. */
const MAX_INSTANT = 8.64e15;

/** Whether a number is an instant at all. */
export const isInstant = (value: number): value is EpochMs => Math.abs(value) <= MAX_INSTANT;

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Throws on text that is no calendar day, also on one that looks like it (`2025-02-30`). */
export function asSessionDate(text: string): SessionDate {
  const midnight = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Days beyond a month's end run over into the next month.
  if (Number.isNaN(midnight) || !toIso(midnight).startsWith(text)) {
    throw new RangeError(`not a date: ${JSON.stringify(text)}`);
  }
  return text as SessionDate;
}

const NEW_YORK = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

interface WallClock {
  readonly date: string;
  readonly time: string;
}

const HOUR_MS = 60 * MINUTE_MS;
const UTC_DAY_MS = 24 * HOUR_MS;
const FORTNIGHT_MS = 14 * UTC_DAY_MS;
/** Offsets that are remembered: those of more than a century of days. */
const MOST_OFFSETS = 50_000;
const offsets = new Map<number, number>();

/**
 * How far New York's clocks stand from UTC's, in milliseconds. They change on a full hour, and never twice within
 * weeks, so that a fortnight has one answer where its two ends have the same, and so has a day; answers are
 * remembered, since the formatter takes its time and history asks often.
 */
const offsetAt = (at: EpochMs): number =>
  offsetWithin(at, FORTNIGHT_MS) ??
  offsetWithin(at, UTC_DAY_MS) ??
  offsetOfHour(Math.floor(at / HOUR_MS) * HOUR_MS);

/** Null where the clocks change within the stretch of this length that the instant lies in. */
function offsetWithin(at: EpochMs, length: number): number | null {
  const from = Math.floor(at / length) * length;
  const offset = offsetOfHour(from);
  return offset === offsetOfHour(from + length) ? offset : null;
}

/** At a full hour. */
function offsetOfHour(hour: EpochMs): number {
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const parts: Record<string, string> = {};
  for (const { type, value } of NEW_YORK.formatToParts(hour)) parts[type] = value;
  const { year, month, day, hour: hours, minute } = parts;
  const offset = Date.parse(`${year}-${month}-${day}T${hours}:${minute}:00Z`) - hour;
  if (offsets.size >= MOST_OFFSETS) offsets.clear();
  offsets.set(hour, offset);
  return offset;
}

function wallClock(at: EpochMs): WallClock {
  const shown = new Date(at + offsetAt(at)).toISOString();
  return { date: shown.slice(0, 10), time: shown.slice(11, 16) };
}

/** The New York calendar day of an instant. */
export const newYorkDate = (at: EpochMs): SessionDate => asSessionDate(wallClock(at).date);

/** `2025-11-28 10:30 New York time`: an instant in plain text, which cannot hold a chat's own time stamp. */
export const newYorkWords = (at: EpochMs): string =>
  `${newYorkDate(at)} ${newYorkTime(at)} New York time`;

/** `HH:MM` in New York. */
export function newYorkTime(at: EpochMs): string {
  const minutes = Math.floor((at + offsetAt(at)) / MINUTE_MS) % MINUTES_A_DAY;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${twoDigits(hours)}:${twoDigits(rest)}`;
}

const MINUTES_A_DAY = 24 * 60;

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** The instant of a New York wall-clock time (`HH:MM`) on a date. DST changes never fall into exchange hours. */
export function newYorkInstant(date: SessionDate, time: string): EpochMs {
  const naive = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(naive)) throw new RangeError(`not a time: ${date} ${time}`);
  // The offset was read at the naive instant; reading it once more settles the hours around a change.
  return naive - offsetAt(naive - offsetAt(naive));
}

const DAY_MS = 24 * 60 * MINUTE_MS;

/** The date so many calendar days later, or earlier. */
export const addDays = (date: SessionDate, days: number): SessionDate =>
  asSessionDate(new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10));

/** The Monday of a date's week: its own date, or the one before. */
export const mondayOf = (date: SessionDate): SessionDate =>
  addDays(date, -((new Date(date).getUTCDay() + 6) % 7));

/** Midnight in New York, with which the date begins. */
export const startOfDay = (date: SessionDate): EpochMs => newYorkInstant(date, '00:00');

/** `YYYY-MM-DDTHH:MM:SS.sssZ`. */
export const toIso = (at: EpochMs): string => new Date(at).toISOString();

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads an RFC 3339 instant, also with nanoseconds or an offset. Throws on anything else, above all on a
 * time without an offset, which would be read in the machine's own zone.
 */
export function parseInstant(text: string): EpochMs {
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new RangeError(`not an instant: ${JSON.stringify(text)}`);
  return at;
}

/** Whatever spelling of an instant the platform knows, else no number: to tell what foreign data may mean. */
export const guessInstant = (text: string): EpochMs => Date.parse(text);

/** Whether a bar that ends here belongs to the session: the first one ends one bar after the open. */
export const isBarEndOf = (session: Session, barEnd: EpochMs): boolean =>
  barEnd > session.open && barEnd <= session.close;

/** The last bar end at or before an instant; bars are aligned to the hour, as the exchange's are. */
export const lastBarEnd = (at: EpochMs, barMinutes: number): EpochMs =>
  Math.floor(at / (barMinutes * MINUTE_MS)) * barMinutes * MINUTE_MS;

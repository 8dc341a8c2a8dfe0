const DAY_MS = 86_400_000;

const format = (options) => new Intl.DateTimeFormat(undefined, options);
const clock = format({ hour: 'numeric', minute: '2-digit' });
const clockWithSeconds = format({ hour: 'numeric', minute: '2-digit', second: '2-digit' });
const shortDate = format({ day: '2-digit', month: '2-digit', year: 'numeric' });
const longDate = format({ day: 'numeric', month: 'long', year: 'numeric' });
const longWithTime = format({ dateStyle: 'long', timeStyle: 'short' });
const full = format({ dateStyle: 'full', timeStyle: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const startOfDay = (date) => new Date(date).setHours(0, 0, 0, 0);

/** "10:31" for the hover beside a message that continues another. */
export const clockTime = (date) => clock.format(date);
export const dayName = (date) => longDate.format(date);
export const fullTime = (date) => full.format(date);
export const isSameDay = (a, b) => startOfDay(a) === startOfDay(b);

/** "Today at 10:31", as Discord heads its messages. */
export function messageTime(date, now = Date.now()) {
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY_MS);
  if (days === 0) return `Today at ${clock.format(date)}`;
  if (days === 1) return `Yesterday at ${clock.format(date)}`;
  return `${shortDate.format(date)} ${clock.format(date)}`;
}

const UNITS = [
  ['year', 365 * DAY_MS],
  ['month', 30 * DAY_MS],
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** "5 minutes ago", in the largest unit that fits. */
function relativeTime(date, now = Date.now()) {
  const distance = date.getTime() - now;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? UNITS.at(-1);
  return relative.format(Math.trunc(distance / size), unit);
}

const STYLES = {
  t: (date) => clock.format(date),
  T: (date) => clockWithSeconds.format(date),
  d: (date) => shortDate.format(date),
  D: (date) => longDate.format(date),
  f: (date) => longWithTime.format(date),
  F: (date) => full.format(date),
  R: (date) => relativeTime(date),
};

/** A time in a message: `<t:1767225600:R>`. */
export const styledTime = (date, style) => (STYLES[style] ?? STYLES.f)(date);

/** Keeps "5 minutes ago" true while the page is open. */
export function keepRelativeTimes(root) {
  return setInterval(() => {
    for (const element of root.querySelectorAll('time[data-relative]')) {
      const text = relativeTime(new Date(element.getAttribute('datetime')));
      if (element.textContent !== text) element.textContent = text;
    }
  }, 5_000);
}

import { h } from './dom.js';
import { continues, showMessage } from './message.js';
import { dayName, isSameDay } from './time.js';

const NEAR_END_PX = 48;
const NEAR_START_PX = 300;
/** Above this many, old messages leave the page again while one reads at the end. */
const MOST_SHOWN = 400;
const LEFT_SHOWN = 200;
const TYPING_MS = 10_000;

const compareIds = (a, b) => a.length - b.length || (a < b ? -1 : Number(a > b));

/**
 * The channel's messages. Each is one element that is built anew only when its message changed, so
 * that nothing flickers and whatever is focused or selected stays so.
 *
 * @param {{ log: HTMLElement, newButton: HTMLElement, context: object, welcome: HTMLElement,
 *   loadOlder: (before: string) => Promise<{ messages: object[], hasMore: boolean }> }} options
 */
export function createMessageList(options) {
  const { log, newButton } = options;
  const list = {
    ...options,
    content: h('div.log-content'),
    typing: h('p.typing', { hidden: true }),
    typingTimer: null,
    /** @type {{ message: object, isCompact: boolean, element: HTMLElement | null }[]} */
    entries: [],
    hasMore: false,
    isLoading: false,
    isAtEnd: true,
    /** Where it was scrolled to last. */
    top: 0,
    unseen: 0,
  };
  log.replaceChildren(list.content);
  log.addEventListener('scroll', () => onScroll(list));
  newButton.addEventListener('click', () => {
    toEnd(list);
    countUnseen(list, 0);
    log.focus();
  });
  // Pictures and fonts that arrive late, or a keyboard that opens, must not push the end away.
  const observer = new ResizeObserver(() => list.isAtEnd && toEnd(list));
  observer.observe(list.content);
  observer.observe(log);
  return {
    reset: (messages, hasMore) => reset(list, messages, hasMore),
    put: (message) => put(list, message),
    /** Whoever has just sent something wants to see what comes of it. */
    goToEnd: () => toEnd(list),
    remove(id) {
      list.entries = list.entries.filter((entry) => entry.message.id !== id);
      draw(list);
    },
    showTyping: (words) => showTyping(list, words),
    /** Builds everything anew, since the person or the channel is another. */
    clear() {
      list.entries = [];
      followEnd(list);
    },
  };
}

const newEntry = (message) => ({ message, isCompact: false, element: null });

function toEnd(list) {
  const { log } = list;
  log.scrollTop = log.scrollHeight;
  list.top = log.scrollTop;
  list.isAtEnd = true;
}

/** The next drawing goes to the end, wherever another channel or person had been scrolled to. */
function followEnd(list) {
  list.isAtEnd = true;
  list.top = 0;
}

/** The browser tells of a scroll only with the next picture, and a message may come before that. */
function notePosition(list) {
  const { log } = list;
  const isNear = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  // What has grown below since is followed: only who scrolls up leaves the end.
  list.isAtEnd = isNear || (list.isAtEnd && log.scrollTop >= list.top);
  list.top = log.scrollTop;
}

function countUnseen(list, unseen) {
  list.unseen = unseen;
  list.newButton.hidden = unseen === 0;
  list.newButton.textContent = unseen === 1 ? '1 new message ↓' : `${unseen} new messages ↓`;
}

function onScroll(list) {
  notePosition(list);
  if (list.isAtEnd && list.unseen > 0) countUnseen(list, 0);
  if (list.top < NEAR_START_PX) void extend(list);
}

function showTyping(list, words) {
  clearTimeout(list.typingTimer);
  list.typing.textContent = words ?? '';
  list.typing.hidden = words === null;
  if (words !== null) list.typingTimer = setTimeout(() => showTyping(list, null), TYPING_MS);
}

/** Shows these messages; those that did not change keep their elements. */
function reset(list, messages, hasMore) {
  const known = new Map(list.entries.map((entry) => [entry.message.id, entry]));
  if (!messages.some(({ id }) => known.has(id))) followEnd(list);
  list.entries = messages.map((message) => {
    const entry = known.get(message.id);
    const isSame = entry && JSON.stringify(entry.message) === JSON.stringify(message);
    return isSame ? entry : newEntry(message);
  });
  list.hasMore = hasMore;
  countUnseen(list, 0);
  draw(list);
}

/** Adds a message, or replaces the one with its id. */
function put(list, message) {
  const { entries } = list;
  showTyping(list, null);
  const at = entries.findIndex((entry) => compareIds(entry.message.id, message.id) >= 0);
  const isKnown = entries[at]?.message.id === message.id;
  if (isKnown) replaceMessage(entries[at], message);
  else {
    // An edit of something further up than is loaded will be seen when it is.
    if (at === 0 && list.hasMore) return;
    entries.splice(at === -1 ? entries.length : at, 0, newEntry(message));
  }
  draw(list);
  if (!isKnown && !list.isAtEnd) countUnseen(list, list.unseen + 1);
}

/** An edit builds a new element and gives the focus back to what had it. */
function replaceMessage(entry, message) {
  const focused = entry.element?.contains(document.activeElement) ? document.activeElement : null;
  entry.message = message;
  entry.element = null;
  if (!focused) return;
  const { customId } = focused.dataset;
  queueMicrotask(() => {
    const selector = customId === undefined ? null : `[data-custom-id="${CSS.escape(customId)}"]`;
    const heir = selector === null ? null : entry.element?.querySelector(selector);
    (heir && !heir.disabled ? heir : entry.element)?.focus({ preventScroll: true });
  });
}

/** Loads what is further up and keeps in place what one looks at. */
async function extend(list) {
  const { log, entries } = list;
  const [first] = entries;
  if (list.isLoading || !list.hasMore || !first) return;
  list.isLoading = true;
  log.setAttribute('aria-live', 'off');
  try {
    const older = await list.loadOlder(first.message.id);
    // Another channel or person may have been chosen meanwhile.
    if (list.entries[0] !== first) return;
    list.hasMore = older.hasMore;
    list.entries = [...older.messages.map(newEntry), ...list.entries];
    const fromEnd = log.scrollHeight - log.scrollTop;
    draw(list);
    log.scrollTop = log.scrollHeight - fromEnd;
  } finally {
    list.isLoading = false;
    log.setAttribute('aria-live', 'polite');
  }
}

function draw(list) {
  const { content, context, typing, welcome } = list;
  notePosition(list);
  if (list.isAtEnd && list.entries.length > MOST_SHOWN) {
    list.entries = list.entries.slice(-LEFT_SHOWN);
    list.hasMore = true;
  }
  const elements = elementsOf(list.entries, context);
  arrange(content, [...(list.hasMore ? [] : [welcome]), ...elements, typing]);
  if (list.isAtEnd) toEnd(list);
}

/** The elements in order, with a line before each new day. */
function elementsOf(entries, context) {
  const elements = [];
  let previous = null;
  for (const entry of entries) {
    const { message } = entry;
    const date = new Date(message.timestamp);
    const isNewDay = !previous || !isSameDay(new Date(previous.timestamp), date);
    if (isNewDay) elements.push(dayLine(date));
    const isCompact = !isNewDay && continues(message, previous);
    if (!entry.element || entry.isCompact !== isCompact) {
      entry.element = showMessage(message, isCompact, context);
      entry.isCompact = isCompact;
    }
    elements.push(entry.element);
    previous = message;
  }
  return elements;
}

const dayLines = new Map();

/** One line for each day, kept so that it stays the same element. */
function dayLine(date) {
  const name = dayName(date);
  const line = dayLines.get(name) ?? h('div.day', { role: 'separator' }, h('span', {}, name));
  dayLines.set(name, line);
  return line;
}

/** Makes these elements the children, moving none that stands right already. */
function arrange(parent, elements) {
  const wanted = new Set(elements);
  for (const child of Array.from(parent.children)) if (!wanted.has(child)) child.remove();
  let cursor = parent.firstChild;
  for (const element of elements) {
    if (element === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(element, cursor);
  }
}

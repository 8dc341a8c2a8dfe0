/** An answer of the sandbox that says no, with words for the person. */
export class Refused extends Error {
  constructor({ message, field }) {
    super(message);
    this.field = field;
  }
}

const read = async (path, parameters) => {
  const answer = await fetch(`/sandbox/${path}?${new URLSearchParams(parameters)}`);
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
  return answer.json();
};

/** Without a channel, the guild's main one. */
export const fetchState = (as, channel) => read('state', channel === '' ? { as } : { as, channel });
export const fetchOlder = (as, channel, before) => read('messages', { as, channel, before });

/** Does something as a person; answers with what the bot made of it. */
export async function act(action) {
  const answer = await fetch('/sandbox/act', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(action),
  }).catch(() => {
    throw new Refused({ message: 'The sandbox cannot be reached.', field: null });
  });
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body.error);
  return body;
}

const CHANGES = [
  'message-posted',
  'message-edited',
  'message-deleted',
  'commands-registered',
  'thread-created',
  'thread-edited',
  'typing-started',
  'bot-changed',
];
const LONGEST_WAIT_MS = 5_000;

/**
 * Listens to what happens, as one person sees it, and comes back after every interruption.
 *
 * @param {string} as
 * @param {{ onOpen: () => void, onLost: () => void,
 *   onChange: (type: string, data: object) => void }} listener
 * @returns {() => void} Ends listening.
 */
export function openFeed(as, { onOpen, onLost, onChange }) {
  let source = null;
  let timer = null;
  let waitMs = 500;
  const connect = () => {
    source = new EventSource(`/sandbox/events?${new URLSearchParams({ as })}`);
    source.addEventListener('opened', () => {
      waitMs = 500;
      onOpen();
    });
    for (const type of CHANGES) {
      source.addEventListener(type, ({ data }) => onChange(type, JSON.parse(data)));
    }
    source.addEventListener('error', () => {
      source.close();
      onLost();
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    });
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

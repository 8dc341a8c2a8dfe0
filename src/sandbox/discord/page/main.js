import { Refused, act, fetchOlder, fetchState, openFeed } from './api.js';
import { createComposer } from './composer.js';
import { openDialog } from './dialog.js';
import { ICONS, byId, h, icon } from './dom.js';
import { createMessageList } from './message-list.js';
import { createPersonaSwitch, roleColor, showSurroundings } from './surroundings.js';
import { keepRelativeTimes } from './time.js';

const PERSONAS = ['viewer', 'trader', 'admin'];
const PERSONA_KEY = 'sandbox-persona';

/** What the page knows. `guild` and all below it come from the sandbox. */
const state = {
  as: PERSONAS.find((key) => key === localStorage.getItem(PERSONA_KEY)) ?? 'trader',
  channelId: '',
  bootId: null,
  guild: null,
  channel: null,
  mainChannel: null,
  threads: [],
  bot: null,
  people: [],
  roles: [],
  commands: [],
};
const dismissed = new Set();
/** Changes that wait until the state is there, which they come after; null once it is. */
let waiting = [];
let generation = 0;
let stopFeed = () => {};

const people = () => [...state.people.map(({ user }) => user), state.bot.user];
/** Threads have no mark before their name. */
const channelMark = () => (state.channel?.type === 11 ? '' : '#');
const displayName = (user) => user.global_name ?? user.username;
const names = {
  displayName,
  userName(id) {
    const user = people().find((candidate) => candidate.id === id);
    return user ? displayName(user) : 'unknown-user';
  },
  role: (id) => state.roles.find((role) => role.id === id) ?? null,
  channelName: (id) =>
    [state.mainChannel, ...state.threads].find((channel) => channel.id === id)?.name ?? 'unknown',
  colorOf(userId) {
    const person = state.people.find(({ user }) => user.id === userId);
    return person ? roleColor(state.roles, person.roles) : null;
  },
};

const context = {
  names,
  me() {
    const { user, roles } = state.people.find(({ key }) => key === state.as);
    return { id: user.id, roles };
  },
  perform,
  dismiss(id) {
    dismissed.add(id);
    list.remove(id);
    composer.focus();
  },
  jumpTo(id) {
    const target = byId(`message-${id}`);
    if (!target) return composer.complain('That message is further up. Scroll up to load it.');
    target.scrollIntoView({ block: 'center' });
    target.focus({ preventScroll: true });
    return undefined;
  },
  openThread: openChannel,
};

const welcome = h('div.welcome');
const list = createMessageList({
  log: byId('log'),
  newButton: byId('new-messages'),
  context,
  loadOlder: (before) => fetchOlder(state.as, state.channelId, before),
  welcome,
});
const composer = createComposer({
  area: byId('composer-area'),
  world: () => ({
    commands: state.commands,
    people: state.people,
    roles: state.roles,
    placeholder: `Message ${channelMark()}${state.channel?.name ?? ''} — / for commands`,
  }),
  perform,
});
const showPersona = createPersonaSwitch(PERSONAS, (key) => {
  if (key === state.as) return;
  state.as = key;
  localStorage.setItem(PERSONA_KEY, key);
  list.clear();
  composer.reset();
  start();
});
byId('back').addEventListener('click', () => openChannel(state.mainChannel.id));
keepRelativeTimes(byId('log'));
// A slash begins a command wherever one is on the page, as long as nothing else takes the key.
document.addEventListener('keydown', ({ key }) => {
  if (key === '/' && document.activeElement === document.body) composer.focus();
});
start();

/** Acts as the chosen person. Rejects with words when it was refused or nobody answered. */
async function perform(action) {
  const channelId = state.channelId || undefined;
  const inChannel = ['slash', 'autocomplete', 'say'].includes(action.kind) ? { channelId } : {};
  if (['slash', 'say'].includes(action.kind)) list.goToEnd();
  const answer = await act({ as: state.as, ...inChannel, ...action });
  const { reaction, interactionId } = answer;
  if (reaction.kind === 'failed') throw new Refused({ message: reaction.reason, field: null });
  if (reaction.kind === 'asked') {
    openDialog(reaction.modal, (values) => perform({ kind: 'modal', interactionId, values }));
  }
  return answer;
}

function openChannel(id) {
  state.channelId = id;
  list.clear();
  composer.reset();
  start();
}

/** Listens anew, as whoever is chosen now; the state is fetched as soon as the feed is open. */
function start() {
  generation += 1;
  const mine = generation;
  stopFeed();
  showPersona(state.as);
  waiting = [];
  stopFeed = openFeed(state.as, {
    onOpen: () => void refresh(mine),
    onLost() {
      waiting = [];
      showConnection('Connection to the sandbox lost. Trying again…');
    },
    onChange(type, change) {
      if (waiting === null) CHANGES[type](change);
      else waiting.push([type, change]);
    },
  });
}

async function refresh(mine) {
  const fresh = await fetchState(state.as, state.channelId).catch(() => null);
  if (mine !== generation) return;
  if (fresh === null) {
    showConnection('The sandbox does not answer. Trying again…');
    setTimeout(() => mine === generation && start(), 1_000);
    return;
  }
  const { messages, hasMore, ...rest } = fresh;
  Object.assign(state, rest);
  state.channelId = state.channel.id;
  if (state.channel.type === 0) state.mainChannel = state.channel;
  showConnection(null);
  describe();
  list.reset(
    messages.filter(({ id }) => !dismissed.has(id)),
    hasMore,
  );
  const changes = waiting ?? [];
  waiting = null;
  for (const [type, change] of changes) CHANGES[type](change);
}

function describe() {
  showSurroundings(state, { openChannel });
  const { channel, bot } = state;
  const isThread = channel.type === 11;
  welcome.replaceChildren(
    h('span.welcome-mark', { 'aria-hidden': 'true' }, isThread ? icon(ICONS.thread) : '#'),
    h('h3', {}, isThread ? channel.name : `Welcome to #${channel.name}!`),
    h(
      'p.muted',
      {},
      isThread
        ? 'This is the start of the thread.'
        : `This is the start of the #${channel.name} channel in the sandbox. Type / to see what the bot can do.`,
    ),
  );
  composer.describe();
  composer.setOffline(
    bot.isOnline ? null : `${bot.user.username} is offline: commands go unanswered.`,
  );
}

function showConnection(words) {
  const notice = byId('connection');
  notice.textContent = words ?? '';
  notice.hidden = words === null;
}

function putMessage(message) {
  if (message.channel_id !== state.channelId) return;
  if (dismissed.has(message.id)) return;
  list.put(message);
}

const CHANGES = {
  'message-posted': putMessage,
  'message-edited': putMessage,
  'message-deleted': ({ id }) => list.remove(id),
  'commands-registered'({ commands }) {
    state.commands = commands;
    composer.describe();
  },
  'thread-created'(thread) {
    state.threads = [...state.threads.filter(({ id }) => id !== thread.id), thread];
    describe();
  },
  'thread-edited'(thread) {
    state.threads = state.threads.map((other) => (other.id === thread.id ? thread : other));
    if (state.channel.id === thread.id) state.channel = thread;
    describe();
  },
  'typing-started'({ channel_id: channelId, user }) {
    if (channelId === state.channelId) list.showTyping(`${displayName(user)} is typing…`);
  },
  'bot-changed'({ isOnline, activity }) {
    state.bot = { ...state.bot, isOnline, activity };
    describe();
  },
};

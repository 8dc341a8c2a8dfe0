import { byId, h } from './dom.js';
import { showAvatar } from './message.js';

const initials = (name) =>
  name
    .split(/\s+/)
    .map((word) => word[0])
    .join('')
    .slice(0, 3);

/** What stands around the messages: server, channels, members, and who one acts as. */
export function showSurroundings(state, { openChannel }) {
  const { guild, channel, mainChannel } = state;
  const isThread = channel.type === 11;
  document.title = `#${channel.name} — ${guild.name} (sandbox)`;
  byId('server-icon').textContent = initials(guild.name);
  byId('guild-name').textContent = guild.name;
  byId('channel-name').textContent = channel.name;
  byId('channel-mark').hidden = isThread;
  byId('back').hidden = !isThread;
  byId('topic').textContent = isThread ? `Thread in #${mainChannel.name}` : (channel.topic ?? '');
  byId('log').setAttribute('aria-label', `Messages in ${channel.name}`);
  byId('channels').replaceChildren(...showChannels(state, openChannel));
  byId('members').replaceChildren(...showMembers(state));
  byId('user-panel').replaceChildren(...showUser(state));
}

function showChannels({ channel, mainChannel, threads }, openChannel) {
  const item = (one, mark) =>
    h(
      'li',
      {},
      h(
        `button.channel${one.type === 11 ? '.is-thread' : ''}`,
        {
          type: 'button',
          'aria-current': one.id === channel.id ? 'page' : null,
          onclick: () => openChannel(one.id),
        },
        h('span.hash', { 'aria-hidden': 'true' }, mark),
        h('span.channel-label', {}, one.name),
      ),
    );
  const open = threads.filter(({ thread_metadata: thread }) => !thread.archived);
  return [
    h('li.channel-group', {}, 'Text channels'),
    item(mainChannel, '#'),
    ...open.map((thread) => item(thread, '╰')),
  ];
}

function showMembers({ bot, people, roles, as }) {
  const color = (person) => roleColor(roles, person.roles);
  return [
    h('h2.member-group', {}, bot.isOnline ? 'App — online' : 'App — offline'),
    h(
      `div.member${bot.isOnline ? '' : '.is-offline'}`,
      {},
      withStatus(showAvatar(bot.user, 32), bot.isOnline),
      h(
        'div.member-text',
        {},
        h('div.member-name', {}, bot.user.username, h('span.app-badge', {}, 'APP')),
        bot.activity && h('div.member-activity', {}, bot.activity),
      ),
    ),
    h('h2.member-group', {}, `People — ${people.length}`),
    ...people.map((person) =>
      h(
        `div.member${person.key === as ? '.is-me' : ''}`,
        {},
        withStatus(showAvatar(person.user, 32), true),
        h(
          'div.member-text',
          {},
          colored(h('div.member-name', {}, person.user.global_name), color(person)),
          h('div.member-activity', {}, person.key === as ? `${person.key} — you` : person.key),
        ),
      ),
    ),
  ];
}

const withStatus = (avatar, isOnline) =>
  h('span.with-status', {}, avatar, h(`i.status${isOnline ? '.is-online' : ''}`));

function colored(element, color) {
  if (color) element.style.color = color;
  return element;
}

/** A person's name has the colour of the role. */
export function roleColor(roles, ids) {
  const found = roles.find(({ id, color }) => ids.includes(id) && color !== 0);
  return found ? `#${found.color.toString(16).padStart(6, '0')}` : null;
}

function showUser({ people, as }) {
  const me = people.find(({ key }) => key === as);
  return [
    withStatus(showAvatar(me.user, 32), true),
    h(
      'div.member-text',
      {},
      h('div.member-name', {}, me.user.global_name),
      h('div.member-activity', {}, `acting as ${as}`),
    ),
  ];
}

/**
 * The switch between the people: one radio group, moved through by arrow keys.
 *
 * @param {(key: string) => void} onChange
 */
export function createPersonaSwitch(keys, onChange) {
  const group = byId('persona');
  const choose = (key) => {
    onChange(key);
    group.querySelector(`[data-key="${key}"]`).focus();
  };
  const options = keys.map((key, index) =>
    h(
      'button.persona-option',
      {
        type: 'button',
        role: 'radio',
        'data-key': key,
        onclick: () => choose(key),
        onkeydown(event) {
          const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
          const step = steps[event.key];
          if (step === undefined) return;
          event.preventDefault();
          choose(keys[(index + step + keys.length) % keys.length]);
        },
      },
      key,
    ),
  );
  group.replaceChildren(h('span.persona-label', { 'aria-hidden': 'true' }, 'Act as'), ...options);
  return (as) => {
    for (const option of options) {
      const isMe = option.dataset.key === as;
      option.setAttribute('aria-checked', String(isMe));
      option.tabIndex = isMe ? 0 : -1;
    }
  };
}

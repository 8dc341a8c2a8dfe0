import { showComponents } from './components.js';
import { ICONS, h, icon } from './dom.js';
import { showEmbed } from './embed.js';
import { showAttachment } from './files.js';
import { showMarkdown } from './markdown-view.js';
import { clockTime, fullTime, messageTime } from './time.js';

const FLAGS = { suppressEmbeds: 4, ephemeral: 64, loading: 128, silent: 4096 };
const TYPES = { pinned: 6, threadCreated: 18 };
const GROUPED_MS = 7 * 60_000;

const has = (message, flag) => (message.flags & flag) !== 0;
const isEphemeral = (message) => has(message, FLAGS.ephemeral);

/** Whether a message goes on under the head of the one before. */
export function continues(message, previous) {
  if (!previous || previous.author.id !== message.author.id) return false;
  const stands = message.type !== 0 || isSystem(previous) || isEphemeral(message);
  if (stands || isEphemeral(previous)) return false;
  return new Date(message.timestamp) - new Date(previous.timestamp) < GROUPED_MS;
}

const isSystem = ({ type }) => type === TYPES.pinned || type === TYPES.threadCreated;

/**
 * What a message needs from the page around it.
 *
 * @typedef {{ names: object, me: () => { id: string, roles: string[] },
 *   perform: (action: object) => Promise<unknown>, dismiss: (id: string) => void,
 *   jumpTo: (id: string) => void, openThread: (id: string) => void }} MessageContext
 */

/** A message as an article; `isCompact` leaves out picture and name. */
export function showMessage(message, isCompact, context) {
  if (isSystem(message)) return showSystemMessage(message, context);
  const classes = [
    'message',
    isCompact && 'is-compact',
    isEphemeral(message) && 'is-ephemeral',
    isForMe(message, context.me()) && 'is-mention',
  ].filter(Boolean);
  return h(
    `article.${classes.join('.')}`,
    { id: `message-${message.id}`, tabindex: -1, 'aria-label': labelOf(message, context) },
    showOrigin(message, context),
    isCompact ? showHoverTime(message) : showAvatar(message.author, 40),
    h(
      'div.message-body',
      {},
      !isCompact && showHead(message, context),
      ...showContents(message, context),
    ),
  );
}

const labelOf = (message, { names }) =>
  `${names.displayName(message.author)}, ${messageTime(new Date(message.timestamp))}`;

const isForMe = (message, { id, roles }) =>
  message.mention_everyone ||
  message.mentions.some((user) => user.id === id) ||
  message.mention_roles.some((role) => roles.includes(role));

export function showAvatar(user, size) {
  const avatar = user.bot
    ? h('img.avatar', { src: '/page/bot.svg', alt: '', width: size, height: size })
    : h('span.avatar', { 'aria-hidden': 'true' }, (user.global_name ?? user.username)[0]);
  avatar.style.setProperty('--size', `${size}px`);
  avatar.classList.add(`tint-${Number(BigInt(user.id) % 5n)}`);
  return avatar;
}

function showHoverTime({ timestamp }) {
  const date = new Date(timestamp);
  return h(
    'time.hover-time',
    { datetime: timestamp, title: fullTime(date), 'aria-hidden': 'true' },
    clockTime(date),
  );
}

function showHead(message, { names }) {
  const { author, timestamp } = message;
  const date = new Date(timestamp);
  const name = h('span.author', {}, names.displayName(author));
  const color = names.colorOf(author.id);
  if (color) name.style.color = color;
  return h(
    'h3.message-head',
    {},
    name,
    author.bot && h('span.app-badge', {}, 'APP'),
    h('time.muted', { datetime: timestamp, title: fullTime(date) }, messageTime(date)),
    has(message, FLAGS.silent) &&
      h(
        'span.mark',
        { title: 'Sent without a notification', role: 'img', 'aria-label': 'silent' },
        icon(ICONS.silent),
      ),
    message.pinned &&
      h('span.mark', { title: 'Pinned', role: 'img', 'aria-label': 'pinned' }, icon(ICONS.pin)),
  );
}

/** The line above a message: who used which command, or what it answers. */
function showOrigin(message, context) {
  const { interaction, referenced_message: referenced } = message;
  if (interaction) {
    return h(
      'div.origin',
      {},
      showAvatar(interaction.user, 16),
      h('span.origin-name', {}, context.names.displayName(interaction.user)),
      ' used ',
      h('span.command-pill', {}, `/${interaction.name}`),
    );
  }
  if (message.type !== 19) return null;
  if (!referenced) return h('div.origin', {}, h('em', {}, 'Original message was deleted'));
  return h(
    'button.origin',
    { type: 'button', onclick: () => context.jumpTo(referenced.id) },
    showAvatar(referenced.author, 16),
    h('span.origin-name', {}, context.names.displayName(referenced.author)),
    h('span.origin-text', {}, referenced.content || 'Click to see the message'),
  );
}

function showContents(message, context) {
  const { names } = context;
  if (has(message, FLAGS.loading)) return [showThinking(message, names)];
  const edited =
    message.edited_timestamp &&
    h('span.edited', { title: fullTime(new Date(message.edited_timestamp)) }, '(edited)');
  const text = message.content === '' ? [] : showMarkdown(message.content, names);
  if (edited) placeEdited(text, edited);
  const embeds = has(message, FLAGS.suppressEmbeds) ? [] : message.embeds;
  return [
    text.length > 0 && h('div.markup.content', {}, ...text),
    ...message.attachments.map(showAttachment),
    ...embeds.map((embed) => showEmbed(embed, names)),
    message.components.length > 0 && showComponents(message, context.perform),
    message.reactions?.length > 0 && showReactions(message.reactions),
    message.thread && showThread(message.thread, context),
    isEphemeral(message) && showPrivacy(message, context),
  ];
}

/** The mark stands at the end of the last line, or alone after a message of embeds. */
function placeEdited(text, edited) {
  const last = text.at(-1);
  if (last?.tagName === 'P') last.append(' ', edited);
  else text.push(edited);
}

const showThinking = ({ author }, names) =>
  h(
    'p.thinking',
    {},
    h('span.dots', { 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
    `${names.displayName(author)} is thinking…`,
  );

const showReactions = (reactions) =>
  h(
    'div.reactions',
    {},
    ...reactions.map(({ emoji, count }) =>
      h('span.reaction', {}, h('span.emoji', {}, emoji.name ?? ''), ` ${count}`),
    ),
  );

const showThread = (thread, { openThread }) =>
  h(
    'button.thread-card',
    { type: 'button', onclick: () => openThread(thread.id) },
    icon(ICONS.thread),
    h('strong', {}, thread.name),
    h('span.link', {}, 'Open thread ›'),
  );

const showPrivacy = (message, { dismiss }) =>
  h(
    'p.privacy',
    {},
    icon(ICONS.eye),
    ' Only you can see this • ',
    h('button.link', { type: 'button', onclick: () => dismiss(message.id) }, 'Dismiss message'),
  );

/** What Discord itself says: a pin, a thread. */
function showSystemMessage(message, { names, jumpTo, openThread }) {
  const isPin = message.type === TYPES.pinned;
  const { message_id: messageId, channel_id: channelId } = message.message_reference;
  return h(
    'article.message.is-system',
    { id: `message-${message.id}`, tabindex: -1 },
    icon(isPin ? ICONS.pin : ICONS.thread),
    h(
      'p',
      {},
      h('strong', {}, names.displayName(message.author)),
      isPin ? ' pinned ' : ' started a thread: ',
      isPin
        ? h('button.link', { type: 'button', onclick: () => jumpTo(messageId) }, 'a message')
        : h(
            'button.link',
            { type: 'button', onclick: () => openThread(channelId) },
            message.content,
          ),
      isPin ? ' to this channel. ' : ' ',
      h('time.muted', { datetime: message.timestamp }, messageTime(new Date(message.timestamp))),
    ),
  );
}

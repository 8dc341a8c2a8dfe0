import { h } from './dom.js';
import { parseInline, parseMarkdown } from './markdown.js';
import { fullTime, styledTime } from './time.js';

/**
 * What mentions are called.
 *
 * @typedef {{ userName: (id: string) => string, channelName: (id: string) => string,
 *   role: (id: string) => { name: string, color: number } | null }} Names
 */

/** A message's text as elements. */
export const showMarkdown = (text, names) => showNodes(parseMarkdown(text), names);

/** A title or a field's name as elements. */
export const showInline = (text, names) => showNodes(parseInline(text), names);

const showNodes = (nodes, names) => nodes.map((node) => SHOW[node.type](node, names));

const inside = (tag) => (node, names) => h(tag, {}, ...showNodes(node.children, names));

const SHOW = {
  text: (node) => document.createTextNode(node.text),
  paragraph: inside('p'),
  heading: (node, names) => h(`h${node.level + 2}`, {}, ...showNodes(node.children, names)),
  subtext: inside('small'),
  quote: inside('blockquote'),
  bold: inside('strong'),
  italic: inside('em'),
  underline: inside('u'),
  strike: inside('s'),
  code: (node) => h('code', {}, node.text),
  'code-block': showCode,
  list: showList,
  spoiler: showSpoiler,
  link: (node, names) =>
    h(
      'a',
      { href: node.url, target: '_blank', rel: 'noopener noreferrer' },
      ...showNodes(node.children, names),
    ),
  time: showTime,
  user: (node, names) => h('span.mention', {}, `@${names.userName(node.id)}`),
  role: showRole,
  channel: (node, names) => h('span.mention', {}, `#${names.channelName(node.id)}`),
  command: (node) => h('span.mention', {}, `/${node.name}`),
  everyone: (node) => h('span.mention', {}, `@${node.name}`),
};

function showList(node, names) {
  const items = node.items.map((children) => h('li', {}, ...showNodes(children, names)));
  return node.start === null ? h('ul', {}, ...items) : h('ol', { start: node.start }, ...items);
}

const DIFF_CLASSES = { '+': 'added', '-': 'removed' };
// Terminal colours are left out; the text they colour stays.
const ESCAPES = new RegExp(String.raw`${String.fromCodePoint(27)}\[[\d;]*m`, 'g');

/** Code keeps its lines; those of a diff are coloured. */
function showCode({ language, code }) {
  const text = code.replaceAll(ESCAPES, '');
  const lines =
    language === 'diff'
      ? text
          .split('\n')
          .flatMap((line, index) => [
            index === 0 ? null : '\n',
            h(`span.${DIFF_CLASSES[line[0]] ?? 'same'}`, {}, line),
          ])
      : [text];
  return h('pre', { tabindex: 0 }, h('code', {}, ...lines));
}

function showSpoiler(node, names) {
  const spoiler = h(
    'span.spoiler',
    {
      role: 'button',
      tabindex: 0,
      'aria-label': 'Hidden text, press to show',
      onclick: reveal,
      onkeydown(event) {
        if (event.key === 'Enter' || event.key === ' ') reveal();
      },
    },
    ...showNodes(node.children, names),
  );
  function reveal() {
    spoiler.classList.add('is-shown');
    spoiler.removeAttribute('role');
    spoiler.removeAttribute('aria-label');
  }
  return spoiler;
}

function showTime({ seconds, style }) {
  const date = new Date(seconds * 1000);
  return h(
    'time.stamp',
    {
      datetime: date.toISOString(),
      title: fullTime(date),
      'data-relative': style === 'R' ? '' : null,
    },
    styledTime(date, style),
  );
}

/** A role's pill has the role's colour, mixed with the text's so that it stays readable. */
function showRole({ id }, names) {
  const role = names.role(id);
  const pill = h('span.mention', {}, `@${role?.name ?? 'unknown-role'}`);
  if (role && role.color !== 0) {
    pill.style.setProperty('--role', `#${role.color.toString(16).padStart(6, '0')}`);
    pill.classList.add('is-colored');
  }
  return pill;
}

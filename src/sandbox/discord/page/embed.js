import { h } from './dom.js';
import { showPicture } from './files.js';
import { showInline, showMarkdown } from './markdown-view.js';
import { messageTime } from './time.js';

/** An embed as a card with a bar in its colour. */
export function showEmbed(embed, names) {
  const card = h(
    'section.embed',
    { 'aria-label': embed.title ?? 'Embed' },
    h(
      'div.embed-body',
      {},
      embed.author && showAuthor(embed.author),
      embed.title && showTitle(embed, names),
      embed.description &&
        h('div.markup.embed-text', {}, ...showMarkdown(embed.description, names)),
      embed.fields?.length > 0 && showFields(embed, names),
    ),
    embed.thumbnail && showPicture(embed.thumbnail, { className: 'thumbnail' }),
    embed.image && showPicture(embed.image, { className: 'embed-image' }),
    showFooter(embed),
  );
  if (embed.color !== undefined) {
    card.style.setProperty('--bar', `#${embed.color.toString(16).padStart(6, '0')}`);
  }
  return card;
}

const outward = (url, ...children) =>
  h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, ...children);

function showAuthor({ name, url, icon_url: iconUrl }) {
  return h(
    'div.embed-author',
    {},
    isOwn(iconUrl) && h('img', { src: iconUrl, alt: '' }),
    url ? outward(url, name) : h('span', {}, name),
  );
}

function showTitle({ title, url }, names) {
  const content = showInline(title, names);
  return h('div.embed-title.markup', {}, ...(url ? [outward(url, ...content)] : content));
}

/** The page loads nothing from other hosts. */
const isOwn = (url) => url?.startsWith('/') === true;

const COLUMNS = 12;

/** Neighbours that are inline share a row, three at most; beside a thumbnail two. */
function showFields({ fields, thumbnail }, names) {
  const perRow = thumbnail ? 2 : 3;
  const rows = [];
  for (const field of fields) {
    const row = rows.at(-1);
    const isJoining = field.inline && row?.[0].inline && row.length < perRow;
    if (isJoining) row.push(field);
    else rows.push([field]);
  }
  return h(
    'dl.embed-fields',
    {},
    ...rows.flatMap((row) => row.map((field) => showField(field, COLUMNS / row.length, names))),
  );
}

function showField({ name, value }, span, names) {
  const cell = h(
    'div.embed-field',
    {},
    h('dt.markup', {}, ...showInline(name, names)),
    h('dd.markup', {}, ...showMarkdown(value, names)),
  );
  cell.style.setProperty('--span', String(span));
  return cell;
}

function showFooter({ footer, timestamp }) {
  if (!footer && !timestamp) return null;
  const parts = [footer?.text, timestamp && messageTime(new Date(timestamp))].filter(Boolean);
  return h(
    'footer.embed-footer',
    {},
    isOwn(footer?.icon_url) && h('img', { src: footer.icon_url, alt: '' }),
    h('span', {}, parts.join(' • ')),
  );
}

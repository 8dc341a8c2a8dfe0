/**
 * Builds an element. Text becomes text nodes, so nothing that a message says is read as markup.
 *
 * @param {string} tag Tag name, with classes after dots: `span.muted`.
 * @param {Record<string, unknown>} [props] Properties; `aria-…`, `data-…` and `role` as attributes,
 *   functions under `on…` as listeners. Values of null and undefined are left out.
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  element.classList.add(...classes);
  for (const [key, value] of Object.entries(props)) setProperty(element, key, value);
  element.append(
    ...children.filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

const ATTRIBUTES = /^(?:aria-|data-|role$|for$|tabindex$|datetime$|list$)/;

function setProperty(element, key, value) {
  if (value === null || value === undefined) return;
  if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
  else if (ATTRIBUTES.test(key)) element.setAttribute(key, String(value));
  else element[key] = value;
}

/** The element with this id; the page's own markup has it. */
export const byId = (id) => document.getElementById(id);

/** A small picture from lines, sized by its text. */
export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

export const ICONS = {
  eye: 'M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  silent: 'M6 16V11a6 6 0 0 1 9-5.2M18 11v5l2 2H7M4 4l16 16M10 21h4',
  file: 'M6 2h8l5 5v15H6zM14 2v6h5',
  pin: 'M14 3l7 7-4 1-4 4 0 5-4-4-5 5 5-5-4-4 5 0 4-4z',
  thread: 'M5 5h14M5 12h9M5 19h6',
  link: 'M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9',
};

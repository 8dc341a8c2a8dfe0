export const $ = (id) => document.querySelector(`#${id}`);

export const h = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

/** With the sign before the unit; what rounds to nothing has none. */
const figure = (value, decimals, unit = '') => {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const text = `${unit}${Math.abs(value).toLocaleString('en-US', digits)}`;
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
};
export const number = (value, decimals = 2) => (value === null ? '–' : figure(value, decimals));
export const dollars = (value) => figure(value, 2, '$');
export const percent = (share, decimals = 1) =>
  share === null ? '–' : `${number(share * 100, decimals)} %`;

const newYork = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
export const time = (at) => newYork.format(at).replace(',', '');

export const cell = (text, className = '') => h('td', { className, textContent: text });
/** Coloured as what it shows: a gain, a loss, or nothing. */
export const tonedCell = (text) =>
  cell(text, !/[1-9]/.test(text) ? '' : text.startsWith('−') ? 'down' : 'up');

export const table = (heads, rows) => [
  h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', {}, head)))),
  h('tbody', {}, ...rows),
];

/** Buttons of which one is chosen. */
export const tabs = (names, chosen, choose) =>
  names.map((name) => {
    const button = h('button', { textContent: String(name), onclick: () => choose(name) });
    button.setAttribute('role', 'tab');
    button.setAttribute('aria-selected', String(name === chosen));
    return button;
  });

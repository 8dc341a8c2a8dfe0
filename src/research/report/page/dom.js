export const $ = (id) => document.querySelector(`#${id}`);

export const h = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

export const number = (value, decimals = 2) =>
  value === null
    ? '–'
    : value
        .toLocaleString('en-US', {
          minimumFractionDigits: decimals,
          maximumFractionDigits: decimals,
        })
        .replace('-', '−');
export const dollars = (value) => `${value < 0 ? '−' : ''}$${number(Math.abs(value))}`;
export const percent = (share, decimals = 1) =>
  share === null ? '–' : `${number(share * 100, decimals)} %`;
export const tone = (value) => (value > 0 ? 'up' : value < 0 ? 'down' : '');

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

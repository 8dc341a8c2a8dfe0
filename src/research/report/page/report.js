import { drawEquity, drawFilters, drawTrade } from './charts.js';
import { $, cell, dollars, h, number, percent, table, tabs, time, tonedCell } from './dom.js';

const data = JSON.parse($('data').textContent);

const part = (className, text) => h('div', { className }, ...joined(text));

/** A range from loss to gain is neither. */
const signOf = (value) => (/^−[^+]*$/.test(value) ? 'down' : /^\+[^−]*$/.test(value) ? 'up' : '');

/** What belongs to a number stays in its line: a per cent sign, its minus, the parts of a date. */
const WHOLE = /((?:−|\d+-\d)\S*(?: %)?|\S+ %)/;
const joined = (text) =>
  text
    .split(WHOLE)
    .map((piece, at) => (at % 2 === 0 ? piece : h('span', { className: 'whole' }, piece)));

/** What a phone has no room for in one piece, as wide as its letters may be. */
const isLong = (value) => value.split(' ').some((word) => word.length > 10);

function tile({ name, value, note, isPassed }) {
  const colour = isPassed === null ? signOf(value) : isPassed ? 'up' : 'down';
  return h(
    'div',
    { className: 'tile' },
    part('name', name),
    part(['value', colour, isLong(value) ? 'long' : ''].filter(Boolean).join(' '), value),
    part('note', note),
  );
}

function showHead() {
  document.title = `Backtest ${data.subject.runId}`;
  $('run').textContent = data.subject.runId;
  $('span').append(...joined(data.subject.span));
  $('what').textContent = data.subject.what;
  $('notes').append(
    ...data.subject.notes.map((note) =>
      h('p', { className: 'muted' }, ...joined(`Note: ${note}.`)),
    ),
  );
  const { kind, sentence, split } = data.verdict;
  $('verdict').className = { 'better-than-luck': 'good', 'too-few-trades': 'open' }[kind] ?? 'bad';
  $('sentence').append(...joined(`Verdict: ${sentence}.`));
  $('split').append(...joined(split));
  $('tiles').append(...data.tiles.map(tile));
  for (const line of data.halts) $('halts').append(h('li', { textContent: line }));
  $('signals').textContent = data.signals;
}

const MONTHS = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'));

function showMonths() {
  const byMonth = new Map(data.months.map((row) => [row.month, row.return]));
  const years = [...new Set(data.months.map(({ month }) => month.slice(0, 4)))];
  const rows = years.map((year) => {
    const returns = MONTHS.map((month) => byMonth.get(`${year}-${month}`) ?? null);
    const whole = returns.reduce((growth, each) => growth * (1 + (each ?? 0)), 1) - 1;
    const cells = [...returns, whole].map((each) =>
      each === null ? cell('') : tonedCell(percent(each)),
    );
    return h('tr', {}, cell(year), ...cells);
  });
  $('months').append(...table(['Year', ...MONTHS, 'All'], rows));
}

function showGroups(chosen) {
  $('group-names').replaceChildren(...tabs(Object.keys(data.groups), chosen, showGroups));
  const rows = (data.groups[chosen] ?? []).map(({ key, trades, net, winRate, profitFactor, r }) =>
    h(
      'tr',
      {},
      cell(key.replaceAll('_', ' ')),
      cell(String(trades)),
      tonedCell(dollars(net)),
      cell(percent(winRate)),
      cell(number(profitFactor)),
      tonedCell(number(r)),
    ),
  );
  const heads = [chosen, 'Trades', 'Net', 'Won', 'Profit factor', 'R each'];
  $('groups').replaceChildren(...table(heads, rows));
}

/** Name, what it sorts by, what it shows, whether its sign is coloured. */
const COLUMNS = [
  ['Symbol', ({ symbol }) => symbol],
  ['Side', ({ side }) => side],
  ['Shares', ({ quantity }) => quantity, (value) => value.toLocaleString('en-US')],
  ['Opened', ({ openedAt }) => openedAt, time],
  ['Entry', ({ entry }) => entry, number],
  ['Closed', ({ closedAt }) => closedAt, time],
  ['Exit', ({ exit }) => exit, number],
  ['Reason', ({ reason, ruled }) => `${reason.replaceAll('_', ' ')}${ruled ? ' *' : ''}`],
  ['Net', ({ net }) => net, dollars, true],
  ['R', ({ r }) => r, number, true],
  ['Worst R', ({ maeR }) => maeR, number],
  ['Best R', ({ mfeR }) => mfeR, number],
  ['Confidence', ({ confidence }) => confidence, (value) => number(value, 0)],
];
const PAGE_SIZE = 100;
const view = { sorted: data.trades, by: null, isDown: false, page: 1, chosen: null };

function sortBy(index) {
  const [, of] = COLUMNS[index];
  view.isDown = view.by === index && !view.isDown;
  view.by = index;
  const sign = view.isDown ? -1 : 1;
  view.sorted = data.trades.toSorted((one, other) =>
    of(one) < of(other) ? -sign : of(one) > of(other) ? sign : 0,
  );
  view.page = 1;
  showTrades();
}

function tradeRow(trade) {
  const cells = COLUMNS.map(([, of, show = String, isToned = false], index) => {
    const value = of(trade);
    if (index > 0) return isToned ? tonedCell(show(value)) : cell(show(value));
    const choose = { textContent: value, disabled: trade.bars === null };
    return h('td', {}, h('button', { ...choose, onclick: () => showTrade(trade) }));
  });
  const row = h('tr', {}, ...cells);
  row.setAttribute('aria-selected', String(trade === view.chosen));
  return row;
}

function showTrades() {
  const heads = COLUMNS.map(([name], index) => {
    const mark = view.by === index ? (view.isDown ? ' ↓' : ' ↑') : '';
    return h('button', { textContent: name + mark, onclick: () => sortBy(index) });
  });
  const from = (view.page - 1) * PAGE_SIZE;
  const rows = view.sorted.slice(from, from + PAGE_SIZE).map(tradeRow);
  $('trades').replaceChildren(...table(heads, rows));
  const pages = Math.ceil(view.sorted.length / PAGE_SIZE);
  const numbers = Array.from({ length: pages > 1 ? pages : 0 }, (_, index) => index + 1);
  $('pages').replaceChildren(
    ...tabs(numbers, view.page, (page) => {
      view.page = page;
      showTrades();
    }),
  );
}

function showTrade(trade) {
  view.chosen = trade;
  showTrades();
  drawTrade(trade);
}

showHead();
showMonths();
showGroups(Object.keys(data.groups)[0]);
showTrades();
drawEquity(data.equity);
drawFilters(data.filters);

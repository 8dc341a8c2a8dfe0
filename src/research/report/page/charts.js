/* global echarts */
import { $, dollars, number, time } from './dom.js';

const MUTED = '#b5bac1';
const LINE = { lineStyle: { color: '#3a3d44' } };
const axis = (option) => ({
  axisLabel: { color: MUTED, ...option.axisLabel },
  axisLine: LINE,
  splitLine: option.type === 'value' ? LINE : undefined,
  ...Object.fromEntries(Object.entries(option).filter(([name]) => name !== 'axisLabel')),
});

function draw(id, option) {
  const element = $(id);
  const known = echarts.getInstanceByDom(element);
  const chart = known ?? echarts.init(element);
  chart.setOption({ animation: false, textStyle: { color: MUTED }, ...option }, true);
  if (known === undefined) addEventListener('resize', () => chart.resize());
  else chart.resize();
}

export function drawEquity(points) {
  draw('equity', {
    tooltip: {
      trigger: 'axis',
      formatter: ([one, other]) =>
        `${time(one.value[0])}<br>${dollars(one.value[1])}<br>${number(other?.value[1] ?? 0)} % from the peak`,
    },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: [
      { left: 76, right: 16, top: 16, height: '52%' },
      { left: 76, right: 16, top: '67%', height: '17%' },
    ],
    xAxis: [
      axis({ type: 'time', axisLabel: { hideOverlap: true } }),
      axis({ type: 'time', gridIndex: 1, axisLabel: { show: false } }),
    ],
    yAxis: [
      axis({ type: 'value', scale: true }),
      axis({
        type: 'value',
        gridIndex: 1,
        max: 0,
        splitNumber: 2,
        axisLabel: { formatter: '{value} %' },
      }),
    ],
    dataZoom: [
      { type: 'inside', xAxisIndex: [0, 1] },
      { type: 'slider', xAxisIndex: [0, 1], bottom: 4, height: 22 },
    ],
    series: equitySeries(points),
  });
}

function equitySeries(points) {
  const column = (index) => points.map((point) => [point[0], point[index]]);
  const line = { type: 'line', symbol: 'none' };
  return [
    { ...line, step: 'end', lineStyle: { color: '#5ea1ff', width: 2 }, data: column(1) },
    {
      ...line,
      xAxisIndex: 1,
      yAxisIndex: 1,
      lineStyle: { color: '#ff7070', width: 1 },
      areaStyle: { color: '#ff707055' },
      data: column(2),
    },
  ];
}

const short = new Intl.NumberFormat('en-US', { notation: 'compact' });

/** How many signals each filter took; a logarithmic scale, since one takes most: it says so itself. */
export function drawFilters(all) {
  const rows = all.filter(([, count]) => count > 0).toReversed();
  $('filters').style.height = `${Math.max(100, rows.length * 30 + 80)}px`;
  draw('filters', {
    grid: { left: 124, right: 72, top: 8, bottom: 68 },
    xAxis: axis({
      type: 'log',
      min: 0.5,
      splitLine: LINE,
      startValue: 0.5,
      axisLabel: { formatter: (value) => (value < 1 ? '' : short.format(value)) },
      name: 'Signals, on a logarithmic scale:\neach line is 10 × the one before',
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle: { color: MUTED, lineHeight: 18, verticalAlign: 'top' },
    }),
    yAxis: axis({ type: 'category', data: rows.map(([name]) => name) }),
    series: [
      {
        type: 'bar',
        data: rows.map(([name, value]) => ({
          value,
          itemStyle: { color: name === 'entered' ? '#2fa864' : '#5c6068' },
        })),
        label: {
          show: true,
          position: 'right',
          color: '#f2f3f5',
          formatter: ({ value }) => value.toLocaleString('en-US'),
        },
      },
    ],
  });
}

const level = (yAxis, name, color) => ({
  yAxis,
  lineStyle: { color, type: 'dashed' },
  label: { formatter: `${name} ${number(yAxis)}`, color, position: 'insideStartTop' },
});

const mark = (at, price, { name, color, isBelow }) => ({
  coord: [time(at), price],
  symbol: 'triangle',
  symbolSize: 12,
  symbolRotate: isBelow ? 0 : 180,
  itemStyle: { color },
  label: { show: true, position: isBelow ? 'bottom' : 'top', color, formatter: name },
});

export function drawTrade({ bars, side, symbol, net, r, ...trade }) {
  const { entry, exit, stop, target, openedAt, closedAt } = trade;
  $('candles').hidden = false;
  draw('candles', {
    title: {
      text: `${symbol} ${side}: ${dollars(net)}, ${number(r)} R`,
      textStyle: { color: '#f2f3f5', fontSize: 15 },
    },
    tooltip: { trigger: 'axis' },
    grid: { left: 68, right: 16, top: 40, bottom: 56 },
    xAxis: axis({ type: 'category', data: bars.map(([end]) => time(end)) }),
    yAxis: axis({
      type: 'value',
      scale: true,
      min: (range) => Math.min(range.min, stop, target),
      max: (range) => Math.max(range.max, stop, target),
      axisLabel: { formatter: (value) => number(value) },
    }),
    dataZoom: [{ type: 'inside' }, { type: 'slider', bottom: 4, height: 20 }],
    series: [
      {
        type: 'candlestick',
        data: bars.map(([, open, high, low, close]) => [open, close, low, high]),
        itemStyle: {
          color: '#2fa864',
          color0: '#e5484d',
          borderColor: '#2fa864',
          borderColor0: '#e5484d',
        },
        markLine: {
          symbol: 'none',
          data: [
            level(entry, 'entry', '#5ea1ff'),
            level(stop, 'stop', '#ff7070'),
            level(target, 'target', '#4ade80'),
          ],
        },
        markPoint: {
          data: [
            mark(openedAt, entry, { name: 'in', color: '#5ea1ff', isBelow: side === 'long' }),
            mark(closedAt, exit, { name: 'out', color: '#f0b232', isBelow: side !== 'long' }),
          ],
        },
      },
    ],
  });
  $('candles').scrollIntoView({ block: 'nearest' });
}

// Charts, drawn by uPlot.  Numbers are for the eye here, so floating point will do.
import uPlot from './lib/uplot.js';
import { h, svg, format, health } from './show.js';

const KINK_SHARE = 0.4;
const STILL = 0.005; // a price that moves by less is drawn as standing
const HEALTH_MAX = 10, HEALTH_TOP = 101; // drawn up to there, if it is not all above; no higher than there
const FONT = '11px system-ui, sans-serif';

const drawn = new Set(); // {plot, observer}
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawn.forEach(({ plot }) => plot?.redraw()));

/** Charts hold listeners of the window: a page that is left lets go of them. */
export function closeCharts() {
  for (const chart of drawn) {
    chart.observer.disconnect();
    chart.plot?.destroy();
    chart.plot = null;
  }
  drawn.clear();
}

// -- what is drawn over the lines ---------------------------------------------------------------------

function stroke({ ctx }, color, dash, ...points) {
  ctx.save();
  ctx.strokeStyle = ink(color);
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash(dash.map((n) => n * uPlot.pxRatio));
  ctx.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)));
  ctx.stroke();
  ctx.restore();
}
const across = (plot, value, color, dash) => {
  const y = plot.valToPos(value, 'y', true), { left, width } = plot.bbox;
  stroke(plot, color, dash, [left, y], [left + width, y]);
};
const down = (plot, value, from, color, dash) => {
  const x = plot.valToPos(value, 'x', true), { top, height } = plot.bbox;
  stroke(plot, color, dash, [x, from === null ? top : plot.valToPos(from, 'y', true)], [x, top + height]);
};
function dot(plot, x, y) {
  const { ctx } = plot, size = uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  ctx.arc(plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true), 4.5 * size, 0, 2 * Math.PI);
  ctx.fillStyle = ink('text');
  ctx.strokeStyle = ink('card');
  ctx.lineWidth = 2 * size;
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}

/** A chart as wide as its place.  x: {label, text, scale, splits}; y: {text, scale, splits}; lines: [label, colour, width];
 * over: draws over them.  Its legend tells the values under the pointer, else those of the point that matters. */
function chart({ height, x, y, lines, over, group }) {
  const element = h('div', { class: 'chart', role: 'img' }), self = { plot: null };
  let data = null, rest = 0;
  const axis = ({ text, splits }, size) => ({ stroke: () => ink('soft'), font: FONT, size, gap: 4, ticks: { show: false },
    grid: { stroke: () => ink('line'), width: 1 }, values: (plot, at) => at.map((v) => (v === null ? '' : text(v))), ...(splits ? { splits, filter: (plot, at) => at } : {}) });
  const options = () => ({
    width: element.clientWidth, height, scales: { x: { time: false, ...x.scale }, y: y.scale }, axes: [axis(x, 26), axis(y, 58)],
    series: [{ label: x.label, value: (plot, v) => (v === null ? '' : x.text(v)) },
      ...lines.map(([label, color, width]) => ({ label, stroke: () => ink(color), width, points: { show: false }, value: (plot, v) => (v === null ? '' : (y.exact ?? y.text)(v)) }))],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 }, ...(group ? { sync: { key: group } } : {}) },
    hooks: { draw: over ? [over] : [], setCursor: [(plot) => { if (plot.cursor.idx === null) plot.setLegend({ idx: rest }, false); }] },
  });

  function show() {
    const width = element.clientWidth;
    if (width === 0 || !data) return;
    if (!self.plot) self.plot = new uPlot(options(), data, element);
    else if (self.plot.width !== width) self.plot.setSize({ width, height });
    if (self.plot.cursor.idx === null || self.plot.cursor.left < 0) self.plot.setLegend({ idx: rest }, false);
  }
  self.observer = new ResizeObserver(show);
  self.observer.observe(element);
  drawn.add(self);
  return {
    element,
    /** next: [x…, [y…]…]; at: the point that matters; label: what the chart shows, for who does not see it. */
    update(next, at, label) {
      [data, rest] = [next, at];
      element.setAttribute('aria-label', label);
      self.plot?.setData(data);
      show();
    },
  };
}

// -- the charts ---------------------------------------------------------------------------------------

const rate = (v) => `${(v * 100).toFixed(v < 0.1 ? 2 : 1)}%`;
const round = (v) => `${Number((v * 100).toFixed(1))}%`;
const block = (n) => format(BigInt(Math.round(n)), 0, 0);
const BLOCKS = { label: 'Block', text: block };

/** Borrow and supply rate over utilization, and where the market stands today.  All are ratios.  Rates up to the kink, where
 * markets live, are a small part of those beyond it: heights are a power of the rate, so that the kink stands at KINK_SHARE. */
export function rateCurve(height = 170) {
  let now = null, kink = 0, max = 1, power = 1;
  const made = chart({
    height,
    x: { label: 'Utilization', text: round, scale: { range: () => [0, 1] }, splits: () => [0, now.optimal, 1].filter((u, i) => i !== 1 || (u > 0.2 && u < 0.7)) },
    y: { text: round, exact: rate, scale: { range: () => [0, max], distr: 100, fwd: (v) => Math.max(0, v) ** power, bwd: (v) => v ** (1 / power) },
      splits: () => [0, kink, max].filter((r, i, all) => i === 0 || r > all[i - 1]) },
    lines: [['Borrow', 'second', 2], ['Supply', 'calm', 1.4]],
    over(plot) {
      down(plot, now.optimal, null, 'faint', [2, 3]);
      down(plot, now.utilization, now.borrowRate, 'text', [3, 2]);
      dot(plot, now.utilization, now.borrowRate);
    },
  });
  return {
    element: made.element,
    /** next: {optimal, base, slope1, slope2, reserveFactor, utilization, borrowRate}. */
    update(next) {
      const { optimal, base, slope1, slope2, reserveFactor, utilization, borrowRate } = now = next;
      kink = base + slope1;
      max = kink + slope2 || 1;
      power = kink > 0 && kink < max * KINK_SHARE ? Math.log(KINK_SHARE) / Math.log(kink / max) : 1;
      const borrow = (u) => base + (u <= optimal ? slope1 * u / (optimal || 1) : slope1 + slope2 * (u - optimal) / (1 - optimal || 1));
      const at = [...new Set([...Array(101).keys()].map((i) => i / 100).concat(optimal, utilization))].sort((a, b) => a - b);
      made.update([at, at.map(borrow), at.map((u) => borrow(u) * u * (1 - reserveFactor))], at.indexOf(utilization),
        `Borrow rate ${rate(borrowRate)} at ${rate(utilization)} utilization; ${rate(kink)} at ${rate(optimal)}, ${rate(max)} at 100%`);
    },
  };
}

/** The health of one account, block by block, with the line below which it may be liquidated. */
export function healthLine() {
  const text = (v) => health(v.toFixed(18));
  const made = chart({
    height: 260, x: BLOCKS, lines: [['Health factor', 'accent', 2]],
    y: { text: (v) => v.toFixed(2), exact: text, scale: { range: (plot, low, high) => [Math.min(0.9, low * 0.97), Math.max(1.2, (low > HEALTH_MAX ? high : Math.min(high, HEALTH_MAX)) * 1.05)] } },
    over: (plot) => across(plot, 1, 'bad', [4, 3]),
  });
  return {
    element: made.element,
    /** values: [[block, health]…]. */
    update: (values) => made.update([values.map(([n]) => n), values.map(([, v]) => Math.min(v, HEALTH_TOP))], values.length - 1, `Health factor over recent blocks, ${text(values.at(-1)[1])} now`),
  };
}

/** Lines over blocks; those of a group share the pointer.  lines: [label, colour]; exact: a value's text; isFromZero: the axis
 * is; text: a value's beside the axis. */
export function timeLines(title, group, lines, exact, isFromZero = false, text = exact) {
  const range = (plot, low, high) => {
    const room = (high - low || Math.abs(high) || 1) * 0.08;
    return [isFromZero ? 0 : low - room, high + room];
  };
  const made = chart({ height: 170, x: BLOCKS, y: { text, exact, scale: { range } }, lines: lines.map(([label, color]) => [label, color, 2]), group });
  return {
    element: h('figure', { class: 'card' }, h('figcaption', null, h('strong', null, title)), made.element),
    /** blocks, and the values of each line. */
    update: (blocks, ...values) => made.update([blocks, ...values], blocks.length - 1,
      `${title} over recent blocks: ${lines.map(([label], i) => `${label} ${exact(values[i].at(-1))}`).join(', ')}`),
  };
}

// -- what fits a line of text -------------------------------------------------------------------------

/** A line through the last values of something, without axes. */
export function sparkline(values, title, width = 96, height = 26) {
  const known = values.filter(Number.isFinite);
  if (known.length < 2) return h('span', { class: 'spark none' }, '');
  const least = known[0] * STILL, low = Math.min(...known), span = Math.max(Math.max(...known) - low, least);
  const middle = (Math.max(...known) + low) / 2, move = known.at(-1) - known[0];
  const at = known.map((v, i) => [2 + i * (width - 4) / (known.length - 1), height / 2 - (v - middle) / (span || 1) * (height - 6)]);
  const kind = Math.abs(move) < least ? '' : move > 0 ? 'up' : 'down';
  return svg('svg', { class: `spark ${kind}`, viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': title },
    svg('title', null, title),
    svg('polyline', { points: at.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ') }),
    svg('circle', { cx: at.at(-1)[0], cy: at.at(-1)[1], r: 2 }));
}

/** A bar that is so full, 0 to 1. */
export function bar(ratio) {
  const inner = h('span', { class: 'bar-fill' });
  inner.style.setProperty('width', `${Math.min(100, Math.max(0, ratio * 100)).toFixed(1)}%`);
  return h('span', { class: 'bar', 'aria-hidden': 'true' }, inner);
}

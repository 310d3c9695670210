// Drawings.  Numbers are for the eye here, so floating point will do.
import { h, svg } from './show.js';

const point = ([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`;
const KINK_SHARE = 0.4;
const STILL = 0.005; // a price that moves by less is drawn as standing
const rate = (x) => `${(x * 100).toFixed(x < 0.1 ? 2 : 1)}%`;

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
    svg('polyline', { points: at.map(point).join(' ') }),
    svg('circle', { cx: at.at(-1)[0], cy: at.at(-1)[1], r: 2 }));
}

/** The health of one account, block by block, with the line below which it may be liquidated. */
export function healthLine(values) {
  const width = 640, height = 150, left = 44, bottom = 12;
  const shown = values.map(([block, v]) => [block, Math.min(v, 10)]);
  if (shown.length < 2) return h('p', { class: 'empty' }, 'Nothing was owed in the blocks that the node remembers.');
  const high = Math.max(1.2, ...shown.map(([, v]) => v)) * 1.05, low = Math.min(0.9, ...shown.map(([, v]) => v)) * 0.97;
  const first = shown[0][0], blocks = shown.at(-1)[0] - first || 1;
  const x = (block) => left + (block - first) / blocks * (width - left - 8);
  const y = (v) => 6 + (high - v) / (high - low) * (height - bottom - 12);
  const mark = (v, kind) => [svg('line', { class: kind, x1: left, x2: width, y1: y(v), y2: y(v) }),
    svg('text', { x: left - 5, y: y(v) + 4, 'text-anchor': 'end' }, v.toFixed(1))];
  return svg('svg', { class: 'chart wide', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': 'Health factor over recent blocks' },
    mark(1, 'limit'), mark(Math.round(high / 1.05 * 10) / 10, 'grid'),
    svg('polyline', { class: 'line', points: shown.map(([b, v]) => point([x(b), y(v)])).join(' ') }),
    svg('circle', { class: 'today', cx: x(shown.at(-1)[0]), cy: y(shown.at(-1)[1]), r: 4 }));
}

/** Borrow and supply rate over utilization, and where the market stands today.  All are ratios.  Rates up to the kink, where
 * markets live, are a small part of those beyond it: heights are a power of the rate, so that the kink stands at KINK_SHARE. */
export function rateCurve({ optimal, base, slope1, slope2 }, reserveFactor, utilization, borrowRate) {
  const width = 240, height = 150, left = 42, right = 8, top = 12, bottom = 22;
  const kink = base + slope1, max = kink + slope2 || 1;
  const power = kink > 0 && kink < max * KINK_SHARE ? Math.log(KINK_SHARE) / Math.log(kink / max) : 1;
  const borrow = (u) => base + (u <= optimal ? slope1 * u / (optimal || 1) : slope1 + slope2 * (u - optimal) / (1 - optimal || 1));
  const x = (u) => left + u * (width - left - right), y = (r) => height - bottom - Math.min(1, r / max) ** power * (height - top - bottom);
  const at = [...Array(101).keys()].map((i) => i / 100).concat(optimal).sort((a, b) => a - b);
  const line = (f, kind) => svg('polyline', { class: kind, points: at.map((u) => point([x(u), y(f(u))])).join(' ') });
  const ticks = [0, kink, max].filter((r, i, all) => i === 0 || r > all[i - 1]).map((r) => [
    svg('line', { class: r === kink ? 'kink' : 'grid', x1: left, x2: width - right, y1: y(r), y2: y(r) }),
    svg('text', { x: left - 5, y: y(r) + 4, 'text-anchor': 'end' }, `${Number((r * 100).toFixed(1))}%`)]);
  return svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `Borrow rate ${rate(borrowRate)} at ${rate(utilization)} utilization; ${rate(kink)} at ${rate(optimal)}, ${rate(max)} at 100%` },
    ticks,
    svg('line', { class: 'kink', x1: x(optimal), x2: x(optimal), y1: top, y2: height - bottom }),
    [[0, '0%', 'start'], [optimal, `${Math.round(optimal * 100)}%`, 'middle'], [1, '100%', 'end']].map(([u, text, anchor]) =>
      (u === 1 && optimal > 0.65 ? null : svg('text', { x: x(u), y: height - 6, 'text-anchor': anchor }, text))),
    line((u) => borrow(u) * u * (1 - reserveFactor), 'line second'),
    line(borrow, 'line'),
    svg('line', { class: 'now', x1: x(utilization), x2: x(utilization), y1: y(borrowRate), y2: height - bottom }),
    svg('circle', { class: 'today', cx: x(utilization), cy: y(borrowRate), r: 4.5 }));
}

/** A bar that is so full, 0 to 1. */
export function bar(ratio) {
  const inner = h('span', { class: 'bar-fill' });
  inner.style.setProperty('width', `${Math.min(100, Math.max(0, ratio * 100)).toFixed(1)}%`);
  return h('span', { class: 'bar', 'aria-hidden': 'true' }, inner);
}

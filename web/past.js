// The markets over recent blocks, as far as the node remembers them.
import { ask, hexOf, on } from './node.js';

const HISTORY_BLOCKS = 960; // the node remembers 1024, or what it was told to; where it has forgotten there is no point
const HISTORY_POINTS = 32;

/** Heights at which the past is looked at. */
export function pastHeights(height) {
  const span = Math.min(height - 1, HISTORY_BLOCKS), points = Math.min(span, HISTORY_POINTS);
  return [...Array(Math.max(0, points)).keys()].map((i) => height - span + Math.floor(i * span / points));
}

const history = new Map(); // height: the markets then; kept while the page is open, whatever part of it is shown
on('back', () => history.clear());

/** The markets then and now, oldest first: [[height, markets]…]. */
export async function pastOf({ height, markets }) {
  if (history.size === 0) {
    const heights = pastHeights(height), answers = await Promise.all(heights.map((n) => ask('plimsoll_markets', hexOf(n))));
    answers.forEach((then, i) => then && history.set(heights[i], then));
  }
  const newest = Math.max(...history.keys(), 0);
  if (height - newest >= HISTORY_BLOCKS / HISTORY_POINTS || height <= HISTORY_POINTS) history.set(height, markets);
  for (const n of history.keys()) if (n < height - HISTORY_BLOCKS || n > height) history.delete(n);
  return [...[...history.entries()].filter(([n]) => n < height).sort(([a], [b]) => a - b), [height, markets]];
}

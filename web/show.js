// Elements and numbers.  Money is BigInt from the node's text to the reader's: no floating point.
import { MaxUint256, formatUnits, parseUnits } from './lib/ethers.js';

/** An element.  props: attributes; on…: listeners; falsy ones are left out. */
export function h(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}
export function svg(tag, props, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children);
}
function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === false || value === undefined || value === null) continue;
    if (name.startsWith('on')) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(3).filter((c) => c !== undefined && c !== null && c !== false));
  return element;
}

/** Makes a place hold these children.  Elements that are there already stay and become what they should be, so that the
 * focus, a selection and a click that has begun outlive the next block. */
export function put(place, ...children) {
  becomeChildren(place, h('div', null, ...children));
}

function becomeChildren(old, next) {
  const there = [...old.childNodes];
  [...next.childNodes].forEach((node, i) => {
    if (!there[i]) old.append(node);
    else if (there[i].nodeName !== node.nodeName) there[i].replaceWith(node);
    else if (node.nodeType === Node.ELEMENT_NODE) become(there[i], node);
    else if (there[i].data !== node.data) there[i].data = node.data;
  });
  for (const node of there.slice(next.childNodes.length)) node.remove();
}

function become(old, next) {
  for (const name of old.getAttributeNames()) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const name of next.getAttributeNames()) {
    const value = next.getAttribute(name);
    if (old.getAttribute(name) === value) continue;
    if (name === 'style') old.style.cssText = value; // as an attribute the policy would refuse it
    else old.setAttribute(name, value);
  }
  for (const name of LISTENERS) old[name] = next[name];
  becomeChildren(old, next);
}
const LISTENERS = ['onclick'];

/** A table that becomes a list of cards on a narrow screen.  columns: [title, class]; rows: arrays of cells; kind 'dense':
 * three cells abreast there. */
export function table(columns, rows, empty, kind = '') {
  if (rows.length === 0) return h('p', { class: 'empty' }, empty);
  return h('div', { class: 'scroll' }, h('table', { class: `cards ${kind}` },
    h('thead', null, h('tr', null, columns.map(([title, kind]) => h('th', { class: kind, scope: 'col' }, title)))),
    h('tbody', null, rows.map((cells) => h('tr', null, cells.map((cell, i) =>
      h('td', { class: columns[i][1], 'data-label': columns[i][0] }, cell)))))));
}

export const tile = (title, value, note, kind) =>
  h('div', { class: `tile ${kind ?? ''}` }, h('span', { class: 'tile-title' }, title), h('span', { class: 'tile-value' }, value),
    note ? h('span', { class: 'tile-note' }, note) : null);

/** Names and what they stand for: [[name, value]…]. */
export const listOf = (pairs) => h('dl', null, pairs.map(([name, value]) => [h('dt', null, name), h('dd', null, value)]));

/** A function that is called once its calls have paused. */
export function debounce(ms, f) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => f(...given), ms);
  };
}

/** What stands where the node's first answer will be, so that nothing jumps much: so many lines of a table. */
export const loading = (lines) => h('div', { class: 'loading', role: 'status', 'aria-label': 'Loading' }, [...Array(lines).keys()].map(() => h('span')));

/** Which part of a long list is shown, and a way to the others; nothing if all of it is. */
export function pager(offset, size, total, go) {
  if (total <= size && offset === 0) return null;
  const turn = (to, text, label, can) => h('button', { type: 'button', class: 'small', disabled: !can, 'aria-label': label, onclick: () => go(to) }, text);
  return h('nav', { class: 'turn', 'aria-label': 'Pages' }, turn(Math.max(0, offset - size), '\u2039', 'Previous', offset > 0),
    h('span', null, total ? `${offset + 1}\u2013${Math.min(offset + size, total)} of ${format(BigInt(total), 0, 0)}` : '0'),
    turn(offset + size, '\u203a', 'Next', offset + size < total));
}

/** A text with a button that copies it. */
export function copyable(text) {
  const place = h('span', { class: 'mono' }, text);
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': `Copy ${text}`, onclick: async () => {
    try {
      await navigator.clipboard.writeText(text); // there is none for a page that comes over http from another machine
      button.textContent = 'copied';
    } catch {
      getSelection().selectAllChildren(place);
      button.textContent = 'selected';
    }
    setTimeout(() => { button.textContent = 'copy'; }, 1500);
  } }, 'copy');
  return [place, ' ', button];
}

export const section = (title, note, ...rest) =>
  h('section', null, h('h2', null, title, note ? h('small', null, note) : null), ...rest);

/** A section that can be folded, and is on a narrow screen. */
export const fold = (title, note, ...rest) => h('section', null, h('details', { open: !matchMedia('(max-width: 46rem)').matches },
  h('summary', null, h('h2', null, title)), h('p', { class: 'note' }, note), ...rest));

// -- numbers ---------------------------------------------------------------------------------

/** "12.345" as a whole number of 10^-decimals; digits beyond are cut off. */
export function parse(text, decimals) {
  const [whole, fraction = ''] = String(text).split('.');
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
}

/** What a person typed, or null if it is no amount of a token with so many decimals.  A comma stands between thousands:
 * who means a half by "0,5" must not get five. */
export function parseAmount(text, decimals) {
  const given = text.trim();
  if (!/^(\d*|[1-9]\d{0,2}(,\d{3})+)(\.\d*)?$/.test(given)) return null;
  try {
    return parseUnits(given.replaceAll(',', ''), decimals);
  } catch {
    return null;
  }
}

/** A whole number of 10^-decimals with thousands apart, rounded half up to so many places. */
export function format(n, decimals, places, group = ',') {
  const negative = n < 0n;
  let value = negative ? -n : n;
  if (decimals > places) {
    const unit = 10n ** BigInt(decimals - places);
    value = (value + unit / 2n) / unit;
  } else {
    value *= 10n ** BigInt(places - decimals);
  }
  const digits = value.toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places).replace(/\B(?=(\d{3})+$)/g, group);
  return (negative && value > 0n ? '\u2212' : '') + whole + (places ? `.${digits.slice(-places)}` : '');
}

/** To be put into a field. */
export const plain = (n, decimals) => formatUnits(n, decimals).replace(/\.0$/, '');

/** The same after a sign; what is more than nothing is never written as 0. */
function some(n, decimals, places, sign = '') {
  const isLost = n > 0n && 2n * n * 10n ** BigInt(places) < 10n ** BigInt(decimals);
  return isLost ? `<\u00a0${sign}${format(1n, places, places)}` : sign + format(n, decimals, places);
}

/** A part of a whole as a ratio in text. */
export const share = (part, whole) => formatUnits(whole > 0n ? part * RAY / whole : 0n, 27);
export const RAY = 10n ** 27n;

const HUGE = 18; // powers of ten from there on have no letter
const SCALES = [[12, 'T'], [9, 'B'], [6, 'M'], [3, 'K']];
function compact(n, decimals, sign) {
  const power = n.toString().length - 1 - decimals;
  if (power >= HUGE) return `${sign}${format(n, decimals + power, 2)}e${power}`;
  for (const [power, letter] of SCALES) {
    if (n >= 10n ** BigInt(decimals + power + (power === 3 ? 1 : 0))) return sign + format(n, decimals + power, 2) + letter;
  }
  return some(n, decimals, 2, sign);
}

export const USD = 8; // decimals of dollars
export const usd = (n) => some(n, USD, 2, '$');
export const usdShort = (n) => compact(n, USD, '$');
export const amount = (n, decimals) => some(n, decimals, n >= 10n ** BigInt(decimals + 3) ? 2 : Math.min(decimals, 4));
export const amountShort = (n, decimals) => (n >= 10n ** BigInt(decimals + 4) ? compact(n, decimals, '') : amount(n, decimals));
/** A price as text: small ones with more digits. */
export function price(text) {
  const n = parse(text, 18), one = 10n ** 18n;
  if (n >= 10n ** 12n * one) return usdShort(parse(text, USD));
  return some(n, 18, n >= 100n * one || n === 0n ? 2 : n >= one / 10n ? 4 : n >= one / 1000n ? 6 : 8, '$');
}
/** "0.0525" as 5.25 %. */
export const percent = (text, places = 2) => `${some(parse(text, 27), 25, places)}%`;
/** A health factor, null for who owes nothing.  Digits are cut off: 0.9999 is not 1. */
export const health = (text) => (text === null ? '\u221e' : parse(text, 3) > 100000n ? '> 100' : format(parse(text, 3), 3, 3));
export function healthClass(text) {
  if (text === null) return 'calm';
  const n = parse(text, 4);
  return n < 10000n ? 'bad' : n < 11000n ? 'warn' : 'calm';
}
/** A contract's health factor as the node's own methods tell it: null for who owes nothing. */
export const healthText = (n) => (n === MaxUint256 ? null : formatUnits(n, 18));
/** base units × price as dollars with USD decimals. */
export const valueOf = (units, priceText, decimals) => BigInt(units) * parse(priceText, USD) / 10n ** BigInt(decimals);
/** For charts only. */
export const number = (text) => Number(text);

// -- names ------------------------------------------------------------------------------------

export const short = (hex, lead = 6, tail = 4) => `${hex.slice(0, lead)}\u2026${hex.slice(-tail)}`;
export const link = (to, text, props) => h('a', { href: `#/${to}`, ...props }, text);
export const accountLink = (address) => link(`account/${address}`, short(address), { class: 'mono', title: address });
export const txLink = (hash) => link(`tx/${hash}`, short(hash, 8, 4), { class: 'mono', title: hash });
export const blockLink = (n) => link(`block/${Number(n)}`, format(BigInt(n), 0, 0), { class: 'mono' });

export function age(seconds) {
  if (seconds < 0) return 'now';
  if (seconds < 90) return `${seconds}s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} d ago`;
}
export const clock = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

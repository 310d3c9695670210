// The frame: which page is shown, the head it shows, and whether the node answers.
import { call, node, on, start } from './node.js';
import { h, put, link, format, short } from './show.js';
import { wallet, walletTold, walletStart, connect } from './wallet.js';
import * as home from './home.js';
import * as account from './account.js';
import * as oracle from './oracle.js';
import * as chain from './chain.js';

const UPDATE_MS = 1000; // the page follows blocks, but no faster than this

// pattern of the hash, what opens the page
const ROUTES = [
  [/^#?\/?$/, home.open],
  [/^#\/oracle$/, oracle.open],
  [/^#\/account\/(0x[0-9a-fA-F]{40})$/, (root, address) => account.open(root, address.toLowerCase())],
  [/^#\/block\/(\d{1,15}|0x[0-9a-fA-F]{64})$/, chain.openBlock],
  [/^#\/tx\/(0x[0-9a-fA-F]{64})$/, chain.openTx],
];

const at = (id) => document.getElementById(id);
const WORDS = { connecting: 'connecting', live: 'live', polling: 'polling', down: 'no answer' };
let page = null, turn = 0, isUpdating = false, isWanted = false;

function route() {
  const root = h('div', { class: 'page' });
  turn++;
  page = null;
  at('main').replaceChildren(root);
  for (const [pattern, open] of ROUTES) {
    const match = pattern.exec(location.hash);
    if (match) page = open(root, match[1]);
    if (match) break;
  }
  if (!page) root.append(h('h1', null, 'There is no such page'), h('p', null, link('', 'To the markets')));
  for (const a of document.querySelectorAll('nav.pages a')) a.toggleAttribute('aria-current', a.hash === (location.hash || '#/'));
  window.scrollTo(0, 0);
  update();
}

/** Reads the head and shows it; blocks that come meanwhile are one more update. */
async function update() {
  isWanted = true;
  if (isUpdating || node.height < 0) return;
  isUpdating = true;
  while (isWanted) {
    isWanted = false;
    const started = Date.now(), of = turn;
    try {
      const [markets, prices, status] = await Promise.all([call('plimsoll_markets'), call('plimsoll_oracleInfo'), call('plimsoll_status')]);
      const now = { markets, oracle: prices, status, height: Number(prices.height), time: prices.headTime };
      walletTold(now);
      if (of === turn) await page?.(now);
      complain(null);
    } catch (e) {
      if (of === turn && node.state !== 'down') complain(e);
    }
    if (of === turn) await new Promise((resolve) => setTimeout(resolve, Math.max(0, UPDATE_MS - (Date.now() - started))));
    else isWanted = true;
  }
  isUpdating = false;
}

function complain(e) {
  at('error').hidden = !e;
  if (e) put(at('error'), `This page could not be brought up to date: ${e.message}`);
}

function showState() {
  at('down').hidden = node.state !== 'down';
  at('state').className = `state ${node.state}`;
  put(at('state'), h('span', { class: 'pulse' }), WORDS[node.state]);
}

function showWallet() {
  put(at('wallet'), wallet.account ? short(wallet.account) : 'Connect wallet');
  update();
}

/** Where what was typed leads: an account, a transaction or block hash, a height. */
async function find(text) {
  const what = text.trim().replaceAll(',', '');
  if (/^0x[0-9a-fA-F]{40}$/.test(what)) location.hash = `#/account/${what}`;
  else if (/^\d{1,15}$/.test(what)) location.hash = `#/block/${what}`;
  else if (/^0x[0-9a-fA-F]{64}$/.test(what)) location.hash = (await call('eth_getBlockByHash', what, false)) ? `#/block/${what}` : `#/tx/${what}`;
  else return false;
  return true;
}

at('find').addEventListener('submit', async (e) => {
  e.preventDefault();
  const field = e.target.elements.what, isFound = await find(field.value).catch(() => false);
  field.setCustomValidity(isFound ? '' : 'An address, a hash or a height');
  if (isFound) field.value = '';
  else field.reportValidity();
});
at('find').addEventListener('input', (e) => e.target.setCustomValidity(''));
at('wallet').addEventListener('click', () => {
  if (wallet.account) location.hash = `#/account/${wallet.account}`;
  else connect().catch((e) => complain(e));
});

walletStart(showWallet);
on('head', (height) => {
  put(at('height'), `block ${format(BigInt(height), 0, 0)}`);
  at('height').href = `#/block/${height}`;
  update();
});
on('state', showState);
window.addEventListener('hashchange', route);
route();
start();

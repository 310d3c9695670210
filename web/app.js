// The frame: which page is shown, the head it shows, and whether the node answers.
import { isAddress } from './lib/ethers.js';
import { call, node, on, refresh, start, wentBack, hexOf } from './node.js';
import { reasonOf } from './abi.js';
import { h, put, link, format, short } from './show.js';
import { wallet, walletStart, connect, switchChain, problem } from './wallet.js';
import { actionTold } from './action.js';
import * as home from './home.js';
import * as account from './account.js';
import * as oracle from './oracle.js';
import * as chain from './chain.js';
import * as market from './market.js';
import { closeCharts } from './charts.js';

const UPDATE_MS = 1000; // the page follows blocks, but no faster than this
const TOLD_MS = 8000;

// pattern of the hash, what opens the page, its title
const ROUTES = [
  [/^#?\/?$/, home.open, 'Markets'],
  [/^#\/oracle$/, oracle.open, 'Oracle'],
  [/^#\/account\/(0x[0-9a-fA-F]{40})$/, (root, address) => account.open(root, address.toLowerCase()), 'Account'],
  [/^#\/market\/(0x[0-9a-fA-F]{40})$/, (root, asset) => market.open(root, asset.toLowerCase()), 'Market'],
  [/^#\/block\/(\d{1,15}|0x[0-9a-fA-F]{64})$/, chain.openBlock, 'Block'],
  [/^#\/tx\/(0x[0-9a-fA-F]{64})$/, chain.openTx, 'Transaction'],
];

const at = (id) => document.getElementById(id);
const WORDS = { connecting: 'connecting', live: 'live', polling: 'polling', down: 'no answer' };
let page = null, turn = 0, updating = -1, isWanted = false, isUrgent = false, wake = () => {}; // updating: the turn that is
let shown = null; // {height, hash}: the newest block that the page was told of
const pause = (ms) => new Promise((resolve) => {
  wake = resolve;
  setTimeout(resolve, ms);
});

function route() {
  const root = h('div', { class: 'page' });
  turn++;
  page = null;
  closeCharts();
  at('main').replaceChildren(root);
  for (const [pattern, open, title] of ROUTES) {
    const match = pattern.exec(location.hash);
    if (!match) continue;
    page = open(root, match[1]);
    document.title = `${title}${match[1] ? ` ${match[1].length > 20 ? short(match[1]) : match[1]}` : ''} \u00b7 Plimsoll`;
    break;
  }
  if (!page) root.append(h('h1', null, 'There is no such page'), h('p', null, link('', 'To the markets')));
  for (const a of document.querySelectorAll('nav.pages a')) {
    if (a.hash === (location.hash || '#/')) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  }
  window.scrollTo(0, 0);
  refresh();
}

/** Whether the node has another block where the newest one was that the page knows. */
const isOther = (block, { height }) => (block ? block.hash !== shown.hash : height < shown.height);

/** Reads the head and shows it; blocks that come meanwhile are one more update.  A page waits for no earlier page's answers. */
async function update() {
  if (document.hidden) return; // it will be asked for when it is seen
  isWanted = true;
  if (updating === turn || node.height < 0) return;
  const of = updating = turn;
  while (isWanted && of === turn) {
    [isWanted, isUrgent] = [false, false];
    const started = Date.now();
    try {
      const early = Promise.resolve(page?.early?.());
      early.catch(() => null); // thrown below, unless the chain went back to before what was asked about
      const [markets, prices, status, known] = await Promise.all([call('plimsoll_markets'), call('plimsoll_oracleInfo'), call('plimsoll_status'),
        shown && call('eth_getBlockByNumber', hexOf(shown.height), false)]);
      if (of !== turn) return;
      const isBack = shown && isOther(known, status);
      shown = { height: status.height, hash: status.headHash };
      if (isBack) return wentBack();
      const now = { markets, oracle: prices, status, height: Number(prices.height), time: prices.headTime };
      actionTold(now, refresh);
      await page?.(now, await early);
      if (of === turn) complain(null);
    } catch (e) {
      if (of === turn && node.state !== 'down') complain(e);
    }
    if (of === turn && !isUrgent) await pause(Math.max(0, UPDATE_MS - (Date.now() - started)));
  }
  if (of === turn) updating = -1;
}

function complain(e) {
  at('error').hidden = !e;
  if (e) put(at('error'), `This page could not be brought up to date: ${reasonOf(e)}`);
}

/** What the wallet said, for a while. */
function tell(text) {
  put(at('told'), text);
  at('told').hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { at('told').hidden = true; }, TOLD_MS);
}

function showState() {
  at('down').hidden = node.state !== 'down';
  at('state').className = `state ${node.state}`;
  put(at('state'), h('span', { class: 'pulse' }), WORDS[node.state]);
}

function showWallet() {
  put(at('wallet'), wallet.account ? short(wallet.account) : 'Connect wallet');
  at('elsewhere').hidden = !wallet.account || !wallet.isElsewhere;
  if (!wallet.isElsewhere) at('told').hidden = true;
  put(at('network'), wallet.isElsewhere ? `Your wallet is on network ${Number(wallet.chainId)}, this market on another.` : '');
  refresh();
}

/** Where what was typed leads: an account, a transaction or block hash, a height. */
async function find(text) {
  const what = text.trim().replaceAll(',', '');
  if (/^0x/.test(what) && isAddress(what)) location.hash = `#/account/${what}`;
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
  else connect().then(() => wallet.isElsewhere && switchChain()).catch((e) => tell(problem(e)));
});

at('switch').addEventListener('click', () => switchChain().catch((e) => tell(problem(e))));
at('skip').addEventListener('click', () => at('main').focus());

walletStart(showWallet);
on('head', (height) => {
  put(at('height'), `block ${format(BigInt(height), 0, 0)}`);
  at('height').href = `#/block/${height}`;
  update();
});
on('state', showState);
on('refresh', () => {
  isUrgent = true;
  update();
  wake();
});
on('back', route);
document.addEventListener('visibilitychange', () => document.hidden || refresh());
window.addEventListener('hashchange', () => {
  route();
  at('main').focus({ preventScroll: true }); // what had the focus is gone
});
route();
start();

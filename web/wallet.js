// A wallet (EIP-1193, announced by EIP-6963 or as window.ethereum) and what one does with it: supply, withdraw,
// borrow, repay.  The page holds no key: the wallet signs and sends, the page asks and watches.
import { call, ask, view, word, POOL } from './node.js';
import { h, put, parse, parseAmount, plain, format, amount, health, healthClass, short, link, txLink, USD } from './show.js';
import { reasonOf } from './chain.js';

const MAX = 2n ** 256n - 1n;
const RECEIPT_TRIES = 60, RECEIPT_MS = 500;
const VARIABLE = 2; // interest rate mode

export const wallet = { provider: null, account: null };
let now = null, onChange = () => {};
const announced = [];

window.addEventListener('eip6963:announceProvider', ({ detail }) => announced.push(detail));
window.dispatchEvent(new Event('eip6963:requestProvider'));

/** The newest snapshot, for the dialog. */
export function walletTold(snapshot) {
  now = snapshot;
}
export function walletStart(changed) {
  onChange = changed;
}

export async function connect() {
  const provider = announced[0]?.provider ?? window.ethereum;
  if (!provider) throw new Error('No wallet was found. Install one that speaks EIP-1193, or open this page in its browser.');
  const [account] = await provider.request({ method: 'eth_requestAccounts' });
  await chooseChain(provider);
  wallet.provider = provider;
  wallet.account = account.toLowerCase();
  provider.on?.('accountsChanged', ([next]) => {
    wallet.account = next?.toLowerCase() ?? null;
    onChange();
  });
  onChange();
}

/** Asks the wallet to speak to this node's chain. */
async function chooseChain(provider) {
  const chainId = await call('eth_chainId');
  if (await provider.request({ method: 'eth_chainId' }) === chainId) return;
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] });
  } catch {
    await provider.request({ method: 'wallet_addEthereumChain', params: [{ chainId, chainName: `Plimsoll ${Number(chainId)}`,
      rpcUrls: [location.origin], nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 } }] });
  }
  if (await provider.request({ method: 'eth_chainId' }) !== chainId) throw new Error('The wallet is on another chain.');
}

// -- the arithmetic of health ---------------------------------------------------------------------

/** How an account stands, with the liquidation threshold (basis points) that applies to each of its positions. */
export async function readRisk(address, markets) {
  const state = await call('plimsoll_getHealth', address);
  let category = null;
  if (state.eMode) {
    const [[, threshold], [bitmap]] = await Promise.all([view(POOL, '0xb286f467', [state.eMode]), view(POOL, '0xb0771dba', [state.eMode])]);
    category = { threshold, bitmap };
  }
  const legs = markets.map((m) => {
    const p = state.positions.find((x) => x.asset === m.asset);
    const threshold = category && (category.bitmap >> BigInt(m.id)) & 1n ? category.threshold : parse(m.liquidationThreshold, 4);
    return { asset: m.asset, symbol: m.symbol, decimals: m.decimals, price: parse(m.price, USD), threshold, isHeld: Boolean(p),
      supplied: BigInt(p?.supplied ?? 0), borrowed: BigInt(p?.borrowed ?? 0), isCollateral: p?.isCollateral ?? false };
  });
  return { state, legs };
}

/** What one position adds to what may be owed, and to what is owed, in dollars with 8 + 4 decimals. */
export function sides(leg, permille = 1000n) {
  const unit = 10n ** BigInt(leg.decimals), at = leg.price * permille;
  return { cover: leg.isCollateral ? leg.supplied * at * leg.threshold / unit / 1000n : 0n, debt: leg.borrowed * at * 10n / unit };
}

/** The health factor as text with 18 decimals, null without debt.  scale: asset to thousandths of today's price. */
export function healthAt(legs, scale = new Map()) {
  let cover = 0n, debt = 0n;
  for (const leg of legs) {
    const s = sides(leg, scale.get(leg.asset));
    cover += s.cover;
    debt += s.debt;
  }
  return debt === 0n ? null : format(cover * 10n ** 18n / debt, 18, 18, '');
}

// -- transactions ----------------------------------------------------------------------------------

const calldata = (selector, ...args) => selector + args.map(word).join('');

/** Sends through the wallet and waits for the block.  Throws what the node says against it, before the wallet is asked. */
export async function send(to, data, say) {
  const tx = { from: wallet.account, to, data };
  await chooseChain(wallet.provider);
  await call('eth_estimateGas', tx).catch((e) => { throw new Error(reasonOf(e)); });
  say('Confirm in your wallet\u2026');
  const hash = await wallet.provider.request({ method: 'eth_sendTransaction', params: [tx] });
  say('Sent ', txLink(hash), '\u2026');
  for (let i = 0; i < RECEIPT_TRIES; i++) {
    const receipt = await ask('eth_getTransactionReceipt', hash);
    if (receipt?.status === '0x1') return hash;
    if (receipt) throw new Error('The transaction failed.');
    await new Promise((resolve) => setTimeout(resolve, RECEIPT_MS));
  }
  throw new Error('The transaction is in no block yet.');
}

export const setCollateral = (asset, isOn, say) => send(POOL, calldata('0x5a3b74b9', asset, isOn ? 1 : 0), say);

async function allow(asset, units, say) {
  const [allowed] = await view(asset, '0xdd62ed3e', [wallet.account, POOL]);
  if (allowed >= units) return;
  say('First the allowance\u2026');
  await send(asset, calldata('0x095ea7b3', POOL, units), say);
}

// action: the most one can do, the call, what it does to a position.  quote: what the contract itself would accept in the
// block to come, of which a thousandth is left for interest and prices that move until then.
const ACTIONS = {
  supply: {
    most: ({ balance }) => balance,
    run: async (asset, units, isMax, { balance }, say) => {
      const sum = isMax ? balance : units;
      await allow(asset, sum, say);
      return send(POOL, calldata('0x617ba037', asset, sum, wallet.account, 0), say);
    },
    after: (leg, units) => ({ ...leg, supplied: leg.supplied + units, isCollateral: leg.isCollateral || leg.supplied === 0n }),
  },
  withdraw: {
    most: ({ leg, quote }) => (quote >= leg.supplied ? leg.supplied : quote * 999n / 1000n),
    run: (asset, units, isMax, { leg }, say) => send(POOL, calldata('0x69328dec', asset, isMax && units === leg.supplied ? MAX : units, wallet.account), say),
    after: (leg, units) => ({ ...leg, supplied: leg.supplied > units ? leg.supplied - units : 0n }),
  },
  borrow: {
    most: ({ quote }) => quote * 999n / 1000n,
    run: (asset, units, isMax, seen, say) => send(POOL, calldata('0xa415bcad', asset, units, VARIABLE, 0, wallet.account), say),
    after: (leg, units) => ({ ...leg, borrowed: leg.borrowed + units }),
  },
  repay: {
    most: ({ leg, balance }) => (leg.borrowed < balance ? leg.borrowed : balance),
    run: async (asset, units, isMax, { leg }, say) => {
      const isAll = isMax && units === leg.borrowed; // with the interest until the block
      await allow(asset, isAll ? units + units / 1000n + 1n : units, say);
      return send(POOL, calldata('0x573ade81', asset, isAll ? MAX : units, VARIABLE, wallet.account), say);
    },
    after: (leg, units) => ({ ...leg, borrowed: leg.borrowed > units ? leg.borrowed - units : 0n }),
  },
};
const TITLES = { supply: 'Supply', withdraw: 'Withdraw', borrow: 'Borrow', repay: 'Repay' };

// -- the dialog ---------------------------------------------------------------------------------------

let dialog = null;

export function openAction(action, asset) {
  dialog ??= makeDialog();
  dialog.choose(action, asset);
  if (!dialog.element.open) dialog.element.showModal();
}

function makeDialog() {
  let action, asset, seen = null, isMax = false, isBusy = false;
  const market = () => now.markets.find((m) => m.asset === asset);
  const tabs = h('div', { class: 'tabs', role: 'tablist' }), which = h('select', { 'aria-label': 'Asset', onchange: () => choose(action, which.value) });
  const field = h('input', { inputmode: 'decimal', autocomplete: 'off', placeholder: '0.0', 'aria-label': 'Amount', oninput: () => { isMax = false; preview(); } });
  const most = h('button', { type: 'button', class: 'small', onclick: () => { fillMost(); preview(); } }, 'Max');
  const facts = h('dl', { class: 'facts' }), status = h('p', { class: 'status', role: 'status' }), go = h('button', { type: 'submit', class: 'primary' });
  const form = h('form', { method: 'dialog', onsubmit: (e) => { e.preventDefault(); submit(); } }, tabs, h('div', { class: 'sum' }, field, most, which), facts, go, status);
  const element = h('dialog', { class: 'action', 'aria-label': 'Transaction' }, h('button', { class: 'close', 'aria-label': 'Close', onclick: () => element.close() }, '\u00d7'), form);
  document.body.append(element);
  window.addEventListener('hashchange', () => element.close());

  const say = (...what) => { status.className = 'status'; status.replaceChildren(...what); };
  const complain = (e) => { status.className = 'status bad'; status.replaceChildren(e.message ?? String(e)); };
  const units = () => parseAmount(field.value, market().decimals);

  async function choose(nextAction, nextAsset) {
    [action, asset, seen, isMax] = [nextAction, nextAsset, null, false];
    field.value = '';
    say('');
    tabs.replaceChildren(...Object.keys(ACTIONS).map((a) => h('button', { type: 'button', role: 'tab', 'aria-selected': String(a === action), onclick: () => choose(a, asset) }, TITLES[a])));
    which.replaceChildren(...now.markets.map((m) => h('option', { value: m.asset, selected: m.asset === asset }, m.symbol)));
    preview();
    await look().catch(complain);
  }

  async function look() {
    const of = `${action} ${asset}`, user = wallet.account, isQuoted = action === 'borrow' || action === 'withdraw';
    if (!user) return;
    const [risk, [balance], quoted] = await Promise.all([readRisk(user, now.markets), view(asset, '0x70a08231', [user]),
      isQuoted ? call('plimsoll_quoteMax', { action, asset, user }) : null]);
    if (of !== `${action} ${asset}`) return;
    seen = { ...risk, balance, quote: BigInt(quoted?.amount ?? 0), leg: risk.legs.find((l) => l.asset === asset), market: market() };
    preview();
  }

  function fillMost() {
    if (!seen) return;
    isMax = true;
    field.value = plain(ACTIONS[action].most(seen), market().decimals);
  }

  function preview() {
    const { symbol, decimals } = market(), typed = units();
    go.textContent = wallet.account ? `${TITLES[action]} ${symbol}` : 'Connect a wallet';
    go.disabled = isBusy || Boolean(wallet.account && !(typed > 0n && seen));
    if (!seen) return put(facts);
    const after = typed > 0n ? healthAt(seen.legs.map((l) => (l.asset === asset ? ACTIONS[action].after(l, typed) : l))) : undefined;
    const hf = (text) => h('strong', { class: healthClass(text) }, health(text));
    put(facts, h('dt', null, 'At most'), h('dd', null, `${amount(ACTIONS[action].most(seen), decimals)} ${symbol}`),
      h('dt', null, 'In your wallet'), h('dd', null, `${amount(seen.balance, decimals)} ${symbol}`),
      h('dt', null, 'Health'), h('dd', null, hf(seen.state.healthFactor), after === undefined ? null : [' \u2192 ', hf(after)]));
  }

  async function submit() {
    isBusy = true;
    try {
      if (!wallet.account) {
        await connect();
        await look();
      } else {
        go.disabled = true;
        const hash = await ACTIONS[action].run(asset, units(), isMax, seen, say);
        field.value = '';
        say('Done: ', txLink(hash), ', ', link(`account/${wallet.account}`, `account ${short(wallet.account)}`), '.');
        await look();
        onChange();
      }
    } catch (e) {
      complain(e);
    }
    isBusy = false;
    preview();
  }
  return { element, choose };
}

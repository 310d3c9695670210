// A wallet (EIP-1193, announced by EIP-6963 or as window.ethereum).  The page holds no key: the wallet signs and sends,
// the page asks the node first, and watches.
import { BrowserProvider, Signature } from './lib/ethers.js';
import { NodeError, at, call, provider as node } from './node.js';
import { encode, inWords, reasonOf } from './abi.js';
import { h, short, txLink } from './show.js';
import { failureOf } from './chain.js';

const RECEIPT_MS = 30000; // how long a block is waited for
const PERMIT_SECONDS = 86400; // of the chain, whose clock may run fast
const REJECTED = 4001, UNKNOWN_CHAIN = 4902, BUSY = -32002;
const PERMIT = [['owner', 'address'], ['spender', 'address'], ['value', 'uint256'], ['nonce', 'uint256'], ['deadline', 'uint256']];

/** What a wallet refuses is thrown with the wallet's own code. */
class Wallet extends BrowserProvider {
  getRpcError(payload, { error }) {
    return new NodeError(error);
  }
}

/** provider: to be asked; raw: as the wallet injected it; chainId: the wallet's; isElsewhere: it is not the node's. */
const NOBODY = { provider: null, raw: null, name: '', account: null, chainId: null, isElsewhere: false };
export const wallet = { ...NOBODY };
let onChange = () => {};
const announced = new Map(); // rdns or uuid: {name, raw}

window.addEventListener('eip6963:announceProvider', ({ detail }) => {
  if (detail?.info && detail.provider) announced.set(detail.info.uuid ?? detail.info.rdns, { name: String(detail.info.name), raw: detail.provider });
});
window.dispatchEvent(new Event('eip6963:requestProvider'));

export function walletStart(changed) {
  onChange = changed;
}

// -- which wallet, which chain ------------------------------------------------------------------------

function wallets() {
  const found = [...announced.values()];
  return found.length === 0 && window.ethereum ? [{ name: 'Wallet', raw: window.ethereum }] : found;
}

/** One of several, as the reader says; null: none. */
function choose(found) {
  return new Promise((resolve) => {
    const take = (w, i) => h('button', { type: 'button', class: 'choice', onclick: () => element.close(String(i)) }, w.name || 'Wallet');
    const element = h('dialog', { class: 'wallets', 'aria-label': 'Choose a wallet' }, h('h2', null, 'Choose a wallet'),
      h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => element.close('') }, '\u00d7'), found.map(take));
    element.addEventListener('close', () => {
      element.remove();
      resolve(found[element.returnValue] ?? null); // by number: names need not differ
    });
    document.body.append(element);
    element.showModal();
  });
}

/** Returns whether a wallet is connected now. */
export async function connect() {
  const found = wallets();
  if (found.length === 0) throw new Error('No wallet was found. Install one, or open this page in a wallet\u2019s own browser.');
  const chosen = found.length === 1 ? found[0] : await choose(found);
  if (!chosen) return false;
  const provider = new Wallet(chosen.raw, 'any'), [account] = await provider.send('eth_requestAccounts', []);
  if (!account) throw new Error('The wallet gave no account.');
  Object.assign(wallet, chosen, { provider, account: account.toLowerCase() });
  await lookAtChain();
  listen(chosen.raw);
  onChange();
  return true;
}

const heard = new Set(); // wallets that are listened to
function listen(raw) {
  if (heard.has(raw)) return;
  heard.add(raw);
  raw.on?.('accountsChanged', ([next]) => {
    if (raw !== wallet.raw) return;
    wallet.account = next?.toLowerCase() ?? null;
    onChange();
  });
  raw.on?.('chainChanged', () => { if (raw === wallet.raw) lookAtChain().then(onChange, onChange); });
}

export function disconnect() {
  Object.assign(wallet, NOBODY);
  onChange();
}

async function lookAtChain() {
  const [here, there] = await Promise.all([call('eth_chainId'), wallet.provider.send('eth_chainId', [])]);
  wallet.chainId = there;
  wallet.isElsewhere = Number(there) !== Number(here);
  return here;
}

const isUnknownChain = (e) => e.code === UNKNOWN_CHAIN || e.data?.originalError?.code === UNKNOWN_CHAIN;

/** Asks the wallet to speak to this node's chain, and to learn of it if it must.  Returns the chain's id. */
export async function switchChain() {
  const chainId = await lookAtChain(), { provider } = wallet, move = () => provider.send('wallet_switchEthereumChain', [{ chainId }]);
  if (!wallet.isElsewhere) return chainId;
  try {
    await move();
  } catch (e) {
    if (!isUnknownChain(e)) throw e;
    await provider.send('wallet_addEthereumChain', [{ chainId, chainName: `Plimsoll ${Number(chainId)}`,
      rpcUrls: [location.origin], nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 } }]);
    if (Number(await provider.send('eth_chainId', [])) !== Number(chainId)) await move();
  }
  await lookAtChain();
  onChange();
  if (wallet.isElsewhere) throw new Error('The wallet stayed on another network.');
  return chainId;
}

/** What went wrong, for people. */
export function problem(e) {
  if (e.code === REJECTED) return 'You declined in the wallet. Nothing was sent.';
  if (e.code === BUSY) return 'The wallet is still waiting for an earlier answer: open it.';
  return inWords(reasonOf(e));
}

// -- transactions ----------------------------------------------------------------------------------

const mustBe = (account) => {
  if (wallet.account !== account) throw new Error('The wallet changed to another account. Nothing was sent.');
};

/** Sends from an account through the wallet and waits for the block.  Throws what the node says against it, before the wallet
 * is asked.  The wallet is told the chain, for it may be led to another one at any time. */
export async function send(from, to, data, say) {
  mustBe(from);
  const tx = { from, to, data }, chainId = await switchChain();
  await call('eth_estimateGas', tx);
  mustBe(from);
  say('Confirm in your wallet\u2026');
  const hash = await wallet.provider.send('eth_sendTransaction', [{ ...tx, chainId }]); // with the gas and fees it sees fit
  say('Sent ', txLink(hash), ', waiting for its block\u2026');
  const receipt = await node.waitForTransaction(hash, 1, RECEIPT_MS).catch(() => null);
  if (!receipt) throw new Error(`The transaction ${short(hash)} is in no block yet.`);
  if (receipt.status !== 1) throw new Error(`The transaction failed: ${inWords(await failureOf(tx, receipt.blockNumber))}`);
  return hash;
}

export const allowance = (asset, owner, spender) => at(asset).allowance(owner, spender);
export const approve = (spender, units) => encode('approve', spender, units);

/** EIP-2612: [deadline, v, r, s] as the wallet signs them; null if it does not sign such things. */
export async function signPermit(owner, token, spender, units, time) {
  const [chainId, name, nonce] = await Promise.all([call('eth_chainId'), at(token).name(), at(token).nonces(owner)]);
  const deadline = time + PERMIT_SECONDS, types = { Permit: PERMIT.map(([n, type]) => ({ name: n, type })) };
  await switchChain();
  try {
    const signer = await wallet.provider.getSigner(owner);
    const { v, r, s } = Signature.from(await signer.signTypedData({ name, version: '1', chainId, verifyingContract: token }, types, { owner, spender, value: units, nonce, deadline }));
    return [deadline, v, r, s];
  } catch (e) {
    if (e.code === REJECTED) throw e;
    return null;
  }
}

// A wallet (EIP-1193, announced by EIP-6963 or as window.ethereum).  The page holds no key: the wallet signs and sends,
// the page asks the node first, and watches.
import { call, ask, view, word } from './node.js';
import { h, short, txLink } from './show.js';
import { failureOf, inWords, reasonOf } from './chain.js';

const RECEIPT_TRIES = 60, RECEIPT_MS = 500;
const PERMIT_SECONDS = 86400; // of the chain, whose clock may run fast
const REJECTED = 4001, UNKNOWN_CHAIN = 4902, BUSY = -32002;
const PERMIT = [['owner', 'address'], ['spender', 'address'], ['value', 'uint256'], ['nonce', 'uint256'], ['deadline', 'uint256']];
const DOMAIN = [['name', 'string'], ['version', 'string'], ['chainId', 'uint256'], ['verifyingContract', 'address']];

/** chainId: the wallet's; isElsewhere: it is not the node's. */
export const wallet = { provider: null, name: '', account: null, chainId: null, isElsewhere: false };
let onChange = () => {};
const announced = new Map(); // rdns or uuid: {name, provider}

window.addEventListener('eip6963:announceProvider', ({ detail }) => {
  if (detail?.info && detail.provider) announced.set(detail.info.uuid ?? detail.info.rdns, { name: String(detail.info.name), provider: detail.provider });
});
window.dispatchEvent(new Event('eip6963:requestProvider'));

export function walletStart(changed) {
  onChange = changed;
}

// -- which wallet, which chain ------------------------------------------------------------------------

function wallets() {
  const found = [...announced.values()];
  return found.length === 0 && window.ethereum ? [{ name: 'Wallet', provider: window.ethereum }] : found;
}

/** One of several, as the reader says; null: none. */
function choose(found) {
  return new Promise((resolve) => {
    const take = (w) => h('button', { type: 'button', class: 'choice', onclick: () => element.close(w.name) }, w.name);
    const element = h('dialog', { class: 'wallets', 'aria-label': 'Choose a wallet' }, h('h2', null, 'Choose a wallet'),
      h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => element.close('') }, '\u00d7'), found.map(take));
    element.addEventListener('close', () => {
      element.remove();
      resolve(found.find((w) => w.name === element.returnValue) ?? null);
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
  const [account] = await chosen.provider.request({ method: 'eth_requestAccounts' });
  if (!account) throw new Error('The wallet gave no account.');
  Object.assign(wallet, chosen, { account: account.toLowerCase() });
  await lookAtChain();
  listen(chosen.provider);
  onChange();
  return true;
}

const heard = new Set(); // providers that are listened to
function listen(provider) {
  if (heard.has(provider)) return;
  heard.add(provider);
  provider.on?.('accountsChanged', ([next]) => {
    if (provider !== wallet.provider) return;
    wallet.account = next?.toLowerCase() ?? null;
    onChange();
  });
  provider.on?.('chainChanged', () => { if (provider === wallet.provider) lookAtChain().then(onChange, onChange); });
}

export function disconnect() {
  Object.assign(wallet, { provider: null, name: '', account: null, chainId: null, isElsewhere: false });
  onChange();
}

async function lookAtChain() {
  const [here, there] = await Promise.all([call('eth_chainId'), wallet.provider.request({ method: 'eth_chainId' })]);
  wallet.chainId = there;
  wallet.isElsewhere = Number(there) !== Number(here);
  return here;
}

const isUnknownChain = (e) => e.code === UNKNOWN_CHAIN || e.data?.originalError?.code === UNKNOWN_CHAIN;

/** Asks the wallet to speak to this node's chain, and to learn of it if it must. */
export async function switchChain() {
  const chainId = await lookAtChain(), { provider } = wallet;
  if (!wallet.isElsewhere) return;
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] });
  } catch (e) {
    if (!isUnknownChain(e)) throw e;
    await provider.request({ method: 'wallet_addEthereumChain', params: [{ chainId, chainName: `Plimsoll ${Number(chainId)}`,
      rpcUrls: [location.origin], nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 } }] });
    if (Number(await provider.request({ method: 'eth_chainId' })) !== Number(chainId)) await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] });
  }
  await lookAtChain();
  onChange();
  if (wallet.isElsewhere) throw new Error('The wallet stayed on another network.');
}

/** What went wrong, for people. */
export function problem(e) {
  if (e.code === REJECTED) return 'You declined in the wallet. Nothing was sent.';
  if (e.code === BUSY) return 'The wallet is still waiting for an earlier answer: open it.';
  return inWords(reasonOf(e));
}

// -- transactions ----------------------------------------------------------------------------------

export const calldata = (selector, ...args) => selector + args.map(word).join('');

/** Sends through the wallet and waits for the block.  Throws what the node says against it, before the wallet is asked. */
export async function send(to, data, say) {
  const tx = { from: wallet.account, to, data };
  await switchChain();
  await call('eth_estimateGas', tx);
  say('Confirm in your wallet\u2026');
  const hash = await wallet.provider.request({ method: 'eth_sendTransaction', params: [tx] });
  say('Sent ', txLink(hash), ', waiting for its block\u2026');
  for (let i = 0; i < RECEIPT_TRIES; i++) {
    const receipt = await ask('eth_getTransactionReceipt', hash);
    if (receipt?.status === '0x1') return hash;
    if (receipt) throw new Error(`The transaction failed: ${inWords(await failureOf({ ...tx, input: data, value: '0x0' }, receipt))}`);
    await new Promise((resolve) => setTimeout(resolve, RECEIPT_MS));
  }
  throw new Error(`The transaction ${short(hash)} is in no block yet.`);
}

export const allowance = async (asset, spender) => (await view(asset, '0xdd62ed3e', [wallet.account, spender]))[0];
export const approve = (spender, units) => calldata('0x095ea7b3', spender, units);

async function nameOf(token) {
  const data = await call('eth_call', { to: token, data: '0x06fdde03' }, 'latest'), size = parseInt(data.slice(66, 130), 16);
  const bytes = Uint8Array.from(data.slice(130, 130 + size * 2).match(/../g) ?? [], (x) => parseInt(x, 16));
  return new TextDecoder().decode(bytes);
}

/** EIP-2612: [deadline, v, r, s] as the wallet signs them; null if it does not sign such things. */
export async function signPermit(token, spender, units, time) {
  const [chainId, name, [nonce]] = await Promise.all([call('eth_chainId'), nameOf(token), view(token, '0x7ecebe00', [wallet.account])]);
  const deadline = time + PERMIT_SECONDS, fields = (list) => list.map(([n, type]) => ({ name: n, type }));
  const typed = {
    types: { EIP712Domain: fields(DOMAIN), Permit: fields(PERMIT) }, primaryType: 'Permit',
    domain: { name, version: '1', chainId: Number(chainId), verifyingContract: token },
    message: { owner: wallet.account, spender, value: String(units), nonce: String(nonce), deadline: String(deadline) },
  };
  await switchChain();
  try {
    const signature = await wallet.provider.request({ method: 'eth_signTypedData_v4', params: [wallet.account, JSON.stringify(typed)] });
    if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return null;
    const v = parseInt(signature.slice(130), 16);
    return [deadline, v < 27 ? v + 27 : v, signature.slice(0, 66), `0x${signature.slice(66, 130)}`];
  } catch (e) {
    if (e.code === REJECTED) throw e;
    return null;
  }
}

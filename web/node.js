// The node: JSON-RPC over HTTP, and what it tells of itself over a WebSocket on the same port.
import { Contract, FetchRequest, JsonRpcProvider } from './lib/ethers.js';
import { abi } from './abi.js';

const TIMEOUT_MS = 15000;
const POLL_MS = 2000;       // between questions for the newest block while there is no WebSocket
const SILENCE_MS = 10000;   // a WebSocket that says nothing for so long is checked
const RECONNECT_MS = [1000, 2000, 5000, 15000, 30000];
const BATCH_MAX = 200;
const RECEIPT_MS = 500;

/** A number, or a BigInt, as a quantity. */
export const hexOf = (n) => `0x${n.toString(16)}`;

export class NodeError extends Error {
  constructor({ message, code, data }) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** All calls of one turn of the event loop travel as one batch.  What the node refuses is thrown in its own words. */
class Node extends JsonRpcProvider {
  async _send(payload) {
    try {
      return await super._send(payload);
    } catch (e) {
      setState('down');
      throw e;
    }
  }

  getRpcError(payload, { error }) {
    return new NodeError(error);
  }
}

const endpoint = new FetchRequest(`${location.origin}/`);
endpoint.timeout = TIMEOUT_MS;
export const provider = new Node(endpoint, undefined, { staticNetwork: true, batchStallTime: 0, batchMaxCount: BATCH_MAX, cacheTimeout: -1, pollingInterval: RECEIPT_MS });

export const call = (method, ...params) => provider.send(method, params);

/** Like call, but null if the node has no answer: state that old is gone, or the method is not there. */
export const ask = (method, ...params) => call(method, ...params).catch((e) => {
  if (e instanceof NodeError) return null;
  throw e;
});

// -- following the chain ------------------------------------------------------------------------

/** state: 'connecting', 'live' (WebSocket), 'polling', 'down'. */
export const node = { state: 'connecting', height: -1 };
const listeners = { head: [], state: [], refresh: [], back: [] };
export const on = (event, listener) => { listeners[event].push(listener); };

/** Asks for the page to be brought up to date now. */
export const refresh = () => { for (const f of listeners.refresh) f(); };

/** Tells that the chain is no longer the one that was shown (a chain for tests goes back): forget what was known of it. */
export function wentBack() {
  for (const want of wanted) want.last = null;
  for (const f of listeners.back) f();
}

function setState(state) {
  if (node.state === state) return;
  node.state = state;
  for (const f of listeners.state) f(state);
}

let heardAt = 0;
function head(height, isNew) {
  heardAt = Date.now();
  if (height === node.height && !isNew) return;
  node.height = height;
  for (const f of listeners.head) f(height);
}

async function poll() {
  if (!document.hidden && (node.state !== 'live' || Date.now() - heardAt > SILENCE_MS)) {
    try {
      const height = Number(await call('eth_blockNumber'));
      if (node.state !== 'live') setState('polling');
      head(height);
    } catch { /* send has said that the node is down */ }
  }
  setTimeout(poll, POLL_MS);
}

// What to subscribe to: {method, kind, options, listener, last}.  last: [block, index] of the newest notification.
const wanted = [];
let socket, failures = 0, nextId = 1, requests, subscriptions, toldTo = -1; // toldTo: the newest block the WebSocket told of

/** Subscribes now and whenever the connection is made again.  What plimsoll_subscribe has to tell of the time between is
 * told then, each notification once; since: of the blocks after that one, too. */
export function subscribe(method, kind, options, listener, since = null) {
  const want = { method, kind, options, listener, last: since === null ? null : [since, Infinity] };
  wanted.push(want);
  if (socket?.readyState === WebSocket.OPEN) askFor(want);
}

function askFor(want) {
  const { method, kind, options, last } = want, id = nextId++, isReplay = last && method === 'plimsoll_subscribe';
  const given = isReplay ? { ...options, fromBlock: hexOf(last[0]) } : options;
  requests.set(id, want);
  socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params: given ? [kind, given] : [kind] }));
}

/** A replay that is refused (the node has forgotten, or its chain went back) begins anew. */
function subscribed({ id, result }) {
  const want = requests.get(id);
  requests.delete(id);
  if (result) subscriptions.set(result, want);
  else if (want.last) {
    want.last = null;
    askFor(want);
  }
}

function notified({ subscription, result }) {
  const want = subscriptions.get(subscription);
  if (!want) return;
  if (want.method === 'plimsoll_subscribe') {
    const block = Number(result.block), [known, index] = want.last ?? [-1, -1];
    if (block === known && result.index <= index) return; // one before it is of a chain that went back
    want.last = [block, result.index];
  }
  want.listener(result);
}

function connect() {
  requests = new Map();
  subscriptions = new Map();
  socket = new WebSocket(location.origin.replace(/^http/, 'ws'));
  socket.onopen = () => {
    failures = 0;
    wanted.forEach(askFor);
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (requests.has(message.id)) subscribed(message);
    else if (message.params) {
      heardAt = Date.now();
      notified(message.params);
    }
  };
  socket.onclose = () => {
    for (const want of subscriptions.values()) if (toldTo > (want.last?.[0] ?? 0)) want.last = [toldTo - 1, Infinity];
    if (node.state === 'live') setState('polling');
    setTimeout(connect, RECONNECT_MS[Math.min(failures++, RECONNECT_MS.length - 1)]);
  };
}

export function start() {
  subscribe('eth_subscribe', 'newHeads', null, (header) => {
    setState('live');
    toldTo = Number(header.number);
    head(toldTo, true);
  });
  connect();
  poll();
}

// -- contracts ------------------------------------------------------------------------------------

// contracts-native/dispatch/address.h: "Plimsoll", kind, number.
const PREFIX = '0x506c696d736f6c6c0000000000000000';
const hex4 = (n) => n.toString(16).padStart(4, '0');
export const contract = (kind, index = 0) => PREFIX + hex4(kind) + hex4(index);
export const POOL = contract(5), RATES = contract(8), AGGREGATOR = contract(13);
const KINDS = ['', 'token', 'aToken', 'debt token', 'feed', 'Pool', 'Configurator', 'Price oracle', 'Rate strategy', 'Data provider',
  'UI data provider', 'Addresses provider', 'Access control', 'Oracle aggregator', 'Faucet', 'Multicall', 'Wallet balances',
  'UI incentives', 'Flash receiver'];

/** What a contract is called, or null for an account. */
export function label(address, markets) {
  if (address.toLowerCase() === '0xca11bde05977b3631167028862be2a173976ca11') return 'Multicall3';
  if (!address.startsWith(PREFIX)) return null;
  const kind = parseInt(address.slice(34, 38), 16), index = parseInt(address.slice(38), 16);
  const key = { 1: 'asset', 2: 'aToken', 3: 'debtToken' }[kind];
  const market = key && markets?.find((m) => m[key] === address);
  if (market) return { asset: '', aToken: 'a', debtToken: 'debt ' }[key] + market.symbol;
  return KINDS[kind] ? KINDS[kind] + (kind <= 4 ? ` ${index}` : '') : null;
}

/** A contract, to be asked: at(POOL).getUserAccountData(user). */
export const at = (address) => new Contract(address, abi, provider);

// Plimsoll's own notifications, as a bot in JavaScript has them: ethers 6 carries them, and what was
// missed is told again.
import assert from 'node:assert/strict';
import { Contract, NonceManager, Wallet, WebSocketProvider } from 'ethers';
import { FEED_ABI, KEYS, WETH, at, rpc, startNode, step } from './support.mjs';

const DEEP = 1200; // blocks: more than a node keeps the states of unless it is told to

const feedOf = (signer) => new Contract(at('feed', 0), [...FEED_ABI, 'function setAnswer(int256)'], signer);

/** A connection, and what it is told: next(id) is a subscription's next notification. */
async function listen(url) {
  const sockets = new WebSocketProvider(url.replace('http', 'ws'), undefined, { cacheTimeout: -1 });
  const notes = new Map();
  const awaited = new Map();
  await sockets.getNetwork();
  sockets.websocket.addEventListener('message', ({ data }) => {
    const { method, params } = JSON.parse(data);
    if (method !== 'plimsoll_subscription') return;
    const { subscription: id, result } = params;
    if (awaited.has(id)) awaited.get(id)(result), awaited.delete(id);
    else notes.set(id, [...(notes.get(id) ?? []), result]);
  });
  const next = (id) => new Promise((resolve, reject) => {
    const [first, ...rest] = notes.get(id) ?? [];
    if (first) return notes.set(id, rest), resolve(first);
    const timer = setTimeout(() => reject(new Error('nothing came')), 60000);
    return awaited.set(id, (note) => { clearTimeout(timer); resolve(note); });
  });
  return { sockets, next };
}

/** Everything from the first block on, of a node that keeps every state. */
async function askArchive(bin) {
  const node = await startNode(bin, ['--block-time', '2ms', '--history', 'all']);
  const { sockets, next } = await listen(node.url);
  const wallet = new Wallet(KEYS[5], sockets);
  const had = await sockets.getBalance(wallet.address);
  const feed = feedOf(wallet);
  const receipt = await (await feed.setAnswer((await feed.latestRoundData()).answer)).wait(1, 20000);

  while (await sockets.getBlockNumber() < DEEP) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await sockets.getBalance(wallet.address, 0), had);
  assert.ok(await sockets.getBalance(wallet.address) < had);
  assert.equal((await rpc(node.url, 'eth_capabilities')).state.oldestBlock, '0x0');
  const prices = await next(await sockets.send('plimsoll_subscribe', ['prices', { fromBlock: '0x1' }]));
  assert.equal(Number(prices.block), receipt.blockNumber);
  assert.equal(Number(prices.feed.price), Number(prices.feed.answer) / 1e8);
  const markets = await sockets.send('plimsoll_subscribe', ['markets', { fromBlock: '0x1' }]);
  const bands = await sockets.send('plimsoll_subscribe', ['healthBands', { fromBlock: '0x1' }]);
  for (const id of [markets, bands]) assert.equal(await sockets.send('plimsoll_unsubscribe', [id]), true);
  await sockets.destroy();
  assert.equal(await node.stop(), 0);
}

export async function run(url, { bin }) {
  const { sockets, next } = await listen(url);
  const wallet = new NonceManager(new Wallet(KEYS[5], sockets));
  const feed = feedOf(wallet);
  let told;

  await step('streams: a price that is set is told, with its block', async () => {
    const id = await sockets.send('plimsoll_subscribe', ['prices']);
    const { answer } = await feed.latestRoundData();
    const receipt = await (await feed.setAnswer(answer)).wait(1, 60000);
    told = await next(id);
    assert.equal(Number(told.block), receipt.blockNumber);
    assert.equal(told.feed.description, 'ETH / USD');
    assert.equal(told.feed.answer, String(answer));
    assert.equal(await sockets.send('plimsoll_unsubscribe', [id]), true);
  });
  await step('streams: who comes back later is told the same', async () => {
    const id = await sockets.send('plimsoll_subscribe', ['prices', { fromBlock: told.block }]);
    assert.deepEqual(await next(id), told);
    await assert.rejects(sockets.send('plimsoll_subscribe', ['prices', { fromBlock: '0xffffff' }]), (e) => e.error?.code === -32602);
    await assert.rejects(rpc(url, 'plimsoll_subscribe', 'prices'), (e) => e.code === -32601);
  });
  await step('streams: a bot asks before it acts', async () => {
    const user = await wallet.getAddress();
    const call = { from: user, to: WETH, data: '0x18160ddd' };
    const { calls, stateDiff } = await rpc(url, 'plimsoll_simulate', [call]);
    assert.equal(calls[0].status, 'success');
    assert.deepEqual(stateDiff, []);
    assert.equal((await rpc(url, 'plimsoll_quoteMax', { action: 'withdraw', asset: WETH, user })).exact, true);
    assert.ok((await rpc(url, 'plimsoll_whatIf', { shocks: { WETH: '-30%' } })).liquidatable >= 0);
    const { methods } = await rpc(url, 'rpc_discover');
    assert.ok(methods.some(({ name }) => name === 'plimsoll_subscribe'));
  });
  await step('streams: an archive has every state and tells of every block', () => askArchive(bin));
  await sockets.destroy();
}

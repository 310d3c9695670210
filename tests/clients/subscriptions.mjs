// What ethers 6 and viem hear: over WebSocket by subscriptions, over HTTP by filters.  A head is told
// only when all of its block can be asked for.
import assert from 'node:assert/strict';
import { Contract, JsonRpcProvider, NonceManager, Wallet, WebSocketProvider } from 'ethers';
import { createPublicClient, defineChain, http, parseAbi, webSocket } from 'viem';
import { KEYS, OTHER, TOKEN_ABI, WETH, rpc, step } from './support.mjs';

/** What an emitter says until there is enough of it; rejects after a minute. */
function heard(enough, begin) {
  const things = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`heard only ${things.length}`)), 60000);
    const end = begin((thing) => {
      things.push(thing);
      if (!enough(things)) return;
      clearTimeout(timer);
      Promise.resolve(end?.()).then(() => resolve(things), reject);
    }, reject);
  });
}

let placed = 0; // subscriptions and filters that the node has answered for
const isPlaced = (method) => { placed += /^eth_(subscribe|new\w*Filter)$/.test(method); };

/** Waits for so many of them, for a minute. */
async function places(count) {
  for (let i = 0; placed < count; i++) {
    if (i === 3000) throw new Error(`only ${placed} of ${count} subscriptions and filters`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  placed = 0;
}

/** A transport of viem that counts them. */
const counting = (transport) => (options) => {
  const made = transport(options);
  const request = async (asked, ...rest) => { const answer = await made.request(asked, ...rest); isPlaced(asked.method); return answer; };
  const subscribe = async (...asked) => { const answer = await made.value.subscribe(...asked); isPlaced('eth_subscribe'); return answer; };
  return { ...made, request, value: { ...made.value, ...(made.value?.subscribe && { subscribe }) } };
};

class CountingProvider extends WebSocketProvider {
  async send(method, params) { const answer = await super.send(method, params); isPlaced(method); return answer; }
}

export async function run(url) {
  const ws = url.replace('http', 'ws');
  const sockets = new CountingProvider(ws, undefined, { cacheTimeout: -1 });
  const polling = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 100 });
  const wallet = new NonceManager(new Wallet(KEYS[7], polling));
  const me = await wallet.getAddress();
  const token = new Contract(WETH, TOKEN_ABI, wallet);
  const chain = defineChain({ id: Number(await rpc(url, 'eth_chainId')), name: 'Plimsoll', nativeCurrency: { name: 'P', symbol: 'PLM', decimals: 18 }, rpcUrls: { default: { http: [url] } } });
  const clients = {
    'over WebSocket': createPublicClient({ chain, transport: counting(webSocket(ws)), cacheTime: 0 }),
    'by filters': createPublicClient({ chain, transport: counting(http()), pollingInterval: 100, cacheTime: 0 }),
  };
  const send = (value) => token.transfer(OTHER, value);

  await step('subscriptions: ethers 6 reads and sends over WebSocket', async () => {
    const signer = new Wallet(KEYS[6], sockets);
    assert.equal((await sockets.getNetwork()).chainId, BigInt(chain.id));
    const receipt = await (await signer.sendTransaction({ to: OTHER, value: 1n })).wait(1, 60000);
    assert.equal(receipt.status, 1);
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => sockets.getCode(OTHER))), ['0x', '0x', '0x']);
    await assert.rejects(new Contract(WETH, TOKEN_ABI, signer).transfer.staticCall(OTHER, 2n ** 200n), (e) => e.revert?.name === 'ERC20InsufficientBalance');
  });
  await step('subscriptions: ethers 6 hears heads without a gap', async () => {
    const heights = await heard((all) => all.length === 5, (hear) => {
      sockets.on('block', hear);
      return () => sockets.off('block', hear);
    });
    assert.deepEqual(heights, heights.map((_, i) => heights[0] + i));
  });
  await step('subscriptions: a head is told when its block, receipts and state can be asked for', async () => {
    const id = await sockets.send('eth_subscribe', ['newHeads']);
    const sent = send(11n).then((tx) => tx.wait(1, 60000));
    const checks = [];
    await heard((all) => all.length === 6, (hear, fail) => {
      const listen = ({ data }) => {
        const { method, params } = JSON.parse(data);
        if (method !== 'eth_subscription' || params.subscription !== id) return;
        const head = params.result;
        checks.push(Promise.all([
          rpc(url, 'eth_getBlockByHash', head.hash, false), rpc(url, 'eth_getBlockReceipts', head.hash), rpc(url, 'eth_getBalance', me, head.number), rpc(url, 'eth_blockNumber'),
        ]).then(([block, receipts, balance, number]) => {
          const { transactions, size, uncles, ...header } = block;
          assert.deepEqual(Object.fromEntries(Object.entries(head).filter(([key]) => !['transactions', 'size', 'uncles'].includes(key))), header);
          assert.equal(receipts.length, transactions.length);
          assert.match(balance, /^0x/);
          assert.ok(BigInt(number) >= BigInt(head.number));
        }).catch(fail));
        hear(head);
      };
      sockets.websocket.addEventListener('message', listen);
      return () => sockets.websocket.removeEventListener('message', listen);
    });
    await Promise.all([...checks, sent]);
    assert.equal(await sockets.send('eth_unsubscribe', [id]), true);
    await assert.rejects(sockets.send('eth_unsubscribe', [id]), /subscription not found/);
    await assert.rejects(rpc(url, 'eth_subscribe', 'newHeads'), (e) => e.code === -32601 || assert.fail(`${e.code} ${e.message}`));
  });
  await step('subscriptions: ethers 6 hears contract events and waiting transactions', async () => {
    placed = 0;
    const listening = new Contract(WETH, TOKEN_ABI, sockets);
    const filter = listening.filters.Transfer(me, OTHER);
    const events = heard((all) => all.length === 2, (hear) => {
      listening.on(filter, (event) => hear(event.args?.value ?? event));
      return () => listening.removeAllListeners();
    });
    const pending = heard((all) => all.length === 2, (hear) => {
      sockets.on('pending', hear);
      return () => sockets.off('pending', hear);
    });
    await places(2);
    const sent = [await send(21n), await send(22n)];
    assert.deepEqual(await events, [21n, 22n]);
    assert.deepEqual(await pending, sent.map((tx) => tx.hash));
    await sent[1].wait(1, 60000);
  });
  for (const [how, client] of Object.entries(clients)) {
    await step(`subscriptions: viem watches blocks, events and waiting transactions ${how}`, async () => {
      const watch = (name, options, enough) => heard(enough, (hear, onError) => client[name]({ onError, ...options(hear) }));
      const blocks = watch('watchBlockNumber', (hear) => ({ onBlockNumber: hear, emitMissed: true }), (all) => all.length === 4);
      const events = watch('watchContractEvent', (hear) => ({ address: WETH, abi: parseAbi(TOKEN_ABI), eventName: 'Transfer', args: { from: me }, onLogs: (logs) => logs.forEach((log) => hear(log.args.value)) }), (all) => all.length === 2);
      const hashes = watch('watchPendingTransactions', (hear) => ({ onTransactions: (all) => all.forEach((hash) => hear(hash)) }), (all) => all.length >= 2);
      await places(how === 'by filters' ? 2 : 3); // a block's number is polled
      const sent = [await send(31n), await send(32n)];
      assert.deepEqual(await events, [31n, 32n]);
      assert.deepEqual((await hashes).slice(0, 2), sent.map((tx) => tx.hash));
      const heights = await blocks;
      assert.deepEqual(heights, heights.map((_, i) => heights[0] + BigInt(i)));
      await sent[1].wait(1, 60000);
    });
  }
  await sockets.destroy();
  polling.destroy();
  (await clients['over WebSocket'].transport.getRpcClient()).close();
}

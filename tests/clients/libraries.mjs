// Smaller libraries: EthereumJS, which makes blocks from what a node tells and computes their hashes; micro-eth-signer,
// a wallet's core; eth-provider, which Frame and dapps connect with; a provider for ethers that gathers calls.
import assert from 'node:assert/strict';
import { createBlockFromJSONRPCProvider, createBlockFromRPC } from '@ethereumjs/block';
import { Hardfork, Mainnet, createCustomCommon } from '@ethereumjs/common';
import ethProvider from 'eth-provider';
import { Contract, Interface, JsonRpcProvider } from 'ethers';
import multicall from 'ethers-multicall-provider';
import { Transaction, addr } from 'micro-eth-signer';
import { RpcClient } from 'micro-eth-signer/net.js';
import { history } from 'micro-eth-signer/net/history.js';
import { tokenBalances } from 'micro-eth-signer/net/tokens.js';
import { DAI, FEED_ABI, KEYS, OTHER, POOL_ABI, TOKEN_ABI, USDC, WETH, at, rpc, step } from './support.mjs';

const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;
const quantity = (n) => `0x${n.toString(16)}`;
const token = new Interface(TOKEN_ABI);
const balanceOf = async (url, asset, owner, block = 'latest') => BigInt(await rpc(url, 'eth_call', { to: asset, data: token.encodeFunctionData('balanceOf', [owner]) }, block));

/** Asks a node for micro-eth-signer, which comes without a network. */
const transportOf = (url) => ({ call: (method, ...params) => rpc(url, method, ...params) });

async function ethereumjs(url) {
  const common = createCustomCommon({ chainId: Number(await rpc(url, 'eth_chainId')) }, Mainnet, { hardfork: Hardfork.London });
  await step('ethereumjs: computes the hash, the roots and the senders of the last fifty blocks', async () => {
    const head = Number(await rpc(url, 'eth_blockNumber'));
    let transactions = 0;
    for (let height = Math.max(0, head - 50); height <= head; height++) {
      const told = await rpc(url, 'eth_getBlockByNumber', quantity(height), true);
      const block = createBlockFromRPC(told, [], { common });
      assert.equal(hex(block.hash()), told.hash);
      assert.ok(await block.transactionsTrieIsValid());
      assert.equal(BigInt(block.serialize().length), BigInt(told.size));
      for (const [i, transaction] of block.transactions.entries()) {
        assert.equal(hex(transaction.hash()), told.transactions[i].hash);
        assert.equal(transaction.getSenderAddress().toString(), told.transactions[i].from);
        assert.equal(hex(transaction.serialize()), await rpc(url, 'debug_getRawTransaction', told.transactions[i].hash));
        transactions++;
      }
    }
    assert.ok(transactions > 0, 'there was no transaction');
  });
  await step('ethereumjs: asks for a block itself', async () => {
    const block = await createBlockFromJSONRPCProvider(url, 'latest', { common });
    assert.equal((await rpc(url, 'eth_getBlockByNumber', quantity(block.header.number), false)).hash, hex(block.hash()));
  });
}

async function microEthSigner(url) {
  const node = new RpcClient(transportOf(url));
  const me = addr.fromPrivateKey(KEYS[4]);
  const send = async (fields, policy) => {
    const prepared = await node.prepare({ from: me, ...fields }, policy);
    // Without noise of its own: Node 18 has no global crypto to make it from.
    const signed = Transaction.prepare(prepared).signBy(KEYS[4], false);
    return node.waitForReceipt(await node.broadcast(signed), { timeoutMs: 60000, pollIntervalMs: 50 });
  };
  await step('micro-eth-signer: fills in by either of its ways, signs, sends and waits', async () => {
    for (const policy of [undefined, 'ethers_v6']) {
      const { status, gasUsed } = await send({ to: OTHER, value: 3n }, policy);
      assert.deepEqual([Number(status), BigInt(gasUsed)], [1, 21000n]);
    }
  });
  await step('micro-eth-signer: reads coins and tokens, many at once', async () => {
    const { [me]: coins } = await node.ethBalances([me, OTHER]);
    assert.equal(coins, BigInt(await rpc(url, 'eth_getBalance', me, 'latest')));
    const balances = await tokenBalances(node, me, [WETH, USDC, DAI]);
    for (const asset of [WETH, USDC, DAI]) assert.equal(balances[asset].get(1n), await balanceOf(url, asset, me));
  });
  await step('micro-eth-signer: finds the history of an account in the logs, which adds up to what it has', async () => {
    await send({ to: WETH, data: token.encodeFunctionData('transfer', [OTHER, 5n]) });
    let moved = 0n;
    for await (const { tokenTransfers } of history(node, me, { depth: 'full', source: 'logs' }))
      for (const { contract, from, to, tokens } of tokenTransfers ?? []) {
        if (contract.toLowerCase() !== WETH) continue;
        const amount = tokens.get(1n);
        if (from.toLowerCase() === me.toLowerCase()) moved -= amount;
        if (to.toLowerCase() === me.toLowerCase()) moved += amount;
      }
    assert.notEqual(moved, 0n);
    assert.equal((await balanceOf(url, WETH, me, '0x0')) + moved, await balanceOf(url, WETH, me));
  });
  await step('micro-eth-signer: a dry run says why', async () => {
    const dry = await node.dryRun({ from: me, to: WETH, data: token.encodeFunctionData('transfer', [OTHER, 2n ** 200n]) });
    assert.equal(dry.success, false);
    assert.ok(dry.data.startsWith(token.getError('ERC20InsufficientBalance').selector));
  });
}

async function ethProviders(url) {
  for (const [kind, target] of [['HTTP', url], ['WebSocket', url.replace('http', 'ws')]]) {
    const provider = ethProvider(target);
    await step(`eth-provider: connects, asks and is told errors over ${kind}`, async () => {
      assert.equal(await provider.request({ method: 'eth_chainId' }), await rpc(url, 'eth_chainId'));
      assert.equal(await provider.request({ method: 'eth_getBalance', params: [OTHER, '0x0'] }), await rpc(url, 'eth_getBalance', OTHER, '0x0'));
      const call = { method: 'eth_call', params: [{ from: OTHER, to: WETH, data: token.encodeFunctionData('transfer', [OTHER, 2n ** 200n]) }, 'latest'] };
      // Over HTTP it keeps the data of an error to itself.
      await assert.rejects(provider.request(call), ({ code, message, data }) => code === 3 && message === 'execution reverted' && (kind === 'HTTP' || data.startsWith('0xe450d38c')));
      await assert.rejects(provider.request({ method: 'eth_nothing' }), ({ message }) => message.includes('does not exist'));
    });
    if (kind === 'WebSocket')
      await step('eth-provider: hears of new heads', async () => {
        const [head] = await new Promise((resolve, reject) => {
          const heads = [];
          setTimeout(reject, 60000, new Error('no heads')).unref();
          provider.on('message', ({ type, data: { result } }) => type === 'eth_subscription' && heads.push(result) === 2 && resolve(heads));
          provider.request({ method: 'eth_subscribe', params: ['newHeads'] }).catch(reject);
        });
        assert.equal((await rpc(url, 'eth_getBlockByNumber', head.number, false)).hash, head.hash);
      });
    provider.close();
  }
}

async function multicallProvider(url) {
  await step('ethers-multicall-provider: makes one call of many, failures apart', async () => {
    const provider = multicall.MulticallWrapper.wrap(new JsonRpcProvider(url, undefined, { cacheTimeout: -1 }));
    await provider.getNetwork();
    const asked = [];
    provider.on('debug', ({ action, payload }) => action === 'sendRpcPayload' && asked.push(...[payload].flat().map(({ method }) => method)));
    const pool = new Contract(at('pool'), POOL_ABI, provider);
    const tokens = [WETH, USDC, DAI].map((asset) => new Contract(asset, TOKEN_ABI, provider));
    const [reserves, account, refused, ...balances] = await Promise.all([
      pool.getReservesList(),
      pool.getUserAccountData(OTHER),
      new Contract(at('feed'), FEED_ABI, provider).getRoundData(99999).catch(({ value }) => value),
      ...tokens.map((contract) => contract.balanceOf(OTHER)),
    ]);
    assert.equal(asked.filter((method) => method === 'eth_call').length, 1);
    assert.deepEqual([reserves.length, account.length], [5, 6]);
    // What a call reverts with it gives to ethers as its result, which cannot read that.
    assert.equal(new Interface([]).parseError(refused).args[0], 'No data present');
    for (const [i, asset] of [WETH, USDC, DAI].entries()) assert.equal(balances[i], await balanceOf(url, asset, OTHER));
    provider.destroy();
  });
}

export async function run(url) {
  await microEthSigner(url);
  await ethereumjs(url);
  await ethProviders(url);
  await multicallProvider(url);
}

// What an indexer relies on, checked the long way round: after some hundred random transactions every
// block from genesis on is taken apart and put together again from what the node says of its parts.
import assert from 'node:assert/strict';
import {
  AbiCoder, Interface, Transaction, Wallet, concat, encodeRlp, getAddress, id, keccak256, toBeArray, toBeHex, toQuantity,
} from 'ethers';
import { FAUCET_ABI, KEYS, MULTICALL, OTHER, POOL_ABI, TOKEN_ABI, USDC, WETH, at, post, rpc, step } from './support.mjs';

const COUNT = 400;
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** A small generator of good numbers (mulberry32), so that a seed tells the whole run. */
function randomOf(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

// -- traffic --------------------------------------------------------------------------

const token = new Interface(TOKEN_ABI);
const pool = new Interface(POOL_ABI);
const faucet = new Interface(FAUCET_ABI);
const many = new Interface(['function tryAggregate(bool requireSuccess, (address target, bytes callData)[] calls)']);
const aggregated = (calls) => ({ to: MULTICALL, data: many.encodeFunctionData('tryAggregate', [false, calls]), gasLimit: 300000 });

/** One random call; about a third of them fail. */
function callOf(random, me) {
  const amount = 10n ** 12n * BigInt(1 + random(1000));
  const erc20 = (name, ...args) => ({ to: WETH, data: token.encodeFunctionData(name, args), gasLimit: 100000 });
  const lending = (name, ...args) => ({ to: at('pool'), data: pool.encodeFunctionData(name, args), gasLimit: 500000 });
  const choices = [
    () => ({ to: OTHER, value: amount, gasLimit: 21000 }),
    () => ({ to: toBeHex(random(2 ** 31), 20), value: 1n, data: toBeHex(random(2 ** 31), 40), gasLimit: 30000 }),
    () => erc20('transfer', OTHER, amount),
    () => erc20('transfer', OTHER, 2n ** 200n),
    () => ({ ...erc20('transfer', OTHER, amount), gasLimit: 22500 }), // runs out of gas
    () => erc20('approve', at('pool'), 2n ** 255n),
    () => lending('supply', WETH, amount, me, 0),
    () => lending('withdraw', WETH, amount, me),
    () => lending('borrow', WETH, amount / 10n, 2, 0, me),
    () => lending('borrow', USDC, 2n ** 100n, 2, 0, me),
    () => lending('repay', WETH, amount, 2, me),
    () => ({ to: at('faucet'), data: faucet.encodeFunctionData('drip', [USDC, me]), gasLimit: 100000 }),
    () => ({ to: at('pool'), data: '0xdeadbeef', gasLimit: 60000 }),
    () => aggregated([[WETH, token.encodeFunctionData('approve', [OTHER, amount])], [WETH, token.encodeFunctionData('transfer', [OTHER, 2n ** 200n])]]),
  ];
  return choices[random(choices.length)]();
}

function feesOf(random) {
  const price = 10n ** 9n + BigInt(random(1000));
  const accessList = random(3) ? [] : [{ address: WETH, storageKeys: Array.from({ length: random(3) }, () => toBeHex(random(2 ** 31), 32)) }];
  const extra = accessList.reduce((gas, { storageKeys }) => gas + 2400 + 1900 * storageKeys.length, 0);
  const kinds = [
    { type: 0, gasPrice: price },
    { type: 1, gasPrice: price, accessList, extra },
    { type: 2, maxFeePerGas: price * 2n, maxPriorityFeePerGas: BigInt(random(2)) * BigInt(random(10 ** 9)), accessList, extra },
  ];
  return kinds[random(kinds.length)];
}

async function batch(url, calls) {
  const results = [];
  for (let i = 0; i < calls.length; i += 200) {
    const part = calls.slice(i, i + 200).map(([method, ...params], j) => ({ jsonrpc: '2.0', id: j, method, params }));
    const answers = await (await post(url, JSON.stringify(part))).json();
    answers.sort((a, b) => a.id - b.id);
    for (const { error, result } of answers) {
      if (error) throw new Error(`${error.code} ${error.message}`);
      results.push(result);
    }
  }
  return results;
}

async function sendTraffic(url, random) {
  const chainId = Number(await rpc(url, 'eth_chainId'));
  const wallets = [8, 9].map((i) => new Wallet(KEYS[i]));
  const nonces = await Promise.all(wallets.map(async ({ address }) => Number(await rpc(url, 'eth_getTransactionCount', address, 'pending'))));
  const raws = [];
  for (let i = 0; i < COUNT; i++) {
    const who = random(wallets.length);
    const { extra = 0, ...fees } = feesOf(random);
    const call = callOf(random, wallets[who].address);
    raws.push(await wallets[who].signTransaction({ chainId, nonce: nonces[who]++, ...call, gasLimit: call.gasLimit + extra, ...fees }));
  }
  // A few at a time, so that blocks of many sizes come of it.
  for (let i = 0; i < raws.length;) {
    const size = 1 + random(40);
    await batch(url, raws.slice(i, i + size).map((raw) => ['eth_sendRawTransaction', raw]));
    i += size;
    await new Promise((resolve) => setTimeout(resolve, random(150)));
  }
  for (let tries = 0; ; tries++) {
    const receipts = await batch(url, raws.map((raw) => ['eth_getTransactionReceipt', keccak256(raw)]));
    if (receipts.every((receipt) => receipt)) return receipts;
    assert.ok(tries < 600, 'some transactions are in no block');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

// -- Ethereum's hashes, from the yellow paper --------------------------------------------

const EMPTY_ROOT = keccak256('0x80');
const quantity = (hex) => (BigInt(hex) === 0n ? '0x' : toBeHex(BigInt(hex)));

/** The nibbles of a path with their prefix, as bytes. */
function compact(nibbles, isLeaf) {
  const flag = (isLeaf ? 2 : 0) + (nibbles.length % 2);
  const all = nibbles.length % 2 ? [flag, ...nibbles] : [flag, 0, ...nibbles];
  return Uint8Array.from({ length: all.length / 2 }, (_, i) => all[2 * i] * 16 + all[2 * i + 1]);
}

/** The node over entries [nibbles, value] that share their first depth nibbles. */
function trieNode(entries, depth) {
  const [[first, value]] = entries;
  if (entries.length === 1) return [compact(first.slice(depth), true), value];
  let shared = depth;
  while (entries.every(([nibbles]) => shared < nibbles.length && nibbles[shared] === first[shared])) shared++;
  if (shared > depth) return [compact(first.slice(depth, shared), false), trieReference(entries, shared)];
  const branch = Array.from({ length: 16 }, (_, nibble) => {
    const below = entries.filter(([nibbles]) => nibbles[depth] === nibble);
    return below.length ? trieReference(below, depth + 1) : '0x';
  });
  return [...branch, entries.find(([nibbles]) => nibbles.length === depth)?.[1] ?? '0x'];
}

function trieReference(entries, depth) {
  const node = trieNode(entries, depth);
  const encoded = encodeRlp(node);
  return (encoded.length - 2) / 2 < 32 ? node : keccak256(encoded);
}

function trieRoot(values) {
  if (values.length === 0) return EMPTY_ROOT;
  const entries = values.map((value, i) => [[...encodeRlp(toBeArray(i)).slice(2)].map((digit) => parseInt(digit, 16)), value]);
  return keccak256(encodeRlp(trieNode(entries, 0)));
}

function bloomOf(logs) {
  const bloom = new Uint8Array(256);
  for (const item of logs.flatMap(({ address, topics }) => [address, ...topics])) {
    const hash = Buffer.from(keccak256(item).slice(2), 'hex');
    for (const i of [0, 2, 4]) {
      const bit = hash.readUInt16BE(i) & 2047;
      bloom[255 - (bit >> 3)] |= 1 << (bit & 7);
    }
  }
  return `0x${Buffer.from(bloom).toString('hex')}`;
}

const headerOf = (block) => encodeRlp([
  block.parentHash, block.sha3Uncles, block.miner, block.stateRoot, block.transactionsRoot, block.receiptsRoot, block.logsBloom,
  quantity(block.difficulty), quantity(block.number), quantity(block.gasLimit), quantity(block.gasUsed), quantity(block.timestamp),
  block.extraData, block.mixHash, block.nonce, quantity(block.baseFeePerGas),
]);

/** The signed bytes of a transaction, from its JSON. */
function rawOf(tx) {
  const fees = tx.type === '0x2' ? { maxFeePerGas: tx.maxFeePerGas, maxPriorityFeePerGas: tx.maxPriorityFeePerGas } : { gasPrice: tx.gasPrice };
  const list = tx.type === '0x0' ? {} : { accessList: tx.accessList };
  return Transaction.from({
    type: Number(tx.type), chainId: tx.chainId, nonce: Number(tx.nonce), to: tx.to, gasLimit: tx.gas, value: tx.value, data: tx.input,
    signature: { r: toBeHex(tx.r, 32), s: toBeHex(tx.s, 32), yParity: tx.type === '0x0' ? (Number(tx.v) - 35) % 2 : Number(tx.yParity) },
    ...fees, ...list,
  });
}

function receiptBytes({ type, status, cumulativeGasUsed, logsBloom, logs }) {
  const body = encodeRlp([quantity(status), quantity(cumulativeGasUsed), logsBloom, logs.map(({ address, topics, data }) => [address, topics, data])]);
  return type === '0x0' ? body : concat([type.replace('0x', '0x0'), body]);
}

// -- the checks -----------------------------------------------------------------------------

function checkTransaction(block, index, tx, receipt) {
  const rebuilt = rawOf(tx);
  assert.equal(rebuilt.hash, tx.hash);
  assert.equal(rebuilt.from, getAddress(tx.from));
  if (tx.type !== '0x0') assert.equal(tx.v, tx.yParity);
  const place = { blockHash: block.hash, blockNumber: block.number, transactionIndex: toQuantity(index) };
  for (const [field, value] of Object.entries(place)) {
    assert.equal(tx[field], value);
    assert.equal(receipt[field], value);
  }
  assert.equal(tx.blockTimestamp, block.timestamp);
  for (const field of ['from', 'to', 'type']) assert.equal(receipt[field], tx[field]);
  assert.equal(receipt.transactionHash, tx.hash);
  assert.equal(receipt.contractAddress, null);
  const base = BigInt(block.baseFeePerGas);
  const most = BigInt(tx.maxFeePerGas ?? tx.gasPrice);
  const tipped = base + BigInt(tx.maxPriorityFeePerGas ?? tx.gasPrice);
  const price = tipped < most ? tipped : most;
  assert.equal(BigInt(receipt.effectiveGasPrice), tx.type === '0x2' ? price : most);
  assert.equal(BigInt(tx.gasPrice), BigInt(receipt.effectiveGasPrice));
  assert.ok(BigInt(receipt.gasUsed) >= 21000n && BigInt(receipt.gasUsed) <= BigInt(tx.gas));
  if (receipt.status === '0x0') assert.deepEqual(receipt.logs, []);
  assert.equal(receipt.logsBloom, bloomOf(receipt.logs));
}

function checkBlock(block, receipts, logs, raws, rawHeader) {
  assert.equal(keccak256(headerOf(block)), block.hash);
  assert.equal(headerOf(block), rawHeader);
  assert.equal(receipts.length, block.transactions.length);
  let [gas, logIndex] = [0n, 0];
  for (const [i, tx] of block.transactions.entries()) {
    const receipt = receipts[i];
    checkTransaction(block, i, tx, receipt);
    assert.equal(rawOf(tx).serialized, raws[i]);
    gas += BigInt(receipt.gasUsed);
    assert.equal(BigInt(receipt.cumulativeGasUsed), gas);
    for (const log of receipt.logs) {
      assert.equal(Number(log.logIndex), logIndex++);
      assert.equal(log.removed, false);
      assert.equal(log.transactionHash, tx.hash);
      assert.equal(log.transactionIndex, receipt.transactionIndex);
      assert.equal(log.blockHash, block.hash);
      assert.equal(log.blockNumber, block.number);
      assert.equal(log.blockTimestamp, block.timestamp);
    }
  }
  const all = receipts.flatMap((receipt) => receipt.logs);
  assert.equal(BigInt(block.gasUsed), gas);
  assert.ok(gas <= BigInt(block.gasLimit));
  assert.equal(block.logsBloom, bloomOf(all));
  assert.equal(block.transactionsRoot, trieRoot(raws));
  assert.equal(block.receiptsRoot, trieRoot(receipts.map(receiptBytes)));
  assert.deepEqual(logs, all);
}

export async function run(url) {
  const random = randomOf(SEED);
  let [blocks, receiptLists] = [[], []];
  console.log(`     consistency: SEED=${SEED}`);

  await step(`consistency: ${COUNT} random transactions are each in a block`, async () => {
    const receipts = await sendTraffic(url, random);
    const failed = receipts.filter(({ status }) => status === '0x0').length;
    assert.ok(failed > COUNT / 20 && failed < COUNT * 0.8, `${failed} failed`);
  });
  await step('consistency: heights are dense, parents linked, times in order', async () => {
    const head = Number(await rpc(url, 'eth_blockNumber'));
    const heights = Array.from({ length: head + 1 }, (_, i) => toQuantity(i));
    blocks = await batch(url, heights.map((height) => ['eth_getBlockByNumber', height, true]));
    receiptLists = await batch(url, heights.map((height) => ['eth_getBlockReceipts', height]));
    assert.equal(BigInt(blocks[0].parentHash), 0n);
    for (const [i, block] of blocks.entries()) {
      assert.equal(block.number, heights[i]);
      if (i === 0) continue;
      assert.equal(block.parentHash, blocks[i - 1].hash);
      assert.ok(BigInt(block.timestamp) >= BigInt(blocks[i - 1].timestamp));
    }
    assert.ok(blocks.some((block) => block.transactions.length === 0));
    assert.ok(blocks.some((block) => block.transactions.length > 16)); // a trie of two levels
  });
  await step('consistency: every hash, root, bloom and sum is what its parts make it', async () => {
    const logs = await batch(url, blocks.map((block) => ['eth_getLogs', { blockHash: block.hash }]));
    const raws = await batch(url, blocks.flatMap((block) => block.transactions.map((tx) => ['debug_getRawTransaction', tx.hash])));
    const headers = await batch(url, blocks.map((block) => ['debug_getRawHeader', block.number]));
    for (const [i, block] of blocks.entries()) {
      try {
        checkBlock(block, receiptLists[i], logs[i], raws.splice(0, block.transactions.length), headers[i]);
      } catch (e) {
        e.message = `block ${i}, SEED=${SEED}: ${e.message}`;
        throw e;
      }
    }
  });
  await step('consistency: every way to ask for a thing gives the same thing', async () => {
    assert.deepEqual(await batch(url, blocks.map((block) => ['eth_getBlockByHash', block.hash, true])), blocks);
    const bare = await batch(url, blocks.map((block) => ['eth_getBlockByNumber', block.number, false]));
    assert.deepEqual(bare, blocks.map((block) => ({ ...block, transactions: block.transactions.map((tx) => tx.hash) })));
    assert.deepEqual(await batch(url, blocks.map((block) => ['eth_getBlockReceipts', { blockHash: block.hash }])), receiptLists);
    const transactions = blocks.flatMap((block) => block.transactions);
    assert.deepEqual(await batch(url, transactions.map((tx) => ['eth_getTransactionByHash', tx.hash])), transactions);
    assert.deepEqual(await batch(url, transactions.map((tx) => ['eth_getTransactionByBlockHashAndIndex', tx.blockHash, tx.transactionIndex])), transactions);
    assert.deepEqual(await batch(url, transactions.map((tx) => ['eth_getTransactionByBlockNumberAndIndex', tx.blockNumber, tx.transactionIndex])), transactions);
    assert.deepEqual(await batch(url, transactions.map((tx) => ['eth_getTransactionReceipt', tx.hash])), receiptLists.flat());
    const counts = await batch(url, blocks.map((block) => ['eth_getBlockTransactionCountByNumber', block.number]));
    assert.deepEqual(counts.map(Number), blocks.map((block) => block.transactions.length));
  });
  await step('consistency: no transaction is there twice, no nonce is left out', async () => {
    const transactions = blocks.flatMap((block) => block.transactions);
    const next = {};
    assert.equal(new Set(transactions.map((tx) => tx.hash)).size, transactions.length);
    for (const tx of transactions) {
      assert.equal(Number(tx.nonce), next[tx.from] ?? 0);
      next[tx.from] = Number(tx.nonce) + 1;
    }
  });
  await step('consistency: old state is the state of its time', async () => {
    // What is spent and sent in a block, against balances asked for block by block, as far back as a
    // slow machine keeps them.
    const recent = blocks.slice(-800);
    const receiptsOf = (block) => receiptLists[Number(block.number)];
    const payers = [8, 9].map((i) => new Wallet(KEYS[i]).address.toLowerCase());
    const moved = (from, to, value) => payers.map((payer) => (to === payer ? value : 0n) - (from === payer ? value : 0n));
    const owner = AbiCoder.defaultAbiCoder().encode(['address'], [OTHER]);
    for (const [i, payer] of payers.entries()) {
      const balances = await batch(url, recent.map(({ number }) => ['eth_getBalance', payer, number]));
      const nonces = await batch(url, recent.map(({ number }) => ['eth_getTransactionCount', payer, number]));
      for (let n = 1; n < recent.length; n++) {
        let [change, count] = [0n, 0];
        for (const [j, tx] of recent[n].transactions.entries()) {
          const { status, gasUsed, effectiveGasPrice } = receiptsOf(recent[n])[j];
          if (status === '0x1') change += moved(tx.from, tx.to, BigInt(tx.value))[i];
          if (tx.from === payer) change -= BigInt(gasUsed) * BigInt(effectiveGasPrice);
          if (tx.from === payer) count++;
        }
        assert.equal(BigInt(balances[n]) - BigInt(balances[n - 1]), change, `${payer} in block ${recent[n].number}`);
        assert.equal(Number(nonces[n]) - Number(nonces[n - 1]), count);
      }
    }
    const data = token.encodeFunctionData('balanceOf', [OTHER]);
    const balances = await batch(url, recent.map((block, n) => ['eth_call', { to: WETH, data }, n % 2 ? block.number : { blockHash: block.hash }]));
    for (let n = 1; n < recent.length; n++) {
      const logs = receiptsOf(recent[n]).flatMap((receipt) => receipt.logs).filter((log) => log.address === WETH && log.topics[0] === id('Transfer(address,address,uint256)'));
      const sum = (position) => logs.filter((log) => log.topics[position] === owner).reduce((total, log) => total + BigInt(log.data), 0n);
      assert.equal(BigInt(balances[n]) - BigInt(balances[n - 1]), sum(2) - sum(1), `block ${recent[n].number}`);
    }
  });
  await step('consistency: logs by range, address and topic are those of the receipts', async () => {
    const all = receiptLists.flat().flatMap((receipt) => receipt.logs);
    const toBlock = blocks.at(-1).number;
    const transfer = id('Transfer(address,address,uint256)');
    const word = AbiCoder.defaultAbiCoder().encode(['address'], [OTHER]);
    const ask = (filter) => rpc(url, 'eth_getLogs', { fromBlock: '0x0', toBlock, ...filter });
    assert.deepEqual(await ask({}), all);
    for (const address of [WETH, at('pool')]) assert.deepEqual(await ask({ address }), all.filter((log) => log.address === address));
    assert.deepEqual(await ask({ address: [WETH, USDC], topics: [transfer] }), all.filter((log) => [WETH, USDC].includes(log.address) && log.topics[0] === transfer));
    assert.deepEqual(await ask({ topics: [null, null, word] }), all.filter((log) => log.topics[2] === word));
    assert.deepEqual(await ask({ topics: [[transfer, id('Approval(address,address,uint256)')], null, [word]] }),
      all.filter((log) => [transfer, id('Approval(address,address,uint256)')].includes(log.topics[0]) && log.topics[2] === word));
    const pieces = [];
    for (let from = 0; from < blocks.length;) {
      const to = Math.min(from + random(9), blocks.length - 1);
      pieces.push(...(await rpc(url, 'eth_getLogs', { fromBlock: toQuantity(from), toBlock: toQuantity(to) })));
      from = to + 1;
    }
    assert.deepEqual(pieces, all);
    assert.ok(all.length > 100);
  });
}

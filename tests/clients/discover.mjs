// rpc_discover: an OpenRPC document by OpenRPC's own schema, which says of every method what it then answers.  A node of its
// own, for prices that fall: Alice lends, Bob's loan comes below water, and each method is asked about them.
import assert from 'node:assert/strict';
import { openrpcDocument } from '@open-rpc/meta-schema';
import Ajv from 'ajv/dist/2019.js';
import { Interface, Wallet } from 'ethers';
import { FEED_ABI, KEYS, POOL_ABI, TOKEN_ABI, USDC, WETH, at, rpc, startNode, step } from './support.mjs';

const abi = new Interface([...POOL_ABI, ...TOKEN_ABI, ...FEED_ABI, 'function setAnswer(int256)']);
const [ALICE, BOB] = KEYS.slice(0, 2).map((key) => new Wallet(key).address);
// Need a socket, refuse always, or would end the chain under the others.
const BEYOND = /^(eth_(un)?subscribe|plimsoll_(un)?subscribe|eth_getProof|plimsoll_submitReport|.*_set(Code|StorageAt|Coinbase))$/;

export async function run(_, { bin }) {
  const node = await startNode(bin, ['--dev']);
  const { url } = node;
  const ajv = new Ajv({ strict: false, allErrors: true });
  const validators = {};
  const asked = new Set();
  const document = await rpc(url, 'rpc_discover');

  /** Calls with each list of parameters; both they and the answers must be as the document says.  Answers the last. */
  async function check(name, ...calls) {
    let answer;
    for (const params of calls.length ? calls : [[]]) {
      const method = document.methods.find((m) => m.name === name);
      validators[name] ??= { result: ajv.compile(method.result.schema), params: method.params.map(({ schema }) => ajv.compile(schema)) };
      const { result, params: ofParams } = validators[name];
      assert.ok(params.length <= ofParams.length && params.length >= method.params.filter((p) => p.required).length, name);
      params.forEach((value, i) => assert.ok(value === null || ofParams[i](value), `${name}: ${JSON.stringify(ofParams[i].errors)}`));
      answer = await rpc(url, name, ...params);
      result(answer);
      assert.deepEqual(result.errors ?? [], [], `${name} answered ${JSON.stringify(answer).slice(0, 300)}`);
      asked.add(name);
    }
    return answer;
  }
  async function send(from, to, name, ...args) {
    const hash = await check('eth_sendTransaction', [{ from, to, data: abi.encodeFunctionData(name, args), gas: '0x1e8480' }]);
    for (;;) {
      const receipt = await check('eth_getTransactionReceipt', [hash]);
      if (receipt) return receipt;
    }
  }

  await step('discover: the document is OpenRPC, and knows what every method answers', async () => {
    const meta = new Ajv({ strict: false, validateFormats: false });
    const definitions = { JSONSchemaObject: { properties: { $ref: { type: 'string' } } } };
    // It refers to the schema of schemas by two names.  ajv itself judges those below.
    for (const name of ['https://meta.json-schema.tools', 'https://meta.json-schema.tools/']) meta.addSchema({ type: ['object', 'boolean'], definitions }, name);
    const isOpenRpc = meta.compile({ ...openrpcDocument, $schema: undefined });
    isOpenRpc(document);
    assert.deepEqual(isOpenRpc.errors ?? [], []);
    assert.deepEqual(await rpc(url, 'rpc.discover'), document);
    assert.deepEqual(document.methods.map((m) => m.name), Object.keys(await rpc(url, 'plimsoll_help')));
    assert.deepEqual(document.methods.filter((m) => Object.keys(m.result.schema).length === 0).map((m) => m.name), []);
  });

  await step('discover: a chain for tests answers as it says', async () => {
    await check('anvil_autoImpersonateAccount', [true]);
    for (const prefix of ['anvil', 'hardhat']) {
      await check(`${prefix}_impersonateAccount`, [ALICE]);
      await check(`${prefix}_stopImpersonatingAccount`, [ALICE]);
      await check(`${prefix}_setBalance`, [BOB, '0x21e19e0c9bab2400000']);
      await check(`${prefix}_setNonce`, [at('faucet'), '0x1']);
      await check(`${prefix}_mine`, ['0x2', '0x1']);
      await check(`${prefix}_setNextBlockBaseFeePerGas`, ['0x3b9aca00']);
      await check(`${prefix}_getAutomine`);
      await check(`${prefix}_dropTransaction`, [`0x${'12'.repeat(32)}`]);
    }
    await check('anvil_addBalance', [BOB, '1']);
    await check('evm_setAccountNonce', [at('faucet'), '0x2']);
    await check('anvil_dealERC20', [ALICE, WETH, '0x21e19e0c9bab2400000']);
    await check('anvil_setERC20Allowance', [ALICE, BOB, WETH, '0x1']);
    await check('anvil_dropAllTransactions');
    await check('evm_mine', [], [{ blocks: 2 }]);
    for (const prefix of ['anvil', 'evm']) {
      await check(`${prefix}_revert`, [await check(`${prefix}_snapshot`)], ['0xffff']);
      await check(`${prefix}_increaseTime`, [10]);
      const { timestamp } = await rpc(url, 'eth_getBlockByNumber', 'latest', false);
      await check(`${prefix}_setNextBlockTimestamp`, [Number(timestamp) + 100]);
      await check(`${prefix}_setTime`, [Number(timestamp) + 200]);
      await check(`${prefix}_setBlockGasLimit`, [(await rpc(url, 'eth_getBlockByNumber', 'latest', false)).gasLimit]);
      await check(`${prefix}_setIntervalMining`, [0]);
      await check(`${prefix}_setAutomine`, [true]);
    }
    await check('anvil_setBlockTimestampInterval', [1]);
    await check('anvil_removeBlockTimestampInterval', [], []);
  });

  await step('discover: the market answers as it says', async () => {
    await send(ALICE, USDC, 'approve', at('pool'), 2n ** 256n - 1n);
    await send(ALICE, at('pool'), 'supply', USDC, 100_000_000_000n, ALICE, 0);
    await send(BOB, WETH, 'approve', at('pool'), 2n ** 256n - 1n);
    await send(BOB, at('pool'), 'supply', WETH, 10n ** 19n, BOB, 0);
    await check('plimsoll_getHealth', [BOB], [ALICE, '0x1'], [at('faucet')]);
    assert.equal((await send(BOB, at('pool'), 'borrow', USDC, 20_000_000_000n, 2, 0, BOB)).status, '0x1');
    await check('plimsoll_quoteMax', ...['borrow', 'withdraw'].flatMap((action) => [WETH, USDC].map((asset) => [{ action, asset, user: BOB }])));
    await check('plimsoll_whatIf', [{ shocks: { WETH: '-30%' } }], [{ account: BOB, shocks: { WETH: '-30%' } }], [{ account: ALICE }]);
    await check('plimsoll_quoteLiquidation', [WETH, USDC, BOB, 'max']);
    await send(ALICE, at('feed'), 'setAnswer', 2288_00000000n);
    for (const name of ['plimsoll_liquidatable', 'plimsoll_atRisk']) {
      assert.equal((await check(name, ['latest', { below: '1.5', limit: 5 }], ['0x1'], [])).accounts[0].address, BOB.toLowerCase());
    }
    assert.equal((await check('plimsoll_quoteLiquidation', [WETH, USDC, BOB, '1000000000', false, 'latest', ALICE])).reverts, null);
    const call = (to, name, ...args) => ({ from: BOB, to, data: abi.encodeFunctionData(name, args) });
    const { calls } = await check('plimsoll_simulate', [[call(WETH, 'transfer', ALICE, 1n), call(at('pool'), 'withdraw', WETH, 10n ** 19n, BOB), '0x02']]);
    assert.deepEqual(calls.map((c) => c.status), ['success', 'reverted', 'refused']);
    await check('plimsoll_getProof', [{ account: BOB }], [[{ account: at('faucet') }, { table: 'account', key: ALICE }], '0x1']);
    for (const name of ['help', 'markets', 'oracleInfo', 'status']) await check(`plimsoll_${name}`);
  });

  await step('discover: Ethereum answers as it says', async () => {
    const block = await check('eth_getBlockByNumber', ['latest', false], ['latest', true], ['0xffffff', true]);
    assert.equal(block, null);
    const { hash, transactions: [sent], number } = await rpc(url, 'eth_getBlockByNumber', 'latest', false);
    const nothing = `0x${'12'.repeat(32)}`;
    const call = { from: BOB, to: WETH, data: abi.encodeFunctionData('transfer', [ALICE, 1n]) };
    await check('eth_getBlockByHash', [hash, true], [nothing, false]);
    for (const name of ['eth_getBlockReceipts', 'eth_getBlockTransactionCountByNumber', 'eth_getUncleCountByBlockNumber']) await check(name, [number], ['0xffffff']);
    for (const name of ['eth_getBlockTransactionCountByHash', 'eth_getUncleCountByBlockHash']) await check(name, [hash], [nothing]);
    await check('eth_getTransactionByHash', [sent], [nothing]);
    for (const name of ['eth_getTransactionByBlockHashAndIndex', 'eth_getUncleByBlockHashAndIndex']) await check(name, [hash, '0x0'], [nothing, '0x0']);
    for (const name of ['eth_getTransactionByBlockNumberAndIndex', 'eth_getUncleByBlockNumberAndIndex']) await check(name, [number, '0x0']);
    for (const name of ['Block', 'Header', 'Receipts']) await check(`debug_getRaw${name}`, [number]);
    const raw = await check('debug_getRawTransaction', [nothing], [sent]);
    await assert.rejects(rpc(url, 'eth_sendRawTransaction', raw));
    assert.ok((await check('eth_getLogs', [{ fromBlock: '0x0' }])).length > 0);
    for (const name of ['eth_getBalance', 'eth_getTransactionCount', 'eth_getCode']) await check(name, [WETH, 'latest'], [BOB, { blockHash: hash }]);
    await check('eth_getStorageAt', [WETH, '0x0', 'latest']);
    await check('eth_call', [call, 'latest', { [BOB]: { balance: '0x1' } }, { time: '0xffffffff' }], [{ to: BOB }]);
    await check('eth_estimateGas', [call, 'latest']);
    await check('eth_fillTransaction', [call], [{ ...call, type: '0x0' }]);
    await check('eth_createAccessList', [call], [{ ...call, from: at('faucet') }]);
    await check('eth_feeHistory', ['0x3', 'latest', [10, 50]], [2, 'latest']);
    const plain = { to: BOB, gasLimit: 30000n, gasPrice: 10n ** 9n, type: 0, chainId: 20260n };
    const sign = async (nonce) => [await new Wallet(KEYS[3]).signTransaction({ ...plain, nonce })];
    const filters = [await check('eth_newFilter', [{}]), await check('eth_newBlockFilter'), await check('eth_newPendingTransactionFilter', [], [true])];
    await check('eth_sendRawTransaction', await sign(1));
    for (const name of ['content', 'inspect', 'status']) await check(`txpool_${name}`);
    await check('txpool_contentFrom', [new Wallet(KEYS[3]).address]);
    await check('eth_sendRawTransactionSync', await sign(0));
    await check('eth_getFilterChanges', ...filters.map((id) => [id]));
    await check('eth_getFilterLogs', [filters[0]]);
    await check('eth_uninstallFilter', ...filters.map((id) => [id]), [filters[0]]);
    for (const name of ['accounts', 'baseFee', 'blobBaseFee', 'blockNumber', 'capabilities', 'chainId', 'coinbase', 'gasPrice', 'hashrate', 'maxPriorityFeePerGas', 'mining', 'protocolVersion', 'syncing']) await check(`eth_${name}`);
    for (const name of ['net_listening', 'net_peerCount', 'net_version', 'web3_clientVersion', 'rpc_discover', 'rpc.discover']) await check(name);
    await check('web3_sha3', ['0x68656c6c6f']);
  });

  await step('discover: no method went unasked', async () => {
    for (const prefix of ['anvil', 'hardhat']) await check(`${prefix}_reset`, [], [{ forking: {} }]);
    assert.deepEqual(document.methods.map((m) => m.name).filter((name) => !asked.has(name) && !BEYOND.test(name)), []);
  });
  await node.stop();
}

// Every eth_, net_ and web3_ method's results against the schemas of Ethereum's execution-apis, on a
// chain with empty blocks, transactions of each type, logs and failures.  No method goes unchecked.
import assert from 'node:assert/strict';
import specs from '@metamask/api-specs';
import Ajv from 'ajv/dist/2019.js';
import { Contract, JsonRpcProvider, Wallet } from 'ethers';
import { FAUCET_ABI, KEYS, OTHER, TOKEN_ABI, WETH, at, rpc, step } from './support.mjs';

const SPEC = structuredClone(specs.MetaMaskOpenRPCDocument);
const { schemas } = SPEC.components;
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });
const array = (items) => ({ type: 'array', items });
const either = (...oneOf) => ({ oneOf });
const object = (required, optional = {}) => ({ type: 'object', required: Object.keys(required), additionalProperties: false, properties: { ...required, ...optional } });
const UINT = ref('uint');
const BOOLEAN = { type: 'boolean' };

// The package is older than blockTimestamp, which the specification has since added, and forbids
// unknown fields of transactions where it cannot know those of the other branch.
const [context] = schemas.TransactionInfo.allOf;
schemas.Log.properties.blockTimestamp = UINT;
context.properties.blockTimestamp = UINT;
context.required.push('blockTimestamp');
delete context.unevaluatedProperties;
schemas.TransactionInfo.unevaluatedProperties = false;
// A quirk: [] matches two of FilterResults' branches at once.
schemas.FilterResults = { anyOf: schemas.FilterResults.oneOf };

// Another: TransactionInfo cannot say that a transaction is in no block yet.
const NULL = { type: 'null' };
const place = { blockHash: NULL, blockNumber: NULL, blockTimestamp: NULL, transactionIndex: NULL, from: ref('address'), hash: ref('hash32') };
const WAITING = { type: 'object', allOf: [{ required: Object.keys(place), properties: place }, ref('TransactionSigned')], unevaluatedProperties: false };

const keyed = (pattern, value) => ({ type: 'object', additionalProperties: false, patternProperties: { [pattern]: value } });
const byNonce = (value) => keyed('^(0|[1-9][0-9]*)$', value);
const bySender = (value) => keyed('^0x[0-9a-fA-F]{40}$', byNonce(value));
const pools = (value) => object({ pending: value, queued: value });

const KEPT = object({ disabled: BOOLEAN, oldestBlock: UINT });

// go-ethereum's transaction before it is signed: fees of another type are null.
const fee = either(NULL, UINT);
const FILLED = object(
  { hash: ref('hash32'), gasPrice: fee, maxFeePerGas: fee, maxPriorityFeePerGas: fee, to: ref('address'), type: UINT, chainId: UINT, nonce: UINT, gas: UINT, value: UINT, input: ref('bytes'), v: UINT, r: UINT, s: UINT },
  { accessList: ref('AccessList'), yParity: UINT },
);

// What the package leaves out, as the execution-apis and go-ethereum have it.
const OTHERS = {
  debug_getRawBlock: ref('bytes'),
  debug_getRawHeader: ref('bytes'),
  debug_getRawReceipts: array(ref('bytes')),
  debug_getRawTransaction: ref('bytes'),
  eth_baseFee: UINT,
  eth_blobBaseFee: UINT,
  eth_capabilities: object({ head: object({ number: UINT, hash: ref('hash32') }), ...Object.fromEntries(['state', 'tx', 'logs', 'receipts', 'blocks'].map((name) => [name, KEPT])), stateproofs: object({ disabled: BOOLEAN }) }),
  eth_fillTransaction: object({ raw: ref('bytes'), tx: FILLED }),
  eth_createAccessList: object({ accessList: ref('AccessList'), gasUsed: UINT }, { error: { type: 'string' } }),
  eth_getBlockReceipts: either(ref('notFound'), array(ref('ReceiptInfo'))),
  eth_getUncleByBlockHashAndIndex: ref('notFound'),
  eth_getUncleByBlockNumberAndIndex: ref('notFound'),
  eth_hashrate: UINT,
  eth_maxPriorityFeePerGas: UINT,
  eth_mining: BOOLEAN,
  eth_protocolVersion: UINT,
  eth_sendRawTransactionSync: ref('ReceiptInfo'),
  net_listening: BOOLEAN,
  net_peerCount: UINT,
  net_version: { type: 'string', pattern: '^[1-9][0-9]*$' },
  txpool_content: pools(bySender(WAITING)),
  txpool_contentFrom: pools(byNonce(WAITING)),
  txpool_inspect: pools(bySender({ type: 'string' })),
  txpool_status: pools(UINT),
  web3_sha3: ref('bytes32'),
};
const schemaOf = (name) => OTHERS[name] ?? SPEC.methods.find((method) => method.name === name)?.result.schema;

export async function run(url) {
  const ajv = new Ajv({ strict: false, allErrors: true });
  const validators = {};
  const validated = new Set();
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 100 });
  const wallet = new Wallet(KEYS[8], provider);
  const token = new Contract(WETH, TOKEN_ABI, wallet);
  const methods = Object.keys(await rpc(url, 'plimsoll_help'));
  const mined = async (sent) => (await sent).wait(1, 60000);

  function validate(name, result) {
    validators[name] ??= ajv.compile({ ...schemaOf(name), components: SPEC.components });
    validators[name](result);
    assert.deepEqual(validators[name].errors ?? [], [], `${name} answered ${JSON.stringify(result).slice(0, 300)}`);
    validated.add(name);
  }
  /** Calls with each list of parameters and validates; answers the results. */
  async function check(name, ...calls) {
    const answers = [];
    for (const params of calls.length ? calls : [[]]) {
      const result = await rpc(url, name, ...params);
      validate(name, result);
      answers.push(result);
    }
    return answers;
  }

  const gasPrice = (await provider.getFeeData()).gasPrice;
  const plain = { to: OTHER, value: 1n, gasLimit: 30000n, gasPrice };
  const nothing = `0x${'12'.repeat(32)}`;
  const hashes = [];
  let [empty, busy] = [];

  await step('schema: there is something of everything on the chain', async () => {
    for (const type of [0, 1]) hashes.push((await mined(wallet.sendTransaction({ ...plain, type }))).hash);
    hashes.push((await mined(wallet.sendTransaction({ ...plain, type: 1, accessList: [{ address: WETH, storageKeys: [nothing] }] }))).hash);
    hashes.push((await mined(token.transfer(OTHER, 1n))).hash);
    const failing = await token.transfer(OTHER, 2n ** 200n, { gasLimit: 200000n });
    await assert.rejects(failing.wait(1, 60000));
    hashes.push(failing.hash);
    const receipt = await mined(new Contract(at('faucet'), FAUCET_ABI, wallet).drip(WETH, OTHER));
    hashes.push(receipt.hash);
    busy = await rpc(url, 'eth_getBlockByHash', receipt.blockHash, false);
    for (let height = 0; !empty; height++) {
      const block = await rpc(url, 'eth_getBlockByNumber', `0x${height.toString(16)}`, false);
      if (block.transactions.length === 0) empty = block;
    }
  });
  await step('schema: blocks', async () => {
    const numbers = [empty.number, busy.number, 'latest', 'pending', 'safe', 'finalized', 'earliest', '0xffffff'];
    const found = [empty.hash, busy.hash, nothing];
    const blocks = await check('eth_getBlockByNumber', ...numbers.flatMap((n) => [[n, false], [n, true]]));
    assert.equal(blocks.filter((block) => block === null).length, 2);
    await check('eth_getBlockByHash', ...found.flatMap((hash) => [[hash, false], [hash, true]]));
    await check('eth_getBlockReceipts', ...numbers.map((n) => [n]), ...found.map((hash) => [hash]), [{ blockHash: busy.hash }]);
    await check('eth_getBlockTransactionCountByNumber', ...numbers.map((n) => [n]));
    await check('eth_getBlockTransactionCountByHash', ...found.map((hash) => [hash]));
    await check('eth_getUncleCountByBlockNumber', ['latest'], ['0xffffff']);
    await check('eth_getUncleCountByBlockHash', [busy.hash], [nothing]);
    await check('eth_getUncleByBlockNumberAndIndex', ['latest', '0x0']);
    await check('eth_getUncleByBlockHashAndIndex', [busy.hash, '0x0']);
    for (const name of ['Block', 'Header', 'Receipts']) await check(`debug_getRaw${name}`, [busy.number], [empty.number], ['latest']);
  });
  await step('schema: transactions, receipts and logs', async () => {
    const transactions = await check('eth_getTransactionByHash', ...hashes.map((hash) => [hash]), [nothing]);
    assert.deepEqual(transactions.map((tx) => tx?.type), ['0x0', '0x1', '0x1', '0x2', '0x2', '0x2', undefined]);
    const receipts = await check('eth_getTransactionReceipt', ...hashes.map((hash) => [hash]), [nothing]);
    assert.deepEqual(receipts.map((receipt) => receipt?.status), ['0x1', '0x1', '0x1', '0x1', '0x0', '0x1', undefined]);
    await check('eth_getTransactionByBlockHashAndIndex', [busy.hash, '0x0'], [busy.hash, '0xff'], [nothing, '0x0']);
    await check('eth_getTransactionByBlockNumberAndIndex', [busy.number, '0x0'], [empty.number, '0x0']);
    const [logs] = await check('eth_getLogs', [{ fromBlock: 'earliest' }], [{ blockHash: busy.hash }], [{ blockHash: empty.hash }], [{ address: OTHER }]);
    assert.ok(logs.length > 2);
    await check('debug_getRawTransaction', ...hashes.map((hash) => [hash]), [nothing]);
  });
  await step('schema: sending, and what waits for its turn', async () => {
    const nonce = await wallet.getNonce();
    const sign = (n) => wallet.signTransaction({ ...plain, nonce: n, type: 0, chainId: 20260n });
    const [queued] = await check('eth_sendRawTransaction', [await sign(nonce + 1)]);
    const waiting = ajv.compile({ ...WAITING, components: SPEC.components });
    waiting(await rpc(url, 'eth_getTransactionByHash', queued));
    assert.deepEqual(waiting.errors ?? [], []);
    const [content] = await check('txpool_content');
    assert.equal(Object.values(content.queued)[0][nonce + 1].hash, queued);
    await check('txpool_contentFrom', [wallet.address], [OTHER]);
    await check('txpool_inspect');
    await check('txpool_status');
    await check('eth_getTransactionReceipt', [queued]);
    await check('eth_sendRawTransactionSync', [await sign(nonce)]);
  });
  await step('schema: state, calls and fees', async () => {
    const call = { from: wallet.address, to: WETH, data: token.interface.encodeFunctionData('transfer', [OTHER, 1n]) };
    const tags = ['latest', 'pending', 'earliest', 'safe', { blockHash: busy.hash }];
    await check('eth_getBalance', ...tags.map((tag) => [wallet.address, tag]), [nothing.slice(0, 42), 'latest'], [OTHER]);
    await check('eth_getTransactionCount', ...tags.map((tag) => [wallet.address, tag]));
    await check('eth_getCode', [WETH, 'latest'], [OTHER, 'latest']);
    await check('eth_getStorageAt', [WETH, '0x0', 'latest'], [WETH, nothing, 'latest']);
    await check('eth_call', [call, 'latest'], [{ to: OTHER }, busy.number], [call]);
    await check('eth_estimateGas', [call], [{ to: OTHER, value: '0x1', from: wallet.address }, 'latest']);
    await check('eth_fillTransaction', [call], ...['0x0', '0x1', '0x2'].map((type) => [{ ...call, type }]));
    await check('eth_createAccessList', [call, 'latest'], [{ ...call, from: nothing.slice(0, 42) }, 'latest']);
    await check('eth_feeHistory', ['0x3', 'latest', [10, 50]], ['0x400', 'latest', []], ['0x1', 'earliest']);
    for (const name of ['eth_gasPrice', 'eth_maxPriorityFeePerGas', 'eth_baseFee', 'eth_blobBaseFee']) await check(name);
  });
  await step('schema: the chain and the node', async () => {
    for (const name of ['accounts', 'blockNumber', 'capabilities', 'chainId', 'coinbase', 'hashrate', 'mining', 'protocolVersion', 'syncing']) await check(`eth_${name}`);
    for (const name of ['net_listening', 'net_peerCount', 'net_version', 'web3_clientVersion']) await check(name);
    const [hash] = await check('web3_sha3', ['0x68656c6c6f'], ['0x']);
    assert.equal(hash, '0x1c8aff950685c2ed4bc3174f3472287b56d9517b9c948127319a09a7a36deac8');
  });
  await step('schema: filters', async () => {
    const [logs] = await check('eth_newFilter', [{ address: WETH }], [{}]);
    const [blocks] = await check('eth_newBlockFilter');
    const [pending] = await check('eth_newPendingTransactionFilter');
    await check('eth_getFilterChanges', [logs], [blocks], [pending]);
    await mined(token.transfer(OTHER, 1n));
    const [found, heads, sent] = await check('eth_getFilterChanges', [logs], [blocks], [pending]);
    assert.ok(found.length === 1 && heads.length > 0 && sent.length > 0);
    await check('eth_getFilterLogs', [logs]);
    assert.deepEqual(await check('eth_uninstallFilter', [logs], [logs], [blocks], [pending]), [true, false, true, true]);
  });
  await step('schema: no method of Ethereum went unchecked', async () => {
    // Two need a socket, one is refused.
    const beyond = ['eth_subscribe', 'eth_unsubscribe', 'eth_getProof'];
    const ours = methods.filter((name) => /^(eth|net|web3|txpool|debug)_/.test(name) && !beyond.includes(name));
    assert.ok(ours.length > 40, `${ours.length} methods`);
    assert.deepEqual(ours.filter((name) => !validated.has(name)), []);
  });
  provider.destroy();
}

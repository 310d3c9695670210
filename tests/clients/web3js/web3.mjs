// web3.js 4 against a node.
import assert from 'node:assert/strict';
import { Web3 } from 'web3';
import { FEED_ABI, KEYS, OTHER, WETH, at, rpc, step } from '../support.mjs';

const input = (type, name = '', indexed) => ({ name, type, ...(indexed === undefined ? {} : { indexed }) });
const entry = (name, inputs, outputs, stateMutability) => ({ type: 'function', name, inputs, outputs, stateMutability });
const TOKEN = [
  entry('balanceOf', [input('address')], [input('uint256')], 'view'),
  entry('symbol', [], [input('string')], 'view'),
  entry('transfer', [input('address'), input('uint256')], [input('bool')], 'nonpayable'),
  { type: 'event', name: 'Transfer', inputs: [input('address', 'from', true), input('address', 'to', true), input('uint256', 'value', false)] },
  { type: 'error', name: 'ERC20InsufficientBalance', inputs: [input('address', 'sender'), input('uint256', 'balance'), input('uint256', 'needed')] },
];
const FEED = [entry('getRoundData', [input('uint80')], ['uint80', 'int256', 'uint256', 'uint256', 'uint80'].map((type) => input(type)), 'view')];

export async function run(url) {
  const web3 = new Web3(url);
  web3.eth.transactionPollingInterval = 100;
  web3.eth.transactionReceiptPollingInterval = 100;
  const { address: me } = web3.eth.accounts.wallet.add(KEYS[5])[0];
  const token = new web3.eth.Contract(TOKEN, WETH);
  const text = (e) => [e.message, e.innerError?.message, e.cause?.message, e.reason].join(' | ');
  const refused = (words) => (e) => text(e).includes(words) || assert.fail(`${words}: ${text(e)}`);

  await step('web3.js: connects and reads the chain', async () => {
    assert.equal(await web3.eth.getChainId(), BigInt(await rpc(url, 'eth_chainId')));
    assert.equal(await web3.eth.net.getId(), await web3.eth.getChainId());
    assert.equal(await web3.eth.net.isListening(), true);
    assert.match(await web3.eth.getNodeInfo(), /plimsoll/i);
    assert.equal(await web3.eth.isSyncing(), false);
    assert.deepEqual(await web3.eth.getAccounts(), []);
    const block = await web3.eth.getBlock('latest', true);
    assert.ok(block.baseFeePerGas > 0n);
    assert.equal((await web3.eth.getBlock(block.hash)).number, block.number);
    assert.ok((await web3.eth.getBalance(me)) > 10n ** 18n);
    assert.equal(await web3.eth.getCode(me), '0x');
    assert.equal(await web3.eth.getStorageAt(WETH, 5), `0x${'0'.repeat(64)}`);
    const history = await web3.eth.getFeeHistory(3, 'latest', [10, 50]);
    assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  });
  await step('web3.js: sends types 0, 1 and 2', async () => {
    const gasPrice = await web3.eth.getGasPrice();
    for (const fields of [{ type: 0, gasPrice }, { type: 1, gasPrice, accessList: [], chainId: await web3.eth.getChainId(), gas: 21000 }, {}]) {
      const receipt = await web3.eth.sendTransaction({ from: me, to: OTHER, value: 1, ...fields });
      assert.equal(receipt.status, 1n);
      assert.equal(receipt.gasUsed, 21000n);
      const mined = await web3.eth.getTransaction(receipt.transactionHash);
      assert.equal(Number(mined.type), fields.type ?? 2);
      assert.equal(Number(receipt.type), fields.type ?? 2);
      assert.equal(mined.blockHash, receipt.blockHash);
    }
  });
  await step('web3.js: calls and estimates', async () => {
    assert.equal(await token.methods.symbol().call(), 'WETH');
    assert.equal(await web3.eth.estimateGas({ from: me, to: OTHER, value: 1 }), 21000n);
    const estimate = await token.methods.transfer(OTHER, 5).estimateGas({ from: me });
    const receipt = await token.methods.transfer(OTHER, 5).send({ from: me });
    assert.equal(receipt.gasUsed, estimate);
    assert.equal(receipt.events.Transfer.returnValues.value, 5n);
  });
  await step('web3.js: gets logs', async () => {
    const events = await token.getPastEvents('Transfer', { filter: { from: me, to: OTHER }, fromBlock: 0, toBlock: 'latest' });
    assert.deepEqual(events.map(({ returnValues }) => returnValues.value), [5n]);
    const logs = await web3.eth.getPastLogs({ address: WETH, fromBlock: 0, topics: [web3.utils.sha3('Transfer(address,address,uint256)')] });
    assert.ok(logs.some((log) => log.transactionHash === events[0].transactionHash && log.logIndex === events[0].logIndex));
  });
  await step('web3.js: decodes custom errors and strings', async () => {
    await assert.rejects(token.methods.transfer(OTHER, 2n ** 200n).call({ from: me }),
      (e) => e.cause?.errorName === 'ERC20InsufficientBalance' || e.innerError?.errorName === 'ERC20InsufficientBalance' || assert.fail(text(e)));
    await assert.rejects(new web3.eth.Contract(FEED, at('feed')).methods.getRoundData(99999).call(), refused('No data present'));
  });
  await step('web3.js: a transaction that fails has a receipt', async () => {
    const sent = token.methods.transfer(OTHER, 2n ** 200n).send({ from: me, gas: 200000 });
    await assert.rejects(sent, (e) => e.receipt?.status === 0n && e.receipt.logs.length === 0);
  });
  await step('web3.js: reads in one batch', async () => {
    const batch = new web3.BatchRequest();
    const answers = ['eth_blockNumber', 'eth_gasPrice', 'eth_nothing'].map((method, i) => batch.add({ jsonrpc: '2.0', id: i + 1, method, params: [] }).catch((e) => e));
    await batch.execute().catch(() => {});
    const [number, price, nothing] = await Promise.all(answers);
    assert.match(number, /^0x/);
    assert.equal(BigInt(price), await web3.eth.getGasPrice());
    assert.match(text(nothing), /eth_nothing/);
  });
  await step('web3.js: names the refusals of transactions', async () => {
    const plain = { from: me, to: OTHER, value: 1, gas: 21000 };
    await assert.rejects(web3.eth.sendTransaction({ ...plain, nonce: 0 }), refused('nonce too low'));
    const poor = web3.eth.accounts.wallet.add(web3.eth.accounts.create())[1].address;
    await assert.rejects(web3.eth.sendTransaction({ ...plain, from: poor }), refused('insufficient funds'));
  });
  await step('web3.js: hears heads, events and waiting transactions over WebSocket', async () => {
    const socket = new Web3(url.replace('http', 'ws'));
    const next = async (subscription) => new Promise((resolve, reject) => {
      subscription.on('data', resolve);
      subscription.on('error', reject);
    });
    const head = next(await socket.eth.subscribe('newBlockHeaders'));
    const pending = next(await socket.eth.subscribe('newPendingTransactions'));
    const log = next(await socket.eth.subscribe('logs', { address: WETH, topics: [web3.utils.sha3('Transfer(address,address,uint256)')] }));
    const { transactionHash } = await token.methods.transfer(OTHER, 79).send({ from: me });
    assert.ok((await head).number > 0n);
    assert.equal(await pending, transactionHash);
    assert.equal((await log).transactionHash, transactionHash);
    await socket.eth.clearSubscriptions();
    assert.deepEqual(await socket.eth.getAccounts(), []);
    socket.currentProvider.disconnect();
  });
}

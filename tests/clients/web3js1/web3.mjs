// web3.js 1, which is old and still everywhere, against a node.
import assert from 'node:assert/strict';
import { Interface } from 'ethers';
import Web3 from 'web3';
import { KEYS, OTHER, POOL_ABI, TOKEN_ABI, WETH, at, rpc, step } from '../support.mjs';

const json = (abi) => JSON.parse(new Interface(abi).formatJson());

export async function run(url) {
  const web3 = new Web3(url);
  web3.eth.transactionPollingInterval = 100;
  const { address: me } = web3.eth.accounts.wallet.add(KEYS[5]);
  const token = new web3.eth.Contract(json(TOKEN_ABI), WETH);
  const pool = new web3.eth.Contract(json(POOL_ABI), at('pool'));
  const custom = new Interface([...TOKEN_ABI, ...POOL_ABI]);
  // It puts the data of a refused call behind the words.
  const errorOf = (e) => custom.parseError(/0x[0-9a-f]{8,}/.exec(e.data ?? e.message)?.[0] ?? '0x')?.name ?? e.message;

  await step('web3.js 1: connects and reads the chain', async () => {
    assert.equal(await web3.eth.getChainId(), Number(await rpc(url, 'eth_chainId')));
    assert.equal(await web3.eth.net.getId(), await web3.eth.getChainId());
    assert.match(await web3.eth.getNodeInfo(), /plimsoll/i);
    assert.equal(await web3.eth.isSyncing(), false);
    assert.equal(await web3.eth.getBalance(me, 0), String(BigInt(await rpc(url, 'eth_getBalance', me, '0x0'))));
    assert.equal(await web3.eth.getCode(WETH), await rpc(url, 'eth_getCode', WETH, 'latest'));
    const block = await web3.eth.getBlock('latest', true);
    assert.equal((await web3.eth.getBlock(block.hash)).stateRoot, block.stateRoot);
    assert.equal((await web3.eth.getFeeHistory(3, 'latest', [50])).reward.length, 3);
  });
  await step('web3.js 1: sends types 0, 1 and 2', async () => {
    const gasPrice = await web3.eth.getGasPrice();
    for (const [type, fields] of [[0, { type: '0x0', gasPrice }], [1, { type: '0x1', gasPrice, accessList: [] }], [2, {}]]) {
      const receipt = await web3.eth.sendTransaction({ from: me, to: OTHER, value: 1, gas: 21000, ...fields });
      assert.deepEqual([receipt.status, receipt.gasUsed, Number(receipt.type)], [true, 21000, type]);
      assert.equal((await web3.eth.getTransaction(receipt.transactionHash)).blockHash, receipt.blockHash);
    }
  });
  await step('web3.js 1: supplies, borrows less than it may, and the account is what the node says', async () => {
    const send = async (call) => call.send({ from: me, gas: await call.estimateGas({ from: me }) });
    await send(token.methods.approve(at('pool'), 10n ** 18n + ''));
    const { events } = await send(pool.methods.supply(WETH, 10n ** 18n + '', me, 0));
    assert.equal(events.Supply.returnValues.amount, 10n ** 18n + '');
    await send(pool.methods.borrow(WETH, 10n ** 17n + '', 2, 0, me));
    const { collateral, debt, healthFactor } = await pool.methods.getUserAccountData(me).call();
    const own = await rpc(url, 'plimsoll_getHealth', me);
    assert.equal(web3.utils.fromWei(healthFactor).slice(0, 8), own.healthFactor.slice(0, 8));
    assert.ok(BigInt(collateral) > BigInt(debt) && BigInt(debt) > 0n);
    await assert.rejects(pool.methods.borrow(WETH, 71n * 10n ** 16n + '', 2, 0, me).call({ from: me }), (e) => errorOf(e) === 'CollateralCannotCoverNewBorrow' || assert.fail(errorOf(e)));
    await send(token.methods.approve(at('pool'), 2n * 10n ** 18n + ''));
    await send(pool.methods.repay(WETH, 2n ** 256n - 1n + '', 2, me));
    await send(pool.methods.withdraw(WETH, 2n ** 256n - 1n + '', me));
    assert.equal((await pool.methods.getUserAccountData(me).call()).collateral, '0');
  });
  await step('web3.js 1: gets events, and a batch', async () => {
    const receipt = await token.methods.transfer(OTHER, 5).send({ from: me, gas: 200000 });
    const events = await token.getPastEvents('Transfer', { filter: { from: me, to: OTHER }, fromBlock: receipt.blockNumber, toBlock: 'latest' });
    assert.deepEqual(events.map(({ returnValues, transactionHash }) => [returnValues.value, transactionHash]), [['5', receipt.transactionHash]]);
    const answers = await new Promise((resolve) => {
      const batch = new web3.BatchRequest();
      const got = [];
      const add = (e, answer) => got.push(e?.message ?? answer) === 2 && resolve(got);
      batch.add(web3.eth.getBalance.request(me, 0, add));
      batch.add(token.methods.transfer(OTHER, 2n ** 200n + '').call.request({ from: me }, add));
      batch.execute();
    });
    assert.equal(answers[0], await web3.eth.getBalance(me, 0));
    assert.match(answers[1], /execution reverted/);
  });
  await step('web3.js 1: is told what is refused, and has the receipt of what failed', async () => {
    await assert.rejects(token.methods.transfer(OTHER, 2n ** 200n + '').send({ from: me, gas: 200000 }), (e) => e.receipt?.status === false);
    await assert.rejects(web3.eth.sendTransaction({ from: me, to: OTHER, gas: 21000, nonce: 0 }), /nonce too low/);
    await assert.rejects(new web3.eth.Contract([]).deploy({ data: '0x6000' }).send({ from: me, gas: 100000 }), /contract creation not supported/);
  });
  await step('web3.js 1: hears heads, events and waiting transactions over WebSocket', async () => {
    const socket = new Web3(url.replace('http', 'ws'));
    const next = (subscription) => new Promise((resolve, reject) => subscription.once('data', resolve).once('error', reject));
    const subscribed = (subscription) => new Promise((resolve) => subscription.once('connected', () => resolve(subscription)));
    const head = next(await subscribed(socket.eth.subscribe('newBlockHeaders')));
    const pending = next(await subscribed(socket.eth.subscribe('pendingTransactions')));
    const log = next(await subscribed(new socket.eth.Contract(json(TOKEN_ABI), WETH).events.Transfer({ filter: { from: me } })));
    const { transactionHash } = await token.methods.transfer(OTHER, 79).send({ from: me, gas: 200000 });
    assert.ok((await head).number > 0);
    assert.equal(await pending, transactionHash);
    assert.deepEqual([(await log).transactionHash, (await log).returnValues.value], [transactionHash, '79']);
    socket.currentProvider.disconnect();
  });
}

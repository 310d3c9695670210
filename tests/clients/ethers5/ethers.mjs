// ethers 5 against a node: the library of most bots and of Aave's SDK.
import assert from 'node:assert/strict';
import { ethers } from 'ethers';
import { DAI, FEED_ABI, KEYS, OTHER, POOL_ABI, TOKEN_ABI, WETH, at, rpc, step } from '../support.mjs';

const { Contract, Wallet, providers, utils } = ethers;
const RESERVE = utils.parseEther('1');

export async function run(url) {
  const provider = new providers.JsonRpcProvider(url);
  provider.pollingInterval = 100;
  const wallet = new Wallet(KEYS[1], provider);
  const me = wallet.address;
  const pool = new Contract(at('pool'), POOL_ABI, wallet);
  const weth = new Contract(WETH, TOKEN_ABI, wallet);
  const send = async (fields) => (await wallet.sendTransaction({ to: OTHER, value: 1, ...fields })).wait();
  const refused = (code) => (e) => e.code === code;

  await step('ethers5: connects and reads the chain', async () => {
    const network = await provider.getNetwork();
    assert.equal(network.chainId, Number(await rpc(url, 'eth_chainId')));
    const block = await provider.getBlockWithTransactions('latest');
    assert.ok(block.baseFeePerGas.gt(0));
    assert.equal((await provider.getBlock(block.hash)).number, block.number);
    assert.equal(await provider.getBlock(`0x${'12'.repeat(32)}`), null);
    assert.equal(await provider.getTransaction(`0x${'12'.repeat(32)}`), null);
    assert.equal(await provider.getCode(me), '0x');
    assert.notEqual(await provider.getCode(WETH), '0x');
    assert.equal(await provider.getStorageAt(WETH, 5), `0x${'0'.repeat(64)}`);
    assert.ok((await provider.getBalance(me)).gt(RESERVE));
  });
  await step('ethers5: sends types 0, 1 and 2', async () => {
    const gasPrice = await provider.getGasPrice(), base = ethers.BigNumber.from(await provider.send('eth_baseFee', []));
    for (const fields of [{ type: 0, gasPrice }, { type: 1, gasPrice, accessList: [] }, { type: 2 }]) {
      const receipt = await send(fields);
      assert.equal(receipt.status, 1);
      assert.equal(receipt.type, fields.type);
      assert.ok(receipt.gasUsed.eq(21000));
      // For type 2 ethers 5 offers a tip of 1.5 gwei, whatever the node says.
      assert.ok(receipt.effectiveGasPrice.eq(fields.type === 2 ? base.add(15e8) : gasPrice));
      const mined = await provider.getTransaction(receipt.transactionHash);
      assert.equal(mined.type, fields.type);
      assert.equal(mined.from, me);
    }
  });
  await step('ethers5: pays for an access list', async () => {
    const accessList = [{ address: WETH, storageKeys: [`0x${'00'.repeat(32)}`] }];
    const receipt = await send({ type: 1, gasPrice: await provider.getGasPrice(), accessList });
    assert.equal(receipt.gasUsed.toNumber(), 21000 + 2400 + 1900);
    assert.equal((await provider.getTransaction(receipt.transactionHash)).accessList.length, 1);
  });
  await step('ethers5: estimates what is then used', async () => {
    assert.equal((await provider.estimateGas({ from: me, to: OTHER, value: 1 })).toNumber(), 21000);
    const estimate = await weth.estimateGas.approve(at('pool'), RESERVE);
    const receipt = await (await weth.approve(at('pool'), RESERVE)).wait();
    assert.ok(receipt.gasUsed.eq(estimate));
  });
  await step('ethers5: supplies and finds the event in the receipt and in the logs', async () => {
    const receipt = await (await pool.supply(WETH, RESERVE, me, 0)).wait();
    const event = receipt.events.find(({ event: name }) => name === 'Supply');
    assert.ok(event.args.amount.eq(RESERVE));
    const logs = await pool.queryFilter(pool.filters.Supply(WETH, null, me), receipt.blockNumber, 'latest');
    assert.deepEqual(logs.map((log) => log.transactionHash), [receipt.transactionHash]);
    assert.equal(logs[0].logIndex, event.logIndex);
  });
  await step('ethers5: hears a contract event', async () => {
    const heard = new Promise((resolve) => weth.once(weth.filters.Transfer(me, OTHER), (from, to, value) => resolve(value)));
    await (await weth.transfer(OTHER, 77)).wait();
    assert.ok((await heard).eq(77));
  });
  await step('ethers5: decodes custom errors and strings', async () => {
    await assert.rejects(pool.callStatic.borrow(WETH, RESERVE.mul(82).div(100), 2, 0, me), (e) => e.errorName === 'CollateralCannotCoverNewBorrow');
    await assert.rejects(new Contract(DAI, TOKEN_ABI, wallet).callStatic.transfer(OTHER, RESERVE.pow(4)),
      (e) => e.errorName === 'ERC20InsufficientBalance' && e.errorArgs.sender === me);
    await assert.rejects(new Contract(at('feed'), FEED_ABI, provider).getRoundData(99999), (e) => e.reason === 'No data present');
    await assert.rejects(pool.borrow(WETH, RESERVE.mul(1000), 2, 0, me), refused('UNPREDICTABLE_GAS_LIMIT'));
  });
  await step('ethers5: a transaction that fails has a receipt', async () => {
    const sent = await pool.borrow(WETH, RESERVE.mul(1000), 2, 0, me, { gasLimit: 500000 });
    await assert.rejects(sent.wait(), (e) => e.code === 'CALL_EXCEPTION' && e.receipt.status === 0 && e.receipt.logs.length === 0);
  });
  await step('ethers5: reads in one batch', async () => {
    const batch = new providers.JsonRpcBatchProvider(url);
    const [block, balance, count, symbol] = await Promise.all([batch.getBlockNumber(), batch.getBalance(me), batch.getTransactionCount(me), weth.connect(batch).symbol()]);
    assert.ok(block > 0 && balance.gt(0) && count > 0);
    assert.equal(symbol, 'WETH');
  });
  await step('ethers5: names the refusals of transactions', async () => {
    const nonce = await wallet.getTransactionCount();
    await assert.rejects(send({ nonce: 0 }), refused('NONCE_EXPIRED'));
    await assert.rejects(Wallet.createRandom().connect(provider).sendTransaction({ to: OTHER, value: 1, gasLimit: 21000 }), refused('INSUFFICIENT_FUNDS'));
    const gasPrice = utils.parseUnits('2', 'gwei');
    const first = await wallet.sendTransaction({ to: OTHER, nonce: nonce + 1, gasLimit: 21000, type: 0, gasPrice }); // waits for its turn
    await assert.rejects(wallet.sendTransaction({ to: OTHER, value: 2, nonce: nonce + 1, gasLimit: 21000, type: 0, gasPrice: gasPrice.add(1) }), refused('REPLACEMENT_UNDERPRICED'));
    assert.equal((await provider.getTransaction(first.hash)).blockNumber, null);
    assert.equal(await wallet.getTransactionCount('pending'), nonce);
    await send({ nonce });
    await first.wait();
    assert.equal(await wallet.getTransactionCount(), nonce + 2);
  });
  await step('ethers5: hears heads, events and waiting transactions over WebSocket', async () => {
    const socket = new providers.WebSocketProvider(url.replace('http', 'ws'));
    const next = (event) => new Promise((resolve) => socket.once(event, resolve));
    const event = new Promise((resolve) => weth.connect(socket).once(weth.filters.Transfer(me, OTHER), (from, to, value) => resolve(value)));
    const [head, pending] = [next('block'), next('pending')];
    await socket.getBlockNumber();
    const sent = await weth.transfer(OTHER, 78);
    assert.ok((await event).eq(78));
    assert.ok((await head) > 0);
    assert.equal((await pending).hash ?? (await pending), sent.hash);
    assert.equal((await (await wallet.connect(socket).sendTransaction({ to: OTHER, value: 1 })).wait()).status, 1);
    await socket.destroy();
  });
  provider.removeAllListeners();
}

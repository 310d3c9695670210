// ethers 6 against a node: connect, read, send both fee types, catch a custom error, get logs.
import assert from 'node:assert/strict';
import { Contract, JsonRpcProvider, NonceManager, Transaction, Wallet, isError, keccak256, parseEther, parseUnits } from 'ethers';
import { DAI, FAUCET_ABI, FEED_ABI, KEY, OTHER, POOL_ABI, TOKEN_ABI, USDC, WETH, at, rpc, step } from './support.mjs';

export async function run(url) {
  // Identical reads within 250 ms are cached by default, which a fast chain outruns.
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 100 });
  const wallet = new NonceManager(new Wallet(KEY, provider));
  const me = await wallet.getAddress();
  const pool = new Contract(at('pool'), POOL_ABI, wallet);
  const weth = new Contract(WETH, TOKEN_ABI, wallet);
  const usdc = new Contract(USDC, TOKEN_ABI, wallet);
  const done = async (sent) => (await sent).wait(1, 60000);
  let supplied; // the receipt of this run's supply: others may have supplied before

  await step('ethers: connects and reads the chain', async () => {
    const network = await provider.getNetwork();
    assert.equal(network.chainId, BigInt(await rpc(url, 'eth_chainId')));
    const block = await provider.getBlock('latest', true);
    assert.match(block.hash, /^0x[0-9a-f]{64}$/);
    assert.ok(block.baseFeePerGas > 0n);
    assert.ok((await provider.getBalance(me)) > parseEther('1'));
    assert.equal(await provider.getCode(OTHER), '0x');
    assert.notEqual(await provider.getCode(at('pool')), '0x');
  });
  await step('ethers: sends a type 2 transfer', async () => {
    const before = await provider.getBalance(OTHER);
    const sent = await wallet.sendTransaction({ to: OTHER, value: parseEther('1.5') });
    const receipt = await sent.wait(1, 60000);
    assert.equal(receipt.status, 1);
    assert.equal(receipt.gasUsed, 21000n);
    assert.equal(receipt.type, 2);
    assert.equal((await provider.getBalance(OTHER)) - before, parseEther('1.5'));
    const mined = await provider.getTransaction(sent.hash);
    assert.equal(mined.from, me);
    assert.equal(mined.blockNumber, receipt.blockNumber);
    const raw = await rpc(url, 'debug_getRawTransaction', sent.hash);
    assert.equal(keccak256(raw), sent.hash);
    assert.equal(Transaction.from(raw).from, me);
  });
  await step('ethers: sends a type 0 transfer', async () => {
    const sent = await wallet.sendTransaction({ to: OTHER, value: 7n, type: 0 });
    const receipt = await sent.wait(1, 60000);
    assert.equal(receipt.status, 1);
    assert.equal(receipt.type, 0);
    assert.equal((await provider.getTransaction(sent.hash)).type, 0);
  });
  await step('ethers: sends a type 1 transfer with an access list', async () => {
    const accessList = [{ address: WETH, storageKeys: [`0x${'00'.repeat(32)}`] }];
    const sent = await wallet.sendTransaction({ to: OTHER, value: 8n, type: 1, accessList });
    const receipt = await sent.wait(1, 60000);
    assert.equal(receipt.type, 1);
    assert.equal(receipt.gasUsed, 21000n + 2400n + 1900n);
    assert.equal((await provider.getTransaction(sent.hash)).accessList[0].storageKeys.length, 1);
  });
  await step('ethers: decodes a string', async () => {
    await assert.rejects(new Contract(at('feed', 0), FEED_ABI, provider).getRoundData(99999), (e) => isError(e, 'CALL_EXCEPTION') && e.reason === 'No data present');
  });
  await step('ethers: a hundred reads go out in one batch', async () => {
    const balances = await Promise.all(Array.from({ length: 99 }, (_, i) => provider.getBalance(`0x${(i + 1).toString(16).padStart(40, '0')}`)));
    assert.ok(balances.every((balance) => balance === 0n));
  });
  await step('ethers: reads a token and a price feed', async () => {
    assert.equal(await weth.symbol(), 'WETH');
    assert.equal(await usdc.decimals(), 6n);
    const feed = new Contract(at('feed', 0), FEED_ABI, provider);
    assert.equal(await feed.decimals(), 8n);
    const round = await feed.latestRoundData();
    assert.ok(round.answer > 0n);
    assert.equal(round.roundId, round.answeredInRound);
  });
  await step('ethers: takes tokens from the faucet, supplies and borrows', async () => {
    const faucet = new Contract(at('faucet'), FAUCET_ABI, wallet);
    await done(faucet.drip(WETH, me));
    const amount = parseEther('1');
    assert.ok((await weth.balanceOf(me)) >= amount);
    await done(weth.approve(at('pool'), amount));
    supplied = await done(pool.supply(WETH, amount, me, 0));
    const supply = supplied.logs.map((log) => pool.interface.parseLog(log)).find((event) => event?.name === 'Supply');
    assert.equal(supply.args.amount, amount);
    const account = await pool.getUserAccountData(me);
    assert.ok(account.collateral > 0n);
    assert.equal(account.debt, 0n);
    const liquid = await rpc(url, 'plimsoll_markets');
    assert.ok(Array.isArray(liquid.markets ?? liquid));
  });
  await step('ethers: decodes a custom error from a call, an estimate and a mined failure', async () => {
    const tooMuch = [WETH, parseEther('0.82'), 2, 0, me];
    await assert.rejects(pool.borrow.staticCall(...tooMuch), (e) => isError(e, 'CALL_EXCEPTION') && e.revert?.name === 'CollateralCannotCoverNewBorrow');
    await assert.rejects(pool.borrow(...tooMuch), (e) => isError(e, 'CALL_EXCEPTION'));
    wallet.reset();
    const sent = await pool.borrow(...tooMuch, { gasLimit: 500000 });
    await assert.rejects(sent.wait(1, 60000), (e) => isError(e, 'CALL_EXCEPTION') && e.receipt.status === 0 && e.receipt.logs.length === 0);
    await assert.rejects(new Contract(DAI, TOKEN_ABI, wallet).transfer.staticCall(OTHER, 1n << 200n),
      (e) => e.revert?.name === 'ERC20InsufficientBalance');
  });
  await step('ethers: borrows within its means and pays back', async () => {
    await done(pool.borrow(WETH, parseEther('0.25'), 2, 0, me));
    const owing = await pool.getUserAccountData(me);
    assert.ok(owing.debt > 0n && owing.healthFactor > 10n ** 18n);
    await done(weth.approve(at('pool'), parseEther('10')));
    await done(pool.repay(WETH, parseEther('0.25'), 2, me));
    assert.ok((await pool.getUserAccountData(me)).debt < owing.debt / 1000n);
  });
  await step('ethers: gets logs by event', async () => {
    const logs = await pool.queryFilter(pool.filters.Supply(WETH), 0, 'latest');
    const ours = logs.filter((log) => log.transactionHash === supplied.hash);
    assert.equal(ours.length, 1);
    assert.equal(ours[0].args.amount, parseEther('1'));
    const transfers = await usdc.queryFilter(usdc.filters.Transfer(), 0, 'latest');
    assert.ok(transfers.every((log) => log.address.toLowerCase() === USDC));
  });
  await step('ethers: is told of a nonce too low and of too little money', async () => {
    const plain = new Wallet(KEY, provider);
    await assert.rejects(plain.sendTransaction({ to: OTHER, value: 1n, nonce: 0 }), (e) => isError(e, 'NONCE_EXPIRED'));
    const poor = Wallet.createRandom().connect(provider);
    await assert.rejects(poor.sendTransaction({ to: OTHER, value: 1n, gasLimit: 21000 }), (e) => isError(e, 'INSUFFICIENT_FUNDS'));
  });
  provider.destroy();
}

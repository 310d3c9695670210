// A liquidation bot of the public kind, with no more than they use: ethers 5, Aave's ABIs, legacy
// transactions, borrowers found in the pool's logs, and its own arithmetic.
import assert from 'node:assert/strict';
import { ethers } from 'ethers';
import { FEED_ABI, KEYS, POOL_ABI, TOKEN_ABI, USDC, WETH, at, step } from '../support.mjs';

const { BigNumber, Contract, Wallet, constants, providers, utils } = ethers;
const BOT_POOL_ABI = [
  ...POOL_ABI,
  'function getUserEMode(address) view returns (uint256)',
  'function liquidationCall(address collateralAsset, address debtAsset, address user, uint256 debtToCover, bool receiveAToken)',
];
const DATA_ABI = [
  'function getReserveConfigurationData(address) view returns (uint256 decimals, uint256 ltv, uint256 liquidationThreshold, uint256 liquidationBonus, uint256 reserveFactor, bool usageAsCollateralEnabled, bool borrowingEnabled, bool stableBorrowRateEnabled, bool isActive, bool isFrozen)',
  'function getUserReserveData(address asset, address user) view returns (uint256 currentATokenBalance, uint256 currentStableDebt, uint256 currentVariableDebt, uint256 principalStableDebt, uint256 scaledVariableDebt, uint256 stableBorrowRate, uint256 liquidityRate, uint40 stableRateLastUpdated, bool usageAsCollateralEnabled)',
];
const ORACLE_ABI = ['function getAssetPrice(address) view returns (uint256)', 'function getAssetsPrices(address[]) view returns (uint256[])'];
const QUOTER = '0xb27308f9F90D607463bb33eA1BeBb41C27CE5AB6'; // Uniswap's on mainnet: bots ask it everywhere
const ONE = constants.WeiPerEther;

/** One round of the bot; answers the hashes of what it sent. */
async function liquidate(wallet) {
  const { provider, address: me } = wallet;
  const pool = new Contract(at('pool'), BOT_POOL_ABI, wallet);
  const data = new Contract(at('dataProvider'), DATA_ABI, provider);
  const oracle = new Contract(at('oracle'), ORACLE_ABI, provider);
  const reserves = await pool.getReservesList();
  const prices = await oracle.getAssetsPrices(reserves);
  const borrows = await pool.queryFilter(pool.filters.Borrow(), 0, 'latest');
  const sent = [];

  for (const user of new Set(borrows.map((log) => log.args.onBehalfOf))) {
    const { healthFactor } = await pool.getUserAccountData(user);
    if (healthFactor.gte(ONE)) continue;
    await pool.getUserEMode(user);
    let [debt, collateral] = [null, null];
    for (const [i, asset] of reserves.entries()) {
      const position = await data.getUserReserveData(asset, user);
      const config = await data.getReserveConfigurationData(asset);
      const worth = (amount) => amount.mul(prices[i]).div(BigNumber.from(10).pow(config.decimals));
      const [owed, held] = [worth(position.currentVariableDebt), worth(position.currentATokenBalance)];
      if (owed.gt(debt?.worth ?? 0)) debt = { asset, worth: owed, amount: position.currentVariableDebt };
      if (position.usageAsCollateralEnabled && held.gt(collateral?.worth ?? 0)) collateral = { asset, worth: held, bonus: config.liquidationBonus };
    }
    assert.ok(collateral.bonus.gt(10000));
    const token = new Contract(debt.asset, TOKEN_ABI, wallet);
    assert.ok((await token.symbol()) && (await token.decimals()) > 0);
    const cover = debt.amount.div(healthFactor.gt(utils.parseEther('0.95')) ? 2 : 1);
    if ((await token.balanceOf(me)).lt(cover)) continue;
    const gasPrice = await provider.getGasPrice();
    const approval = await token.approve(pool.address, cover, { type: 0, gasPrice, gasLimit: 60000 });
    await approval.wait();
    const call = await pool.liquidationCall(collateral.asset, debt.asset, user, cover, false, { type: 0, gasPrice, gasLimit: 1000000 });
    await call.wait();
    sent.push(call.hash);
  }
  return sent;
}

export async function run(url) {
  const provider = new providers.JsonRpcProvider(url);
  provider.pollingInterval = 100;
  const [borrower, bot] = [3, 4].map((i) => new Wallet(KEYS[i], provider));
  const pool = new Contract(at('pool'), BOT_POOL_ABI, provider);
  const feed = new Contract(at('feed', 0), FEED_ABI, bot);
  const token = (address, wallet) => new Contract(address, TOKEN_ABI, wallet);
  const done = async (sent) => (await sent).wait();
  const health = async () => (await pool.getUserAccountData(borrower.address)).healthFactor;

  await step('liquidator: a price falls below what a position can bear', async () => {
    for (const [wallet, asset, amount] of [[bot, USDC, utils.parseUnits('100000', 6)], [borrower, WETH, utils.parseEther('10')]]) {
      await done(token(asset, wallet).approve(pool.address, amount));
      await done(pool.connect(wallet).supply(asset, amount, wallet.address, 0));
    }
    await done(pool.connect(borrower).borrow(USDC, utils.parseUnits('20000', 6), 2, 0, borrower.address));
    assert.ok((await health()).gt(ONE));
    await done(feed.setAnswer(utils.parseUnits('2330', 8)));
    assert.ok((await health()).lt(ONE));
  });
  await step('liquidator: addresses that mean nothing here answer quietly', async () => {
    assert.equal(await provider.call({ to: QUOTER, data: '0xf7729d43' }), '0x');
    assert.equal(await provider.getCode(QUOTER), '0x');
    // Aave's oracle without a fallback reverts for what is no asset, and so does this one.
    await assert.rejects(new Contract(at('oracle'), ORACLE_ABI, provider).getAssetPrice(pool.address), (e) => e.code === 'CALL_EXCEPTION');
  });
  await step('liquidator: the bot approves, liquidates and the position is sound again', async () => {
    const before = await token(WETH, bot).balanceOf(bot.address);
    const sent = await liquidate(bot);
    assert.ok(sent.length >= 1);
    assert.ok((await health()).gte(ONE));
    assert.ok((await token(WETH, bot).balanceOf(bot.address)).gt(before));
    const logs = await pool.queryFilter(pool.filters.LiquidationCall(null, null, borrower.address), 0, 'latest');
    assert.equal(logs.length, 1);
    assert.ok(sent.includes(logs[0].transactionHash));
    assert.equal((await provider.getTransaction(logs[0].transactionHash)).type, 0);
    assert.deepEqual(await liquidate(bot), []);
  });
  await step('liquidator: the price comes back', async () => {
    await done(feed.setAnswer(utils.parseUnits('2500', 8)));
    assert.ok((await feed.latestRoundData()).answer.eq(utils.parseUnits('2500', 8)));
  });
}

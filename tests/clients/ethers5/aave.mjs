// Aave's own SDK against a node: it reads the market through the UI providers, computes what a user
// is told, and builds the transactions of a dapp.  Its figures and the contracts' must agree.
// 1.37 is the SDK of Aave v3.6; 1.38 reads e-modes as v3.7 has them and is otherwise the same.
import assert from 'node:assert/strict';
import helpers from '@aave/contract-helpers';
import math from '@aave/math-utils';
import { ethers } from 'ethers';
import { DAI, KEYS, POOL_ABI, TOKEN_ABI, USDC, WETH, at, rpc, step } from '../support.mjs';

const { Contract, Wallet, providers, utils } = ethers;
const DATA_ABI = [
  'function getReserveData(address) view returns (uint256 unbacked, uint256 accrued, uint256 totalAToken, uint256 totalStableDebt, uint256 totalVariableDebt, uint256 liquidityRate, uint256 variableBorrowRate, uint256 stableBorrowRate, uint256 averageStableRate, uint256 liquidityIndex, uint256 variableBorrowIndex, uint40 lastUpdate)',
];
const MARKET = at('addressesProvider');

/** Reads everything in one block, so that two readers see the same interest. */
class PinnedProvider extends providers.StaticJsonRpcProvider {
  call(transaction) {
    return super.call(transaction, this.height ?? 'latest');
  }
}

// The SDK keeps fractions that the contracts round to base units, or to basis points where it says so.
const near = (a, b, what, tolerance = Math.max(Number(a), Number(b)) * 1e-9) => {
  assert.ok(Math.abs(Number(a) - Number(b)) <= tolerance, `${what}: the SDK says ${a}, the node ${b}`);
};

export async function run(url) {
  const provider = new providers.StaticJsonRpcProvider(url);
  provider.pollingInterval = 100;
  const chainId = (await provider.getNetwork()).chainId;
  const wallet = new Wallet(KEYS[2], provider);
  const me = wallet.address;
  const pool = new Contract(at('pool'), POOL_ABI, wallet);
  const service = new helpers.Pool(provider, { POOL: at('pool') });
  const ui = new helpers.UiPoolDataProvider({ uiPoolDataProviderAddress: at('uiDataProvider'), provider, chainId });
  const market = { lendingPoolAddressProvider: MARKET };

  /** Signs and sends what a builder gives, in its order, as a dapp would. */
  async function execute(built) {
    const receipts = [];
    for (const { tx } of await built) {
      const { gasLimit, ...fields } = await tx();
      receipts.push(await (await wallet.sendTransaction({ ...fields, gasLimit })).wait());
    }
    return receipts;
  }
  const names = (receipt) => receipt.logs.filter((log) => log.address.toLowerCase() === at('pool')).flatMap((log) => {
    try {
      return [pool.interface.parseLog(log).name];
    } catch {
      return [];
    }
  });

  await step('aave: approves and supplies with the transactions that the SDK builds', async () => {
    for (const [reserve, amount] of [[WETH, '10'], [DAI, '50000']]) {
      const receipts = await execute(service.supply({ user: me, reserve, amount }));
      assert.equal(receipts.length, 2);
      assert.ok(names(receipts[1]).includes('Supply'));
    }
  });
  await step('aave: supplies with a signed permit', async () => {
    const amount = '12.5';
    const deadline = String((await provider.getBlock('latest')).timestamp + 3600);
    const message = await service.signERC20Approval({ user: me, reserve: USDC, amount, deadline });
    const { EIP712Domain, ...types } = JSON.parse(message).types;
    const { domain, message: permit } = JSON.parse(message);
    const signature = await wallet._signTypedData(domain, types, permit);
    const receipts = await execute(service.supplyWithPermit({ user: me, reserve: USDC, amount, signature, deadline }));
    assert.equal(receipts.length, 1);
    assert.ok(names(receipts[0]).includes('Supply'));
  });
  await step('aave: borrows', async () => {
    const [receipt] = await execute(service.borrow({ user: me, reserve: DAI, amount: '12345.678', interestRateMode: helpers.InterestRate.Variable }));
    assert.ok(names(receipt).includes('Borrow'));
    assert.equal((await execute(service.borrow({ user: me, reserve: WETH, amount: '0.5', interestRateMode: helpers.InterestRate.Variable }))).length, 1);
  });
  await step('aave: computes the health factor, the balances and the rates that the contracts have', async () => {
    await new Promise((resolve) => setTimeout(resolve, 2500)); // for some interest
    const pinned = new PinnedProvider(url);
    pinned.height = await pinned.getBlockNumber();
    const { timestamp: currentTimestamp } = await pinned.getBlock(pinned.height);
    const view = new helpers.UiPoolDataProvider({ uiPoolDataProviderAddress: at('uiDataProvider'), provider: pinned, chainId });
    const { reservesData, baseCurrencyData } = await view.getReservesHumanized(market);
    const { userReserves, userEmodeCategoryId } = await view.getUserReservesHumanized({ ...market, user: me });
    const reference = {
      currentTimestamp,
      marketReferenceCurrencyDecimals: baseCurrencyData.marketReferenceCurrencyDecimals,
      marketReferencePriceInUsd: baseCurrencyData.marketReferenceCurrencyPriceInUsd,
    };
    const formattedReserves = math.formatReserves({ reserves: reservesData, ...reference });
    const summary = math.formatUserSummary({ ...reference, userReserves, formattedReserves, userEmodeCategoryId });
    const account = await pool.connect(pinned).getUserAccountData(me);

    near(summary.healthFactor, utils.formatEther(account.healthFactor), 'health factor');
    near(summary.totalCollateralUSD, utils.formatUnits(account.collateral, 8), 'collateral');
    near(summary.totalBorrowsUSD, utils.formatUnits(account.debt, 8), 'debt');
    near(summary.availableBorrowsUSD, utils.formatUnits(account.available, 8), 'available', summary.totalCollateralUSD * 1e-4);
    near(summary.currentLiquidationThreshold, utils.formatUnits(account.threshold, 4), 'threshold', 1e-4);
    near(summary.currentLoanToValue, utils.formatUnits(account.ltv, 4), 'ltv', 1e-4);

    assert.equal(reservesData.length, 5);
    assert.deepEqual(await view.getReservesList(market), reservesData.map((reserve) => utils.getAddress(reserve.underlyingAsset)));
    const data = new Contract(at('dataProvider'), DATA_ABI, pinned);
    const own = await rpc(url, 'plimsoll_markets', utils.hexValue(pinned.height));
    for (const reserve of formattedReserves) {
      const chain = await data.getReserveData(reserve.underlyingAsset);
      const node = own.find(({ asset }) => asset.toLowerCase() === reserve.underlyingAsset.toLowerCase());
      near(reserve.supplyAPR, utils.formatUnits(chain.liquidityRate, 27), `${node.symbol} supply rate`, 1e-15);
      near(reserve.variableBorrowAPR, utils.formatUnits(chain.variableBorrowRate, 27), `${node.symbol} borrow rate`, 1e-15);
      near(reserve.supplyAPR, node.supplyRate, `${node.symbol} supply rate`, 1e-15);
      near(reserve.variableBorrowAPR, node.borrowRate, `${node.symbol} borrow rate`, 1e-15);
      near(reserve.totalLiquidity, utils.formatUnits(chain.totalAToken, reserve.decimals), `${node.symbol} supplied`);
      near(reserve.totalDebt, utils.formatUnits(chain.totalVariableDebt, reserve.decimals), `${node.symbol} borrowed`);
    }
    for (const { reserve, underlyingBalance, variableBorrows } of summary.userReservesData) {
      const balanceOf = async (address) => utils.formatUnits(await new Contract(address, TOKEN_ABI, pinned).balanceOf(me), reserve.decimals);
      near(underlyingBalance, await balanceOf(reserve.aTokenAddress), `${reserve.symbol} balance`);
      near(variableBorrows, await balanceOf(reserve.variableDebtTokenAddress), `${reserve.symbol} debt`);
    }
  });
  await step('aave: reads modes, incentives and wallet balances', async () => {
    const modes = await ui.getEModesHumanized(market);
    assert.equal(modes[0].eMode.label, 'Stablecoins');
    const incentives = new helpers.UiIncentiveDataProvider({ uiIncentiveDataProviderAddress: at('uiIncentives'), provider, chainId });
    assert.deepEqual(await incentives.getReservesIncentivesDataHumanized(market), []);
    assert.deepEqual(await incentives.getUserReservesIncentivesDataHumanized({ ...market, user: me }), []);
    const wallets = new helpers.WalletBalanceProvider({ walletBalanceProviderAddress: at('walletBalances'), provider });
    const { 0: tokens, 1: balances } = await wallets.getUserWalletBalancesForLendingPoolProvider(me, MARKET);
    const usdc = tokens.findIndex((token) => token.toLowerCase() === USDC);
    assert.ok(balances[usdc].eq(await new Contract(USDC, TOKEN_ABI, provider).balanceOf(me)));
  });
  await step('aave: switches a mode and a collateral', async () => {
    const [usage] = await execute(service.setUsageAsCollateral({ user: me, reserve: USDC, usageAsCollateral: false }));
    assert.equal(usage.status, 1);
    // An e-mode that does not allow the WETH debt is refused before it is sent.
    await assert.rejects(execute(service.setUserEMode({ user: me, categoryId: 1 })), (e) => e.code === 'UNPREDICTABLE_GAS_LIMIT');
  });
  await step('aave: pays back and withdraws everything', async () => {
    for (const reserve of [DAI, WETH]) {
      const receipts = await execute(service.repay({ user: me, reserve, amount: '-1', interestRateMode: helpers.InterestRate.Variable }));
      assert.ok(names(receipts.at(-1)).includes('Repay'));
    }
    assert.ok((await pool.getUserAccountData(me)).debt.isZero());
    const { reservesData } = await ui.getReservesHumanized(market);
    for (const reserve of [WETH, DAI, USDC]) {
      const { aTokenAddress } = reservesData.find(({ underlyingAsset }) => underlyingAsset.toLowerCase() === reserve);
      const receipts = await execute(service.withdraw({ user: me, reserve, amount: '-1', aTokenAddress }));
      assert.ok(names(receipts.at(-1)).includes('Withdraw'));
    }
    assert.ok((await pool.getUserAccountData(me)).collateral.isZero());
  });
}

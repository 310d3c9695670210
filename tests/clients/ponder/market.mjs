// A market with falling prices on a chain for tests: people lend, borrow and pay back at random, a
// liquidator takes whatever falls below one.  A seed tells the whole play.
import { Interface, Wallet } from 'ethers';
import { FEED_ABI, KEYS, POOL_ABI, TOKEN_ABI, at, rpc } from '../support.mjs';

export const POOL = at('pool');
export const RESERVES = [0, 1, 2, 3, 4].map((i) => ({ asset: at('token', i), aToken: at('aToken', i), debtToken: at('debtToken', i) }));
/** Where a price walks, dollars; a unit of each token, a balance worth playing with. */
const COINS = [
  { price: 2500, decimals: 18, falls: true },
  { price: 60000, decimals: 8, falls: true },
  { price: 14.5, decimals: 18, falls: true },
  { price: 1, decimals: 6 },
  { price: 1, decimals: 18 },
];
const pool = new Interface([
  ...POOL_ABI,
  'function liquidationCall(address collateralAsset, address debtAsset, address user, uint256 debtToCover, bool receiveAToken)',
  'function repayWithATokens(address asset, uint256 amount, uint256 rateMode)',
  'function mintToTreasury(address[] assets)',
]);
const token = new Interface(TOKEN_ABI);
const feed = new Interface([...FEED_ABI, 'function setAnswer(int256)']);
const ALL = 2n ** 256n - 1n;

/** Numbers from 0 on, below 1 (mulberry32). */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Begins a play on a --dev node; play(n) makes n more blocks. */
export async function openMarket(url, seed) {
  const random = randomOf(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const chainId = Number(await rpc(url, 'eth_chainId'));
  const wallets = KEYS.map((key) => new Wallet(key));
  const [admin, ...people] = wallets;
  const liquidator = people.pop();
  const prices = COINS.map(({ price }) => price);
  const amountOf = (i, dollars) => BigInt(Math.round((dollars / prices[i]) * 1e6)) * 10n ** BigInt(COINS[i].decimals) / 1000000n;
  const nonces = new Map();

  async function send(wallet, to, data) {
    const known = nonces.get(wallet) ?? Number(await rpc(url, 'eth_getTransactionCount', wallet.address, 'latest'));
    nonces.set(wallet, known + 1);
    const raw = await wallet.signTransaction({ chainId, nonce: known, to, data, gasLimit: 1000000, gasPrice: 1000000000n });
    return rpc(url, 'eth_sendRawTransaction', raw);
  }
  const call = (wallet, name, ...args) => send(wallet, POOL, pool.encodeFunctionData(name, args));
  const mine = async () => { await rpc(url, 'evm_mine'); };

  async function movePrices() {
    for (const [i, { falls }] of COINS.entries()) {
      if (!falls || random() < 0.3) continue;
      prices[i] *= 1 + (random() - 0.5) * 0.3;
      if (prices[i] < COINS[i].price / 3 || prices[i] > COINS[i].price * 3) prices[i] = COINS[i].price;
      await send(admin, at('feed', i), feed.encodeFunctionData('setAnswer', [BigInt(Math.round(prices[i] * 1e8))]));
    }
  }

  async function act(wallet) {
    const i = Math.floor(random() * RESERVES.length);
    const { asset, aToken } = RESERVES[i];
    const amount = amountOf(i, 100 + random() * 20000);
    const borrow = async () => {
      const data = await rpc(url, 'eth_call', { to: POOL, data: pool.encodeFunctionData('getUserAccountData', [wallet.address]) });
      const { available } = pool.decodeFunctionResult('getUserAccountData', data);
      return call(wallet, 'borrow', asset, amountOf(i, (Number(available) / 1e8) * (0.85 + random() * 0.15)), 2, 0, wallet.address);
    };
    await pick([
      () => call(wallet, 'supply', asset, amount, wallet.address, 0),
      () => call(wallet, 'supply', asset, amount, pick(people).address, 0),
      borrow,
      borrow,
      borrow,
      borrow,
      borrow,
      () => call(wallet, 'withdraw', asset, amount, wallet.address),
      () => call(wallet, 'withdraw', asset, ALL, pick(people).address),
      () => call(wallet, 'repay', asset, amount, 2, wallet.address),
      () => call(wallet, 'repay', asset, ALL, 2, wallet.address),
      () => call(wallet, 'repayWithATokens', asset, amount, 2),
      () => send(wallet, aToken, token.encodeFunctionData('transfer', [pick(people).address, amount / 4n])),
      () => send(wallet, asset, token.encodeFunctionData('transfer', [pick(people).address, amount])),
      () => call(wallet, 'mintToTreasury', RESERVES.map((r) => r.asset)),
    ])();
  }

  async function liquidate() {
    const { accounts } = await rpc(url, 'plimsoll_liquidatable', 'latest', { limit: 5 });
    for (const { address, collateralAsset, debtAsset } of accounts)
      if (address !== liquidator.address.toLowerCase()) await call(liquidator, 'liquidationCall', collateralAsset, debtAsset, address, ALL, random() < 0.3);
  }

  await rpc(url, 'evm_setAutomine', false);
  for (const wallet of [liquidator, ...people])
    for (const [i, { asset }] of RESERVES.entries()) {
      await send(wallet, asset, token.encodeFunctionData('approve', [POOL, ALL]));
      if (wallet === people[0] || wallet === people[1]) await call(wallet, 'supply', asset, amountOf(i, 500000), wallet.address, 0);
    }
  await mine();

  return {
    async play(blocks) {
      for (let i = 0; i < blocks; i++) {
        await rpc(url, 'evm_increaseTime', 60 + Math.floor(random() * 3600));
        await movePrices();
        for (let n = 0; n < 8; n++) await act(pick(people));
        await liquidate();
        await mine();
      }
    },
    /** Goes back to where the chain was before body(). */
    async undo(body) {
      const id = await rpc(url, 'evm_snapshot');
      await body();
      await rpc(url, 'evm_revert', id);
      nonces.clear();
    },
  };
}

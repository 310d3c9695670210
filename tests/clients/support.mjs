// What both client tests share: a devnet of their own, where its contracts are, and counting.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// anvil's and hardhat's well-known first account; rich on every devnet.
export const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
export const OTHER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

// contracts-native/dispatch/address.h: "Plimsoll", kind, number.
const KINDS = { token: 1, aToken: 2, debtToken: 3, feed: 4, pool: 5, oracle: 7, dataProvider: 9, faucet: 14 };
const hex4 = (n) => n.toString(16).padStart(4, '0');
export const at = (kind, index = 0) => `0x506c696d736f6c6c${'0'.repeat(16)}${hex4(KINDS[kind])}${hex4(index)}`;
// The default devnet lists its tokens in this order (genesis/devnet.json).
export const [WETH, WBTC, LINK, USDC, DAI] = [0, 1, 2, 3, 4].map((i) => at('token', i));

export const POOL_ABI = [
  'function supply(address asset, uint256 amount, address onBehalfOf, uint16 referralCode)',
  'function borrow(address asset, uint256 amount, uint256 rateMode, uint16 referralCode, address onBehalfOf)',
  'function repay(address asset, uint256 amount, uint256 rateMode, address onBehalfOf) returns (uint256)',
  'function withdraw(address asset, uint256 amount, address to) returns (uint256)',
  'function getReservesList() view returns (address[])',
  'function getUserAccountData(address) view returns (uint256 collateral, uint256 debt, uint256 available, uint256 threshold, uint256 ltv, uint256 healthFactor)',
  'event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)',
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
  'error CollateralCannotCoverNewBorrow()',
  'error InvalidAmount()',
];
export const TOKEN_ABI = [
  'function balanceOf(address) view returns (uint256)',
  'function decimals() view returns (uint8)',
  'function symbol() view returns (string)',
  'function approve(address spender, uint256 amount) returns (bool)',
  'function transfer(address to, uint256 amount) returns (bool)',
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)',
];
export const FAUCET_ABI = ['function drip(address token, address to)'];
export const FEED_ABI = [
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
];

/** Starts a devnet in a temporary folder; returns its URL and how to end it. */
export async function startNode(bin) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-clients-'));
  execFileSync(join(bin, 'plimsolld'), ['init', '--data', folder, '--devnet'], { stdio: 'pipe' });
  const port = 18000 + Math.floor(Math.random() * 20000);
  const node = spawn(join(bin, 'plimsolld'), ['start', '--data', folder, '--rpc-port', String(port), '--block-time', '200ms'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  node.stderr.on('data', (text) => { log = (log + text).slice(-4000); });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 100; i++) {
    if (node.exitCode !== null) throw new Error(`plimsolld ended with ${node.exitCode}:\n${log}`);
    try {
      await rpc(url, 'eth_chainId');
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    url,
    log: () => log,
    async stop() {
      const ended = new Promise((resolve) => node.once('exit', resolve));
      node.kill('SIGTERM');
      const code = await ended;
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}

export async function rpc(url, method, ...params) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error) throw Object.assign(new Error(error.message), error);
  return result;
}

export const results = { passed: 0, failed: 0 };

/** Runs one named step; a failure is printed and counted, and the next step still runs. */
export async function step(name, body) {
  try {
    await body();
    results.passed++;
    console.log(`ok   ${name}`);
  } catch (e) {
    results.failed++;
    console.log(`FAIL ${name}\n     ${e.stack ?? e}`);
  }
}

// What all client tests share: a devnet of their own, where its contracts are, and counting.
import { spawn, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// anvil's and hardhat's ten well-known accounts, rich on every devnet.  A client that sends has one
// of its own, so that no nonce depends on who ran before.
export const KEYS = [
  '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
  '0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6',
  '0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a',
  '0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba',
  '0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e',
  '0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356',
  '0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97',
  '0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6',
];
export const [KEY] = KEYS;
export const OTHER = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

// contracts-native/dispatch/address.h: "Plimsoll", kind, number.
const KINDS = {
  token: 1, aToken: 2, debtToken: 3, feed: 4, pool: 5, oracle: 7, dataProvider: 9, uiDataProvider: 10,
  addressesProvider: 11, faucet: 14, walletBalances: 16, uiIncentives: 17,
};
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
  'event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)',
  'event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)',
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
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
  'function getRoundData(uint80) view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
  'function setAnswer(int256)',
];
export const MULTICALL = '0xcA11bde05977b3631167028862bE2a173976CA11';

/** The folder of a module, given its import.meta.url. */
export const folderOf = (url) => fileURLToPath(new URL('.', url));

const running = new Map(); // a node's process: its folder
process.once('exit', () => {
  for (const node of running.keys()) node.kill('SIGKILL');
  for (const folder of running.values()) rmSync(folder, { recursive: true, maxRetries: 5 });
});

// However slow the machine: no state is too old to be asked for, and no client thinks for too long between two requests.
const PATIENT = ['--block-time', '200ms', '--history', 'all', '--rpc-idle', '1h'];

/** Starts a devnet in a temporary folder; returns its URL and how to end it.  It never outlives the test, however that ends. */
export async function startNode(bin, flags = PATIENT) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-clients-'));
  execFileSync(join(bin, 'plimsolld'), ['init', '--data', folder, '--devnet'], { stdio: 'pipe' });
  const node = spawn(join(bin, 'plimsolld'), ['start', '--data', folder, '--rpc-port', '0', ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
  running.set(node, folder);
  let log = '';
  const url = await new Promise((resolve, reject) => {
    node.stderr.on('data', (text) => {
      log = (log + text).slice(-4000);
      const [, found] = /ready .*rpc=(\S+)\s/.exec(log) ?? [];
      if (found) resolve(found);
    });
    node.once('exit', (code) => reject(new Error(`plimsolld ended with ${code}:\n${log}`)));
  });
  return {
    url,
    log: () => log,
    async stop() {
      const ended = new Promise((resolve) => node.once('exit', resolve));
      node.kill('SIGTERM');
      const code = await ended;
      running.delete(node);
      rmSync(folder, { recursive: true });
      return code;
    },
  };
}

/** Posts a body as it is; the answer is the HTTP response. */
export const post = (url, body) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

export async function rpc(url, method, ...params) {
  const response = await post(url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
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

/** A Python for a flow, beside the folders of builds, with just what the requirements.txt of the flow's folder lists. */
export function venv(bin, flow) {
  const folder = join(bin, '..', '..', `clients-${basename(flow)}`);
  const python = join(folder, 'bin', 'python');
  const requirements = join(flow, 'requirements.txt');
  const installed = join(folder, '.installed');
  if (existsSync(installed) && readFileSync(installed).equals(readFileSync(requirements))) return python;
  rmSync(folder, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--requirement', requirements], { stdio: 'pipe' });
  copyFileSync(requirements, installed);
  return python;
}

/** Runs a program that prints a line "ok ..." or "FAIL ..." for each of its steps, and adds up. */
export async function runCounting(program, args) {
  const flow = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  flow.stdout.on('data', (chunk) => { text += chunk; });
  const code = await new Promise((resolve) => flow.once('close', resolve));
  process.stdout.write(text);
  results.passed += text.match(/^ok /gm)?.length ?? 0;
  results.failed += text.match(/^FAIL /gm)?.length ?? 0;
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

// Ponder indexes a market with liquidations from genesis on and follows it live, blocks that are taken
// back included; then every sum it has must be what the node says.   SEED=n repeats a play.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Interface, WebSocketProvider, ZeroAddress, formatUnits, id } from 'ethers';
import { POOL_ABI, folderOf, rpc, startNode, step } from '../support.mjs';
import { POOL, RESERVES, openMarket } from './market.mjs';

const SEED = Number(process.env.SEED ?? 1);
const HISTORY = 300; // blocks before Ponder begins
const PATIENCE = 180000;
const RAY = 10n ** 27n;
const TOKENS = RESERVES.flatMap(({ asset, aToken, debtToken }) => [asset, aToken, debtToken]);

// -- Ponder, in a folder of its own --------------------------------------------------------

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Ponder writes beside its configuration: its app is copied, its packages are linked to. */
function makeFolder() {
  const here = folderOf(import.meta.url);
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-ponder-'));
  cpSync(join(here, 'app'), folder, { recursive: true });
  cpSync(join(here, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(here, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function startPonder(folder, url, sockets) {
  const port = await freePort();
  const env = {
    ...process.env,
    PONDER_TELEMETRY_DISABLED: '1',
    CHAIN_ID: String(Number(await rpc(url, 'eth_chainId'))),
    RPC_URL: url,
    WS_URL: sockets ? url.replace('http', 'ws') : '',
    POOL,
    TOKENS: TOKENS.join(','),
    DATABASE: join(folder, 'database'),
  };
  const args = ['node_modules/ponder/dist/esm/bin/ponder.js', 'start', '--schema', 'plimsoll', '--port', port, '--hostname', '127.0.0.1', '--log-format', 'json'];
  const ponder = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  ponder.stdout.on('data', (text) => { log += text; });
  ponder.stderr.on('data', (text) => { log += text; });
  const ended = new Promise((resolve) => ponder.once('exit', resolve));
  const rows = async (table) => (await fetch(`http://127.0.0.1:${port}/rows/${table}`)).json();
  return {
    rows,
    /** Whatever its log has that is worse than information (30), but for the lock that the Ponder before
     * it left in the database: it waits for that to grow old. */
    complaints: () => log.split('\n').filter((line) => line && !/^\{"level":[123]0,|"Schema is locked/.test(line)),
    log: () => log,
    /** Waits until it has the node's newest block, by its hash. */
    async caughtUp() {
      for (const begun = Date.now(); Date.now() - begun < PATIENCE; await sleep(100)) {
        assert.equal(ponder.exitCode, null, `Ponder ended\n${log.slice(-4000)}`);
        const head = await rpc(url, 'eth_getBlockByNumber', 'latest', false);
        const known = await rows('block').catch(() => []);
        if (known.some(({ hash }) => hash === head.hash)) return;
      }
      throw new Error(`Ponder does not reach the newest block\n${log.slice(-4000)}`);
    },
    async stop() {
      ponder.kill('SIGTERM');
      await ended;
    },
  };
}

// -- what the node says ---------------------------------------------------------------------

const views = new Interface([
  'function balanceOf(address) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function scaledBalanceOf(address) view returns (uint256)',
  'function scaledTotalSupply() view returns (uint256)',
  'function getPreviousIndex(address) view returns (uint256)',
  'function getVirtualUnderlyingBalance(address) view returns (uint128)',
]);
const pool = new Interface(POOL_ABI);

async function view(url, block, to, name, ...args) {
  const data = await rpc(url, 'eth_call', { to, data: views.encodeFunctionData(name, args) }, block);
  return views.decodeFunctionResult(name, data)[0];
}

const logsOf = (url, address, topic) => rpc(url, 'eth_getLogs', { fromBlock: '0x0', toBlock: 'latest', address, topics: [topic] });

/** Liquidations as Plimsoll's own subscription tells them again. */
async function liquidationsOf(url) {
  const sockets = new WebSocketProvider(url.replace('http', 'ws'));
  const expected = (await logsOf(url, POOL, pool.getEvent('LiquidationCall').topicHash)).length;
  const told = [];
  await sockets.getNetwork();
  const all = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${told.length} of ${expected} liquidations were told`)), 60000);
    sockets.websocket.addEventListener('message', ({ data }) => {
      const { method, params } = JSON.parse(data);
      if (method === 'plimsoll_subscription') told.push(params.result);
      if (told.length === expected) clearTimeout(timer), resolve();
    });
  });
  await sockets.send('plimsoll_subscribe', ['liquidations', { fromBlock: '0x1' }]);
  await all;
  await sockets.destroy();
  return told;
}

// -- Ponder's sums against them ---------------------------------------------------------------

const sum = (list) => list.reduce((total, n) => total + n, 0n);

async function compareCounts(url, rows) {
  const flow = await rows('flow');
  const counted = (...kinds) => flow.filter(({ kind }) => kinds.includes(kind)).reduce((n, { count }) => n + count, 0);
  for (const [name, ...kinds] of [['Supply', 'Supply'], ['Withdraw', 'Withdraw'], ['Borrow', 'Borrow'], ['Repay', 'Repay', 'RepayWithATokens'], ['LiquidationCall', 'LiquidationCall'], ['LiquidationCall', 'Seized', 'SeizedATokens']]) {
    const logs = await logsOf(url, POOL, pool.getEvent(name).topicHash);
    assert.equal(counted(...kinds), logs.length, name);
    assert.ok(logs.length > 0, name);
  }
  const holdings = await rows('holding');
  const transfers = await logsOf(url, TOKENS, id('Transfer(address,address,uint256)'));
  assert.equal(holdings.reduce((n, { transfers: own }) => n + own, 0), 2 * transfers.length);
  console.log(`     ${transfers.length} transfers, ${counted('Supply', 'Withdraw', 'Borrow', 'Repay', 'RepayWithATokens')} moves, ${counted('LiquidationCall')} liquidations`);
}

async function compareBlocks(url, rows) {
  const known = (await rows('block')).sort((a, b) => Number(BigInt(a.number) - BigInt(b.number)));
  const head = Number(await rpc(url, 'eth_blockNumber'));
  assert.equal(known.length, head + 1);
  for (const [height, { number, hash, time }] of known.entries()) {
    const block = await rpc(url, 'eth_getBlockByNumber', `0x${height.toString(16)}`, false);
    assert.deepEqual([Number(number), hash, Number(time)], [height, block.hash, Number(block.timestamp)]);
  }
}

/** What went in and out of the pool is what it holds, to the unit. */
async function compareCash(url, rows) {
  const flow = await rows('flow');
  for (const { asset } of RESERVES) {
    const of = (kind) => BigInt(flow.find((row) => row.kind === kind && row.reserve === asset)?.amount ?? 0);
    const cash = of('Supply') + of('Repay') + of('LiquidationCall') - of('Withdraw') - of('Borrow') - of('Seized');
    assert.equal(cash, await view(url, 'latest', POOL, 'getVirtualUnderlyingBalance', asset), asset);
  }
}

/** A token's transfers since genesis add up to balances and supply. */
async function compareTokens(url, rows) {
  const holdings = (await rows('holding')).filter(({ holder }) => holder !== ZeroAddress);
  for (const { asset } of RESERVES) {
    const own = holdings.filter(({ token }) => token === asset);
    assert.ok(own.length > 5);
    for (const { holder, amount } of own)
      assert.equal(BigInt(amount) + await view(url, '0x0', asset, 'balanceOf', holder), await view(url, 'latest', asset, 'balanceOf', holder), `${asset} of ${holder}`);
  }
}

/** aTokens and debt tokens mint interest when they are touched: transfers add up to the balance as of
 * the holder's own index, off by one unit at most for each time that scaled units changed hands. */
async function compareScaled(url, rows) {
  const holdings = (await rows('holding')).filter(({ holder }) => holder !== ZeroAddress);
  for (const [side, rounding] of [['aToken', 0n], ['debtToken', RAY - 1n]])
    for (const { [side]: token } of RESERVES) {
      const own = holdings.filter((row) => row.token === token);
      const scaled = [];
      for (const { holder, amount, moves } of own) {
        const held = await view(url, 'latest', token, 'scaledBalanceOf', holder);
        const balance = (held * await view(url, 'latest', token, 'getPreviousIndex', holder) + rounding) / RAY;
        const off = BigInt(amount) - balance;
        assert.ok((off < 0n ? -off : off) <= BigInt(moves), `${token} of ${holder}: ${amount}, not ${balance}`);
        scaled.push(held);
      }
      assert.equal(sum(scaled), await view(url, 'latest', token, 'scaledTotalSupply'), `a holder of ${token} is missing`);
    }
}

async function compareLiquidations(url, rows) {
  const told = await liquidationsOf(url);
  const known = await rows('liquidation');
  assert.equal(known.length, told.length);
  for (const l of told) {
    const row = known.find(({ id: key }) => key === `${l.transactionHash}-${Number(l.logIndex)}`);
    assert.ok(row, `${l.transactionHash} is missing`);
    const { gasUsed } = await rpc(url, 'eth_getTransactionReceipt', l.transactionHash);
    assert.deepEqual(
      [row.block, row.user, row.liquidator, row.collateralAsset, row.debtAsset, row.debtCovered, row.collateralSeized, row.receiveAToken, row.gasUsed].map(String),
      [BigInt(l.block), l.user, l.liquidator, l.collateralAsset, l.debtAsset, l.debtCovered, l.collateralSeized, l.receiveAToken, BigInt(gasUsed)].map(String),
    );
    const owesNothing = BigInt(row.healthAfter) === 2n ** 256n - 1n;
    assert.equal(owesNothing ? null : formatUnits(row.healthAfter, 18), l.healthAfter, 'health at the end of the block');
  }
}

const COMPARISONS = { counts: compareCounts, blocks: compareBlocks, cash: compareCash, tokens: compareTokens, scaled: compareScaled, liquidations: compareLiquidations };

async function compareAll(url, rows, when) {
  for (const [name, compare] of Object.entries(COMPARISONS)) await step(`ponder: ${name} agree with the node ${when}`, () => compare(url, rows));
}

export async function run(_, { bin }) {
  const node = await startNode(bin, ['--dev']);
  const { url } = node;
  const folder = makeFolder();
  const market = await openMarket(url, SEED);
  await market.play(HISTORY);

  let ponder = await startPonder(folder, url, false);
  await step('ponder: indexes from genesis to the newest block', () => ponder.caughtUp());
  await step('ponder: follows the chain', async () => {
    for (let i = 0; i < 10; i++) await market.play(2), await sleep(100);
    await ponder.caughtUp();
  });
  await step('ponder: follows it when blocks are taken back', async () => {
    await market.undo(async () => { await market.play(5); await ponder.caughtUp(); });
    await market.play(8);
    await ponder.caughtUp();
    assert.match(ponder.log(), /Reorged block/);
  });
  await compareAll(url, ponder.rows, 'after history, live blocks and a way back');
  await step('ponder: had nothing to complain of', () => assert.deepEqual(ponder.complaints(), []));
  await ponder.stop();

  ponder = await startPonder(folder, url, true);
  await step('ponder: goes on where it stopped, by WebSocket', async () => {
    // It hears of heads from when it subscribes on: the chain must not stand still meanwhile.
    for (let live = false; !live; live = /Started live indexing/.test(ponder.log())) await market.play(1), await sleep(500);
    await sleep(1000);
    await market.play(5);
    await ponder.caughtUp();
  });
  await step('ponder: follows it when blocks are taken back, by WebSocket', async () => {
    await market.undo(async () => { await market.play(2); await ponder.caughtUp(); });
    await market.play(4);
    await ponder.caughtUp();
    assert.match(ponder.log(), /Reorged block/);
  });
  await compareAll(url, ponder.rows, 'after a restart');
  await step('ponder: had nothing to complain of then', () => assert.deepEqual(ponder.complaints(), []));
  await ponder.stop();
  rmSync(folder, { recursive: true });
  assert.equal(await node.stop(), 0, node.log());
}

// Subsquid's processor on a node alone, without its network's archive: a market from genesis on, and then the head, through
// blocks that are taken back.  Blocks, transactions and logs must be those that the node has.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { openMarket } from './ponder/market.mjs';
import { at, folderOf, rpc, startNode, step } from './support.mjs';

const POOL = at('pool');
const quantity = (n) => `0x${n.toString(16)}`;

/** Runs the processor; blocks() is what it last told. */
function startSquid(url) {
  const squid = fork(join(folderOf(import.meta.url), 'squid', 'processor.mjs'), [url, POOL], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let blocks = [];
  let log = '';
  squid.on('message', (told) => { blocks = told; });
  squid.stderr.on('data', (text) => { log += text; });
  process.once('exit', () => squid.kill('SIGKILL'));
  return {
    blocks: () => blocks,
    log: () => log,
    async caughtUp() {
      const head = await rpc(url, 'eth_getBlockByNumber', 'latest', false);
      for (const deadline = Date.now() + 60000; blocks.length !== Number(head.number) + 1 || blocks.at(-1).hash !== head.hash;) {
        assert.ok(Date.now() < deadline && squid.exitCode === null, `it stands at ${blocks.length - 1}, the head at ${Number(head.number)}:\n${log.slice(-2000)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async stop() {
      const ended = new Promise((resolve) => squid.once('exit', resolve));
      squid.kill();
      await ended;
    },
  };
}

async function compareBlocks(url, blocks) {
  for (const [height, block] of blocks.entries()) {
    const told = await rpc(url, 'eth_getBlockByNumber', quantity(height), false);
    assert.deepEqual(
      [block.hash, block.size, block.gasUsed, block.time, block.stateRoot],
      [told.hash, Number(told.size), String(BigInt(told.gasUsed)), Number(told.timestamp), told.stateRoot],
    );
  }
}

async function compareTransactions(url, blocks) {
  let compared = 0;
  for (const [height, { transactions }] of blocks.entries()) {
    const receipts = (await rpc(url, 'eth_getBlockReceipts', quantity(height))).filter(({ to }) => to === POOL);
    // It also has the transactions of the pool's logs: aTokens move by themselves, through the pool.
    const own = new Map(transactions.map((transaction) => [transaction[0], transaction]));
    for (const { transactionHash: hash, from, status, gasUsed, effectiveGasPrice } of receipts) {
      assert.deepEqual(own.get(hash), [hash, from, Number(status), String(BigInt(gasUsed)), String(BigInt(effectiveGasPrice))]);
      compared++;
    }
  }
  assert.ok(compared > 50, `only ${compared} transactions`);
}

async function compareLogs(url, blocks) {
  // It has them from receipts.
  const told = await rpc(url, 'eth_getLogs', { address: POOL, fromBlock: '0x0', toBlock: 'latest' });
  assert.ok(told.length > 100, `only ${told.length} logs`);
  assert.deepEqual(
    blocks.flatMap(({ logs }, height) => logs.filter(([address]) => address === POOL).map((log) => [height, ...log])),
    told.map(({ address, topics, data, transactionHash, logIndex, blockNumber }) => [Number(blockNumber), address, topics, data, transactionHash, Number(logIndex)]),
  );
}

export async function run(_, { bin }) {
  const node = await startNode(bin, ['--dev']);
  const { url } = node;
  const market = await openMarket(url, 3);
  await market.play(20);
  const squid = startSquid(url);
  await step('squid: indexes from genesis to the newest block', () => squid.caughtUp());
  await step('squid: follows the chain, and back when blocks are taken back', async () => {
    await market.play(2);
    await squid.caughtUp();
    await market.undo(async () => { await market.play(3); await squid.caughtUp(); });
    await market.play(5);
    await squid.caughtUp();
  });
  for (const [name, compare] of Object.entries({ blocks: compareBlocks, transactions: compareTransactions, logs: compareLogs }))
    await step(`squid: ${name} are the node's`, () => compare(url, squid.blocks()));
  await step('squid: had nothing to complain of', () => {
    const complaints = squid.log().split('\n').filter((line) => line && !(JSON.parse(line).level <= 2));
    assert.deepEqual(complaints, []);
  });
  await squid.stop();
  assert.equal(await node.stop(), 0, node.log());
}

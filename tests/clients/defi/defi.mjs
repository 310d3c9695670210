// web3-ethereum-defi, the Python library of Aave's traders, on a market with a history: flow.py counts for itself.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { openMarket } from '../ponder/market.mjs';
import { folderOf, rpc, runCounting, startNode, venv } from '../support.mjs';

export async function run(_, { bin }) {
  const folder = folderOf(import.meta.url);
  const python = venv(bin, folder);
  const node = await startNode(bin, ['--dev']);
  await (await openMarket(node.url, 5)).play(40);
  await rpc(node.url, 'evm_setAutomine', true);
  await runCounting(python, ['-W', 'ignore', join(folder, 'flow.py'), node.url]);
  assert.equal(await node.stop(), 0, node.log());
}

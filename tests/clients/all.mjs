// node all.mjs BIN_FOLDER [full | FLOW ...]: one devnet, every client, counts on the last line.
import { results, startNode, step } from './support.mjs';

const [bin, ...wanted] = process.argv.slice(2);
const FLOWS = [
  'ethers', 'viem', 'ics23', 'ethers5/ethers', 'ethers5/aave', 'ethers5/liquidator', 'web3js/web3', 'web3py/web3', 'cast/cast',
  'wagmi', 'libraries', 'squid', 'cli', 'subscriptions', 'streams', 'refusals', 'malformed', 'schema', 'discover', 'oracle', 'consistency',
  'devchain',
];
// Their packages are too many for every run: make clients-full.
const FULL = [
  ...FLOWS, 'web3js1/web3', 'metamask/controllers', 'hardhat/hardhat', 'ponder/ponder', 'etl/etl', 'defi/defi', 'go/ethclient', 'rust/alloy', 'java/web3j',
];
const flows = wanted.length === 0 ? FLOWS : wanted[0] === 'full' ? FULL : wanted;

const node = await startNode(bin);
for (const name of flows) {
  const begun = Date.now();
  const { run } = await import(`./${name}.mjs`);
  await step(`${name} ran to its end`, () => run(node.url, { bin }));
  console.log(`     ${name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}
await step('the node ends cleanly on SIGTERM', async () => {
  const code = await node.stop();
  if (code !== 0) throw new Error(`exit code ${code}\n${node.log()}`);
});
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed ? 1 : 0);

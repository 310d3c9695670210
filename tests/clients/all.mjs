// node all.mjs BIN_FOLDER: one devnet, every client, counts on the last line.
import { results, startNode, step } from './support.mjs';

const node = await startNode(process.argv[2]);
for (const name of ['ethers', 'viem', 'ics23']) {
  const { run } = await import(`./${name}.mjs`);
  await step(`${name} ran to its end`, () => run(node.url));
}
await step('the node ends cleanly on SIGTERM', async () => {
  const code = await node.stop();
  if (code !== 0) throw new Error(`exit code ${code}\n${node.log()}`);
});
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed ? 1 : 0);

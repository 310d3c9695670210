// A chain for tests (plimsolld start --dev), which makes a block for every transaction: viem's test
// client and ethers' unlocked signers, then flows that must not mind how fast blocks come.
import assert from 'node:assert/strict';
import { Contract, JsonRpcProvider, JsonRpcSigner } from 'ethers';
import { createPublicClient, createTestClient, createWalletClient, defineChain, http, parseEther, publicActions } from 'viem';
import { OTHER, TOKEN_ABI, WETH, rpc, startNode, step } from './support.mjs';

const SOMEBODY = '0x00000000000000000000000000000000000000a1';
const AGAIN = ['ethers', 'viem', 'ethers5/ethers', 'ethers5/liquidator', 'web3js/web3', 'web3py/web3', 'cast/cast', 'consistency'];

async function testClients(url) {
  const chain = defineChain({ id: Number(await rpc(url, 'eth_chainId')), name: 'Plimsoll', nativeCurrency: { name: 'P', symbol: 'PLM', decimals: 18 }, rpcUrls: { default: { http: [url] } } });
  const reader = createPublicClient({ chain, transport: http(), cacheTime: 0, pollingInterval: 100 });
  const unlocked = createWalletClient({ chain, account: SOMEBODY, transport: http() });

  for (const mode of ['anvil', 'hardhat']) {
    const client = createTestClient({ chain, mode, transport: http() }).extend(publicActions);
    const head = () => reader.getBlock();

    await step(`devchain: viem's ${mode} client sets balances and nonces, and acts for anybody`, async () => {
      await client.setBalance({ address: SOMEBODY, value: parseEther('5') });
      assert.equal(await reader.getBalance({ address: SOMEBODY }), parseEther('5'));
      const nonce = (await reader.getTransactionCount({ address: SOMEBODY })) + 3;
      await client.setNonce({ address: SOMEBODY, nonce });
      await client.impersonateAccount({ address: SOMEBODY });
      const hash = await unlocked.sendTransaction({ to: OTHER, value: 1n });
      assert.equal((await reader.waitForTransactionReceipt({ hash })).status, 'success');
      assert.equal((await reader.getTransaction({ hash })).nonce, nonce);
      await client.stopImpersonatingAccount({ address: SOMEBODY });
      await assert.rejects(unlocked.sendTransaction({ to: OTHER, value: 1n }), /No Signer available/);
    });
    await step(`devchain: viem's ${mode} client moves time, mines, and goes back`, async () => {
      const id = await client.snapshot();
      const before = await head();
      await client.increaseTime({ seconds: 3600 });
      await client.mine({ blocks: 3, interval: 10 });
      const after = await head();
      assert.equal(after.number, before.number + 3n);
      assert.ok(after.timestamp >= before.timestamp + 3600n + 20n, `${after.timestamp - before.timestamp}`);
      await client.setNextBlockTimestamp({ timestamp: after.timestamp + 500n });
      await client.mine({ blocks: 1 });
      assert.equal((await head()).timestamp, after.timestamp + 500n);
      await client.revert({ id });
      assert.equal((await head()).hash, before.hash);
      assert.equal(await reader.getBlock({ blockHash: after.hash }).catch((e) => e.name), 'BlockNotFoundError');
    });
    await step(`devchain: viem's ${mode} client holds transactions back`, async () => {
      await client.setAutomine(false);
      await client.impersonateAccount({ address: SOMEBODY });
      const hash = await unlocked.sendTransaction({ to: OTHER, value: 2n });
      assert.equal(await rpc(url, 'eth_getTransactionReceipt', hash), null);
      await client.mine({ blocks: 1 });
      assert.equal((await reader.getTransactionReceipt({ hash })).status, 'success');
      await client.setAutomine(true);
    });
  }
  await step('devchain: ethers 6 sends for an unlocked account', async () => {
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 100 });
    await provider.send('anvil_impersonateAccount', [SOMEBODY]);
    await provider.send('anvil_dealERC20', [SOMEBODY, WETH, '0x64']);
    const weth = new Contract(WETH, TOKEN_ABI, new JsonRpcSigner(provider, SOMEBODY));
    const receipt = await (await weth.transfer(OTHER, 40n)).wait(1, 60000);
    assert.equal(receipt.status, 1);
    assert.equal(await weth.balanceOf(SOMEBODY), 60n);
    await provider.send('anvil_stopImpersonatingAccount', [SOMEBODY]);
    provider.destroy();
  });
}

export async function run(_, context) {
  for (const flow of [testClients, ...AGAIN]) {
    const { run: begin } = typeof flow === 'string' ? await import(`./${flow}.mjs`) : { run: flow };
    // A chain of its own for each: what a test client did to one cannot be recomputed from outside.
    // Blocks come by the timer where several transactions have to be in one.
    const node = await startNode(context.bin, ['--dev', ...(flow === 'consistency' ? ['--block-time', '200ms'] : [])]);
    await step(`devchain: ${flow.name ?? flow} ran to its end`, () => begin(node.url, context));
    assert.equal(await node.stop(), 0, node.log());
  }
}

// Hardhat's runtime with the node as one of its networks, as scripts and tasks have it: ethers and viem over Hardhat's own
// provider, which keeps the keys, fills in transactions and signs them.
import assert from 'node:assert/strict';
import { parseAbi } from 'viem';
import { KEYS, MULTICALL, OTHER, POOL_ABI, TOKEN_ABI, WETH, at, folderOf, rpc, step } from '../support.mjs';

const KEY = KEYS[3], OLDEST = 20;

export async function run(url) {
  // Hardhat brings a chain of its own, which npm has for each platform in a form that a lock file must name.
  if (process.platform !== 'linux' || process.arch !== 'x64' || parseInt(process.versions.node, 10) < OLDEST) {
    console.log(`     SKIPPED: Hardhat is here for Linux on x86-64 alone, with Node ${OLDEST} or later`);
    return;
  }
  const { createHardhatRuntimeEnvironment } = await import('hardhat/hre');
  const [hardhatEthers, hardhatViem] = (await Promise.all([import('@nomicfoundation/hardhat-ethers'), import('@nomicfoundation/hardhat-viem')])).map((m) => m.default);
  const http = { type: 'http', url };
  const { network } = await createHardhatRuntimeEnvironment({
    plugins: [hardhatEthers, hardhatViem],
    networks: { plimsoll: { ...http, accounts: [KEY] }, legacy: { ...http, accounts: [KEY], gasPrice: 2_000_000_000n }, other: { ...http, chainId: 1 } },
  }, {}, folderOf(import.meta.url));
  const { ethers, viem, provider } = await network.create('plimsoll');
  const [signer] = await ethers.getSigners(), me = await signer.getAddress();
  const weth = await ethers.getContractAt(TOKEN_ABI, WETH, signer);

  await step('hardhat: knows its accounts, and the network', async () => {
    assert.deepEqual(await provider.request({ method: 'eth_accounts' }), [me.toLowerCase()]);
    assert.equal(await provider.request({ method: 'eth_chainId' }), await rpc(url, 'eth_chainId'));
    assert.ok(await ethers.provider.getBalance(me) > 10n ** 18n);
    const other = await network.create('other');
    await assert.rejects(other.provider.request({ method: 'eth_blockNumber' }), /HHE708/);
  });
  await step('hardhat: sends by ethers, with the fields it fills in', async () => {
    const receipt = await (await signer.sendTransaction({ to: OTHER, value: 3n })).wait();
    assert.deepEqual([receipt.status, receipt.type, receipt.gasUsed], [1, 2, 21000n]);
    const raw = await provider.request({ method: 'eth_sendTransaction', params: [{ from: me, to: OTHER, value: '0x4' }] });
    assert.equal((await ethers.provider.waitForTransaction(raw)).status, 1);
    const { ethers: legacy } = await network.create('legacy');
    const [again] = await legacy.getSigners();
    assert.equal((await (await again.sendTransaction({ to: OTHER, value: 5n })).wait()).type, 0);
  });
  await step('hardhat: uses contracts, and finds what they told', async () => {
    const pool = await ethers.getContractAt(POOL_ABI, at('pool'), signer);
    await (await weth.approve(at('pool'), 10n ** 15n)).wait();
    const receipt = await (await pool.supply(WETH, 10n ** 15n, me, 0)).wait();
    const [event] = await pool.queryFilter(pool.filters.Supply(WETH), receipt.blockNumber);
    assert.equal(event.args.amount, 10n ** 15n);
    assert.equal(event.transactionHash, receipt.hash);
  });
  await step('hardhat: has the data of what reverts', async () => {
    for (const attempt of [weth.transfer, weth.transfer.estimateGas, weth.transfer.staticCall]) {
      await assert.rejects(attempt(OTHER, 1n << 200n), (e) => e.code === 3 && weth.interface.parseError(e.data).name === 'ERC20InsufficientBalance');
    }
    await assert.rejects(signer.sendTransaction({ to: OTHER, value: 1n, nonce: 0, gasLimit: 21000 }), /nonce too low/);
  });
  await step('hardhat: reads and sends by viem', async () => {
    const reader = await viem.getPublicClient(), [writer] = await viem.getWalletClients();
    const hash = await writer.sendTransaction({ to: OTHER, value: 6n });
    assert.equal((await reader.waitForTransactionReceipt({ hash })).status, 'success');
    const abi = parseAbi(TOKEN_ABI);
    const [symbol, decimals] = await reader.multicall({ multicallAddress: MULTICALL, allowFailure: false, contracts: [{ abi, address: WETH, functionName: 'symbol' }, { abi, address: WETH, functionName: 'decimals' }] });
    assert.deepEqual([symbol, decimals], ['WETH', 18]);
  });
  await step('hardhat: signs messages and typed data', async () => {
    const reader = await viem.getPublicClient(), domain = { chainId: 1 }, types = { Word: [{ name: 'word', type: 'string' }] }, message = { word: 'Plimsoll' };
    assert.ok(await reader.verifyMessage({ address: me, message: 'Plimsoll', signature: await signer.signMessage('Plimsoll') }));
    assert.ok(await reader.verifyTypedData({ address: me, domain, types, message, primaryType: 'Word', signature: await signer.signTypedData(domain, types, message) }));
  });
}

// wagmi's core, what React front ends of Ethereum are made with: a configuration, a connector, actions on viem.
import assert from 'node:assert/strict';
import * as wagmi from '@wagmi/core';
import { BaseError, ContractFunctionRevertedError, defineChain, formatEther, formatUnits, parseAbi, parseEther, parseUnits, verifyTypedData } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { DAI, KEYS, MULTICALL, OTHER, POOL_ABI, TOKEN_ABI, USDC, WETH, at, rpc, startNode, step } from './support.mjs';

const ALL = 2n ** 256n - 1n;
const token = { abi: parseAbi(TOKEN_ABI) };
const pool = { address: at('pool'), abi: parseAbi(POOL_ABI) };

const chainOf = async (url) => defineChain({
  id: Number(await rpc(url, 'eth_chainId')),
  name: 'Plimsoll',
  nativeCurrency: { name: 'Plimsoll', symbol: 'PLM', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
  contracts: { multicall3: { address: MULTICALL } },
});

/** What a wallet's extension offers a page (EIP-1193), with the key in it; everything else it asks the node. */
function walletOf(account, url) {
  const request = async ({ method, params = [] }) => {
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [account.address];
    if (method === 'wallet_requestPermissions') return [{ parentCapability: 'eth_accounts' }];
    if (method === 'personal_sign') return account.signMessage({ message: { raw: params[0] } });
    if (method === 'eth_signTypedData_v4') return account.signTypedData(JSON.parse(params[1]));
    if (method !== 'eth_sendTransaction') return rpc(url, method, ...params);
    const { tx } = await rpc(url, 'eth_fillTransaction', params[0]);
    const { type, gas, nonce, maxFeePerGas, maxPriorityFeePerGas, to, value, input: data, chainId } = tx;
    assert.equal(type, '0x2');
    const raw = await account.signTransaction({
      type: 'eip1559', to, data, chainId: Number(chainId), nonce: Number(nonce), gas: BigInt(gas), value: BigInt(value),
      maxFeePerGas: BigInt(maxFeePerGas), maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas),
    });
    return rpc(url, 'eth_sendRawTransaction', raw);
  };
  return { request, on() {}, removeListener() {} };
}

/** The name of the contract's error under a failure. */
const revertName = (e) => (e instanceof BaseError ? e.walk((cause) => cause instanceof ContractFunctionRevertedError) : null)?.data?.errorName;

async function lends(url, account) {
  const chain = await chainOf(url);
  const config = wagmi.createConfig({
    chains: [chain],
    connectors: [wagmi.injected()],
    multiInjectedProviderDiscovery: false,
    transports: { [chain.id]: wagmi.http(url, { batch: true }) },
    batch: { multicall: true },
    pollingInterval: 100,
    cacheTime: 0,
    storage: null,
  });
  const { address } = account;
  const balance = (of) => wagmi.readContract(config, { ...token, address: of, functionName: 'balanceOf', args: [address] });
  const write = async (contract, functionName, ...args) => {
    const { request } = await wagmi.simulateContract(config, { ...contract, functionName, args });
    return wagmi.waitForTransactionReceipt(config, { hash: await wagmi.writeContract(config, request), timeout: 60000 });
  };

  await step('wagmi: connects a wallet, and sees account and chain', async () => {
    const { accounts, chainId } = await wagmi.connect(config, { connector: config.connectors[0] });
    assert.deepEqual([accounts, chainId], [[address], chain.id]);
    assert.equal(wagmi.getConnection(config).status, 'connected');
    const { value } = await wagmi.getBalance(config, { address });
    assert.equal(value, BigInt(await rpc(url, 'eth_getBalance', address, 'latest')));
  });
  await step('wagmi: gathers reads of a page into one multicall, failures apart', async () => {
    const symbols = await wagmi.readContracts(config, { contracts: [WETH, USDC, DAI, at('pool')].map((asset) => ({ ...token, address: asset, functionName: 'symbol' })) });
    assert.deepEqual(symbols.map(({ result }) => result), ['WETH', 'USDC', 'DAI', undefined]);
    const [weth, dai] = await Promise.all([balance(WETH), balance(DAI)]);
    assert.deepEqual([weth, dai].map((x) => x > 0n), [true, true]);
  });
  await step('wagmi: supplies, borrows, pays back and withdraws; the account is what the node says', async () => {
    const seen = [];
    const stop = wagmi.watchContractEvent(config, { ...pool, eventName: 'Borrow', onLogs: (logs) => seen.push(...logs) });
    await write({ ...token, address: WETH }, 'approve', pool.address, ALL);
    await write({ ...token, address: DAI }, 'approve', pool.address, ALL);
    await write(pool, 'supply', WETH, parseEther('2'), address, 0);
    await write(pool, 'supply', DAI, parseUnits('5000', 18), address, 0);
    const before = await balance(DAI);
    const { transactionHash, blockNumber } = await write(pool, 'borrow', DAI, parseUnits('1234', 18), 2n, 0, address);
    assert.equal((await balance(DAI)) - before, parseUnits('1234', 18));

    const [collateral, debt, available, , , health] = await wagmi.readContract(config, { ...pool, functionName: 'getUserAccountData', args: [address], blockNumber });
    const own = await rpc(url, 'plimsoll_getHealth', address, `0x${blockNumber.toString(16)}`);
    assert.deepEqual([formatUnits(collateral, 8), formatUnits(debt, 8), formatUnits(available, 8), formatEther(health)], [own.collateral, own.debt, own.availableBorrows, own.healthFactor]);
    for (const deadline = Date.now() + 60000; !seen.some((log) => log.transactionHash === transactionHash); await new Promise((resolve) => setTimeout(resolve, 50)))
      assert.ok(Date.now() < deadline, 'the event was not seen');
    stop();

    await write(pool, 'repay', DAI, ALL, 2n, address);
    await write(pool, 'withdraw', WETH, ALL, address);
    await write(pool, 'withdraw', DAI, ALL, address);
    const [left, owed] = await wagmi.readContract(config, { ...pool, functionName: 'getUserAccountData', args: [address] });
    assert.deepEqual([left, owed], [0n, 0n]);
  });
  await step("wagmi: a simulation is refused with the contract's error", async () => {
    await assert.rejects(write(pool, 'borrow', WETH, 0n, 2n, 0, address), (e) => revertName(e) === 'InvalidAmount');
    await assert.rejects(write({ ...token, address: WETH }, 'transfer', OTHER, 2n ** 200n), (e) => revertName(e) === 'ERC20InsufficientBalance');
  });
  await step('wagmi: a transaction that failed is told with its reason', async () => {
    const hash = await wagmi.writeContract(config, { ...token, address: WETH, functionName: 'transfer', args: [OTHER, 2n ** 200n], gas: 600000n });
    await assert.rejects(wagmi.waitForTransactionReceipt(config, { hash, timeout: 60000 }), (e) => /execution reverted/i.test(e.message) && e.walk((cause) => cause.data)?.data?.startsWith('0xe450d38c'));
  });
  await step('wagmi: estimates, fees, bytecode, transactions and blocks are the node\'s', async () => {
    assert.equal(await wagmi.estimateGas(config, { to: OTHER, value: 1n }), 21000n);
    const hash = await wagmi.sendTransaction(config, { to: OTHER, value: 7n });
    const receipt = await wagmi.waitForTransactionReceipt(config, { hash, timeout: 60000 });
    assert.equal((await wagmi.getTransaction(config, { hash })).value, 7n);
    assert.equal((await wagmi.getBlock(config, { blockHash: receipt.blockHash })).number, receipt.blockNumber);
    assert.equal(await wagmi.getBytecode(config, { address: WETH }), await rpc(url, 'eth_getCode', WETH, 'latest'));
    assert.equal((await wagmi.estimateFeesPerGas(config)).maxPriorityFeePerGas, BigInt(await rpc(url, 'eth_maxPriorityFeePerGas')));
    const heads = [];
    const stop = wagmi.watchBlockNumber(config, { onBlockNumber: (number) => heads.push(number) });
    for (const deadline = Date.now() + 60000; heads.length < 3; await new Promise((resolve) => setTimeout(resolve, 50))) assert.ok(Date.now() < deadline);
    stop();
    assert.ok(heads[2] > heads[1] && heads[1] > heads[0]);
  });
  await step('wagmi: has typed data signed for a contract that exists', async () => {
    const permit = {
      domain: { name: 'USD Coin', version: '1', chainId: chain.id, verifyingContract: USDC },
      types: { Permit: [{ name: 'owner', type: 'address' }, { name: 'value', type: 'uint256' }] },
      primaryType: 'Permit',
      message: { owner: address, value: 5n },
    };
    const signature = await wagmi.signTypedData(config, permit);
    assert.ok(await verifyTypedData({ ...permit, address, signature }));
    assert.ok(await wagmi.verifyTypedData(config, { ...permit, address, signature }));
    await wagmi.disconnect(config);
    assert.equal(wagmi.getConnection(config).status, 'disconnected');
  });
}

/** On a chain for tests wagmi's own mock of a wallet sends what the node signs for it. */
async function mocks(url) {
  const chain = await chainOf(url);
  const { address } = privateKeyToAccount(KEYS[5]);
  await rpc(url, 'anvil_impersonateAccount', address);
  const config = wagmi.createConfig({ chains: [chain], connectors: [wagmi.mock({ accounts: [address] })], transports: { [chain.id]: wagmi.http(url) }, pollingInterval: 100, storage: null });
  await step('wagmi: sends through its mock connector on a chain for tests', async () => {
    await wagmi.connect(config, { connector: config.connectors[0] });
    const receipt = await wagmi.waitForTransactionReceipt(config, { hash: await wagmi.sendTransaction(config, { to: OTHER, value: 9n }), timeout: 60000 });
    assert.deepEqual([receipt.status, receipt.from], ['success', address.toLowerCase()]);
    const { id } = await wagmi.sendCalls(config, { calls: [{ to: OTHER, value: 1n }, { to: OTHER, value: 2n }] });
    const { receipts } = await wagmi.waitForCallsStatus(config, { id, timeout: 60000 });
    assert.deepEqual(receipts.map(({ status }) => status), ['success', 'success']);
  });
}

export async function run(url, { bin }) {
  const account = privateKeyToAccount(KEYS[5]);
  globalThis.window = { ethereum: walletOf(account, url) }; // where a page finds its wallet
  try {
    await lends(url, account);
  } finally {
    delete globalThis.window;
  }
  const node = await startNode(bin, ['--dev']);
  await mocks(node.url);
  assert.equal(await node.stop(), 0, node.log());
}

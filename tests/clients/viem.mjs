// viem 2 against a node: the same ground, by the other library that wallets and front ends use.
import assert from 'node:assert/strict';
import { BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, defineChain, getContract, http, parseAbi, parseEther, parseTransaction } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { FEED_ABI, KEY, OTHER, POOL_ABI, TOKEN_ABI, WETH, at, rpc, step } from './support.mjs';

const revertName = (e) => (e instanceof BaseError ? e.walk((cause) => cause instanceof ContractFunctionRevertedError) : null)?.data?.errorName;

export async function run(url) {
  const chain = defineChain({
    id: Number(await rpc(url, 'eth_chainId')),
    name: 'Plimsoll devnet',
    nativeCurrency: { name: 'Plimsoll', symbol: 'PLM', decimals: 18 },
    rpcUrls: { default: { http: [url] } },
    contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' } },
  });
  const account = privateKeyToAccount(KEY);
  const reader = createPublicClient({ chain, transport: http(), pollingInterval: 100, cacheTime: 0 });
  const writer = createWalletClient({ account, chain, transport: http() });
  const pool = getContract({ address: at('pool'), abi: parseAbi(POOL_ABI), client: { public: reader, wallet: writer } });
  const token = { address: WETH, abi: parseAbi(TOKEN_ABI) };
  const mined = async (hash) => reader.waitForTransactionReceipt({ hash: await hash, timeout: 60000 });

  await step('viem: connects and reads blocks', async () => {
    assert.equal(await reader.getChainId(), chain.id);
    const block = await reader.getBlock({ includeTransactions: true });
    assert.ok(block.baseFeePerGas > 0n);
    assert.equal((await reader.getBlock({ blockHash: block.hash })).number, block.number);
    assert.equal((await reader.getBlock({ blockTag: 'finalized' })).hash.length, 66);
  });
  await step('viem: sends a type 2 and a type 0 transaction', async () => {
    const dynamic = await mined(writer.sendTransaction({ to: OTHER, value: 3n }));
    assert.equal(dynamic.status, 'success');
    assert.equal(dynamic.type, 'eip1559');
    const legacy = await mined(writer.sendTransaction({ to: OTHER, value: 4n, type: 'legacy' }));
    assert.equal(legacy.status, 'success');
    assert.equal(legacy.type, 'legacy');
    assert.equal((await reader.getTransaction({ hash: legacy.transactionHash })).value, 4n);
  });
  await step('viem: has each type filled in at once, and asks for nothing else', async () => {
    const asked = [];
    const onFetchRequest = (_, { body }) => void asked.push(JSON.parse(body).method);
    const watched = createWalletClient({ account, chain, transport: http(undefined, { onFetchRequest }) });
    const accessList = [{ address: WETH, storageKeys: [`0x${'00'.repeat(32)}`] }];
    for (const [type, more] of [['eip1559', {}], ['legacy', {}], ['eip2930', { accessList }]]) {
      asked.length = 0;
      const receipt = await mined(watched.sendTransaction({ to: OTHER, value: 2n, type, ...more }));
      assert.deepEqual(asked, ['eth_fillTransaction', 'eth_sendRawTransaction'], type);
      assert.deepEqual([receipt.status, receipt.type], ['success', type]);
    }
    const { raw, transaction } = await reader.fillTransaction({ account: account.address, to: OTHER, value: 1n });
    assert.equal(transaction.nonce, await reader.getTransactionCount({ address: account.address }));
    const { maxPriorityFeePerGas, gas } = parseTransaction(raw);
    assert.deepEqual([maxPriorityFeePerGas, gas], [transaction.maxPriorityFeePerGas, 21000n]);
    await assert.rejects(reader.fillTransaction({ account: account.address, to: OTHER, blobs: ['0x00'], maxFeePerBlobGas: 1n }), /transaction type not supported/);
  });
  await step('viem: reads through Multicall3', async () => {
    const answers = await reader.multicall({
      contracts: [
        { ...token, functionName: 'symbol' },
        { ...token, functionName: 'balanceOf', args: [account.address] },
        { address: at('feed', 0), abi: parseAbi(FEED_ABI), functionName: 'decimals' },
        { ...token, functionName: 'transfer', args: [OTHER, 1n << 200n] },
      ],
    });
    assert.equal(answers[0].result, 'WETH');
    assert.equal(answers[2].result, 8);
    assert.equal(answers[3].status, 'failure');
  });
  await step('viem: decodes a custom error', async () => {
    await assert.rejects(pool.simulate.borrow([WETH, parseEther('1000000'), 2n, 0, account.address]), (e) => revertName(e) !== undefined);
    await assert.rejects(pool.simulate.supply([WETH, 0n, account.address, 0]), (e) => revertName(e) === 'InvalidAmount');
  });
  await step('viem: writes a contract and finds its log', async () => {
    const receipt = await mined(writer.writeContract({ ...token, functionName: 'transfer', args: [OTHER, 5n] }));
    const logs = await reader.getContractEvents({ ...token, eventName: 'Transfer', args: { to: OTHER }, fromBlock: 0n, strict: true });
    const ours = logs.find((log) => log.transactionHash === receipt.transactionHash);
    assert.equal(ours.args.value, 5n);
    assert.equal(ours.blockHash, receipt.blockHash);
  });
  await step('viem: estimates fees and gas', async () => {
    const fees = await reader.estimateFeesPerGas();
    assert.ok(fees.maxFeePerGas > 0n);
    assert.equal(await reader.estimateGas({ account: account.address, to: OTHER, value: 1n }), 21000n);
    const history = await reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [10, 50] });
    assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  });
  await step('viem: sends a type 1 transaction with an access list', async () => {
    const accessList = [{ address: WETH, storageKeys: [`0x${'00'.repeat(32)}`] }];
    const receipt = await mined(writer.sendTransaction({ to: OTHER, value: 5n, type: 'eip2930', accessList, gasPrice: await reader.getGasPrice() }));
    assert.equal(receipt.type, 'eip2930');
    assert.equal(receipt.gasUsed, 21000n + 2400n + 1900n);
    assert.deepEqual((await reader.getTransaction({ hash: receipt.transactionHash })).accessList, accessList);
    const suggested = await reader.createAccessList({ account: account.address, to: OTHER, value: 1n });
    assert.deepEqual(suggested, { accessList: [], gasUsed: 21000n });
  });
  await step('viem: sends and has the receipt at once', async () => {
    const request = await writer.prepareTransactionRequest({ to: OTHER, value: 6n });
    const receipt = await writer.sendRawTransactionSync({ serializedTransaction: await writer.signTransaction(request) });
    assert.equal(receipt.status, 'success');
  });
  await step('viem: decodes a string and an estimate that reverts', async () => {
    const feed = { address: at('feed', 0), abi: parseAbi(FEED_ABI), functionName: 'getRoundData', args: [99999n] };
    await assert.rejects(reader.readContract(feed), (e) => e.walk((cause) => cause instanceof ContractFunctionRevertedError)?.reason === 'No data present');
    await assert.rejects(reader.estimateContractGas({ ...token, account, functionName: 'transfer', args: [OTHER, 1n << 200n] }), (e) => revertName(e) === 'ERC20InsufficientBalance');
  });
  await step('viem: calls with a balance that is not there, and in batches', async () => {
    const stranger = '0x00000000000000000000000000000000000000f1';
    const call = { account: stranger, to: OTHER, value: 10n ** 18n };
    await assert.rejects(reader.call(call), /insufficient funds/);
    assert.deepEqual(await reader.call({ ...call, stateOverride: [{ address: stranger, balance: 2n * 10n ** 18n }] }), { data: undefined });
    const batching = createPublicClient({ chain, transport: http(undefined, { batch: true }), cacheTime: 0 });
    const [number, balance, code] = await Promise.all([batching.getBlockNumber(), batching.getBalance({ address: OTHER }), batching.getCode({ address: WETH })]);
    assert.ok(number > 0n && balance > 0n && code !== undefined);
  });
  await step('viem: verifies a message without a contract to do it', async () => {
    const signature = await account.signMessage({ message: 'Plimsoll' });
    assert.equal(await reader.verifyMessage({ address: account.address, message: 'Plimsoll', signature }), true);
    assert.equal(await reader.verifyMessage({ address: OTHER, message: 'Plimsoll', signature }), false);
  });
  await step('viem: unknown things are null or not found, never errors of another kind', async () => {
    const nothing = `0x${'12'.repeat(32)}`;
    assert.equal(await rpc(url, 'eth_getTransactionReceipt', nothing), null);
    assert.equal(await rpc(url, 'eth_getBlockByHash', nothing, false), null);
    assert.equal(await rpc(url, 'eth_getTransactionByHash', nothing), null);
    await assert.rejects(rpc(url, 'eth_nothing'), (e) => e.code === -32601 && e.message === 'the method eth_nothing does not exist/is not available');
  });
}

// MetaMask's own controllers, without its windows: the network is added as a custom one, the gas fee
// is asked for, and transactions are estimated, approved, signed, published and confirmed.
import assert from 'node:assert/strict';
import { GasFeeController } from '@metamask/gas-fee-controller';
import { MOCK_ANY_NAMESPACE, Messenger } from '@metamask/messenger';
import { NetworkController, RpcEndpointType } from '@metamask/network-controller';
import { TransactionController, TransactionEnvelopeType, TransactionStatus } from '@metamask/transaction-controller';
import { KEYS, OTHER, USDC, WETH, rpc, step } from '../support.mjs';

const ADDRESS = '0xa0ee7a142d267c1f36714e4a8f75612f20a79720'; // of KEYS[9]
const SYMBOL = '0x95d89b41';
const word = (hex) => hex.replace('0x', '').padStart(64, '0');
const transfer = (amount) => `0xa9059cbb${word(OTHER.toLowerCase())}${word(amount.toString(16))}`;

const network = (messenger) => new NetworkController({
  messenger,
  infuraProjectId: 'none',
  getRpcServiceOptions: () => ({ fetch, btoa, policyOptions: { maxRetries: 0 } }),
  getBlockTrackerOptions: () => ({ pollingInterval: 500 }), // MetaMask's own is 20 s
});

function transactions(messenger, networks, fees) {
  return new TransactionController({
    messenger,
    disableHistory: true,
    disableSendFlowHistory: true,
    disableSwaps: true,
    getCurrentNetworkEIP1559Compatibility: () => networks.getEIP1559Compatibility(),
    getGasFeeEstimates: (options) => fees.fetchGasFeeEstimates(options),
    getNetworkClientRegistry: () => networks.getNetworkClientRegistry(),
    getNetworkState: () => networks.state,
    isFirstTimeInteractionEnabled: () => false,
    isSimulationEnabled: () => false,
    sign: async (transaction) => transaction.sign(Buffer.from(KEYS[9].slice(2), 'hex')),
    transactionHistoryLimit: 40,
    hooks: {},
  });
}

export async function run(url) {
  const chainId = await rpc(url, 'eth_chainId');
  const messenger = new Messenger({ namespace: MOCK_ANY_NAMESPACE });
  const account = { address: ADDRESS, type: 'eip155:eoa', metadata: { keyring: { type: 'HD Key Tree' } } };
  const answers = {
    'AccountsController:getSelectedAccount': () => account,
    'AccountsController:getState': () => ({ internalAccounts: { accounts: { one: account }, selectedAccount: 'one' } }),
    'ApprovalController:addRequest': async () => ({}),
    'ErrorReportingService:captureException': () => {},
    'RemoteFeatureFlagController:getState': () => ({ cacheTimestamp: 0, remoteFeatureFlags: {} }),
  };
  for (const [action, answer] of Object.entries(answers)) messenger.registerActionHandler(action, answer);
  const networks = network(messenger);
  let [client, provider, fees, controller] = [];
  const ask = (method, ...params) => provider.request({ method, params });

  /** Adds a transaction as a dapp would, and waits until MetaMask itself says how it ended. */
  async function send(fields, options = {}) {
    const ended = (id) => new Promise((resolve, reject) => {
      const look = () => {
        const meta = controller.state.transactions.find((one) => one.id === id);
        if ([TransactionStatus.confirmed, TransactionStatus.failed, TransactionStatus.dropped].includes(meta?.status)) resolve(meta);
      };
      const timer = setTimeout(() => reject(new Error(`still ${controller.state.transactions.find((one) => one.id === id)?.status}`)), 30000);
      timer.unref();
      messenger.subscribe('TransactionController:stateChange', look);
      look();
    });
    const { transactionMeta, result } = await controller.addTransaction({ from: ADDRESS, ...fields }, { networkClientId: client, origin: 'https://dapp.example', ...options });
    const hash = await result.catch((e) => e);
    return { hash, meta: await ended(transactionMeta.id) };
  }

  await step('metamask: adds the network and finds it alive and with a base fee', async () => {
    await networks.initializeProvider();
    const added = networks.addNetwork({
      blockExplorerUrls: [], chainId, defaultRpcEndpointIndex: 0, name: 'Plimsoll', nativeCurrency: 'PLM',
      rpcEndpoints: [{ type: RpcEndpointType.Custom, url, name: 'node' }],
    });
    client = added.rpcEndpoints[0].networkClientId;
    await networks.setActiveNetwork(client);
    ({ provider } = networks.getNetworkClientById(client));
    assert.equal(await networks.getEIP1559Compatibility(client), true);
    assert.equal(networks.state.networksMetadata[client].status, 'available');
    assert.equal(await ask('eth_chainId'), chainId);
    assert.equal(await ask('net_version'), String(Number(chainId)));
  });
  await step('metamask: reads balances, code and calls at the number of the block that it knows', async () => {
    assert.ok(BigInt(await ask('eth_getBalance', ADDRESS, 'latest')) > 10n ** 18n);
    assert.equal(await ask('eth_getCode', OTHER, 'latest'), '0x');
    assert.notEqual(await ask('eth_getCode', WETH, 'latest'), '0x');
    assert.match(await ask('eth_call', { to: WETH, data: SYMBOL }, 'latest'), /57455448/);
    await assert.rejects(ask('eth_call', { from: ADDRESS, to: USDC, data: transfer(2n ** 200n) }, 'latest'),
      (e) => /^0xe450d38c/.test(e.data?.data ?? e.data) || assert.fail(JSON.stringify(e)));
  });
  await step('metamask: knows a state that is forty seconds old', async () => {
    const head = Number(await rpc(url, 'eth_blockNumber'));
    const old = `0x${Math.max(0, head - 200).toString(16)}`;
    assert.match(await rpc(url, 'eth_getBalance', ADDRESS, old), /^0x/);
    assert.match(await rpc(url, 'eth_call', { to: WETH, data: SYMBOL }, old), /57455448/);
    assert.match(await rpc(url, 'eth_getTransactionCount', ADDRESS, old), /^0x/);
  });
  await step('metamask: estimates the fee from eth_gasPrice or the fee history', async () => {
    fees = new GasFeeController({
      messenger,
      getCurrentNetworkEIP1559Compatibility: () => networks.getEIP1559Compatibility(),
      getCurrentNetworkLegacyGasAPICompatibility: () => false,
      getChainId: () => chainId,
      getProvider: () => networks.getProviderAndBlockTracker().provider,
      onNetworkDidChange: () => {},
      EIP1559APIEndpoint: 'http://127.0.0.1:1/<chain_id>', // there is no service for custom networks
    });
    const { gasFeeEstimates, gasEstimateType } = await fees.fetchGasFeeEstimates({ shouldUpdateState: false });
    assert.notEqual(gasEstimateType, 'none', JSON.stringify(gasFeeEstimates));
  });
  await step('metamask: sends money', async () => {
    controller = transactions(messenger, networks, fees);
    const { hash, meta } = await send({ to: OTHER, value: '0x7' });
    assert.equal(meta.status, TransactionStatus.confirmed, meta.error?.message);
    assert.equal(meta.hash, hash);
    assert.equal(meta.txReceipt.status, '0x1');
    assert.equal(meta.txReceipt.gasUsed, '0x5208');
    assert.equal(meta.txParams.type, TransactionEnvelopeType.feeMarket);
    assert.ok(BigInt(meta.baseFeePerGas) > 0n);
    assert.equal((await rpc(url, 'eth_getTransactionByHash', hash)).type, '0x2');
  });
  await step('metamask: sends a legacy transaction and a token', async () => {
    const legacy = await send({ to: OTHER, value: '0x8', gasPrice: await rpc(url, 'eth_gasPrice'), type: TransactionEnvelopeType.legacy });
    assert.equal(legacy.meta.status, TransactionStatus.confirmed, legacy.meta.error?.message);
    assert.equal((await rpc(url, 'eth_getTransactionByHash', legacy.hash)).type, '0x0');
    const token = await send({ to: WETH, data: transfer(9n) });
    assert.equal(token.meta.status, TransactionStatus.confirmed, token.meta.error?.message);
    assert.equal(token.meta.txReceipt.logs.length, 1);
  });
  await step('metamask: speeds up a transaction that waits', async () => {
    const nonce = Number(await rpc(url, 'eth_getTransactionCount', ADDRESS, 'pending'));
    const { transactionMeta, result } = await controller.addTransaction({ from: ADDRESS, to: OTHER, value: '0xa', nonce: `0x${(nonce + 1).toString(16)}` }, { networkClientId: client, origin: 'https://dapp.example' });
    const first = await result;
    await controller.speedUpTransaction(transactionMeta.id);
    const { hash } = controller.state.transactions.find((one) => one.type === 'retry');
    assert.equal(await rpc(url, 'eth_getTransactionByHash', first), null, 'it was replaced');
    assert.equal(Number((await rpc(url, 'eth_getTransactionByHash', hash)).nonce), nonce + 1);
    await send({ to: OTHER, value: '0xb', nonce: `0x${nonce.toString(16)}` });
  });
  await step('metamask: sees a transaction fail', async () => {
    const { meta } = await send({ to: WETH, data: transfer(2n ** 200n), gas: '0x30d40' });
    assert.equal(meta.status, TransactionStatus.failed);
    assert.equal((await rpc(url, 'eth_getTransactionReceipt', meta.hash)).status, '0x0');
  });
  await step('metamask: an estimate that fails warns, and leaves a gas limit that can be paid', async () => {
    const { gas, simulationFails } = await controller.estimateGas({ from: ADDRESS, to: WETH, data: transfer(2n ** 200n), value: '0x0' }, client);
    assert.ok(simulationFails);
    // MetaMask falls back to 35 % of the block's gas limit.
    assert.equal(BigInt(gas), (BigInt((await rpc(url, 'eth_getBlockByNumber', 'latest', false)).gasLimit) * 35n) / 100n);
  });
  controller?.destroy();
  await networks.destroy();
}

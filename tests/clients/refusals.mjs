// Every reason for which a transaction is refused, in the words that clients match, and what viem and
// ethers 6 make of them.
import assert from 'node:assert/strict';
import { JsonRpcProvider, Wallet, encodeRlp, isError, keccak256, toBeHex } from 'ethers';
import { BaseError, createWalletClient, defineChain, http, publicActions } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { KEYS, OTHER, rpc, step } from './support.mjs';

const GWEI = 10n ** 9n;

/** The names of a viem error and of its causes. */
const names = (e) => (e instanceof BaseError ? [e.name, ...(e.cause ? names(e.cause) : [])] : [e?.name]);

export async function run(url) {
  const chainId = Number(await rpc(url, 'eth_chainId'));
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 100 });
  const wallet = new Wallet(KEYS[6], provider);
  const stranger = Wallet.createRandom().connect(provider);
  const account = privateKeyToAccount(KEYS[6]);
  const chain = defineChain({ id: chainId, name: 'Plimsoll', nativeCurrency: { name: 'P', symbol: 'PLM', decimals: 18 }, rpcUrls: { default: { http: [url] } } });
  const viem = createWalletClient({ account, chain, transport: http() });
  await (await wallet.sendTransaction({ to: OTHER, value: 1n })).wait(1, 60000);
  const nonce = await wallet.getNonce('pending');
  const balance = await provider.getBalance(wallet);
  const plain = { chainId, to: OTHER, value: 1n, gasLimit: 21000n, type: 2, maxFeePerGas: 2n * GWEI, maxPriorityFeePerGas: 0n, nonce };

  const refusal = async (raw) => {
    try {
      await rpc(url, 'eth_sendRawTransaction', raw);
    } catch ({ code, message }) {
      return { code, message };
    }
    return assert.fail('it was taken');
  };
  async function sendByViem(fields) {
    const { gasLimit, type, ...rest } = { ...plain, ...fields };
    const fees = type === 0 ? { gasPrice: rest.gasPrice } : { maxFeePerGas: rest.maxFeePerGas, maxPriorityFeePerGas: rest.maxPriorityFeePerGas };
    return viem.sendTransaction({ to: rest.to, value: rest.value, nonce: rest.nonce, gas: gasLimit, type: type === 0 ? 'legacy' : 'eip1559', ...fees });
  }
  /** fields, the words, viem's name for it and ethers 6's, where they have one. */
  const CASES = [
    [{ nonce: nonce - 1 }, `nonce too low: next nonce ${nonce}, tx nonce ${nonce - 1}`, 'NonceTooLowError', 'NONCE_EXPIRED'],
    [{ nonce: nonce + 1000 }, `nonce too high: tx nonce ${nonce + 1000}, next nonce ${nonce}`, 'NonceTooHighError'],
    [{ value: balance }, /^insufficient funds for gas \* price \+ value: balance \d+, tx cost \d+, overshot \d+$/, 'InsufficientFundsError', 'INSUFFICIENT_FUNDS'],
    [{ gasLimit: 20999n }, 'intrinsic gas too low: gas 20999, minimum needed 21000', 'IntrinsicGasTooLowError'],
    [{ gasLimit: 30000001n }, 'exceeds block gas limit', null],
    [{ maxFeePerGas: GWEI - 1n }, 'max fee per gas less than block base fee', 'FeeCapTooLowError'],
    [{ type: 0, gasPrice: GWEI - 1n, maxFeePerGas: null, maxPriorityFeePerGas: null }, 'max fee per gas less than block base fee', 'FeeCapTooLowError'],
    [{ chainId: 1 }, `invalid chain id for signer: have 1 want ${chainId}`, null],
    [{ data: `0x${'00'.repeat(131072)}`, gasLimit: 3000000n }, 'oversized data', null],
    [{ to: null, data: '0x6000', gasLimit: 100000n }, 'contract creation not supported', null],
  ];

  for (const [fields, words, viemName, ethersCode] of CASES) {
    const change = Object.entries(fields).map(([key, value]) => `${key} ${String(value).slice(0, 20)}`).join(', ');
    await step(`refusals: ${change}`, async () => {
      const raw = await wallet.signTransaction({ ...plain, ...fields });
      const { code, message } = await refusal(raw);
      assert.equal(code, -32000);
      if (words instanceof RegExp) assert.match(message, words);
      else assert.equal(message, words);
      if (ethersCode) await assert.rejects(wallet.sendTransaction({ ...plain, ...fields }), (e) => isError(e, ethersCode));
      if (viemName) await assert.rejects(sendByViem(fields), (e) => names(e).includes(viemName) || assert.fail(names(e).join(' ')));
    });
  }
  await step('refusals: a tip above the fee', async () => {
    // No library signs it, so it is put together by hand; the signature need not be good.
    const fields = [toBeHex(chainId), toBeHex(nonce + 1), toBeHex(3n * GWEI), toBeHex(2n * GWEI), '0x5208', OTHER, '0x01', '0x', [], '0x', '0x07', '0x07'];
    const raw = `0x02${encodeRlp(fields).slice(2)}`;
    assert.deepEqual(await refusal(raw), { code: -32000, message: 'max priority fee per gas higher than max fee per gas' });
  });
  await step('refusals: the same again, and a replacement that pays too little more', async () => {
    const waiting = { ...plain, nonce: nonce + 1 };
    const raw = await wallet.signTransaction(waiting);
    await rpc(url, 'eth_sendRawTransaction', raw);
    assert.deepEqual(await refusal(raw), { code: -32000, message: 'already known' });
    for (const [fee, tip] of [[2n * GWEI + 1n, 1n], [22n * GWEI / 10n - 1n, 0n]]) {
      const cheap = { ...waiting, value: 2n, maxFeePerGas: fee, maxPriorityFeePerGas: tip };
      assert.deepEqual(await refusal(await wallet.signTransaction(cheap)), { code: -32000, message: 'replacement transaction underpriced' });
      await assert.rejects(wallet.sendTransaction(cheap), (e) => isError(e, 'REPLACEMENT_UNDERPRICED'));
    }
    const better = await wallet.sendTransaction({ ...waiting, value: 3n, maxFeePerGas: 3n * GWEI, maxPriorityFeePerGas: 1n });
    assert.equal(await wallet.getNonce('pending'), nonce);
    const sent = await wallet.sendTransaction(plain);
    assert.equal((await sent.wait(1, 60000)).status, 1);
    assert.equal((await better.wait(1, 60000)).status, 1);
    assert.equal(await rpc(url, 'eth_getTransactionByHash', keccak256(raw)), null);
  });
  await step('refusals: what a library offers by itself can be sped up by a tenth, however it is rounded', async () => {
    // In whole numbers as ethers' and viem's users do it, and as MetaMask does in floating point.
    const tenths = [(x) => x * 11n / 10n, (x) => x + x / 10n, (x) => BigInt(parseInt(`${Number(x) * 1.1}`, 10))];
    const both = ({ maxFeePerGas, maxPriorityFeePerGas }) => ({ maxFeePerGas, maxPriorityFeePerGas });
    const { gasPrice, ...ethersOffer } = await provider.getFeeData();
    const offers = [both(ethersOffer), both(await viem.extend(publicActions).estimateFeesPerGas()), { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice }];
    const next = await wallet.getNonce('pending');
    for (const [i, offer] of offers.entries()) {
      let [fees, value] = [offer, 1n];
      const offered = () => wallet.signTransaction({ ...plain, ...fees, nonce: next + 1 + i, value: value++ });
      await rpc(url, 'eth_sendRawTransaction', await offered());
      for (const tenth of [...tenths, ...tenths]) {
        fees = { maxFeePerGas: tenth(fees.maxFeePerGas), maxPriorityFeePerGas: tenth(fees.maxPriorityFeePerGas) };
        await rpc(url, 'eth_sendRawTransaction', await offered());
      }
    }
    await (await wallet.sendTransaction({ ...plain, nonce: next })).wait(1, 60000);
  });
  await step('refusals: a stranger without money', async () => {
    const raw = await stranger.signTransaction({ ...plain, nonce: 0 });
    assert.match((await refusal(raw)).message, /^insufficient funds for gas \* price \+ value: balance 0, tx cost 42000000000001, overshot 42000000000001$/);
  });
  provider.destroy();
}

// The wallet on the command line against a node, and beside ethers: key files both ways, keys of phrases,
// signatures, a transaction that one process signs and another sends, loans, and what is refused.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Contract, HDNodeWallet, JsonRpcProvider, Mnemonic, Wallet, decryptKeystoreJson, encryptKeystoreJson, parseEther, randomBytes,
  toUtf8Bytes,
} from 'ethers';
import { DAI, KEYS, OTHER, WETH, at, rpc, step } from './support.mjs';

const PASSWORD = 'pass wörd';
const TOKEN = ['function allowance(address,address) view returns (uint256)', 'function nonces(address) view returns (uint256)', 'function name() view returns (string)'];
const PERMIT = ['owner address', 'spender address', 'value uint256', 'nonce uint256', 'deadline uint256'].map((s) => ({ name: s.split(' ')[0], type: s.split(' ')[1] }));

export async function run(url, { bin }) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cli-'));
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
  const wallet = new Wallet(KEYS[9]);
  const plimsoll = (args, { input = '', ...env } = {}) => spawnSync(join(bin, 'plimsoll'), args, {
    encoding: 'utf8', input, cwd: folder, env: { HOME: folder, PLIMSOLL_RPC: url, PLIMSOLL_PASSWORD: PASSWORD, ...env },
  });
  const asked = (args, more) => {
    const { status, stdout, stderr } = plimsoll([...args, '--json', '--yes'], more);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  const refused = (args, more) => {
    const { status, stdout, stderr } = plimsoll([...args, '--json', '--yes'], more);
    assert.deepEqual([status, stdout], [1, '']);
    return JSON.parse(stderr).error;
  };
  const mine = { PLIMSOLL_KEY: wallet.privateKey };
  const token = (address) => new Contract(address, TOKEN, provider);

  await step('cli: ethers opens its key file, and it opens one of ethers', async () => {
    const { address, file } = asked(['keys', 'new', '--light']);
    const opened = await decryptKeystoreJson(readFileSync(file, 'utf8'), PASSWORD);
    assert.equal(opened.address, address);
    assert.equal(asked(['keys', 'export', address]).key, opened.privateKey);
    const other = Wallet.createRandom();
    writeFileSync(join(folder, '.plimsoll/keystore/from-ethers'), await encryptKeystoreJson(other, PASSWORD, { scrypt: { N: 4096 } }));
    assert.equal(asked(['keys', 'export', other.address]).key, other.privateKey);
    assert.match(refused(['keys', 'export', other.address], { PLIMSOLL_PASSWORD: 'another' }).message, /wrong password/);
  });

  await step('cli: a phrase makes the keys that ethers makes of it', () => {
    for (const [size, passphrase, path, ...options] of [
      [16, '', "m/44'/60'/0'/0/0"],
      [32, '', "m/44'/60'/0'/0/7", '--index', '7'],
      [20, 'TREZOR', "m/44'/60'/3'/0/0", '--ledger-live', '--index', '3'],
      [24, '', "m/44'/60'/0'/5", '--path', 'm/44h/60h/0h/0', '--index', '5'],
    ]) {
      const { phrase } = Mnemonic.fromEntropy(randomBytes(size));
      const expected = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(phrase, passphrase), path).address;
      writeFileSync(join(folder, 'passphrase'), `${passphrase}\n`);
      const words = ['keys', 'import', '-', '--mnemonic', '--light', '--passphrase-file', 'passphrase', ...options];
      assert.equal(asked(words, { input: `${phrase}\n` }).address, expected, path);
    }
    const made = asked(['keys', 'new', '--mnemonic', '--words', '24', '--light']);
    assert.equal(HDNodeWallet.fromPhrase(made.mnemonic).address, made.address);
  });

  await step('cli: messages, typed data and permits are signed as ethers signs them', async () => {
    for (const text of ['', 'hello', 'Plimsoll ☂']) assert.equal(asked(['sign-message', text], mine).signature, await wallet.signMessage(toUtf8Bytes(text)));
    const types = { Leg: [{ name: 'to', type: 'address' }, { name: 'amounts', type: 'uint256[2][]' }], Trip: [{ name: 'legs', type: 'Leg[]' }, { name: 'note', type: 'string' }, { name: 'id', type: 'bytes4' }] };
    const message = { legs: [{ to: OTHER, amounts: [['1', '2']] }, { to: DAI, amounts: [] }], note: 'ü', id: '0x01020304' };
    const domain = { name: 'Trips', chainId: 5 };
    const EIP712Domain = [{ name: 'name', type: 'string' }, { name: 'chainId', type: 'uint256' }];
    const input = JSON.stringify({ types: { EIP712Domain, ...types }, primaryType: 'Trip', domain, message });
    assert.equal(asked(['sign-typed', '-'], { ...mine, input }).signature, await wallet.signTypedData(domain, types, message));
    const signed = asked(['sign-permit', 'DAI', OTHER, '12.5', '--deadline', '4000000000'], mine);
    const { chainId } = await provider.getNetwork();
    assert.equal(signed.signature, await wallet.signTypedData({ name: await token(DAI).name(), version: '1', chainId, verifyingContract: DAI }, { Permit: PERMIT },
      { owner: wallet.address, spender: OTHER, value: parseEther('12.5'), nonce: await token(DAI).nonces(wallet.address), deadline: 4000000000 }));
    await (await wallet.connect(provider).sendTransaction({ to: DAI, data: signed.calldata })).wait();
    assert.equal(await token(DAI).allowance(wallet.address, OTHER), parseEther('12.5'));
  });

  await step('cli: what is signed offline another process reads and sends', async () => {
    const nonce = await provider.getTransactionCount(wallet.address);
    const { chainId } = await provider.getNetwork();
    const words = ['send', OTHER, '1.5', '--offline', '--nonce', `${nonce}`, '--gas', '21000', '--max-fee', '2gwei', '--chain-id', `${chainId}`, '--yes'];
    const raw = plimsoll(words, { ...mine, PLIMSOLL_RPC: 'http://127.0.0.1:1' }).stdout;
    const before = await provider.getBalance(OTHER);
    const { hash, from } = asked(['decode-tx', '-'], { input: raw });
    assert.equal(from, wallet.address);
    asked(['broadcast', '-'], { input: raw });
    assert.equal((await provider.getTransactionReceipt(hash)).status, 1);
    assert.equal(await provider.getBalance(OTHER) - before, parseEther('1.5'));
  });

  await step('cli: sends all there is', async () => {
    const poor = Wallet.createRandom();
    asked(['send', poor.address, '0.25'], mine);
    const before = await provider.getBalance(OTHER);
    const { amount } = asked(['send', OTHER, 'max'], { PLIMSOLL_KEY: poor.privateKey });
    assert.equal(await provider.getBalance(OTHER) - before, parseEther(amount));
    assert.equal(await provider.getBalance(poor.address), 0n);
    assert.match(refused(['send', OTHER, 'max'], { PLIMSOLL_KEY: poor.privateKey }).message, /no PLM beyond what the gas takes/);
  });

  await step('cli: supplies, borrows, repays and withdraws', async () => {
    const health = () => rpc(url, 'plimsoll_getHealth', wallet.address);
    const did = ({ transactions }) => transactions.map((t) => t.did.split(' ')[0]);
    assert.deepEqual(did(asked(['supply', 'WETH', '2'], mine)), ['approved', 'supplied']);
    assert.deepEqual(did(asked(['supply', 'DAI', '500'], mine)), ['approved', 'supplied']);
    assert.deepEqual(did(asked(['borrow', 'DAI', '100'], mine)), ['borrowed']);
    // Interest goes on between the three.
    const factors = [await health(), asked(['health'], mine), await health()].map(({ healthFactor }) => Number(healthFactor));
    assert.deepEqual(factors, [...factors].sort((a, b) => b - a));
    assert.deepEqual(did(asked(['repay', 'DAI', 'max'], mine)), ['approved', 'repaid']);
    for (const symbol of ['WETH', 'DAI']) assert.deepEqual(did(asked(['withdraw', symbol, 'max'], mine)), ['withdrew']);
    assert.deepEqual(await health().then(({ collateral, debt }) => [collateral, debt]), ['0', '0']);
  });

  await step('cli: what the pool would refuse is not approved first', async () => {
    const allowed = await token(WETH).allowance(wallet.address, at('pool'));
    const nonce = await provider.getTransactionCount(wallet.address);
    assert.equal(refused(['supply', 'WETH', '90000000'], mine).name, 'SupplyCapExceeded');
    assert.equal(refused(['repay', 'WETH', '5'], mine).name, 'NoDebtOfSelectedType');
    assert.equal(refused(['borrow', 'WETH', '1'], mine).kind, 'revert');
    assert.equal(await token(WETH).allowance(wallet.address, at('pool')), allowed);
    assert.equal(await provider.getTransactionCount(wallet.address), nonce);
  });

  await step('cli: every command that asks answers with --json', () => {
    for (const words of ['balance', 'markets', 'prices', 'health', 'liquidatable', 'status', 'proof', 'keys list', 'completion bash']) asked(words.split(' '), mine);
    assert.equal(refused(['health', '0x12'], mine).kind, 'local');
    assert.match(refused(['proof', '--block', '0xffffff'], mine).advice, /no such block yet/);
    assert.equal(refused(['status'], { PLIMSOLL_RPC: 'http://127.0.0.1:1' }).kind, 'unreachable');
  });

  rmSync(folder, { recursive: true });
}

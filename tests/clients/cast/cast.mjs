// cast, Foundry's command line (Rust, alloy), against a node.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KEYS, OTHER, WETH, at, folderOf, rpc, step } from '../support.mjs';

// The program itself, without npm's wrapper, which ends with 0 whatever happened.  npm has it for
// this platform only in a form that a lock file can name.
const BIN = join(folderOf(import.meta.url), 'node_modules', '@foundry-rs', 'cast-linux-amd64', 'bin', 'cast');

export async function run(url) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log('skip cast: only Linux on x86-64 has it here');
    return;
  }
  const key = ['--private-key', KEYS[7]];
  const cast = async (...args) => {
    const { stdout } = await promisify(execFile)(BIN, [args[0], '--rpc-url', url, ...args.slice(1)], { env: { PATH: process.env.PATH, HOME: '/nonexistent' } });
    return stdout.trim();
  };
  const json = async (...args) => JSON.parse(await cast(...args, '--json'));
  const me = (await promisify(execFile)(BIN, ['wallet', 'address', ...key])).stdout.trim();
  const refused = (...words) => (e) => words.every((word) => e.stderr.includes(word)) || assert.fail(e.stderr);

  await step('cast: reads the chain', async () => {
    assert.equal(await cast('chain-id'), String(Number(await rpc(url, 'eth_chainId'))));
    assert.match(await cast('client'), /plimsoll/i);
    assert.ok(Number(await cast('block-number')) >= 0);
    assert.ok(BigInt(await cast('gas-price')) > 0n);
    assert.ok(BigInt(await cast('base-fee')) > 0n);
    assert.ok(BigInt(await cast('balance', me)) > 10n ** 18n);
    assert.notEqual(await cast('code', WETH), '0x');
    assert.equal(await cast('storage', WETH, '5'), `0x${'0'.repeat(64)}`);
    const block = await json('block', 'latest');
    assert.equal((await json('block', block.hash)).number, block.number);
    assert.ok((await cast('age')).length > 0);
  });
  await step('cast: a transaction whose fees it chose itself can be sped up by a tenth', async () => {
    const nonce = Number(await cast('nonce', me));
    const waiting = ['send', OTHER, '--async', '--gas-limit', '21000', '--nonce', String(nonce + 1), ...key];
    const { maxFeePerGas, maxPriorityFeePerGas } = await rpc(url, 'eth_getTransactionByHash', await cast(...waiting, '--value', '1'));
    const tenth = (x) => String((BigInt(x) * 11n) / 10n);
    const hash = await cast(...waiting, '--value', '2', '--gas-price', tenth(maxFeePerGas), '--priority-gas-price', tenth(maxPriorityFeePerGas));
    await cast('send', OTHER, '--nonce', String(nonce), ...key);
    assert.equal((await json('receipt', hash)).status, '0x1');
  });
  await step('cast: sends types 0 and 2', async () => {
    for (const [flags, type] of [[['--legacy'], '0x0'], [[], '0x2']]) {
      const receipt = await json('send', OTHER, '--value', '1', ...flags, ...key);
      assert.equal(receipt.status, '0x1');
      assert.equal(receipt.type, type);
      assert.equal(receipt.gasUsed, '0x5208');
      assert.equal((await json('tx', receipt.transactionHash)).hash, receipt.transactionHash);
      assert.equal((await json('receipt', receipt.transactionHash)).blockHash, receipt.blockHash);
    }
  });
  await step('cast: sends type 1', async () => {
    const receipt = await json('send', OTHER, '--value', '1', '--legacy', '--access-list', '[]', ...key);
    assert.equal(receipt.status, '0x1');
    assert.equal(receipt.type, '0x1');
  });
  await step('cast: calls, estimates, writes and finds the log', async () => {
    assert.equal(await cast('call', WETH, 'symbol()(string)'), '"WETH"');
    const estimate = await cast('estimate', WETH, 'transfer(address,uint256)', OTHER, '8', '--from', me);
    const receipt = await json('send', WETH, 'transfer(address,uint256)', OTHER, '8', ...key);
    assert.equal(BigInt(receipt.gasUsed), BigInt(estimate));
    // From its own block on: who ran before may have sent from this account too.
    const logs = await json('logs', '--from-block', String(Number(receipt.blockNumber)), '--address', WETH, 'Transfer(address indexed,address indexed,uint256)', me, OTHER);
    assert.deepEqual(logs.map((log) => log.transactionHash), [receipt.transactionHash]);
    const { accessList } = await json('access-list', WETH, 'transfer(address,uint256)', OTHER, '8', '--from', me);
    assert.deepEqual(accessList, []);
  });
  await step('cast: is told why a call reverts and why a transaction is refused', async () => {
    await assert.rejects(cast('call', WETH, 'transfer(address,uint256)', OTHER, String(2n ** 200n), '--from', me), refused('execution reverted', '0xe450d38c'));
    await assert.rejects(cast('call', at('feed'), 'getRoundData(uint80)', '99999'), refused('No data present'));
    await assert.rejects(cast('send', WETH, 'transfer(address,uint256)', OTHER, String(2n ** 200n), ...key), refused('execution reverted'));
    await assert.rejects(cast('send', OTHER, '--value', '1', '--nonce', '0', ...key), refused('nonce too low'));
  });
  await step('cast: a transaction that fails has a receipt', async () => {
    const hash = await cast('send', WETH, 'transfer(address,uint256)', OTHER, String(2n ** 200n), '--gas-limit', '200000', '--async', ...key);
    const receipt = await json('receipt', hash);
    assert.equal(receipt.status, '0x0');
    assert.deepEqual(receipt.logs, []);
  });
  await step('cast: code is refused, and an EVM that fetched a contract says why it cannot execute it', async () => {
    await assert.rejects(cast('send', ...key, '--gas-limit', '100000', '--create', '0x6000'), refused('contract creation not supported'));
    const { transactionHash } = await json('send', WETH, 'transfer(address,uint256)', OTHER, '1', ...key);
    assert.match(await cast('run', transactionHash), /native contract: only a Plimsoll node can execute it, no EVM/);
  });
  await step('cast: reads over WebSocket', async () => {
    const { stdout } = await promisify(execFile)(BIN, ['balance', me, '--rpc-url', url.replace('http', 'ws')]);
    assert.ok(BigInt(stdout.trim()) > 10n ** 18n);
  });
}

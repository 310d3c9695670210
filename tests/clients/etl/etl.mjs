// ethereum-etl, with which the public datasets of Ethereum are made: a market's chain as tables, each row that of the node.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openMarket } from '../ponder/market.mjs';
import { DAI, LINK, USDC, WBTC, WETH, at, folderOf, rpc, startNode, step, venv } from '../support.mjs';

const TRANSFER = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
const quantity = (n) => `0x${n.toString(16)}`;
const decimal = (x) => (x === undefined || x === null ? '' : String(BigInt(x)));

/** Rows by the names of the first line; a cell with commas is in quotes. */
function readTable(file) {
  const [names, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/).map((line) => line.match(/("[^"]*"|[^,]*)(,|$)/g).map((cell) => cell.replace(/,$/, '').replace(/^"|"$/g, '')));
  return lines.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
}

export async function run(_, { bin }) {
  const python = venv(bin, folderOf(import.meta.url));
  const node = await startNode(bin, ['--dev']);
  const { url } = node;
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-etl-'));
  const file = (name) => join(folder, name);
  const etl = (command, ...flags) => promisify(execFile)(join(python, '..', 'ethereumetl'), [command, '--provider-uri', url, ...flags]);
  await (await openMarket(url, 5)).play(25);
  const head = Number(await rpc(url, 'eth_blockNumber'));
  const range = ['--start-block', '0', '--end-block', String(head)];
  const blocks = await Promise.all(Array.from({ length: head + 1 }, (__, height) => rpc(url, 'eth_getBlockByNumber', quantity(height), true)));
  const receipts = (await Promise.all(blocks.map(({ number }) => rpc(url, 'eth_getBlockReceipts', number)))).flat();
  const logs = receipts.flatMap((receipt) => receipt.logs);

  await step('etl: exports blocks and transactions', async () => {
    await etl('export_blocks_and_transactions', ...range, '--blocks-output', file('blocks.csv'), '--transactions-output', file('transactions.csv'));
    const rows = readTable(file('blocks.csv')).sort((a, b) => a.number - b.number);
    assert.deepEqual(
      rows.map((row) => [row.number, row.hash, row.parent_hash, row.logs_bloom, row.transactions_root, row.state_root, row.receipts_root, row.miner, row.size, row.gas_used, row.timestamp, row.transaction_count, row.base_fee_per_gas]),
      blocks.map((b) => [decimal(b.number), b.hash, b.parentHash, b.logsBloom, b.transactionsRoot, b.stateRoot, b.receiptsRoot, b.miner, decimal(b.size), decimal(b.gasUsed), decimal(b.timestamp), String(b.transactions.length), decimal(b.baseFeePerGas)]),
    );
    const transactions = new Map(readTable(file('transactions.csv')).map((row) => [row.hash, row]));
    const told = blocks.flatMap((block) => block.transactions);
    assert.ok(told.length > 100 && transactions.size === told.length);
    for (const t of told) {
      const row = transactions.get(t.hash);
      assert.deepEqual(
        [row.nonce, row.block_hash, row.transaction_index, row.from_address, row.to_address, row.value, row.gas, row.gas_price, row.input, row.transaction_type],
        [decimal(t.nonce), t.blockHash, decimal(t.transactionIndex), t.from, t.to, decimal(t.value), decimal(t.gas), decimal(t.gasPrice), t.input, decimal(t.type)],
      );
    }
    writeFileSync(file('hashes.txt'), [...transactions.keys()].join('\n'));
  });
  await step('etl: exports receipts and logs', async () => {
    await etl('export_receipts_and_logs', '--transaction-hashes', file('hashes.txt'), '--receipts-output', file('receipts.csv'), '--logs-output', file('logs.csv'));
    const rows = new Map(readTable(file('receipts.csv')).map((row) => [row.transaction_hash, row]));
    assert.equal(rows.size, receipts.length);
    for (const r of receipts) {
      const row = rows.get(r.transactionHash);
      assert.deepEqual([row.cumulative_gas_used, row.gas_used, row.status, row.effective_gas_price, row.contract_address], [decimal(r.cumulativeGasUsed), decimal(r.gasUsed), decimal(r.status), decimal(r.effectiveGasPrice), '']);
    }
    const lines = ({ block_number: block, log_index: index, address, data, topics }) => [block, index, address, data, topics].join(' ');
    assert.deepEqual(readTable(file('logs.csv')).map(lines).sort(), logs.map((l) => [decimal(l.blockNumber), decimal(l.logIndex), l.address, l.data, l.topics.join(',')].join(' ')).sort());
  });
  await step('etl: exports the transfers of tokens', async () => {
    await etl('export_token_transfers', ...range, '--output', file('transfers.csv'));
    const rows = readTable(file('transfers.csv')).map((t) => [t.token_address, t.from_address, t.to_address, t.value, t.transaction_hash, t.log_index].join(' '));
    const address = (topic) => `0x${topic.slice(26)}`;
    const told = logs.filter(({ topics }) => topics[0] === TRANSFER).map((l) => [l.address, address(l.topics[1]), address(l.topics[2]), decimal(l.data), l.transactionHash, decimal(l.logIndex)].join(' '));
    assert.ok(told.length > 100);
    assert.deepEqual(rows.sort(), told.sort());
  });
  await step('etl: exports tokens', async () => {
    const tokens = [WETH, WBTC, LINK, USDC, DAI, at('aToken', 0), at('debtToken', 3)];
    writeFileSync(file('tokens.txt'), tokens.join('\n'));
    await etl('export_tokens', '--token-addresses', file('tokens.txt'), '--output', file('tokens.csv'));
    const rows = new Map(readTable(file('tokens.csv')).map((row) => [row.address, row]));
    assert.deepEqual(tokens.map((token) => [rows.get(token).symbol, rows.get(token).decimals]), [['WETH', '18'], ['WBTC', '8'], ['LINK', '18'], ['USDC', '6'], ['DAI', '18'], ['aWETH', '18'], ['vUSDC', '6']]);
    for (const token of tokens) assert.equal(rows.get(token).total_supply, decimal(await rpc(url, 'eth_call', { to: token, data: '0x18160ddd' }, 'latest')));
  });
  await step('etl: finds the blocks of a stretch of time', async () => {
    const [first, last] = [blocks[5], blocks[20]];
    const { stdout } = await etl('get_block_range_for_timestamps', '--start-timestamp', decimal(first.timestamp), '--end-timestamp', decimal(last.timestamp));
    assert.equal(stdout.trim(), '5,20');
  });
  rmSync(folder, { recursive: true });
  assert.equal(await node.stop(), 0, node.log());
}

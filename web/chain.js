// #/block/N and #/tx/0x…: the chain itself.
import { MaxUint256 } from './lib/ethers.js';
import { call, ask, label, hexOf } from './node.js';
import { abi, inWords, reasonOf } from './abi.js';
import { h, put, table, tile, section, format, clock, age, listOf, link, accountLink, txLink, blockLink } from './show.js';

const count = (quantity) => format(BigInt(quantity), 0, 0);

export function who(address, markets) {
  if (!address) return h('span', { class: 'faint' }, 'nobody');
  const name = label(address, markets);
  return name ? h('span', { class: 'contract', title: address }, name) : accountLink(address);
}

/** What call data says: {name, args, fragment}, or null. */
function readCall(data) {
  try {
    return abi.parseTransaction({ data });
  } catch {
    return null; // the method is known, its arguments are none
  }
}

const methodOf = (tx) => (tx.input === '0x' ? 'transfer of ether' : readCall(tx.input)?.name ?? tx.input.slice(0, 10));

const valuesOf = (inputs, values, markets) => listOf(inputs.map((input, i) => [input.name || String(i), valueOf(input, values[i], markets)]));

/** One value of a parameter; calls within a call are read as such. */
function valueOf(param, value, markets) {
  if (param.baseType === 'array') return value.length === 0 ? 'none' : h('ol', { start: 0 }, value.map((v) => h('li', null, valueOf(param.arrayChildren, v, markets))));
  if (param.baseType === 'tuple') return valuesOf(param.components, value, markets);
  if (param.type === 'address') return who(value.toLowerCase(), markets);
  if (param.type === 'bytes') {
    const inner = readCall(value);
    return inner ? [h('strong', null, inner.name), valuesOf(inner.fragment.inputs, inner.args, markets)] : h('span', { class: 'mono' }, value);
  }
  if (param.type.startsWith('bytes')) return h('span', { class: 'mono' }, value);
  return value === MaxUint256 ? 'max' : String(value);
}

function inputList(tx, markets) {
  const known = readCall(tx.input);
  if (known) return valuesOf(known.fragment.inputs, known.args, markets);
  return tx.input === '0x' ? null : h('pre', null, tx.input);
}

/** {name, args, fragment} of a log, or null. */
export function readLog(log) {
  try {
    return abi.parseLog(log);
  } catch {
    return null;
  }
}

const outcome = (receipt) => (!receipt ? h('span', { class: 'tag' }, 'queued')
  : receipt.status === '0x1' ? h('span', { class: 'tag calm' }, 'succeeded') : h('span', { class: 'tag bad' }, 'failed'));

export function openBlock(root, which) {
  const title = h('h1'), body = h('div');
  root.append(title, body);
  let shown = '';
  return async ({ markets, time, height }) => {
    const key = /^0x/.test(which) ? which : hexOf(BigInt(which));
    const hash = key.length === 66, where = hash ? 'eth_getBlockByHash' : 'eth_getBlockByNumber';
    if (shown === key) return put(body.querySelector('.since') ?? h('i'), age(time - Number(body.dataset.time)));
    const block = await call(where, key, true);
    if (!block) {
      put(title, 'No such block');
      return put(body, h('p', { class: 'empty' }, hash ? 'The node does not know it.' : `The newest block is ${height}.`));
    }
    const receipts = await call('eth_getBlockReceipts', block.number), n = Number(block.number);
    shown = key;
    body.dataset.time = Number(block.timestamp);
    put(title, `Block ${count(block.number)}`);
    put(body,
      h('nav', { class: 'pager' }, n > 0 ? link(`block/${n - 1}`, '\u2190 previous') : null, link(`block/${n + 1}`, 'next \u2192')),
      h('div', { class: 'tiles' }, tile('Time', clock(Number(block.timestamp)).slice(11, 19), clock(Number(block.timestamp)).slice(0, 10)),
        tile('Transactions', String(block.transactions.length)), tile('Gas used', count(block.gasUsed), `of ${count(block.gasLimit)}`), tile('Size', `${count(block.size)} bytes`)),
      section('Transactions', null, table([['Hash', ''], ['From', ''], ['To', ''], ['Method', ''], ['Gas', 'num'], ['', '']],
        block.transactions.map((tx, i) => [txLink(tx.hash), accountLink(tx.from), who(tx.to, markets), methodOf(tx), count(receipts[i].gasUsed), outcome(receipts[i])]),
        'This block has none: only time passed.')),
      section('Header', null, listOf([['Age', h('span', { class: 'since' }, age(time - Number(block.timestamp)))], ...['hash', 'parentHash', 'stateRoot', 'transactionsRoot', 'receiptsRoot'].map((name) =>
        [name, h('span', { class: 'mono' }, block[name])]), ['miner', h('span', { class: 'mono' }, block.miner)], ['baseFeePerGas', `${count(block.baseFeePerGas)} wei`]])));
  };
}

/** What a failed transaction would say in the state before its block. */
export async function failureOf({ from, to, data, value }, block) {
  try {
    await call('eth_call', { from, to, data, value }, hexOf(block - 1));
    return 'it would have succeeded in the state before its block';
  } catch (e) {
    return reasonOf(e);
  }
}

const logRow = (log, markets) => {
  const known = readLog(log);
  return [String(Number(log.logIndex)), who(log.address, markets), h('strong', null, known?.name ?? log.topics[0]?.slice(0, 10) ?? '\u2014'),
    known ? h('span', { class: 'values' }, known.fragment.inputs.map((input, i) => h('span', null, h('small', null, input.name), ' ', valueOf(input, known.args[i], markets))))
      : h('span', { class: 'mono' }, log.data.slice(0, 66))];
};

export function openTx(root, hash) {
  const body = h('div'), title = h('h1', null, 'Transaction');
  root.append(title, h('p', { class: 'mono faint break' }, hash), body);
  let isDone = false;
  return async ({ markets }) => {
    if (isDone) return;
    const [tx, receipt] = await Promise.all([call('eth_getTransactionByHash', hash), ask('eth_getTransactionReceipt', hash)]);
    if (!tx) return put(body, h('p', { class: 'empty' }, 'The node does not know this transaction.'));
    const why = receipt?.status === '0x0' ? await failureOf({ ...tx, data: tx.input }, Number(receipt.blockNumber)) : null;
    isDone = Boolean(receipt);
    put(body,
      h('div', { class: 'tiles' }, tile('Outcome', outcome(receipt), why ? [inWords(why), inWords(why) === why ? null : h('code', null, why)] : null, why ? 'bad' : ''), tile('Method', methodOf(tx)),
        tile('Block', receipt ? blockLink(receipt.blockNumber) : 'queued', receipt ? `position ${Number(receipt.transactionIndex)}` : null),
        tile('Gas used', receipt ? count(receipt.gasUsed) : '\u2014', `of ${count(tx.gas)}`)),
      section('Details', null, listOf([['from', accountLink(tx.from)], ['to', who(tx.to, markets)], ['value', `${format(BigInt(tx.value), 18, 6)} ether`],
        ['fee', receipt ? `${format(BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice), 18, 9)} ether` : '\u2014'], ['nonce', count(tx.nonce)], ['type', String(Number(tx.type))]])),
      section('Input', null, inputList(tx, markets) ?? h('p', { class: 'empty' }, 'None.')),
      receipt ? section('Events', String(receipt.logs.length), table([['#', ''], ['Contract', ''], ['Event', ''], ['Values', '']], receipt.logs.map((l) => logRow(l, markets)), 'None.')) : null);
  };
}

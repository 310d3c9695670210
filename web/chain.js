// #/block/N and #/tx/0x…: the chain itself.
import { call, ask, label, words, addressOf } from './node.js';
import { h, put, table, tile, section, format, clock, age, link, accountLink, txLink, blockLink } from './show.js';
import { EVENTS, ERRORS, METHODS } from './names.js';

const hexOf = (n) => `0x${n.toString(16)}`;
const count = (quantity) => format(BigInt(quantity), 0, 0);

export function who(address, markets) {
  if (!address) return h('span', { class: 'faint' }, 'nobody');
  const name = label(address, markets);
  return name ? h('span', { class: 'contract', title: address }, name) : accountLink(address);
}

export const methodOf = (tx) => (tx.input === '0x' ? 'transfer of ether' : (METHODS[tx.input.slice(0, 10)]?.split('(')[0] ?? tx.input.slice(0, 10)));

// One value of a known type.  Lists and bytes are only told of.
function valueText(type, w, markets) {
  if (!w) return '';
  if (type === 'address') return who(addressOf(w), markets);
  if (type === 'bool') return BigInt(`0x${w}`) === 1n ? 'true' : 'false';
  if (type.startsWith('uint')) return BigInt(`0x${w}`) === 2n ** 256n - 1n ? 'max' : BigInt(`0x${w}`).toString();
  if (type.startsWith('int')) return BigInt.asIntN(256, BigInt(`0x${w}`)).toString();
  if (/^bytes\d/.test(type)) return h('span', { class: 'mono' }, `0x${w}`);
  return `(${type})`;
}

const listOf = (pairs) => h('dl', null, pairs.map(([name, value]) => [h('dt', null, name), h('dd', null, value)]));

function inputList(tx, markets) {
  const signature = METHODS[tx.input.slice(0, 10)];
  if (!signature) return tx.input === '0x' ? null : h('pre', null, tx.input);
  const given = words(`0x${tx.input.slice(10)}`);
  const parts = signature.slice(signature.indexOf('(') + 1, -1).split(',').map((p) => p.split(' '));
  return listOf(parts.map(([type, name], i) => [name, valueText(type, given[i], markets)]));
}

/** [name, [[type, value]…]] of a log. */
export function readLog(log) {
  const [signature, indexed] = EVENTS[log.topics[0]] ?? [];
  if (!signature) return null;
  const types = signature.slice(signature.indexOf('(') + 1, -1).split(',');
  const topics = log.topics.slice(1).map((t) => t.slice(2)), rest = words(log.data);
  return { name: signature.split('(')[0], values: types.map((type, i) => [type, indexed & (1 << i) ? topics.shift() : rest.shift()]) };
}

const KNOWN = new Set(Object.values(ERRORS));

/** "CollateralCannotCoverNewBorrow" as people say it; what is no contract's error stays. */
export function inWords(text) {
  if (!KNOWN.has(text)) return text;
  const said = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2').split(' ');
  return said.map((w, i) => (i === 0 || /^[A-Z]{2,}$/.test(w) ? w : w.toLowerCase())).join(' ');
}

export function reasonOf(e) {
  const name = typeof e.data === 'string' ? ERRORS[e.data.slice(0, 10)] : null;
  return name && name !== 'Error' && name !== 'Panic' ? name : e.message;
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
export async function failureOf(tx, receipt) {
  if (!receipt || receipt.status === '0x1') return null;
  try {
    await call('eth_call', { from: tx.from, to: tx.to, data: tx.input, value: tx.value }, hexOf(Number(receipt.blockNumber) - 1));
    return 'it would have succeeded in the state before its block';
  } catch (e) {
    return reasonOf(e);
  }
}

const logRow = (log, markets) => {
  const known = readLog(log);
  return [String(Number(log.logIndex)), who(log.address, markets), h('strong', null, known?.name ?? log.topics[0]?.slice(0, 10) ?? '\u2014'),
    known ? h('span', { class: 'values' }, known.values.map(([type, w]) => h('span', null, valueText(type, w, markets)))) : h('span', { class: 'mono' }, log.data.slice(0, 66))];
};

export function openTx(root, hash) {
  const body = h('div'), title = h('h1', null, 'Transaction');
  root.append(title, h('p', { class: 'mono faint break' }, hash), body);
  let isDone = false;
  return async ({ markets }) => {
    if (isDone) return;
    const [tx, receipt] = await Promise.all([call('eth_getTransactionByHash', hash), ask('eth_getTransactionReceipt', hash)]);
    if (!tx) return put(body, h('p', { class: 'empty' }, 'The node does not know this transaction.'));
    const why = await failureOf(tx, receipt);
    isDone = Boolean(receipt);
    put(body,
      h('div', { class: 'tiles' }, tile('Outcome', outcome(receipt), why ? [inWords(why), KNOWN.has(why) ? h('code', null, why) : null] : null, why ? 'bad' : ''), tile('Method', methodOf(tx)),
        tile('Block', receipt ? blockLink(receipt.blockNumber) : 'queued', receipt ? `position ${Number(receipt.transactionIndex)}` : null),
        tile('Gas used', receipt ? count(receipt.gasUsed) : '\u2014', `of ${count(tx.gas)}`)),
      section('Details', null, listOf([['from', accountLink(tx.from)], ['to', who(tx.to, markets)], ['value', `${format(BigInt(tx.value), 18, 6)} ether`],
        ['fee', receipt ? `${format(BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice), 18, 9)} ether` : '\u2014'], ['nonce', count(tx.nonce)], ['type', String(Number(tx.type))]])),
      section('Input', null, inputList(tx, markets) ?? h('p', { class: 'empty' }, 'None.')),
      receipt ? section('Events', String(receipt.logs.length), table([['#', ''], ['Contract', ''], ['Event', ''], ['Values', '']], receipt.logs.map((l) => logRow(l, markets)), 'None.')) : null);
  };
}

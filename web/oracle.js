// #/oracle: what every reporter said last, and how far they are apart.
import { formatUnits, getBytes } from './lib/ethers.js';
import { ask, call, node, on, AGGREGATOR, hexOf } from './node.js';
import { abi, topicOf } from './abi.js';
import { h, put, table, section, tile, price, parse, format, age, clock, accountLink, txLink, blockLink } from './show.js';

const ROUNDS = 4;             // so many rounds are read back for reporters that missed the newest
const SPANS = [200, 9000];    // blocks to look for them in
const TRADING = 1;
const HEAD = 34, ENTRY = 44, SIGNATURE = 65, ENVELOPE_HEAD = 28; // bytes: oracle/report.h, oracle/envelope.h

/** The reports in the input of submit(bytes), as [{reporter, observedAt, round, observations: [{price, venues, status}]}]. */
export function decodeSubmit(input) {
  const bytes = getBytes(abi.decodeFunctionData('submit', input).envelope), see = new DataView(bytes.buffer, bytes.byteOffset);
  const reports = [];
  let at = ENVELOPE_HEAD;
  while (at + HEAD <= bytes.length) {
    const count = see.getUint16(at + 32);
    const report = { reporter: see.getUint8(at + 6), round: Number(see.getBigUint64(at + 16)), observedAt: Number(see.getBigUint64(at + 24)), observations: [] };
    at += HEAD;
    for (let i = 0; i < count; i++, at += ENTRY) {
      report.observations[see.getUint16(at)] = {
        status: see.getUint8(at + 2),
        venues: see.getUint8(at + 3),
        price: (see.getBigUint64(at + 4) << 64n) | see.getBigUint64(at + 12),
      };
    }
    at += SIGNATURE;
    reports.push(report);
  }
  return reports;
}

const NOTHING = { round: 0, last: [], rounds: [] };
let kept = NOTHING;
on('back', () => { kept = NOTHING; });

/** Logs of the rounds accepted since the oldest that is known, if none is of so many blocks; null if the node refuses. */
export const readRounds = (height = node.height, span = SPANS[0]) => ask('eth_getLogs', { address: AGGREGATOR, topics: [topicOf('RoundAccepted')],
  fromBlock: hexOf(kept.rounds.at(-1)?.block ?? Math.max(0, height - span)), toBlock: 'latest' });

/** Each reporter's newest report (by number) and the newest rounds.  logs: what readRounds gave, asked with the rest. */
export async function lastReports({ oracle, height }, logs) {
  if (oracle.lastRound === 0 || oracle.lastRound === kept.round) return kept;
  for (const span of SPANS) if (!logs?.length) logs = await readRounds(height, span) ?? [];
  const newest = logs.slice(-ROUNDS);
  const txs = await Promise.all(newest.map((log) => call('eth_getTransactionByHash', log.transactionHash)));
  const last = [];
  for (const tx of txs) {
    if (tx?.to !== AGGREGATOR || !tx.input.startsWith(abi.getFunction('submit').selector)) continue;
    for (const report of decodeSubmit(tx.input)) last[report.reporter] = report;
  }
  const rounds = newest.reverse().map((log) => ({ round: Number(log.topics[1]), block: Number(log.blockNumber), hash: log.transactionHash }));
  kept = { round: oracle.lastRound, last, rounds };
  return kept;
}

/** Of one feed: each reporter's price, and the spread in basis points, as text. */
export function feedReports(feed, reporters, last) {
  const prices = reporters.map(({ index }) => {
    const seen = last[index]?.observations[feed.index];
    return seen?.status === TRADING ? seen.price : null;
  });
  const known = prices.filter((p) => p !== null).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = known[known.length >> 1];
  const spread = known.length > 1 ? `${format((known.at(-1) - known[0]) * 1000000n / middle, 2, 2)} bp` : '\u2014';
  return { prices, spread };
}

const cellOf = (wei) => (wei === null ? h('span', { class: 'faint' }, '\u2014') : price(formatUnits(wei, 18)));

/** Feeds as rows: price, every reporter's last word, spread. */
export function feedTable({ oracle, time }, { last }) {
  const { feeds, reporters } = oracle;
  const columns = [['Feed', ''], ['Price', 'num'], ['\u00b1', 'num'], ...reporters.map(({ index }) => [`Reporter ${index}`, 'num']), ['Spread', 'num'], ['Updated', 'num'], ['State', '']];
  return table(columns, feeds.map((feed) => {
    const { prices, spread } = feedReports(feed, reporters, last);
    const confidence = parse(feed.price, 18) > 0n ? `${format(parse(feed.confidence, 18) * 1000000n / parse(feed.price, 18), 2, 2)} bp` : '\u2014';
    const state = feed.status.includes('manual') ? 'set by hand' : !feed.status.includes('fresh') ? 'stale' : !feed.status.includes('quorum') ? 'no quorum' : 'quorum';
    return [h('strong', null, feed.description), price(feed.price), confidence, ...prices.map(cellOf), spread, age(time - feed.updatedAt),
      h('span', { class: `tag ${state === 'quorum' ? 'calm' : state === 'set by hand' ? '' : 'warn'}` }, state)];
  }), 'This chain has no feeds.', 'dense');
}

export function open(root) {
  const tiles = h('div', { class: 'tiles' }), feeds = h('div'), people = h('div'), rounds = h('div');
  root.append(h('h1', null, 'Oracle'), tiles, section('Prices', 'each reporter\u2019s last accepted report', feeds), section('Reporters', null, people), section('Newest rounds', null, rounds));
  const page = async (now, logs) => {
    const { oracle, time } = now, seen = await lastReports(now, logs);
    put(tiles,
      tile('Last round', oracle.lastRound ? String(oracle.lastRound) : 'none', `every ${oracle.period} s`),
      tile('Rounds accepted', String(oracle.rounds), 'by this node'),
      tile('Reports', String(oracle.reportsReceived), `${oracle.reportsRefused} refused`),
      tile('Quorum', `${2 * oracle.f + 1} of ${oracle.reporters.length}`, `${oracle.f} may be faulty`),
      tile('Equivocations', String(oracle.equivocations), null, oracle.equivocations ? 'bad' : ''));
    put(feeds, feedTable(now, seen));
    put(people, table([['Reporter', ''], ['Key', ''], ['Last round', 'num'], ['Observed', 'num'], ['Reports', 'num'], ['Equivocations', 'num']],
      oracle.reporters.map((r) => [String(r.index), accountLink(r.address), r.lastRound ? String(r.lastRound) : '\u2014',
        seen.last[r.index] ? h('span', { title: clock(seen.last[r.index].observedAt) }, age(time - seen.last[r.index].observedAt)) : '\u2014',
        String(r.reports), h('span', { class: r.equivocations ? 'bad' : '' }, String(r.equivocations))]), 'There are no reporters.'));
    put(rounds, table([['Round', ''], ['Block', 'num'], ['Transaction', '']], seen.rounds.map((r) => [String(r.round), blockLink(r.block), txLink(r.hash)]), 'No round has been accepted yet.'));
  };
  page.early = () => readRounds();
  return page;
}

// Oracle reports that ethers signs as EIP-712 data, by docs/oracle.md and oracle/report.h: a quorum of them moves a price.  A node of its
// own; the keys of a devnet's reporters are the hashes of their names.
import assert from 'node:assert/strict';
import { Contract, JsonRpcProvider, Wallet, concat, id, toBeHex } from 'ethers';
import { FEED_ABI, at, rpc, startNode, step } from './support.mjs';

const TYPES = {
  OracleReport: [
    { name: 'setDigest', type: 'bytes32' }, { name: 'round', type: 'uint64' }, { name: 'observedAt', type: 'uint64' },
    { name: 'reporter', type: 'uint8' }, { name: 'obs', type: 'FeedObs[]' },
  ],
  FeedObs: [
    { name: 'feedId', type: 'bytes32' }, { name: 'price', type: 'uint128' }, { name: 'conf', type: 'uint128' },
    { name: 'tradeTime', type: 'uint64' }, { name: 'venues', type: 'uint8' }, { name: 'status', type: 'uint8' },
  ],
};
const DOLLAR = 10n ** 18n;
const PRICES = [1900n, 2000n, 2100n, 5n].map((p) => p * DOLLAR);

export async function run(_, { bin }) {
  const node = await startNode(bin);
  const provider = new JsonRpcProvider(node.url, undefined, { cacheTimeout: -1 });
  const feed = new Contract(at('feed'), FEED_ABI, provider);
  const reporters = PRICES.map((_price, i) => new Wallet(id(`reporter-${i}`)));
  const info = await rpc(node.url, 'plimsoll_oracleInfo');

  /** One reporter's report of the first feed on the wire (oracle/report.h). */
  async function report(reporter, round, observedAt, price) {
    const domain = { name: 'LendOracle', version: '1', chainId: info.chainId, verifyingContract: info.aggregator, salt: info.salt };
    const one = { feedId: info.feeds[0].id, price, conf: DOLLAR, tradeTime: observedAt, venues: 3, status: 1 };
    const { r, s, v } = await signatureOf(reporters[reporter].signTypedData(domain, TYPES, { setDigest: info.setDigest, round, observedAt, reporter, obs: [one] }));
    const numbers = [[reporter, 1], [0, 1], [info.setId, 8], [round, 8], [observedAt, 8], [1, 2], [0, 2], [1, 1], [3, 1], [price, 16], [DOLLAR, 16], [observedAt, 8]];
    return concat(['0x4f5250310101', ...numbers.map(([n, size]) => toBeHex(n, size)), r, s, toBeHex(v - 27, 1)]);
  }
  const signatureOf = async (text) => { const bytes = await text; return { r: bytes.slice(0, 66), s: `0x${bytes.slice(66, 130)}`, v: Number(`0x${bytes.slice(130)}`) }; };

  await step('oracle: a quorum of reports signed by ethers moves the price to their median', async () => {
    assert.deepEqual(info.reporters.map((r) => r.address), reporters.map((w) => w.address.toLowerCase()));
    const observedAt = (await rpc(node.url, 'plimsoll_oracleInfo')).headTime;
    const round = Math.floor(observedAt / info.period);
    const before = await feed.latestRoundData();
    for (const [i, price] of PRICES.slice(0, 2).entries()) assert.equal(await rpc(node.url, 'plimsoll_submitReport', await report(i, round, observedAt, price)), true);
    assert.equal((await feed.latestRoundData()).roundId, before.roundId);
    assert.equal(await rpc(node.url, 'plimsoll_submitReport', await report(2, round, observedAt, PRICES[2])), true);
    for (let i = 0; i < 600 && (await feed.latestRoundData()).roundId === before.roundId; i++) await new Promise((then) => setTimeout(then, 100));
    assert.equal((await feed.latestRoundData()).answer, 2000_00000000n);
  });
  await step('oracle: a report that another signed is refused', async () => {
    const { headTime } = await rpc(node.url, 'plimsoll_oracleInfo');
    const right = await report(3, Math.floor(headTime / info.period), headTime, PRICES[3]);
    const forged = concat([right.slice(0, 14), '0x02', `0x${right.slice(16)}`]);
    await assert.rejects(rpc(node.url, 'plimsoll_submitReport', forged), (e) => e.code === -32000 && /^report refused: /.test(e.message));
  });
  provider.destroy();
  await node.stop();
}

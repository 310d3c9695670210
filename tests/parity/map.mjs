// Writes where the contracts of a node's market are.   node map.mjs MARKET.json URL OUT.json
// The map has the shape that the harness's `deploy.mjs -o` writes.
import { readFileSync, writeFileSync } from 'node:fs';

const [marketFile, url, out] = process.argv.slice(2);
const KINDS = { token: 1, aToken: 2, debtToken: 3, feed: 4, pool: 5, configurator: 6, oracle: 7, strategy: 8, dataProvider: 9, uiDataProvider: 10, provider: 11, acl: 12, flashReceiver: 18 };

// docs/lending.md: "Plimsoll", zeros, kind, number.
const at = (kind, i) => `0x506c696d736f6c6c0000000000000000${[KINDS[kind], i].map((n) => n.toString(16).padStart(4, '0')).join('')}`;

async function call(method, ...params) {
  const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  const { result, error } = await reply.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

try {
  const market = JSON.parse(readFileSync(marketFile, 'utf8'));
  const reserves = await call('plimsoll_markets');
  if (reserves.map((r) => r.symbol).join() !== market.reserves.map((r) => r.symbol).join()) throw new Error('the node serves another market');
  const bySymbol = (kind) => Object.fromEntries(market.reserves.map((r, i) => [r.symbol, at(kind, i)]));
  const map = { market: market.name };
  for (const kind of ['provider', 'acl', 'pool', 'configurator', 'strategy', 'oracle', 'dataProvider', 'uiDataProvider', 'flashReceiver']) map[kind] = at(kind, 0);
  map.treasury = at('pool', 1); // node/genesis_market.c
  Object.assign(map, { tokens: bySymbol('token'), aTokens: bySymbol('aToken'), vTokens: bySymbol('debtToken'), feeds: bySymbol('feed') });
  writeFileSync(out, `${JSON.stringify(map, null, 1)}\n`);
} catch (e) {
  console.error(`map: ${e.message}`);
  process.exitCode = 1;
}

// Writes COUNT random scenarios for each market of the harness, and for one of random reserves.
//   node random.mjs HARNESS FOLDER SEED COUNT
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [harness, folder, seed, count] = process.argv.slice(2);
const { generate, scenarioText } = await import(join(harness, 'generate.mjs'));
const RANDOM = 'random';

let state = BigInt(seed) + 1n;
function below(n) {
  state = (state * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
  return Number((state >> 33n) % BigInt(n));
}
const pick = (...list) => list[below(list.length)];
const chance = (percent) => below(100) < percent;

// Within what Aave's configurator takes: a liquidation must leave nothing uncovered.
function randomRisk() {
  const liquidationBonus = 10001 + below(2000);
  const liquidationThreshold = Math.min(1 + below(9900), Math.floor(1e8 / liquidationBonus));
  return { ltv: 1 + below(liquidationThreshold), liquidationThreshold, liquidationBonus };
}

const PLAIN = 6; // so many reserves at least; the last of them is isolated, the second can be borrowed then: the generator counts on it

// Named as those of the market "odd", whose names the generator counts on.
function randomReserve(i) {
  const none = { ltv: 0, liquidationThreshold: 0, liquidationBonus: 0 };
  const isolated = i === PLAIN - 1 || (i >= PLAIN && chance(50));
  return {
    symbol: String.fromCharCode(65 + i).repeat(3), decimals: pick(6, 8, 18, 18, 6 + below(13)), price: String(pick(1e8, 1 + below(1e6), 1e8 + below(1e9) * 1000)),
    ...(i < PLAIN || chance(50) ? randomRisk() : none), reserveFactor: pick(0, 1000, below(10001)), liquidationProtocolFee: pick(0, 1000, below(10001)),
    supplyCap: chance(20) ? 1 + below(1e9) : 0, borrowCap: chance(20) ? 1 + below(1e9) : 0, debtCeiling: isolated ? 100 + below(1e9) : 0,
    borrowingEnabled: i < PLAIN || chance(90), flashLoanEnabled: chance(80), borrowableInIsolation: !isolated && (i === 1 || chance(50)), siloedBorrowing: chance(10),
    rates: { optimal: 100 + below(9801), base: below(500), slope1: below(2000), slope2: 2000 + below(50000) },
  };
}

function randomMarket() {
  const reserves = Array.from({ length: PLAIN + below(5) }, (_, i) => randomReserve(i));
  const some = () => reserves.map((r) => r.symbol).filter(() => chance(40));
  const eModes = Array.from({ length: 1 + below(3) }, (_, i) => {
    const { ltv, ...risk } = randomRisk();
    return { id: i + 1, label: `mode ${i}`, ltv: Math.max(1, Math.min(ltv, risk.liquidationThreshold)), ...risk, collateral: some(), borrowable: some(), ltvzero: [] };
  });
  return { name: RANDOM, genesisTime: 1750000000, flashLoanPremium: pick(0, 5, below(10001)), reserves, eModes };
}

writeFileSync(join(harness, 'markets', `${RANDOM}.json`), JSON.stringify(randomMarket(), null, 1));
for (const file of readdirSync(join(harness, 'markets')).sort()) {
  const market = file.replace(/\.json$/, '');
  for (let i = 0; i < Number(count); i++) {
    const scenario = generate({ seed: Number(seed) + i, steps: 60, market });
    writeFileSync(join(folder, `${scenario.name}.json`), scenarioText(scenario));
  }
}

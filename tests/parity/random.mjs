// Writes COUNT random scenarios for each market of the harness.   node random.mjs HARNESS FOLDER SEED COUNT
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [harness, folder, seed, count] = process.argv.slice(2);
const { generate, scenarioText } = await import(join(harness, 'generate.mjs'));

for (const file of readdirSync(join(harness, 'markets')).sort()) {
  const market = file.replace(/\.json$/, '');
  for (let i = 0; i < Number(count); i++) {
    const scenario = generate({ seed: Number(seed) + i, steps: 60, market });
    writeFileSync(join(folder, `${scenario.name}.json`), scenarioText(scenario));
  }
}

// Runs web3.py's flow (flow.py), which counts for itself, and adds up.
import { join } from 'node:path';
import { folderOf, runCounting, venv } from '../support.mjs';

export async function run(url, { bin }) {
  const folder = folderOf(import.meta.url);
  await runCounting(venv(bin, folder), [join(folder, 'flow.py'), url]);
}

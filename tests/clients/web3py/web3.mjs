// Runs web3.py's flow (flow.py), which counts for itself, and adds up.
import { join } from 'node:path';
import { folderOf, runCounting } from '../support.mjs';

export async function run(url, { python }) {
  await runCounting(python, [join(folderOf(import.meta.url), 'flow.py'), url]);
}

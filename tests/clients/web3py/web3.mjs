// Runs web3.py's flow (flow.py), which counts for itself, and adds up.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { folderOf, results } from '../support.mjs';

export async function run(url, { python }) {
  const flow = spawn(python, [join(folderOf(import.meta.url), 'flow.py'), url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  flow.stdout.on('data', (chunk) => { text += chunk; });
  const code = await new Promise((resolve) => flow.once('close', resolve));
  process.stdout.write(text);
  results.passed += text.match(/^ok /gm)?.length ?? 0;
  results.failed += text.match(/^FAIL /gm)?.length ?? 0;
  if (code !== 0) throw new Error(`flow.py ended with ${code}`);
}

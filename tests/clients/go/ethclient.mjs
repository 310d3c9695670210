// Builds flow.go against the go-ethereum that go.mod names, runs it, and adds up what it counts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { KEYS, OTHER, WETH, at, folderOf, runCounting } from '../support.mjs';

export async function run(url, { bin }) {
  if (spawnSync('go', ['version']).status !== 0) {
    console.log('     SKIPPED: there is no Go here; 1.19 or later builds this flow');
    return;
  }
  const program = join(bin, '..', 'clients-go', 'flow');
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: folderOf(import.meta.url), env: { ...process.env, CGO_ENABLED: '0' }, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  await runCounting(program, [url, url.replace('http', 'ws'), KEYS[2], OTHER, at('pool'), at('feed', 0), WETH]);
}

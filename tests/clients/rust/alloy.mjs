// Builds the flow in Rust against the alloy that Cargo.toml names, runs it, and adds up what it counts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { KEYS, OTHER, WETH, at, folderOf, runCounting } from '../support.mjs';

const OLDEST = 94; // 1.94, as alloy asks for

export async function run(url, { bin }) {
  const version = spawnSync('cargo', ['--version'], { encoding: 'utf8' }).stdout ?? '';
  if (!(Number(/^cargo 1\.(\d+)/.exec(version)?.[1]) >= OLDEST)) {
    console.log(`     SKIPPED: there is no Rust of 1.${OLDEST} or later here`);
    return;
  }
  const target = join(bin, '..', 'clients-rust');
  const built = spawnSync('cargo', ['build', '--quiet', '--manifest-path', join(folderOf(import.meta.url), 'Cargo.toml'), '--target-dir', target], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  await runCounting(join(target, 'debug', 'flow'), [url, url.replace('http', 'ws'), KEYS[2], OTHER, at('pool'), at('feed', 0), WETH]);
}

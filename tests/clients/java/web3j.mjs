// Runs Flow.java, which needs no compiling of its own, against the web3j that pom.xml names, and adds up what it counts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { KEYS, OTHER, WETH, at, folderOf, runCounting } from '../support.mjs';

export async function run(url, { bin }) {
  if (spawnSync('java', ['-version']).status !== 0 || spawnSync('mvn', ['-version']).status !== 0) {
    console.log('     SKIPPED: there is no Java with Maven here; 17 or later runs this flow');
    return;
  }
  const folder = folderOf(import.meta.url), jars = join(bin, '..', 'clients-java');
  const fetched = spawnSync('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`], { encoding: 'utf8' });
  if (fetched.status !== 0) throw new Error(fetched.stdout);
  await runCounting('java', ['-Dslf4j.internal.verbosity=ERROR', '-cp', join(jars, '*'), join(folder, 'Flow.java'),
    url, url.replace('http', 'ws'), KEYS[3], OTHER, at('pool'), at('feed', 0), WETH]);
}

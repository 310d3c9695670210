// What goes over the wire: headers of the page, how often it asks, and how it comes back after the node was away.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpc, step } from '../clients/support.mjs';

const WEB = new URL('../../web/', import.meta.url);
const HEADERS = {
  'content-security-policy': /^default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  'x-content-type-options': /^nosniff$/, 'referrer-policy': /^no-referrer$/, 'cross-origin-opener-policy': /^same-origin$/,
  'x-frame-options': /^DENY$/, 'permissions-policy': /camera=\(\)/,
};
const WATCH_MS = 10000;

async function headers(url) {
  const own = readdirSync(WEB).filter((f) => /\.(js|css|svg|html)$/.test(f));
  const files = own.filter((f) => f !== 'index.html').concat('lib/ethers.js', 'lib/uplot.js', 'lib/uplot.css', 'lib/ethers.license', 'lib/uplot.license');
  for (const path of ['/', ...files.map((f) => `/web/${f}`)]) {
    const response = await fetch(url + path, { headers: { accept: 'text/html' } });
    assert.equal(response.status, 200, path);
    for (const [name, value] of Object.entries(HEADERS)) assert.match(response.headers.get(name) ?? '', value, `${path}: ${name}`);
  }
  const page = readFileSync(new URL('index.html', WEB), 'utf8');
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/, 'nothing inline');
  for (const f of own) assert.doesNotMatch(readFileSync(new URL(f, WEB), 'utf8').replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\/[\w]/, `${f} names another server`);
}

/** The policy holds in the browser: neither a script that is written into the page nor one from elsewhere runs. */
async function policy(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  const isRun = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = 1';
    document.body.append(script);
    const answer = await fetch('http://localhost:1/').then(() => 'asked', () => 'refused');
    return [window.intruder, answer];
  });
  assert.deepEqual(isRun, [undefined, 'refused']);
  await page.close();
}

/** Requests while a page is left alone: at most so many a second, by a page that follows five blocks a second; none while hidden. */
export async function requests(browser, url, hash, most = 2) {
  const page = await browser.newPage();
  let count = 0;
  await page.goto(`${url}/#/${hash}`);
  await page.locator('#state.live').waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
  page.on('request', () => { count++; });
  const started = Date.now();
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  const seconds = (Date.now() - started) / 1000;
  console.log(`     ${count} requests in ${seconds.toFixed(0)} s`);
  assert.ok(count > 2 && count <= most * seconds + 2, `${count} requests in ${seconds} s`);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await new Promise((resolve) => setTimeout(resolve, 2000));
  count = 0;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  assert.equal(count, 0, 'a page that nobody sees asks nothing');
  await page.close();
}

/** A slider that is dragged over forty prices: the node is asked about where it rests, and little between. */
async function dragging(browser, url, account) {
  const page = await browser.newPage(), asked = new Set();
  await page.goto(`${url}/#/account/${account}`);
  const slider = page.getByLabel('Price of WETH');
  await slider.waitFor();
  page.on('request', (r) => {
    for (const q of [r.postDataJSON()].flat()) if (q?.method === 'plimsoll_whatIf' && q.params[0].shocks) asked.add(JSON.stringify(q.params[0].shocks));
  });
  await slider.evaluate(async (input) => {
    for (let per = 1; per <= 40; per++) {
      input.value = -per;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  await page.locator('.result:not(.old)').waitFor();
  assert.ok([...asked].some((shocks) => shocks.includes('"-40%"')), 'where it rests');
  assert.ok(asked.size <= 4, `${asked.size} questions for one drag`);
  await page.close();
}

/** A port that leads to the node until it is closed. */
function bridge(url, port) {
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(new URL(url).port, '127.0.0.1');
    for (const s of [near, far]) {
      sockets.add(s);
      s.on('error', () => {});
      s.on('close', () => [near, far].forEach((x) => x.destroy()));
    }
    near.pipe(far).pipe(near);
  });
  const stop = () => new Promise((resolve) => {
    server.close(resolve);
    for (const s of sockets) s.destroy();
  });
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ port: server.address().port, stop })));
}

/** meanwhile: what makes an account cross a bound while the page hears nothing. */
async function replay(browser, url, meanwhile) {
  const first = await bridge(url, 0), page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${first.port}/#/`);
  await page.locator('#state.live').waitFor();
  await page.locator('.loading').first().waitFor({ state: 'detached' });
  const had = await page.locator('.feed li').count();
  await first.stop();
  await page.locator('#down:not([hidden])').waitFor();
  await meanwhile();
  const again = await bridge(url, first.port);
  await page.locator('#state.live').waitFor();
  await page.locator('#down').waitFor({ state: 'hidden' });
  await page.waitForFunction((n) => document.querySelectorAll('.feed li').length > n, had);
  const lines = await page.locator('.feed li').allInnerTexts();
  assert.equal(new Set(lines).size, lines.length, `each crossing once: ${lines.join(' | ')}`);
  const height = await page.locator('#height').innerText();
  await page.waitForFunction((was) => document.getElementById('height').innerText !== was, height);
  await page.close();
  await again.stop();
}

/** A node of its own that ends and begins again on the same port. */
async function restart(bin, browser) {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-web-'));
  execFileSync(join(bin, 'plimsolld'), ['init', '--data', folder, '--devnet'], { stdio: 'pipe' });
  let node, port = 0;
  const begin = () => new Promise((resolve, reject) => {
    node = spawn(join(bin, 'plimsolld'), ['start', '--data', folder, '--rpc-port', String(port), '--block-time', '200ms'], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    node.stderr.on('data', (text) => {
      log = (log + text).slice(-4000);
      const [, found] = /ready .*rpc=\S+:(\d+)\s/.exec(log) ?? [];
      if (found) resolve(found);
    });
    node.once('exit', () => reject(new Error(log)));
  });
  const end = () => new Promise((resolve) => {
    node.once('exit', resolve);
    node.kill('SIGTERM');
  });
  const page = await browser.newPage();
  try {
    port = await begin();
    await page.goto(`http://127.0.0.1:${port}/#/`);
    await page.locator('#state.live').waitFor();
    await end();
    await page.locator('#down:not([hidden])').waitFor();
    await begin();
    const height = Number(await rpc(`http://127.0.0.1:${port}`, 'eth_blockNumber'));
    await page.locator('#state.live').waitFor();
    await page.locator('#down').waitFor({ state: 'hidden' });
    await page.waitForFunction((n) => Number(document.getElementById('height').hash.split('/').pop()) > n, height);
  } finally {
    await page.close();
    if (node.exitCode === null) await end();
    rmSync(folder, { recursive: true });
  }
}

/** A thousand accounts at risk, as the node would list them: shown ten at a time.  A hundred liquidations: eight. */
async function pages(browser, url) {
  const page = await browser.newPage(), offsets = [];
  await page.route(`${url}/`, async (route) => {
    const asked = route.request().postDataJSON();
    if (!Array.isArray(asked)) return route.continue();
    const response = await route.fetch(), answers = await response.json();
    for (const q of asked.filter((x) => x.method === 'plimsoll_liquidatable')) {
      const { offset, limit } = q.params[1];
      offsets.push(offset);
      answers.find((a) => a.id === q.id).result = { height: '0x1', total: 1000, accounts: [...Array(limit).keys()].map((i) => ({ address: `0x${String(offset + i).padStart(40, '0')}`,
        healthFactor: '0.000000000000000001', collateral: '123456789012345.12345678', debt: '0.00000001', collateralAsset: null, debtAsset: null })) };
    }
    return route.fulfill({ response, json: answers });
  });
  await page.goto(`${url}/#/`);
  const risk = page.locator('section', { hasText: 'Accounts at risk' });
  await risk.getByText('1–10 of 1,000').waitFor();
  assert.equal(await risk.locator('tbody tr').count(), 10);
  await risk.getByRole('button', { name: 'Next' }).click();
  await risk.getByText('11–20 of 1,000').waitFor();
  assert.match(await risk.locator('tbody').innerText(), /0x0000…0010/);
  await risk.getByRole('button', { name: 'Previous' }).click();
  await risk.getByText('1–10 of 1,000').waitFor();
  assert.ok(offsets.includes(10));
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth), false, `it scrolls sideways at ${width}`);
  }
  await page.close();
}

export async function networkTests({ bin, browser, url, account, meanwhile }) {
  await step('every file comes with its policy, nothing inline, nobody else named', () => headers(url));
  await step('a page asks at most two times a second, hidden not at all: markets', () => requests(browser, url, ''));
  await step('a page asks at most two times a second, hidden not at all: account', () => requests(browser, url, `account/${account}`));
  await step('a slider that moves asks once it rests', () => dragging(browser, url, account));
  await step('long lists are turned like pages, whatever the numbers', () => pages(browser, url));
  await step('what happened while the node was away is told afterwards, once', () => replay(browser, url, meanwhile));
  await step('a node that is started again is found again', () => restart(bin, browser));
}
export { policy };

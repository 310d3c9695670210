// node all.mjs BIN_FOLDER SCREENSHOT_FOLDER: a devnet with reporters and borrowers, and the dashboard in Chromium as
// a reader, a reader with a phone, and the owner of a wallet see it; then MetaMask's own windows in Firefox.  Counts are on the last line.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Contract, Interface, JsonRpcProvider, NonceManager, Wallet, id, keccak256, parseEther, parseUnits, toUtf8Bytes } from 'ethers';
import { chartTests } from './charts.mjs';
import { metamaskTests } from './metamask.mjs';
import { edgeTests, wentBack } from './edges.mjs';
import { networkTests, policy, requests } from './network.mjs';
import { walletTests } from './wallets.mjs';
import { DAI, FEED_ABI, KEYS, POOL_ABI, TOKEN_ABI, USDC, WBTC, WETH, at, results, rpc, startNode, step } from '../clients/support.mjs';

const [bin, shots] = process.argv.slice(2);
const FEEDS = { 0: 2500, 1: 60000, 2: 14.5, 3: 1, 4: 0.9999 };
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const WAIT_MS = 15000;

// -- a busy chain ---------------------------------------------------------------------------------

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-web-'));
const node = await startNode(bin);
const feeders = [];

/** Four reporters that see prices a little apart, as their keys are public on a devnet. */
async function startFeeders() {
  const time = Number((await rpc(node.url, 'eth_getBlockByNumber', 'latest', false)).timestamp) - 600;
  const flat = join(folder, 'flat.csv');
  writeFileSync(flat, `timestamp,open,high,low,close,volume\n${[...Array(120).keys()].map((i) => `${time - time % 60 + i * 60},1,1,1,1,0\n`).join('')}`);
  for (let i = 0; i < 4; i++) {
    const key = join(folder, `reporter-${i}`);
    writeFileSync(key, keccak256(toUtf8Bytes(`reporter-${i}`)), { mode: 0o600 });
    feeders.push(spawn(join(bin, 'plimsoll-feeder'), ['--rpc', node.url, '--reporter', String(i), '--key', key, '--start-at', String(time), '--noise-bps', '5', '--poll-ms', '200',
      ...Object.entries(FEEDS).flatMap(([feed, price]) => ['--candles', `${feed}=${flat}:${price}`])], { stdio: ['ignore', 'pipe', 'pipe'] }));
  }
  let said = '';
  for (const f of feeders) for (const stream of [f.stdout, f.stderr]) stream.on('data', (text) => { said = (said + text).slice(-2000); });
  for (let i = 0; (await rpc(node.url, 'plimsoll_oracleInfo')).lastRound === 0; i++) {
    if (i === 600) throw new Error(`no round was accepted:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const provider = new JsonRpcProvider(node.url, undefined, { cacheTimeout: -1, pollingInterval: 100, batchMaxCount: 1 });
const people = KEYS.map((key) => new NonceManager(new Wallet(key, provider)));
const [lender, borrower, liquidator] = people;
const addressOf = async (who) => (await who.getAddress()).toLowerCase();
const pool = (who) => new Contract(at('pool'), POOL_ABI, who);
const done = async (sent) => (await sent).wait(1, 20000);

async function approve(who, ...tokens) {
  for (const token of tokens) await done(new Contract(token, TOKEN_ABI, who).approve(at('pool'), 2n ** 255n));
}

/** Sets a price by hand, until reporters overrule it. */
const setPrice = (feed, dollars) => done(new Contract(at('feed', feed), FEED_ABI, lender).setAnswer(BigInt(Math.round(dollars * 1e8))));

async function makeMarket() {
  const [a, b] = [await addressOf(lender), await addressOf(borrower)];
  await approve(lender, USDC, DAI, WETH);
  await approve(borrower, WETH, WBTC);
  await done(pool(lender).supply(USDC, parseUnits('500000', 6), a, 0));
  await done(pool(lender).supply(DAI, parseEther('300000'), a, 0));
  await done(pool(lender).supply(WETH, parseEther('100'), a, 0));
  await done(pool(borrower).supply(WETH, parseEther('100'), b, 0));
  await done(pool(borrower).borrow(USDC, parseUnits('190000', 6), 2, 0, b));
  await done(pool(borrower).borrow(DAI, parseEther('1000'), 2, 0, b));
}

let liquidation, failed;
async function makeLiquidation() {
  await approve(liquidator, USDC);
  await setPrice(0, 2150);
  const call = new Contract(at('pool'), ['function liquidationCall(address,address,address,uint256,bool)'], liquidator);
  liquidation = (await done(call.liquidationCall(WETH, USDC, await addressOf(borrower), parseUnits('20000', 6), false))).hash;
}
async function makeFailure() {
  const poor = people[3];
  const sent = await pool(poor).borrow(USDC, parseUnits('5', 6), 2, 0, await addressOf(poor), { gasLimit: 500000 });
  await sent.wait(1, 20000).catch(() => null);
  failed = sent.hash;
}

// -- the browser --------------------------------------------------------------------------------------

const profile = mkdtempSync(join(tmpdir(), 'plimsoll-chromium-'));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, viewport: SIZES.desktop,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});
browser.setDefaultTimeout(WAIT_MS);
const complaints = [];
browser.on('page', (page) => {
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(m.text()));
  page.on('pageerror', (e) => complaints.push(e.stack));
  page.on('request', (r) => { if (!r.url().startsWith(node.url) && !r.url().startsWith(node.url.replace('http', 'ws'))) complaints.push(`asked for ${r.url()}`); });
});

/** Shows a page and waits until it holds a text. */
async function show(page, hash, text) {
  await page.goto(`${node.url}/#/${hash}`);
  await page.locator('main').getByText(text).first().waitFor();
}
const textOf = (page) => page.locator('main').innerText();
const isWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

async function eachSize(name, hash, text, check) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await step(`${name}, ${size}`, async () => {
      const page = await browser.newPage();
      try {
        await page.setViewportSize(viewport);
        await show(page, hash, text);
        await check(page, await textOf(page));
        assert.equal(await isWide(page), false, 'it scrolls sideways');
      } finally {
        await page.screenshot({ path: join(shots, `${name}-${size}.png`), fullPage: true });
        await page.close();
      }
    });
  }
}

async function readers() {
  const owner = await addressOf(borrower), block = Number((await rpc(node.url, 'eth_getTransactionReceipt', liquidation)).blockNumber);

  await eachSize('home', '', /^by 0x/, async (page) => {
    while (await page.locator('details:not([open])').count()) await page.locator('details:not([open]) summary').first().click();
    await page.locator('main figure .uplot canvas').nth(4).waitFor();
    const text = await textOf(page);
    for (const symbol of ['WETH', 'WBTC', 'LINK', 'USDC', 'DAI', 'ETH / USD']) assert.ok(text.includes(symbol), symbol);
    const usdc = (await rpc(node.url, 'plimsoll_markets')).find((m) => m.symbol === 'USDC');
    assert.ok(text.includes('500.0'), 'USDC supplied, in thousands');
    assert.ok(Number(usdc.borrowed) > 0 && text.includes(`${(usdc.utilization * 100).toFixed(1)}%`), 'utilization');
    assert.equal(await page.locator('main figure .uplot canvas').count(), 5);
    assert.ok(await page.locator(`a[href="#/tx/${liquidation}"]`).count() > 0, 'the liquidation is listed');
    assert.match(text, /bp/);
    assert.match(text, /9\.\d{4} WETH\s+\$2[01]\.\d\dK/, 'what was seized, in dollars of its own block');
    await page.locator('#state.live').waitFor();
  });
  await eachSize('market', `market/${USDC}`, 'Liquidation threshold', async (page, text) => {
    const usdc = (await rpc(node.url, 'plimsoll_markets')).find((m) => m.asset === USDC);
    for (const said of ['Rate curve', 'Supplied and borrowed', `${(usdc.liquidationThreshold * 100).toFixed(1)}%`, 'best at']) assert.ok(text.includes(said), said);
    await page.locator('.chart canvas').nth(4).waitFor();
    await page.getByRole('button', { name: 'Borrow' }).click();
    assert.equal(await page.locator('dialog select').inputValue(), USDC);
    await page.getByRole('button', { name: 'Close' }).click();
  });
  await eachSize('oracle', 'oracle', /of 4/, async (page, text) => {
    const rows = page.locator('main section').first().locator('tbody tr');
    assert.equal(await rows.count(), 5);
    const reports = (await rows.nth(1).locator('td').allInnerTexts()).slice(3, 7);
    for (const report of reports) assert.match(report, /\$(59,9|60,0)\d\d\.\d\d/);
    assert.ok(new Set(reports).size > 1, 'reporters differ');
    assert.match(text, /3 of 4/);
  });
  await eachSize('account', `account/${owner}`, /^Liquidated$/, async (page, text) => {
    const told = await rpc(node.url, 'plimsoll_getHealth', owner);
    const shown = await page.locator('.tile.lead .tile-value').innerText();
    assert.ok(Math.abs(Number(shown) - Number(told.healthFactor)) < 0.02, `health ${shown}, the node says ${told.healthFactor}`);
    assert.match(text, /Borrow/);
    const result = page.locator('.result');
    await page.locator('.result', { hasText: 'Health would be' }).waitFor();
    await page.getByLabel('Price of WETH').fill('-60');
    await page.locator('.result .tag.bad').waitFor();
    const { healthAfter } = await rpc(node.url, 'plimsoll_whatIf', { account: owner, shocks: { WETH: '-60%' } });
    assert.ok(Math.abs(Number(/[\d.]+/.exec(await result.innerText())[0]) - Number(healthAfter)) < 0.01, 'what the node says');
    assert.ok(healthAfter < 1);
  });
  await eachSize('block', `block/${block}`, 'liquidationCall', async (page, text) => {
    assert.match(text, /liquidationCall/);
    assert.match(text, /stateRoot/);
    await page.getByText('← previous').click();
    await page.getByRole('heading', { name: `Block ${block - 1}` }).waitFor();
  });
  await eachSize('transaction', `tx/${liquidation}`, 'LiquidationCall', async (page, text) => {
    assert.match(text, /succeeded/);
    assert.match(text, /debtToCover\s+20000000000/);
  });
  await eachSize('failed', `tx/${failed}`, 'Events', async (page, text) => {
    assert.match(text, /failed/);
    assert.match(text, /Collateral cannot cover new borrow|Collateral balance is zero|Ltv validation failed/);
  });
}

/** Thresholds of an e-mode: the page's arithmetic must still be the node's. */
async function emode() {
  const who = people[6], address = await addressOf(who);
  await approve(who, USDC);
  await done(pool(who).supply(USDC, parseUnits('10000', 6), address, 0));
  await done(new Contract(at('pool'), ['function setUserEMode(uint8)'], who).setUserEMode(1));
  await done(pool(who).borrow(DAI, parseEther('9000'), 2, 0, address));
  const page = await browser.newPage();
  await show(page, `account/${address}`, 'E-mode');
  const shown = Number(/[\d.]+/.exec(await page.locator('.result').innerText())[0]);
  const told = Number((await rpc(node.url, 'plimsoll_getHealth', address)).healthFactor);
  assert.ok(told > 1.04 && Math.abs(shown - told) < 0.005, `${shown}, the node says ${told}`);
  await page.close();
}

async function finding() {
  const page = await browser.newPage();
  await show(page, '', 'Markets');
  const find = async (what) => {
    await page.getByLabel('Find').fill(what);
    await page.getByLabel('Find').press('Enter');
  };
  await find('3');
  await page.getByRole('heading', { name: 'Block 3' }).waitFor();
  await find(liquidation);
  await page.getByText('LiquidationCall', { exact: true }).waitFor();
  await find((await rpc(node.url, 'eth_getBlockByNumber', '0x2', false)).hash);
  await page.getByRole('heading', { name: 'Block 2', exact: true }).waitFor();
  await find(`0x${'12'.repeat(32)}`);
  await page.getByText('does not know this transaction').waitFor();
  await find(`0x${'12'.repeat(20)}`);
  await page.getByText('Nothing is supplied or borrowed').waitFor();
  await page.goto(`${node.url}/#/nonsense`);
  await page.getByText('There is no such page').waitFor();
  await page.goto(`${node.url}/#/block/999999999`);
  await page.getByText('No such block').waitFor();
  await page.close();
}

// -- a wallet ---------------------------------------------------------------------------------------------

/** An EIP-1193 provider in the page whose keys stay in this process. */
async function walletPage(key) {
  const page = await browser.newPage(), signer = new NonceManager(new Wallet(key, provider)), sent = [];
  await page.exposeFunction('walletRequest', async (method, params) => {
    switch (method) {
      case 'eth_requestAccounts': return [await signer.getAddress()];
      case 'eth_sendTransaction': {
        const { to, data } = params[0];
        sent.push(data.slice(0, 10));
        return (await signer.sendTransaction({ to, data })).hash;
      }
      default: return rpc(node.url, method, ...(params ?? []));
    }
  });
  await page.addInitScript(() => { window.ethereum = { request: ({ method, params }) => window.walletRequest(method, params), on() {} }; });
  return { page, sent, address: await addressOf(signer) };
}

const selectors = Object.fromEntries(['supply', 'borrow', 'repay', 'withdraw'].map((name) => [name, new Interface(POOL_ABI).getFunction(name).selector]));
const APPROVE = id('approve(address,uint256)').slice(0, 10);

async function owner(size) {
  const { page, sent, address } = await walletPage(KEYS[size === 'phone' ? 5 : 4]);
  const dialog = page.locator('dialog');
  const act = async (tab, asset, sum) => {
    await dialog.getByRole('tab', { name: tab }).click();
    await dialog.getByLabel('Asset').selectOption({ label: asset });
    await dialog.locator('.facts dd', { hasText: asset }).first().waitFor(); // of this asset, not of the one before
    if (sum === 'max') await dialog.getByRole('button', { name: 'Max' }).click();
    else await dialog.getByLabel('Amount').fill(sum);
    await dialog.getByRole('button', { name: new RegExp(`^${tab} ${asset}`) }).click();
  };
  const positions = async () => Object.fromEntries((await rpc(node.url, 'plimsoll_getHealth', address)).positions
    .filter((p) => p.supplied !== '0' || p.borrowed !== '0').map((p) => [p.symbol, p]));
  const finished = () => dialog.locator('.status', { hasText: 'Done' }).waitFor();

  await page.setViewportSize(SIZES[size]);
  await show(page, '', 'Markets');
  await step(`the wallet connects, ${size}`, async () => {
    await page.locator('#wallet').click();
    await page.locator('#wallet', { hasText: address.slice(0, 6) }).waitFor();
  });
  await step(`the wallet supplies and borrows, ${size}`, async () => {
    await page.getByRole('button', { name: 'Supply' }).first().click();
    await act('Supply', 'WETH', '12.5');
    await finished();
    assert.equal((await positions()).WETH.supplied, parseEther('12.5').toString());
    await act('Borrow', 'USDC', '1500.25');
    await page.screenshot({ path: join(shots, `borrowing-${size}.png`) });
    await finished();
    assert.ok(BigInt((await positions()).USDC.borrowed) >= parseUnits('1500.25', 6));
    assert.deepEqual(sent, [APPROVE, selectors.supply, selectors.borrow]);
  });
  await step(`what cannot be is told before the wallet is asked, ${size}`, async () => {
    const before = sent.length;
    await act('Borrow', 'USDC', '40000');
    await dialog.locator('.status.bad').waitFor();
    assert.equal(await dialog.locator('.status').innerText(), 'Health factor lower than liquidation threshold');
    assert.equal(sent.length, before);
  });
  await step(`the most that can be borrowed is accepted, ${size}`, async () => {
    await act('Borrow', 'DAI', 'max');
    await finished();
    assert.ok(BigInt((await positions()).DAI.borrowed) > parseEther('1000'));
  });
  await step(`the wallet repays all and withdraws all, ${size}`, async () => {
    await done(new Contract(DAI, TOKEN_ABI, lender).transfer(address, parseEther('10')));
    await done(new Contract(USDC, TOKEN_ABI, lender).transfer(address, parseUnits('10', 6)));
    await act('Repay', 'USDC', 'max');
    await finished();
    await act('Repay', 'DAI', 'max');
    await finished();
    await act('Withdraw', 'WETH', 'max');
    await finished();
    assert.deepEqual(await positions(), {});
  });
  await step(`the owner sees the account as his, ${size}`, async () => {
    await dialog.getByRole('link', { name: /account/ }).click();
    await page.locator('h1 .tag', { hasText: 'yours' }).waitFor();
    await page.getByText('Withdraw').first().waitFor();
    await page.screenshot({ path: join(shots, `owner-${size}.png`), fullPage: true });
  });
  await page.close();
}

// -- live, dark, down -----------------------------------------------------------------------------------------

async function live() {
  const page = await browser.newPage();
  await page.emulateMedia({ colorScheme: 'dark' });
  await show(page, '', 'Recent liquidations');
  await page.locator('#state.live').waitFor();
  await step('a crossing is shown as it happens', async () => {
    await setPrice(0, 1700);
    await page.locator('.feed li', { hasText: 'WETH' }).first().waitFor();
  });
  await page.screenshot({ path: join(shots, 'home-dark.png'), fullPage: true });
  return page;
}

/** web/abi.js, which runs in browsers, run here: it names the library by the path that the node serves. */
async function pageAbi() {
  const text = readFileSync(new URL('../../web/abi.js', import.meta.url), 'utf8').replace('./lib/ethers.js', import.meta.resolve('ethers'));
  return (await import(`data:text/javascript,${encodeURIComponent(text)}`)).abi;
}

async function names() {
  const text = readFileSync(new URL('../../contracts-native/dispatch/names.h', import.meta.url), 'utf8'), abi = await pageAbi();
  const events = [...text.matchAll(/X\(\w+, "([^"]+)", \d+, (0x[0-9a-f]+), "([0-9a-f]{64})"\)/g)];
  const errors = [...text.matchAll(/X\((\w+), "([^"]+)", \d+, (0x[0-9a-f]{8})\)/g)];
  assert.ok(events.length > 40 && errors.length > 80);
  for (const [, signature, indexed, topic] of events) {
    const event = abi.getEvent(`0x${topic}`);
    assert.equal(event?.format('sighash'), signature);
    assert.equal(event.inputs.reduce((bits, input, i) => bits | (input.indexed ? 1 << i : 0), 0), Number(indexed), signature);
  }
  for (const [, name, signature, selector] of errors) assert.equal(abi.getError(selector)?.format('sighash'), signature, name);
  const methods = execFileSync('grep', ['-rhoE', '\\{ 0x[0-9a-f]{8}, "[^"]+"', new URL('../../contracts-native', import.meta.url).pathname], { encoding: 'utf8' });
  abi.forEachFunction((f) => assert.ok(methods.includes(`{ ${f.selector}, "${f.format('sighash')}"`), f.format('sighash')));
}

try {
  await step('the page knows all names of the contracts', names);
  await step('the market is made', makeMarket);
  await step('reporters report', startFeeders);
  for (const f of feeders) f.kill('SIGSTOP');
  await step('somebody is liquidated', makeLiquidation);
  await step('somebody fails', makeFailure);
  for (const f of feeders) f.kill('SIGCONT');
  await readers();
  await chartTests({ browser, url: node.url, account: await addressOf(borrower), show });
  await edgeTests({ browser, url: node.url, account: await addressOf(borrower) });
  await step('an account in an e-mode is judged by it', emode);
  await step('things are found', finding);
  await owner('desktop');
  await owner('phone');
  await walletTests({ browser, url: node.url, provider, keys: KEYS.slice(7, 9), lender, shots, done, show,
    hold: (isHeld) => feeders.forEach((f) => f.kill(isHeld ? 'SIGSTOP' : 'SIGCONT')) });
  await step('a round every two seconds is one more request', () => requests(browser, node.url, '', 1.5));
  const page = await live();
  await step('no page complained, broke the policy or asked anybody else', () => assert.deepEqual(complaints, []));
  await step('a chain that went back is shown as it is now', () => wentBack(bin, browser));
  for (const f of feeders) f.kill('SIGSTOP');
  await setPrice(0, 1700);
  await networkTests({ bin, browser, url: node.url, account: await addressOf(borrower), meanwhile: () => setPrice(0, 2600) });
  for (const f of feeders) f.kill('SIGCONT');
  await step('the browser holds the page to its policy', () => policy(browser, node.url));
  await step('a node that is gone is told of', async () => {
    for (const f of feeders) f.kill('SIGTERM');
    assert.equal(await node.stop(), 0);
    await page.locator('#down:not([hidden])').waitFor();
    await page.screenshot({ path: join(shots, 'down.png') });
  });
} finally {
  for (const f of feeders) f.kill('SIGKILL');
  await browser.close();
  rmSync(folder, { recursive: true });
  rmSync(profile, { recursive: true });
}
await metamaskTests({ bin, shots });
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed ? 1 : 0);

// MetaMask itself: the extension as its users had it, unmodified, with its windows, in headless Firefox, against a devnet and
// against the dashboard.  7.7.1 is the newest whole build found on npm (dappeteer brings it).  It is older than EIP-1193's
// request(), which the page is therefore lent, and its script comes inline, which the dashboard's policy forbids: for this
// wallet alone the page comes without its policy.  Chromium no longer takes extensions of its age.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { Contract, JsonRpcProvider, NonceManager, Wallet, parseEther, parseUnits } from 'ethers';
import { KEYS, OTHER, POOL_ABI, TOKEN_ABI, USDC, WETH, at, rpc, startNode, step } from '../clients/support.mjs';

const EXTENSION = fileURLToPath(new URL('node_modules/dappeteer/metamask/7.7.1', import.meta.url));
const PASSWORD = 'not a secret';
const WAIT_MS = 60000; // a busy machine takes its time to draw a window
// Nobody but this machine is reached, whatever the extension would like to ask.
const ALONE = { 'network.proxy.type': 1, ...Object.fromEntries(['http', 'ssl'].flatMap((kind) => [[`network.proxy.${kind}`, '127.0.0.1'], [`network.proxy.${kind}_port`, 9]])) };

/** Waits until find() gives something; the windows of extensions are looked at, as no event tells their address. */
async function until(what, find) {
  for (const begun = Date.now(); Date.now() - begun < WAIT_MS;) {
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited in vain: ${what}`);
}
const textOf = (page) => page.evaluate(() => document.body.innerText);
async function shows(page, pattern) {
  let text = '';
  await until(String(pattern), async () => pattern.test(text = await textOf(page))).catch((e) => { throw new Error(`${e.message}; there is:\n${text}`); });
}
/** In the page: whether a click would meet this element, and not a curtain that is still being drawn away. */
function isOnTop(element) {
  element.scrollIntoView({ block: 'center' });
  const { x, y, width, height } = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}
/** Clicks on the innermost element with this text. */
const press = (page, text) => page.locator(`::-p-xpath((//*[normalize-space()="${text}"])[last()])`).filter(isOnTop).click();
const fill = (page, selector, text) => page.locator(selector).fill(text);

async function windowOf(browser, name) {
  const page = await until(name, async () => {
    for (const one of await browser.pages()) {
      if ((await one.evaluate(() => location.href).catch(() => '')).includes(`/${name}.html`)) return one;
    }
    return null;
  });
  page.setDefaultTimeout(WAIT_MS);
  return page;
}

/** In the page: a provider that knows sendAsync() alone gets request(). */
function lendRequest() {
  const { ethereum } = window;
  ethereum.request = ({ method, params = [] }) => new Promise((resolve, reject) => {
    ethereum.sendAsync({ method, params }, (e, answer) => (e || answer.error ? reject(e ?? answer.error) : resolve(answer.result)));
  });
}

async function dashboard(browser, url) {
  const page = await browser.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.setRequestInterception(true);
  page.on('request', async (r) => {
    if (!r.isNavigationRequest()) return r.continue();
    const answer = await fetch(r.url(), { headers: { accept: 'text/html' } });
    return r.respond({ status: answer.status, contentType: answer.headers.get('content-type'), body: await answer.text() });
  });
  await page.goto(url);
  await shows(page, /Rate curves/);
  await page.evaluate(lendRequest);
  return page;
}

async function alone(browser, home, url, shot) {
  const goHome = () => home.locator('.app-header__logo-container').click();

  await step('MetaMask: is set up, and learns of the network by its address', async () => {
    await press(home, 'Get Started');
    await press(home, 'Create a Wallet');
    await press(home, 'No Thanks'); // which it first tries to tell somebody
    await press(home, 'No Thanks');
    for (const field of ['#create-password', '#confirm-password']) await fill(home, field, PASSWORD);
    await home.locator('.first-time-flow__checkbox').click();
    await press(home, 'Create');
    await press(home, 'Remind me later');
    await home.locator('.network-component').click();
    await press(home, 'Custom RPC');
    await fill(home, '#network-name', 'Plimsoll devnet');
    await fill(home, '#rpc-url', url);
    await fill(home, '#chainId', String(Number(await rpc(url, 'eth_chainId'))));
    await fill(home, '#network-ticker', 'ETH');
    await press(home, 'Save');
    await until('the network', async () => /Plimsoll devnet/.test(await home.$eval('.network-component', (e) => e.innerText)));
    await shot(home, 'network');
  });
  await step('MetaMask: imports a key and shows its balance', async () => {
    await goHome();
    await home.locator('.account-menu__icon').click();
    await press(home, 'Import Account');
    await fill(home, '#private-key-box', KEYS[4]);
    await press(home, 'Import');
    await shows(home, /IMPORTED[^]*\n10000\n/);
  });
  await step('MetaMask: asks a token for its symbol and decimals', async () => {
    await press(home, 'Add Token');
    await press(home, 'Custom Token');
    await fill(home, '#custom-address', WETH);
    await until('the symbol', () => home.$eval('#custom-symbol', (e) => e.value === 'WETH'));
    await press(home, 'Next');
    await press(home, 'Add Tokens');
    await shows(home, /\n1000\.000\nWETH\n/);
    await shot(home, 'token');
  });
  await step('MetaMask: sends money', async () => {
    const before = BigInt(await rpc(url, 'eth_getBalance', OTHER, 'latest'));
    await goHome();
    await home.locator('.wallet-balance').click();
    await press(home, 'Send');
    await fill(home, '.ens-input__wrapper input', OTHER);
    await home.locator('.unit-input__input').click();
    await home.keyboard.type('1.25');
    await press(home, 'Advanced Options'); // its own price comes from a site that serves Ethereum alone
    await fill(home, '.advanced-gas-inputs__gas-edit-row__input', String(Number(await rpc(url, 'eth_gasPrice')) / 1e9));
    await until('the fee', () => home.$eval('.advanced-tab__transaction-data-summary__fee', (e) => e.innerText !== '0 ETH'));
    await press(home, 'Save');
    await press(home, 'Next');
    await shows(home, /SENT ETHER\n1\.25/);
    await press(home, 'Confirm');
    await shows(home, /CONFIRMED[^]*-1\.25/);
    await shot(home, 'sent');
    assert.equal(BigInt(await rpc(url, 'eth_getBalance', OTHER, 'latest')) - before, parseEther('1.25'));
  });
}

/** Somebody else supplies what can then be borrowed. */
async function lend(url, asset, amount) {
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 100 }), lender = new NonceManager(new Wallet(KEYS[0], provider));
  await new Contract(asset, TOKEN_ABI, lender).approve(at('pool'), amount);
  const sent = await new Contract(at('pool'), POOL_ABI, lender).supply(asset, amount, lender, 0, { gasLimit: 500000 });
  await sent.wait(1, WAIT_MS);
  provider.destroy();
}

async function withDashboard(browser, url, shot) {
  await lend(url, USDC, parseUnits('5000', 6));
  const page = await dashboard(browser, url), address = new Wallet(KEYS[4]).address.toLowerCase();
  const status = () => page.$eval('dialog.action .status', (e) => e.innerText);
  const position = async (asset) => (await rpc(url, 'plimsoll_getHealth', address)).positions.find((p) => p.asset === asset);
  /** Chooses what to do; the answers are given in MetaMask's own windows, one after the other. */
  async function act(tab, asset, sum, answers) {
    await press(page, tab);
    await fill(page, 'dialog select', asset);
    await fill(page, 'dialog input', sum);
    await page.locator('dialog.action button[type=submit]:not([disabled])').click();
    for (const [text, button] of answers) {
      const asked = await windowOf(browser, 'notification');
      await shows(asked, text);
      await shot(asked, `${tab}-${button}`.toLowerCase());
      await press(asked, button);
      await until('the window closes', () => asked.evaluate(() => false).catch(() => true));
    }
  }

  await step('MetaMask: connects to the dashboard', async () => {
    await page.locator('#wallet').click();
    const asked = await windowOf(browser, 'notification');
    await shows(asked, /would like to connect to your account/);
    await until("the page's icon", () => asked.$$eval('img', (all) => all.length > 0 && all.every((img) => img.naturalWidth > 0)));
    await shot(asked, 'connect');
    await press(asked, 'Connect');
    await until('the account', async () => (await page.$eval('#wallet', (e) => e.innerText)).startsWith(address.slice(0, 6)));
    await page.locator('::-p-xpath(//main//button[normalize-space()="Supply"])').click();
  });
  await step('MetaMask: what is rejected in its window is told by the dashboard', async () => {
    await act('Borrow', WETH, '0.5', []).catch(() => {}); // nothing is supplied: the page does not ask
    await act('Supply', WETH, '2', [[/Signature Request/, 'Cancel']]);
    await until('the words', async () => /You declined in the wallet/.test(await status()));
    assert.equal(await position(WETH), undefined);
  });
  await step('MetaMask: signs a permit and supplies through the dashboard', async () => {
    await act('Supply', WETH, '2', [[/Signature Request/, 'Sign'], [/CONTRACT INTERACTION/, 'Confirm']]);
    await until('it is done', async () => /Done/.test(await status()));
    assert.equal((await position(WETH)).supplied, String(parseEther('2')));
  });
  await step('MetaMask: borrows through the dashboard', async () => {
    await act('Borrow', USDC, '1000', [[/CONTRACT INTERACTION/, 'Confirm']]);
    await until('it is done', async () => /Done/.test(await status()));
    await shot(page, 'borrowed');
    assert.ok(BigInt((await position(USDC)).borrowed) >= 1000n * 10n ** 6n);
  });
}

export async function metamaskTests({ bin, shots }) {
  const node = await startNode(bin, ['--block-time', '200ms', '--rpc-cors', '*']); // it may ask as any page may, not more
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr', headless: true,
    defaultViewport: { width: 1280, height: 900 }, extraPrefsFirefox: ALONE });
  const shot = (page, name) => page.screenshot({ path: join(shots, `metamask-${name}.png`) });
  try {
    await browser.installExtension(EXTENSION);
    await alone(browser, await windowOf(browser, 'home'), node.url, shot);
    await withDashboard(browser, node.url, shot);
  } finally {
    await browser.close();
    await step('MetaMask: leaves the node well', async () => assert.equal(await node.stop(), 0, node.log()));
  }
}

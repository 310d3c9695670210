// What a page meets at the edges: a chain that goes back, markets that come later, answers that come late or not at all, numbers
// and names of any size, other colours, and readers without a mouse.  What the node answers is changed on its way.
import assert from 'node:assert/strict';
import { AbiCoder, Contract, JsonRpcProvider, MaxUint256, NonceManager, Wallet, parseEther } from 'ethers';
import { KEYS, LINK, POOL_ABI, TOKEN_ABI, USDC, WETH, at, rpc, startNode, step } from '../clients/support.mjs';

const WIDTHS = [1280, 768, 390, 320];
const RATES = `0x506c696d736f6c6c${'0'.repeat(16)}00080000`;
const HOME_PHONE_MAX = 3900; // pixels, with ten accounts at risk; a thousand more before anything was folded
const CONTRAST_MIN = 4.5;    // WCAG 2.2, 1.4.3
const EVIL = '<img src=x onerror="window.intruder=1">';

/** Answers of the node go through change(method, params, answer), which may alter the answer, or await something. */
async function tampered(browser, url, change, options = {}) {
  const page = await browser.newPage();
  await page.setViewportSize(options.viewport ?? { width: 1280, height: 900 });
  await page.route(`${url}/`, async (route) => {
    const asked = route.request().postDataJSON();
    if (!asked) return route.continue();
    const response = await route.fetch().catch(() => null);
    if (!response) return route.abort().catch(() => null); // the page or the node is gone
    const answers = await response.json(), all = [answers].flat();
    for (const q of [asked].flat()) await change(q.method, q.params, all.find((a) => a.id === q.id));
    return route.fulfill({ response, json: answers }).catch(() => null);
  });
  return page;
}
const ofMarkets = (f) => (method, params, answer) => { if (method === 'plimsoll_markets') answer.result.forEach(f); };
const isWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
const isFine = async (page) => assert.equal(await page.locator('#error').isVisible(), false, await page.locator('#error').innerText());
const tile = (page, title) => page.locator('.tile', { has: page.getByText(title, { exact: true }) });
const updates = (page, count) => page.waitForFunction((n) => { // as the page sees them: so many changes of what it shows of the chain
  window.seen ??= new Set();
  return window.seen.add(document.getElementById('height').textContent).size > n;
}, count);

async function keptFocus(browser, url) {
  let asked = 0;
  const page = await tampered(browser, url, ofMarkets((m) => { m.price = `${100 + ++asked / 1000}`; }));
  await page.goto(`${url}/#/`);
  const button = page.getByRole('button', { name: 'Supply' }).nth(2), price = page.locator('tbody td').nth(1);
  const changed = (text) => page.waitForFunction((old) => document.querySelector('main tbody td + td').textContent !== old, text);
  await button.waitFor();
  await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('main tbody tr:nth-child(2) strong')));
  await button.focus();
  const before = await price.innerText();
  await changed(before);
  assert.ok(await button.evaluate((b) => b === document.activeElement), 'the focus is lost');
  assert.equal(await page.evaluate(() => String(getSelection())), 'WBTC');
  const { x, y } = await button.boundingBox();
  await page.mouse.move(x + 5, y + 5);
  await page.mouse.down();
  await changed(await price.innerText());
  await page.mouse.up();
  assert.equal(await page.locator('dialog select').inputValue(), LINK, 'a slow click is a click');
  await page.close();
}

async function keyboard(browser, url) {
  const page = await browser.newPage(), dialog = page.locator('dialog'), focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.id || document.activeElement.ariaLabel);
  await page.goto(`${url}/#/`);
  await page.getByRole('button', { name: 'Supply' }).first().press('Enter');
  assert.equal(await focused(), 'Amount');
  await dialog.getByRole('tab', { name: 'Supply' }).press('ArrowRight');
  await dialog.getByRole('tab', { name: 'Borrow', selected: true }).waitFor();
  assert.equal(await focused(), 'Borrow');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await focused(), 'Withdraw');
  await page.keyboard.press('Escape');
  assert.equal(await focused(), 'Supply', 'the focus returns to what opened the dialog');
  await page.getByRole('link', { name: 'Oracle' }).press('Enter');
  await page.getByRole('heading', { name: 'Reporters' }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  await page.close();
}

/** Of amounts as people type them. */
async function typing(browser, url) {
  const page = await browser.newPage(), field = page.getByLabel('Amount'), isInvalid = async (text) => {
    await field.fill(text);
    return await field.getAttribute('aria-invalid') === 'true';
  };
  await page.goto(`${url}/#/market/${USDC}`);
  await page.getByRole('button', { name: 'Supply' }).click();
  for (const text of ['0,5', '1,50', ',5', '1,5000', '1e3', '-1', '0.0000001', 'NaN', '1.2.3']) assert.ok(await isInvalid(text), text);
  await page.locator('.foreseen', { hasText: 'Not an amount of USDC, which has 6 decimals' }).waitFor();
  for (const text of ['1,500', '1,234,567.5', '0.5', '.5', '5.', '1500']) assert.ok(!await isInvalid(text), text);
  await page.close();
}

async function sizes(browser, url) {
  const odd = (m) => {
    if (m.symbol === 'WETH') Object.assign(m, { supplied: '40000000000000', borrowed: '1', supplyRate: '0.000000000000000000000000001', liquidationBonus: '0', price: '12.34' });
    if (m.symbol === 'LINK') Object.assign(m, { price: '0.00001234', paused: true, frozen: true, active: false, stale: true, borrowing: false });
    if (m.symbol === 'USDC') Object.assign(m, { supplied: String(MaxUint256), borrowed: String(MaxUint256), price: String(10n ** 60n), utilization: '1', supplyRate: '99', borrowRate: '99', symbol: 'W'.repeat(16) });
    if (m.symbol === 'DAI') Object.assign(m, { supplied: '0', borrowed: '0', price: '0', supplyCap: '0', utilization: '0' });
  };
  const page = await tampered(browser, url, (method, params, answer) => {
    if (method === 'plimsoll_markets') answer.result.forEach(odd);
    if (method === 'eth_call' && params[0].to === RATES) answer.result = AbiCoder.defaultAbiCoder().encode(['uint256', 'uint256', 'uint256', 'uint256'], [5700, 0, 4294967295, 4294967295]);
  });
  await page.goto(`${url}/#/`);
  await page.locator('.chart canvas').first().waitFor();
  assert.match(await tile(page, 'Borrowed').innerText(), /100\.0% of supplies/);
  const row = (i) => page.locator('section').first().locator('tbody tr').nth(i).innerText();
  assert.match(await row(0), /\$12\.3400[^]*<\s0\.0001\s+<\s\$0\.01[^]*<\s0\.01%/);
  assert.match(await row(2), /paused\s*frozen\s*inactive\s*stale price\s*no borrowing\s+\$0\.00001234\s/);
  assert.match(await row(3), /1\.16e71\s+\$1\.16e131\s/);
  assert.match(await row(4), /\$0\.00\s[^]*0\.0000/);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await isWide(page), false, `home scrolls sideways at ${width}`);
  }
  for (const [asset, said] of [[WETH, ['best at 57.0%', '< 0.1% used', 'Liquidation bonus\tnone']], [USDC, ['100.0%']]]) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${url}/#/market/${asset}`);
    await page.locator('.chart canvas').nth(4).waitFor();
    const text = (await page.locator('main').innerText()).replaceAll('\u00a0', ' ');
    for (const what of said) assert.ok(text.includes(what), `${what} in:\n${text}`);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await isWide(page), false, `the market scrolls sideways at ${width}`);
    }
  }
  await isFine(page);
  await page.close();
}

async function healths(browser, url, account) {
  let factor = '0.99996', past = '1.5';
  const page = await tampered(browser, url, (method, params, answer) => {
    if (method === 'plimsoll_getHealth') answer.result.healthFactor = params[1] ? past : factor;
  });
  const chart = page.locator('section', { hasText: 'Health over recent blocks' }).locator('.chart');
  await page.goto(`${url}/#/account/${account}`);
  await page.locator('.tile.lead.bad', { hasText: '0.999' }).waitFor();
  [factor, past] = ['123456789012345678901234567890.5', '60'];
  await page.reload();
  await page.locator('.tile.lead', { hasText: '> 100' }).waitFor();
  await chart.locator('.u-legend', { hasText: '> 100' }).waitFor();
  await isFine(page);
  await page.close();
}

async function texts(browser, url) {
  const long = 'W'.repeat(500);
  const page = await tampered(browser, url, (method, params, answer) => {
    if (method === 'plimsoll_markets') answer.result[0].symbol = EVIL;
    if (method === 'plimsoll_oracleInfo') [answer.result.feeds[0].description, answer.result.feeds[1].description] = [EVIL, long];
    if (method === 'plimsoll_liquidatable' && isRefused) [answer.result, answer.error] = [undefined, { code: -32000, message: EVIL + long }];
  });
  let isRefused = false;
  for (const hash of ['', `market/${WETH}`, 'oracle']) {
    await page.goto(`${url}/#/${hash}`);
    await page.locator('main').getByText(EVIL).first().waitFor();
  }
  isRefused = true;
  await page.goto(`${url}/#/`);
  await page.locator('#error', { hasText: EVIL }).waitFor();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await isWide(page), false, `it scrolls sideways at ${width}`);
  }
  assert.deepEqual(await page.evaluate(() => [window.intruder, document.querySelectorAll('main img, #error img').length]), [undefined, 0]);
  isRefused = false;
  await page.locator('#error').waitFor({ state: 'hidden' });
  await page.close();
}

async function later(browser, url) {
  let isThere = false, cap = 5500;
  const page = await tampered(browser, url, (method, params, answer) => {
    if (method === 'plimsoll_markets' && (params.length || !isThere)) answer.result = answer.result.filter((m) => m.asset !== LINK);
    if (method === 'eth_call' && params[0].to === RATES) answer.result = AbiCoder.defaultAbiCoder().encode(['uint256', 'uint256', 'uint256', 'uint256'], [8000, 0, 400, cap]);
  });
  await page.goto(`${url}/#/market/${LINK}`);
  await page.getByRole('heading', { name: 'No such market' }).waitFor();
  await page.getByText('No market of this chain has that asset').waitFor();
  isThere = true;
  await page.getByRole('heading', { name: 'LINK' }).waitFor();
  await page.locator('.chart canvas').nth(4).waitFor();
  assert.equal(await page.getByText('No market of this chain has that asset').isVisible(), false);
  await page.locator('[aria-label*=", 59.0% at 100%"]').waitFor();
  cap = 9600;
  await page.locator('[aria-label*=", 100.0% at 100%"]').waitFor(); // its terms are changed
  isThere = false;
  await page.getByRole('heading', { name: 'No such market' }).waitFor();
  await isFine(page);
  await page.close();
}

/** The past is gone, a point of it is there, all of it. */
async function points(browser, url, account) {
  const page = await tampered(browser, url, (method, params, answer) => {
    if (['plimsoll_markets', 'plimsoll_getHealth'].includes(method) && params.at(-1)?.startsWith?.('0x') && params.at(-1).length < 20) [answer.result, answer.error] = [undefined, { code: 4444, message: 'state is gone' }];
  });
  for (const [hash, count] of [[`market/${USDC}`, 5], [`account/${account}`, 1]]) {
    await page.goto(`${url}/#/${hash}`);
    await page.locator('.chart canvas').nth(count - 1).waitFor();
    await updates(page, 5);
    await isFine(page);
  }
  await page.close();
}

async function late(browser, url) {
  let release, isHeld = true;
  const held = new Promise((resolve) => { release = resolve; });
  const page = await tampered(browser, url, async (method, params) => { if (isHeld && method === 'plimsoll_markets' && params.length) await held; });
  await page.goto(`${url}/#/`);
  await page.locator('.tile-value', { hasText: '$' }).first().waitFor();
  await page.getByRole('button', { name: 'Supply' }).first().waitFor();
  await page.goto(`${url}/#/oracle`);
  await page.getByText('3 of 4').waitFor({ timeout: 30000 });
  isHeld = false;
  release();
  await updates(page, 4);
  assert.equal(await page.getByText('Accounts at risk').count(), 0, 'the page that was left stays away');
  await isFine(page);
  await page.close();
}

async function unanswered(browser, url, account) {
  let isRefused = true;
  const page = await tampered(browser, url, (method, params, answer) => {
    if (isRefused && method === 'plimsoll_whatIf' && params[0].shocks) [answer.result, answer.error] = [undefined, { code: -32000, message: 'not now' }];
  });
  await page.goto(`${url}/#/account/${account}`);
  await page.locator('.result', { hasText: 'Health would be' }).waitFor();
  await page.getByLabel('Price of WETH').fill('-10');
  await page.locator('.result', { hasText: 'not now' }).waitFor();
  isRefused = false;
  await page.locator('.result', { hasText: 'Health would be' }).waitFor();
  await page.close();
}

/** A chain for tests goes back and makes other blocks, also as many as it had. */
export async function wentBack(bin, browser) {
  const dev = await startNode(bin, ['--dev']), { url } = dev, page = await browser.newPage();
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, batchMaxCount: 1, pollingInterval: 50 });
  const signer = new NonceManager(new Wallet(KEYS[0], provider)), account = (await signer.getAddress()).toLowerCase();
  const done = async (sent) => (await sent).wait(1, 20000), height = async () => Number(await rpc(url, 'eth_blockNumber'));
  try {
    await page.goto(`${url}/#/`);
    await page.locator('#state', { hasText: /live|polling/ }).waitFor();
    await done(new Contract(WETH, TOKEN_ABI, signer).approve(at('pool'), MaxUint256));
    const snapshot = await rpc(url, 'evm_snapshot');
    await done(new Contract(at('pool'), POOL_ABI, signer).supply(WETH, parseEther('7'), account, 0));
    const top = await height(), { hash } = await rpc(url, 'eth_getBlockByNumber', 'latest', false);
    await page.goto(`${url}/#/account/${account}`);
    await page.locator('.tag', { hasText: 'Supply' }).waitFor();
    const second = await browser.newPage();
    await second.goto(`${url}/#/block/${top}`);
    await second.getByText(hash).waitFor();
    assert.equal(await rpc(url, 'evm_revert', snapshot), true);
    await rpc(url, 'evm_mine');
    assert.equal(await height(), top);
    await page.bringToFront();
    await page.getByText('Nothing since block 0').waitFor();
    await second.getByText((await rpc(url, 'eth_getBlockByNumber', 'latest', false)).hash).waitFor();
    await second.close();
    await isFine(page);
  } finally {
    await page.close();
    provider.destroy();
    await dev.stop();
  }
}

/** Text that is harder to read than it may be: what it is, its contrast. */
const faint = (page, least) => page.evaluate((min) => {
  const rgb = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (color) => color.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const found = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const judge = (text, ink, place) => {
    let back = place;
    while (back && (rgb(getComputedStyle(back).backgroundColor)[3] ?? 1) === 0) back = back.parentElement;
    const [high, low] = [light(rgb(ink)), light(rgb(getComputedStyle(back ?? document.body).backgroundColor))].sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < min) found.add(`${text}: ${contrast.toFixed(2)}`);
  };
  while (walk.nextNode()) {
    const place = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !place.checkVisibility() || place.closest(':disabled')) continue;
    judge(walk.currentNode.data.slice(0, 30), getComputedStyle(place).color, place);
    const label = place.closest('td');
    if (label && getComputedStyle(label, '::before').content.length > 2) judge(label.dataset.label, getComputedStyle(label, '::before').color, label);
  }
  return [...found];
}, least);

async function contrasts(browser, url, account) {
  const page = await browser.newPage();
  for (const colorScheme of ['light', 'dark']) for (const width of [1280, 390]) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    for (const hash of ['', `account/${account}`, `market/${USDC}`, 'oracle', 'block/5']) {
      await page.goto(`${url}/#/${hash}`);
      await page.locator('main :is(td, dd)').first().waitFor();
      assert.deepEqual(await faint(page, CONTRAST_MIN), [], `#/${hash}, ${colorScheme}, ${width}`);
    }
  }
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0, 'who wants no motion sees none');
  await page.close();
}

async function folded(browser, url, account) {
  const page = await tampered(browser, url, (method, params, answer) => {
    if (method === 'plimsoll_liquidatable') answer.result = { ...answer.result, total: 1000, accounts: Array(10).fill({ address: account, healthFactor: '1.01', collateral: '123456.78', debt: '123456.78', collateralAsset: WETH, debtAsset: USDC }) };
  }, { viewport: { width: 390, height: 844 } });
  await page.goto(`${url}/#/`);
  await page.getByText(/^by 0x/).first().waitFor();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(height < HOME_PHONE_MAX, `${height} pixels`);
  await page.getByText('Rate curves').click();
  await page.locator('figure canvas').first().waitFor();
  await updates(page, 3);
  assert.ok(await page.locator('figure canvas').first().isVisible(), 'it stays unfolded');
  assert.ok(await page.evaluate(() => parseFloat(getComputedStyle(document.querySelector('#find input')).fontSize)) >= 16, 'phones zoom into smaller fields');
  await page.close();
}

async function tablet(browser, url) {
  const page = await browser.newPage();
  for (const width of [740, 768, 1024, 1260, 1280]) {
    await page.setViewportSize({ width, height: 1024 });
    await page.goto(`${url}/#/`);
    await page.getByRole('button', { name: 'Borrow' }).first().waitFor();
    assert.equal(await page.locator('.scroll').first().evaluate((e) => e.scrollWidth > e.clientWidth), false, `the buttons are out of sight at ${width}`);
    assert.ok((await page.locator('header').boundingBox()).height < 70, `the head is two lines high at ${width}`);
  }
  await page.close();
}

async function copying(browser, url) {
  const page = await browser.newPage();
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await page.goto(`${url}/#/market/${USDC}`);
  await page.getByRole('button', { name: `Copy ${USDC}` }).click();
  await page.locator('.copy', { hasText: 'selected' }).waitFor();
  assert.equal(await page.evaluate(() => String(getSelection())), USDC);
  await page.close();
}

export async function edgeTests({ browser, url, account }) {
  await step('the focus, a selection and a slow click outlive blocks', () => keptFocus(browser, url));
  await step('the keyboard leads through pages and the dialog', () => keyboard(browser, url));
  await step('amounts are read as they were meant, or not at all', () => typing(browser, url));
  await step('numbers of any size are told and fit', () => sizes(browser, url));
  await step('a health is never rounded up, and drawn whatever it is', () => healths(browser, url, account));
  await step('texts of a node and a chain are texts', () => texts(browser, url));
  await step('a market that appears is shown, and new terms of it', () => later(browser, url));
  await step('charts of a single block are drawn', () => points(browser, url, account));
  await step('a page waits neither for the past nor for the page before it', () => late(browser, url));
  await step('what the node refused to tell it is asked again', () => unanswered(browser, url, account));
  await step('everything can be read, in the light and in the dark', () => contrasts(browser, url, account));
  await step('on a phone what matters less is folded', () => folded(browser, url, account));
  await step('between phone and desktop the head is a line, and the markets can be acted on', () => tablet(browser, url));
  await step('what cannot be copied is selected', () => copying(browser, url));
}

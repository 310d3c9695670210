// Charts as a reader meets them: the lines are drawn, the legend tells the node's figures, the pointer those of another
// point, colours follow the reader's system, and a page that is left keeps nothing.
import assert from 'node:assert/strict';
import { rpc, step } from '../clients/support.mjs';

const LEAVES = 8, NODES_MAX = 400, LISTENERS_MAX = 40; // what so many visits may leave behind: a chart alone has more

/** How many pixels of a chart have a colour of the page's style, "second" say, or nearly: lines are smoothed. */
const pixels = (chart, name) => chart.locator('canvas').evaluate((canvas, property) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const ink = getComputedStyle(document.documentElement).getPropertyValue(property);
  const wanted = [1, 3, 5].map((i) => parseInt(ink.slice(i, i + 2), 16));
  let count = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 100 && wanted.every((v, k) => Math.abs(data[i + k] - v) < 24)) count++;
  return count;
}, `--${name}`);
const told = async (chart) => (await chart.locator('.u-legend .u-value').allInnerTexts()).map((text) => text.trim());
const near = (text, value, what) => assert.ok(Math.abs(parseFloat(text) - value) < 0.02, `${what}: ${text}, the node says ${value}`);

async function point(chart, share) {
  await chart.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await chart.locator('.u-over').boundingBox();
  await chart.page().mouse.move(x + width * share, y + height / 2);
}

/** account: who owes something; show: opens a page. */
export async function chartTests({ browser, url, account, show }) {
  const page = await browser.newPage(), usdc = (await rpc(url, 'plimsoll_markets')).find((m) => m.symbol === 'USDC');
  const figure = (title) => page.locator('figure', { has: page.getByText(title, { exact: true }) }).locator('.chart');
  const drawn = async (chart, color) => assert.ok(await pixels(chart, color) > 30, `${await pixels(chart, color)} pixels of --${color}`);

  await step('a rate curve tells today\u2019s rates, and under the pointer others', async () => {
    await show(page, '', 'Rate curves');
    const curve = figure('USDC');
    await curve.locator('canvas').waitFor();
    const [used, borrow, supply] = await told(curve);
    near(used, Number((usdc.utilization * 100).toFixed(1)), 'utilization');
    near(borrow, usdc.borrowRate * 100, 'borrow rate');
    near(supply, usdc.supplyRate * 100, 'supply rate');
    assert.match(await curve.getAttribute('aria-label'), /^Borrow rate .* utilization; /);
    for (const color of ['second', 'calm', 'text']) await drawn(curve, color);
    await point(curve, 0.995);
    const [far, high] = (await told(curve)).map(parseFloat);
    assert.ok(far > 95 && high > 20, `${far}% used, ${high}%`);
    await page.mouse.move(1, 1);
    assert.equal((await told(curve))[0], used);
  });
  await step('a market\u2019s charts share the pointer and end at what is now', async () => {
    await show(page, `market/${usdc.asset}`, 'Liquidation threshold');
    const now = (await rpc(url, 'plimsoll_markets')).find((m) => m.symbol === 'USDC'), [price, rates] = [figure('Price'), figure('Rates')];
    await price.locator('canvas').waitFor();
    near((await told(price))[1].slice(1), Number(now.price), 'price');
    near((await told(rates))[2], now.borrowRate * 100, 'borrow rate');
    await drawn(price, 'accent');
    await drawn(rates, 'second');
    await point(price, 0.02);
    const [first] = await told(price);
    assert.equal((await told(rates))[0], first, 'the other chart tells of the same block');
    assert.ok(Number(first) < Number((await rpc(url, 'eth_blockNumber'))) / 2, `block ${first}`);
  });
  await step('an account\u2019s health is drawn over the line below which it is liquidated', async () => {
    await show(page, `account/${account}`, 'Health over recent blocks');
    const line = page.locator('section', { hasText: 'Health over recent blocks' }).locator('.chart');
    await line.locator('canvas').waitFor();
    const { healthFactor } = await rpc(url, 'plimsoll_getHealth', account);
    near((await told(line))[1], Number(healthFactor), 'health');
    for (const color of ['accent', 'bad']) await drawn(line, color);
  });
  await step('charts follow the reader\u2019s colours', async () => {
    const line = page.locator('section', { hasText: 'Health over recent blocks' }).locator('.chart');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForTimeout(200);
    await drawn(line, 'accent');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForTimeout(200);
    await drawn(line, 'accent');
  });
  await step('a page that is left keeps nothing', async () => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const held = async () => {
      for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
    };
    const visit = async () => {
      for (const [hash, text] of [[`market/${usdc.asset}`, 'Liquidation threshold'], [`account/${account}`, 'Health over recent blocks'], ['', 'Rate curves']]) {
        await show(page, hash, text);
        await page.locator('.chart canvas').first().waitFor();
      }
    };
    await visit();
    await visit();
    const before = await held();
    for (let i = 0; i < LEAVES; i++) await visit();
    const after = await held(), [nodes, listeners] = ['Nodes', 'JSEventListeners'].map((name) => after[name] - before[name]);
    console.log(`     ${nodes} nodes, ${listeners} listeners, ${((after.JSHeapUsedSize - before.JSHeapUsedSize) / 1024).toFixed(0)} KiB more after ${LEAVES * 3} pages`);
    assert.ok(nodes < NODES_MAX && listeners < LISTENERS_MAX, `${nodes} nodes and ${listeners} listeners are left`);
  });
  await page.close();
}

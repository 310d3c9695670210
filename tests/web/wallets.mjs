// Wallets as pages meet them: several announced by EIP-6963, on another network, refusing, signing permits.  The keys stay
// in this process; what a provider in the page is asked goes to `answer` here, which signs with ethers and sends to the node.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Contract, NonceManager, Signature, Wallet, id, parseEther, parseUnits } from 'ethers';
import { DAI, TOKEN_ABI, USDC, at, rpc, step } from '../clients/support.mjs';

const selector = (signature) => id(signature).slice(0, 10);
const SUPPLY_WITH_PERMIT = selector('supplyWithPermit(address,uint256,address,uint16,uint256,uint8,bytes32,bytes32)');
const REPAY_WITH_PERMIT = selector('repayWithPermit(address,uint256,uint256,address,uint256,uint8,bytes32,bytes32)');
const BORROW = selector('borrow(address,uint256,uint256,uint16,address)'), PLEDGE = selector('setUserUseReserveAsCollateral(address,bool)');
const refusal = (code, message) => Object.assign(new Error(message), { code });

/** In the page: two providers that announce themselves when asked to. */
function inject(names) {
  const providers = names.map((name) => {
    const listeners = {};
    return { name, listeners, on: (event, f) => { (listeners[event] ??= []).push(f); }, async request({ method, params }) {
      const { result, error } = await window.walletAnswer(name, method, params);
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    } };
  });
  const announce = () => providers.forEach((p, i) => window.dispatchEvent(new CustomEvent('eip6963:announceProvider',
    { detail: Object.freeze({ info: { uuid: `00000000-0000-4000-8000-00000000000${i}`, name: p.name, icon: 'data:,', rdns: `test.${i}` }, provider: p }) })));
  window.addEventListener('eip6963:requestProvider', announce);
  window.walletTell = (name, event, value) => providers.find((p) => p.name === name).listeners[event]?.forEach((f) => f(value));
}

/** keys: of the wallet's accounts; lender: a rich signer; hold(isHeld): prices stand still; shots: where screenshots go. */
export async function walletTests({ browser, url, provider, keys, lender, hold, shots, done, show }) {
  const page = await browser.newPage(), signer = new NonceManager(new Wallet(keys[0], provider)), other = new Wallet(keys[1], provider);
  const address = (await signer.getAddress()).toLowerCase(), chainId = await rpc(url, 'eth_chainId');
  const asked = [], sent = [], now = { chain: '0x1', known: false, refuse: null, permits: true, before: null, sign: (signature) => signature };
  const dialog = page.locator('dialog.action'), status = dialog.locator('.status');

  async function answer(name, method, params) {
    asked.push(`${name}: ${method}`);
    if (now.refuse === method) throw refusal(4001, 'User rejected the request.');
    switch (method) {
      case 'eth_requestAccounts': case 'eth_accounts': return [address];
      case 'eth_chainId': return now.chain;
      case 'wallet_switchEthereumChain':
        if (!now.known) throw refusal(4902, 'Unrecognized chain ID.');
        now.chain = params[0].chainId;
        return null;
      case 'wallet_addEthereumChain':
        assert.equal(params[0].chainId, chainId);
        assert.deepEqual(params[0].rpcUrls, [url]);
        now.known = true; // as some wallets do, without moving there
        return null;
      case 'eth_signTypedData_v4': {
        if (!now.permits) throw refusal(4200, 'The wallet does not sign typed data.');
        const { types: { EIP712Domain, ...types }, domain, message } = JSON.parse(params[1]);
        assert.equal(EIP712Domain.length, 4);
        return now.sign(await signer.signer.signTypedData(domain, types, message));
      }
      case 'eth_sendTransaction': {
        assert.equal(params[0].chainId, chainId, 'the wallet is told the chain');
        await now.before?.();
        sent.push(params[0].data.slice(0, 10));
        return (await signer.sendTransaction({ to: params[0].to, data: params[0].data, ...(now.before ? { gasLimit: 500000 } : {}) })).hash;
      }
      default: throw refusal(4200, `${method} is not supported`);
    }
  }
  await page.exposeFunction('walletAnswer', (...what) => answer(...what).then((result) => ({ result }), (e) => ({ error: { code: e.code, message: e.message } })));
  await page.addInitScript(inject, ['Otter Wallet', 'Heron Wallet']);
  await show(page, '', 'Rate curves');
  await page.locator('button', { hasText: 'Supply' }).first().waitFor();

  const open = async (tab, asset) => {
    if (!await dialog.isVisible()) await page.getByRole('button', { name: 'Supply' }).first().click();
    await dialog.getByRole('tab', { name: tab }).click();
    await dialog.getByLabel('Asset').selectOption({ label: asset });
    await dialog.locator('.facts dd', { hasText: asset }).first().waitFor();
  };
  const press = (tab) => dialog.getByRole('button', { name: new RegExp(`^${tab} `) }).click();
  const finished = () => dialog.locator('.status', { hasText: 'Done' }).waitFor();
  const told = (text) => dialog.locator('.status.bad', { hasText: text }).waitFor();
  const positions = async () => Object.fromEntries((await rpc(url, 'plimsoll_getHealth', address)).positions.map((p) => [p.symbol, p]));

  await step('of two wallets the reader chooses one, which learns of the network', async () => {
    await page.locator('#wallet').click();
    await page.locator('dialog.wallets').waitFor();
    await page.screenshot({ path: join(shots, 'choose-wallet.png') });
    await page.getByRole('button', { name: 'Heron Wallet' }).click();
    await page.locator('#wallet', { hasText: address.slice(0, 6) }).waitFor();
    await page.locator('#elsewhere').waitFor({ state: 'hidden' });
    assert.ok(asked.every((what) => what.startsWith('Heron')), asked.join());
    assert.ok(asked.includes('Heron Wallet: wallet_addEthereumChain'));
    assert.equal(now.chain, chainId);
  });
  await step('a wallet that goes to another network is asked back', async () => {
    now.chain = '0x1';
    await page.evaluate(() => window.walletTell('Heron Wallet', 'chainChanged', '0x1'));
    await page.locator('#elsewhere', { hasText: 'network 1' }).waitFor();
    await page.screenshot({ path: join(shots, 'wrong-network.png') });
    now.refuse = 'wallet_switchEthereumChain';
    await page.getByRole('button', { name: 'Switch network' }).click();
    await page.locator('#told', { hasText: 'You declined in the wallet' }).waitFor();
    now.refuse = null;
    await page.getByRole('button', { name: 'Switch network' }).click();
    await page.locator('#elsewhere').waitFor({ state: 'hidden' });
    assert.equal(now.chain, chainId);
  });
  await step('who declines is told that nothing was sent', async () => {
    await open('Supply', 'USDC');
    await dialog.getByLabel('Amount').fill('1000');
    for (const method of ['eth_signTypedData_v4', 'eth_sendTransaction']) {
      now.refuse = method;
      await press('Supply');
      await told('You declined in the wallet. Nothing was sent.');
    }
    now.refuse = null;
    assert.deepEqual(sent, []);
    assert.equal((await positions()).USDC, undefined);
  });
  await step('a permit spares the approval', async () => {
    await press('Supply');
    await finished();
    assert.deepEqual(sent.splice(0), [SUPPLY_WITH_PERMIT]);
    assert.ok(parseUnits('1000', 6) - BigInt((await positions()).USDC.supplied) <= 1n); // a unit may be lost to rounding
    assert.equal(await new Contract(USDC, ['function allowance(address, address) view returns (uint256)'], provider).allowance(address, at('pool')), 0n);
  });
  const supply = async (sum) => {
    await dialog.getByLabel('Amount').fill(sum);
    await press('Supply');
  };
  await step('a compact signature is one, that of a contract is none', async () => {
    now.sign = (signature) => Signature.from(signature).compactSerialized; // EIP-2098
    await supply('1');
    await finished();
    assert.deepEqual(sent.splice(0), [SUPPLY_WITH_PERMIT]);
    now.sign = () => `0x${'ab'.repeat(200)}`;
    await supply('1');
    await finished();
    assert.deepEqual(sent.splice(0), [selector('approve(address,uint256)'), selector('supply(address,uint256,address,uint16)')]);
  });
  const become = (account) => page.evaluate((next) => window.walletTell('Heron Wallet', 'accountsChanged', [next]), account);
  await step('a wallet that changes its account meanwhile sends nothing', async () => {
    now.sign = async (signature) => {
      await become(other.address);
      return signature;
    };
    await supply('1');
    await told('changed to another account');
    assert.deepEqual(sent, []);
    await become(address);
    await dialog.locator('.facts dd', { hasText: 'USDC' }).first().waitFor();
  });
  await step('a wallet that answers late is no longer waited for, nor asked for more', async () => {
    let answerLate;
    now.sign = (signature) => new Promise((resolve) => { answerLate = () => resolve(signature); });
    await supply('1');
    await dialog.locator('.status', { hasText: 'Sign in your wallet' }).waitFor();
    while (!answerLate) await page.waitForTimeout(20);
    await page.keyboard.press('Escape');
    now.sign = (signature) => signature;
    await open('Supply', 'USDC');
    await supply('1');
    await finished();
    assert.deepEqual(sent.splice(0), [SUPPLY_WITH_PERMIT]);
    await supply('1');
    await finished();
    sent.length = 0;
    answerLate();
    await page.waitForTimeout(1000);
    assert.deepEqual(sent, []);
    assert.match(await status.innerText(), /^Done/);
  });
  await step('what a sum would do to the health is what it then does', async () => {
    hold(true);
    await open('Borrow', 'DAI');
    await dialog.getByLabel('Amount').fill('400');
    await dialog.locator('.facts dd', { hasText: '→' }).waitFor();
    const foreseen = /→\s*([\d.]+)/.exec(await dialog.locator('.facts').innerText())[1];
    await page.screenshot({ path: join(shots, 'foreseen.png') });
    await press('Borrow');
    await finished();
    const { healthFactor } = await rpc(url, 'plimsoll_getHealth', address);
    hold(false);
    assert.ok(Math.abs(Number(foreseen) - Number(healthFactor)) < 0.001, `${foreseen}, then ${healthFactor}`);
    assert.deepEqual(sent.splice(0), [BORROW]);
  });
  await step('what would be refused is told in words while one types', async () => {
    await dialog.getByLabel('Amount').fill('5000');
    await dialog.locator('.foreseen', { hasText: 'Collateral cannot cover new borrow' }).or(dialog.locator('.foreseen', { hasText: 'Health factor lower than liquidation threshold' })).waitFor();
  });
  await step('a transaction that fails in its block says why', async () => {
    await dialog.getByLabel('Amount').fill('100');
    now.before = async () => { // while the wallet waits, the account borrows elsewhere
      now.before = null;
      await done(new Contract(at('pool'), ['function borrow(address,uint256,uint256,uint16,address)'], signer).borrow(DAI, parseEther('280'), 2, 0, address));
      sent.length = 0;
      now.before = async () => {};
    };
    await press('Borrow');
    await told('The transaction failed: ');
    assert.match(await status.innerText(), /Collateral cannot cover new borrow|Health factor lower than liquidation threshold/);
    now.before = null;
    sent.length = 0;
  });
  await step('a wallet that signs no permits approves', async () => {
    now.permits = false;
    await done(new Contract(DAI, TOKEN_ABI, lender).transfer(address, parseEther('10')));
    await open('Repay', 'DAI');
    await dialog.getByLabel('Amount').fill('50');
    await press('Repay');
    await finished();
    assert.deepEqual(sent.splice(0), [selector('approve(address,uint256)'), selector('repay(address,uint256,uint256,address)')]);
    now.permits = true;
  });
  await step('everything owed is repaid with a permit', async () => {
    await open('Repay', 'DAI');
    await dialog.getByRole('button', { name: 'Max' }).click();
    await press('Repay');
    await finished();
    assert.deepEqual(sent.splice(0), [REPAY_WITH_PERMIT]);
    assert.equal((await positions()).DAI, undefined);
  });
  await step('supplies are pledged and not', async () => {
    await dialog.getByRole('link', { name: /account/ }).click();
    await page.getByRole('button', { name: 'Do not pledge' }).click();
    await page.getByRole('button', { name: 'Pledge', exact: true }).click();
    await page.getByRole('button', { name: 'Do not pledge' }).waitFor();
    assert.deepEqual(sent.splice(0), [PLEDGE, PLEDGE]);
    assert.equal((await positions()).USDC.isCollateral, true);
  });
  await step('another account of the wallet is followed, and none', async () => {
    await page.evaluate((next) => window.walletTell('Heron Wallet', 'accountsChanged', [next]), other.address);
    await page.locator('#wallet', { hasText: other.address.toLowerCase().slice(0, 6) }).waitFor();
    await page.locator('h1 .tag').waitFor({ state: 'detached' });
    await page.evaluate(() => window.walletTell('Heron Wallet', 'accountsChanged', []));
    await page.locator('#wallet', { hasText: 'Connect wallet' }).waitFor();
  });
  await page.close();
  await step('wallets of one name are two, however long it is', () => namesakes(browser, url, [signer.signer.address, other.address]));
}

/** Two wallets of the same name, which markup and nothing else is. */
async function namesakes(browser, url, accounts) {
  const page = await browser.newPage();
  await page.setViewportSize({ width: 320, height: 700 });
  await page.addInitScript((all) => window.addEventListener('eip6963:requestProvider', () => all.forEach((account, i) => window.dispatchEvent(
    new CustomEvent('eip6963:announceProvider', { detail: { info: { uuid: String(i), name: `<img src=x>${'W'.repeat(200)}` }, provider: { on() {}, request: async ({ method }) => (method === 'eth_chainId' ? '0x1' : [account]) } } })))), accounts);
  await page.goto(`${url}/#/`);
  await page.locator('#wallet').click();
  const choices = page.locator('button.choice');
  for (const choice of await choices.all()) assert.ok(await choice.evaluate((b) => b.scrollWidth <= b.clientWidth), 'the name is cut off');
  assert.equal(await page.locator('dialog img').count(), 0);
  await choices.nth(1).click();
  await page.locator('#wallet', { hasText: accounts[1].toLowerCase().slice(0, 6) }).waitFor();
  await page.close();
}

// The dialog: supply, borrow, repay, withdraw.  What a sum would do to the account's health is what the node says after
// trying it (plimsoll_simulate); the most is what the contract accepts (plimsoll_quoteMax).
import { MaxUint256 } from './lib/ethers.js';
import { at, call, POOL } from './node.js';
import { abi, encode, inWords, reasonOf } from './abi.js';
import { h, put, parseAmount, plain, amount, health, healthClass, healthText, short, link, txLink, debounce } from './show.js';
import { wallet, connect, send, allowance, approve, signPermit, problem } from './wallet.js';

const VARIABLE = 2; // interest rate mode
const PREVIEW_MS = 250;

// action: the most one can do; what the pool may take from the wallet for it; the call of `user`, and the same with a permit.
// seen: balance, what the account has of the asset, and quote, what the contract would accept in the block to come.
const ACTIONS = {
  supply: {
    title: 'Supply',
    most: ({ balance }) => balance,
    takes: (units) => units,
    call: (user, asset, units) => encode('supply', asset, units, user, 0),
    withPermit: (user, asset, units, permit) => encode('supplyWithPermit', asset, units, user, 0, ...permit),
  },
  borrow: {
    title: 'Borrow',
    most: ({ quote }) => quote * 999n / 1000n, // prices move until the block
    call: (user, asset, units) => encode('borrow', asset, units, VARIABLE, 0, user),
  },
  repay: {
    title: 'Repay',
    most: ({ borrowed, balance }) => (borrowed < balance ? borrowed : balance),
    takes: (units, isAll) => (isAll ? units + units / 1000n + 1n : units), // interest until the block; the pool takes what is owed
    call: (user, asset, units) => encode('repay', asset, units, VARIABLE, user),
    withPermit: (user, asset, units, permit) => encode('repayWithPermit', asset, units, VARIABLE, user, ...permit),
  },
  withdraw: {
    title: 'Withdraw',
    most: ({ supplied, quote }) => (quote >= supplied ? supplied : quote * 999n / 1000n),
    call: (user, asset, units, isAll) => encode('withdraw', asset, isAll ? MaxUint256 : units, user),
  },
};
const QUOTED = ['borrow', 'withdraw'];

export const setCollateral = (user, asset, isOn, say) => send(user, POOL, encode('setUserUseReserveAsCollateral', asset, isOn), say);

/** Sends an action of an account, with a permit or after an approval if the pool may not take enough yet. */
async function run(user, action, asset, units, isAll, time, say) {
  const { takes, call: callOf, withPermit } = ACTIONS[action], sum = takes ? takes(units, isAll) : units;
  const act = () => send(user, POOL, callOf(user, asset, sum, isAll), say);
  if (!takes || await allowance(asset, user, POOL) >= sum) return act();
  say('Sign in your wallet that the pool may take exactly this sum\u2026');
  const permit = await signPermit(user, asset, POOL, sum, time);
  if (permit) {
    const data = withPermit(user, asset, sum, permit);
    const isGood = await call('eth_estimateGas', { from: user, to: POOL, data }).then(() => true, () => false);
    if (isGood) return send(user, POOL, data, say);
  }
  say('First the allowance\u2026');
  await send(user, asset, approve(POOL, sum), say);
  return act();
}

/** {health} after the action in the block to come, or {error}, the name of what refuses it. */
async function tryOut(action, asset, units, isAll) {
  const { takes, call: callOf } = ACTIONS[action], sum = takes ? takes(units, isAll) : units, from = wallet.account;
  const calls = [...(takes ? [{ from, to: asset, data: approve(POOL, sum) }] : []), { from, to: POOL, data: callOf(from, asset, sum, isAll) },
    { from, to: POOL, data: encode('getUserAccountData', from) }];
  const answers = (await call('plimsoll_simulate', calls)).calls, refused = answers.find((a) => a.status !== 'success');
  return refused ? { error: refused.error } : { health: healthText(abi.decodeFunctionResult('getUserAccountData', answers.at(-1).returnData).healthFactor) };
}

// -- the dialog ---------------------------------------------------------------------------------------

let dialog = null, now = null, onDone = () => {};

/** The newest snapshot, and what to do after a transaction. */
export function actionTold(snapshot, done) {
  now = snapshot;
  onDone = done;
  dialog?.follow();
}

export function openAction(action, asset) {
  dialog ??= makeDialog();
  dialog.choose(action, asset);
  if (!dialog.element.open) dialog.element.showModal();
}

function makeDialog() {
  let action, asset, seen = null, isMax = false, isBusy = false, after = null, turn = 0, deed = 0;
  const market = () => now.markets.find((m) => m.asset === asset);
  const tabs = h('div', { class: 'tabs', role: 'tablist', onkeydown: (e) => step({ ArrowRight: 1, ArrowLeft: -1 }[e.key]) }), which = h('select', { 'aria-label': 'Asset', onchange: () => choose(action, which.value) });
  const field = h('input', { inputmode: 'decimal', autocomplete: 'off', placeholder: '0.0', autofocus: true, 'aria-label': 'Amount', oninput: () => { isMax = false; typed(); } });
  const most = h('button', { type: 'button', class: 'small', onclick: () => fillMost() }, 'Max');
  const facts = h('dl', { class: 'facts' }), status = h('p', { class: 'status', role: 'status' }), go = h('button', { type: 'submit', class: 'primary' });
  const form = h('form', { method: 'dialog', onsubmit: (e) => { e.preventDefault(); submit(); } }, tabs, h('div', { class: 'sum' }, field, most, which), facts, go, status);
  const element = h('dialog', { class: 'action', 'aria-label': 'Transaction' }, h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: () => element.close() }, '\u00d7'), form);
  document.body.append(element);
  window.addEventListener('hashchange', () => element.close());
  element.addEventListener('close', giveUp);

  const say = (...what) => { status.className = 'status'; status.replaceChildren(...what); };
  const complain = (e) => { status.className = 'status bad'; status.replaceChildren(problem(e)); };
  const units = () => parseAmount(field.value, market().decimals);
  const isAll = () => isMax && seen && units() === (action === 'repay' ? seen.borrowed : seen.supplied);

  /** What was begun asks the wallet for nothing more, should the wallet ever answer. */
  function giveUp() {
    deed++;
    isBusy = false;
  }

  /** Arrows lead from tab to tab. */
  function step(by) {
    const names = Object.keys(ACTIONS), next = names.at((names.indexOf(action) + by) % names.length);
    if (!by) return;
    choose(next, asset);
    tabs.children[names.indexOf(next)].focus();
  }

  async function choose(nextAction, nextAsset) {
    giveUp();
    [action, asset, seen, isMax, after] = [nextAction, nextAsset, null, false, null];
    field.value = '';
    say('');
    put(tabs, Object.keys(ACTIONS).map((a) => h('button', { type: 'button', role: 'tab', tabindex: a === action ? 0 : -1, 'aria-selected': String(a === action), onclick: () => choose(a, asset) }, ACTIONS[a].title)));
    which.replaceChildren(...now.markets.map((m) => h('option', { value: m.asset, selected: m.asset === asset }, m.symbol)));
    show();
    await look().catch(complain);
  }

  async function look() {
    const user = wallet.account, key = () => `${action} ${asset} ${wallet.account}`, of = key();
    if (!user) return;
    const [state, balance, quoted] = await Promise.all([call('plimsoll_getHealth', user), at(asset).balanceOf(user),
      QUOTED.includes(action) ? call('plimsoll_quoteMax', { action, asset, user }) : null]);
    if (of !== key()) return;
    const own = state.positions.find((p) => p.asset === asset);
    seen = { state, balance, quote: BigInt(quoted?.amount ?? 0), limitedBy: quoted?.limitedBy, supplied: BigInt(own?.supplied ?? 0), borrowed: BigInt(own?.borrowed ?? 0) };
    show();
  }

  function fillMost() {
    if (!seen) return;
    isMax = true;
    field.value = plain(ACTIONS[action].most(seen), market().decimals);
    typed();
  }

  function typed() {
    after = null;
    turn++;
    if (status.classList.contains('bad')) say('');
    show();
    if (seen && units() > 0n) foresee();
  }

  const foresee = debounce(PREVIEW_MS, async () => {
    const of = ++turn;
    const next = await tryOut(action, asset, units(), isAll()).catch((e) => ({ error: reasonOf(e) }));
    if (of !== turn) return;
    after = next;
    show();
  });

  function show() {
    if (!market()) return element.close(); // the chain went back to before it
    const { symbol, decimals } = market(), sum = units();
    go.textContent = wallet.account ? `${ACTIONS[action].title} ${symbol}` : 'Connect a wallet';
    go.disabled = isBusy || Boolean(wallet.account && !(sum > 0n && seen));
    field.setAttribute('aria-invalid', String(field.value !== '' && sum === null));
    const blank = '\u2014', mark = (text) => h('strong', { class: healthClass(text) }, health(text));
    const most = seen && ACTIONS[action].most(seen);
    put(facts, h('dt', null, 'At most'), h('dd', null, seen ? `${amount(most, decimals)} ${symbol}` : blank),
      h('dt', null, 'In your wallet'), h('dd', null, seen ? `${amount(seen.balance, decimals)} ${symbol}` : blank),
      h('dt', null, 'Health'), h('dd', null, seen ? mark(seen.state.healthFactor) : blank, after && 'health' in after ? [' \u2192 ', mark(after.health)] : null),
      h('dd', { class: 'foreseen bad' }, field.value && sum === null ? `Not an amount of ${symbol}, which has ${decimals} decimals` : after?.error ? inWords(after.error) : seen && most === 0n && seen.limitedBy ? inWords(seen.limitedBy) : ''));
  }

  async function submit() {
    if (isBusy) return;
    const of = ++deed, report = (...what) => {
      if (of !== deed) throw new Error('given up');
      say(...what);
    };
    isBusy = true;
    say('');
    show();
    try {
      if (!wallet.account) {
        if (await connect()) await look();
      } else {
        const user = wallet.account, hash = await run(user, action, asset, units(), isAll(), now.time, report);
        report('Done: ', txLink(hash), ', ', link(`account/${user}`, `account ${short(user)}`), '.');
        [field.value, after, isMax] = ['', null, false];
        await look();
        onDone();
      }
    } catch (e) {
      if (of === deed) complain(e);
    }
    if (of !== deed) return;
    isBusy = false;
    show();
  }
  /** Another account of the wallet is another balance. */
  function follow() {
    if (!element.open || isBusy || wallet.account === (seen?.state.address ?? null)) return;
    [seen, after] = [null, null];
    show();
    look().catch(complain);
  }
  return { element, choose, follow };
}

// #/account/0x…: one account's health, what prices would do to it, and what it has done.
import { call, ask, POOL, view } from './node.js';
import { h, put, table, tile, section, parse, valueOf, usd, amount, price, percent, health, healthClass, format, blockLink, txLink, USD } from './show.js';
import { healthLine } from './charts.js';
import { pastHeights, hexOf } from './home.js';
import { wallet, openAction, readRisk, healthAt, sides, setCollateral } from './wallet.js';
import { readLog } from './chain.js';

const LOG_SPAN = 9000, HISTORY_ROWS = 40;
const SLIDER = { min: -90, max: 150 }; // per cent
const [SUPPLY, BORROW, REPAY, WITHDRAW, LIQUIDATION, EMODE] = [
  '0x2b627736bca15cd5381dcf80b0bf11fd197d01a037c52b927a881a10fb73ba61', '0xb3d084820fb1a9decffb176436bd02558d15fac9b0ddfed8c465bc7359d7dce0',
  '0xa534c8dbe71f871f9f3530e97a74601fea17b426cae02e1c5aee42c96c784051', '0x3115d1449a7b732c986cba18244e897a450f61e1bb8d589cd2e69e6c8924f9f7',
  '0xe413a321e8681d831f4dbccbca790d2952b56f977908e45be37335533e005286', '0xd728da875fc88944cbf17638bcbe4af0eedaef63becd1d1c57cc097eb4608d84'];

// -- history -------------------------------------------------------------------------------------

/** Logs of the account since a block, newest first. */
async function readLogs(address, from, to) {
  const topic = `0x${address.slice(2).padStart(64, '0')}`, range = { address: POOL, fromBlock: hexOf(from), toBlock: hexOf(to) };
  const parts = await Promise.all([
    call('eth_getLogs', { ...range, topics: [[SUPPLY, BORROW, REPAY, WITHDRAW], null, topic] }),
    call('eth_getLogs', { ...range, topics: [LIQUIDATION, null, null, topic] }),
    call('eth_getLogs', { ...range, topics: [EMODE, topic] })]);
  return parts.flat().sort((a, b) => b.blockNumber - a.blockNumber || b.logIndex - a.logIndex);
}

function historyRow(log, markets) {
  const { name, values } = readLog(log), [first, second] = log.topics.slice(1).map((t) => `0x${t.slice(26)}`);
  const units = values.filter(([type]) => type.startsWith('uint')).map(([, w]) => BigInt(`0x${w}`));
  const sum = (asset, n) => {
    const m = markets.find((x) => x.asset === asset);
    return m ? `${amount(n, m.decimals)} ${m.symbol}` : String(n);
  };
  const what = name === 'LiquidationCall' ? `${sum(second, units[0])} repaid, ${sum(first, units[1])} seized`
    : name === 'UserEModeSet' ? `category ${units[0]}` : sum(first, units[0]);
  return [blockLink(log.blockNumber), h('span', { class: name === 'LiquidationCall' ? 'tag bad' : 'tag' }, name === 'LiquidationCall' ? 'Liquidated' : name === 'UserEModeSet' ? 'E-mode' : name),
    what, txLink(log.transactionHash)];
}

async function readHealthPast(address, height) {
  const heights = pastHeights(height);
  const answers = await Promise.all(heights.map((n) => ask('plimsoll_getHealth', address, hexOf(n))));
  return answers.map((a, i) => [heights[i], a?.healthFactor ? Number(a.healthFactor) : NaN]).filter(([, v]) => Number.isFinite(v));
}

// -- what if -----------------------------------------------------------------------------------------

/** The move of one price alone that brings health to 1, in tenths of a per cent of it; null: none does. */
export function fatalMove(legs, asset) {
  let cover = 0n, debt = 0n, own = null;
  for (const leg of legs) {
    const s = sides(leg);
    if (leg.asset === asset) own = s;
    else {
      cover += s.cover;
      debt += s.debt;
    }
  }
  const slope = own.cover - own.debt, missing = debt - cover;
  return slope === 0n || missing * slope <= 0n ? null : missing * 1000n / slope;
}

/** Sliders, made once; their result follows the chain. */
function whatIf() {
  const rows = h('div', { class: 'sliders' }), result = h('p', { class: 'result' }), moves = new Map();
  let legs = [], made = '';

  const scale = () => new Map([...moves].map(([asset, per]) => [asset, BigInt(1000 + per * 10)]));
  function show() {
    const then = healthAt(legs, scale());
    put(result, 'Health would be ', h('strong', { class: `big ${healthClass(then)}` }, health(then)),
      then !== null && parse(then, 18) < 10n ** 18n ? h('span', { class: 'tag bad' }, 'liquidatable') : null);
    for (const leg of legs) {
      const row = rows.querySelector(`[data-asset="${leg.asset}"]`);
      if (!row) continue;
      const per = moves.get(leg.asset) ?? 0, fatal = fatalMove(legs, leg.asset);
      row.querySelector('input').value = per;
      put(row.querySelector('.move'), `${per > 0 ? '+' : per < 0 ? '\u2212' : ''}${Math.abs(per)}%`);
      put(row.querySelector('.then'), price(format(leg.price * BigInt(100 + per) / 100n, USD, USD, '')));
      put(row.querySelector('.fatal'), fatal === null ? 'no price of it alone is fatal' : `liquidatable at ${price(format(leg.price * fatal / 1000n, USD, USD, ''))}`);
    }
  }
  const slider = (leg) => h('label', { class: 'slider', 'data-asset': leg.asset }, h('strong', null, leg.symbol), h('span', { class: 'then num' }),
    h('span', { class: 'move num' }),
    h('input', { type: 'range', min: SLIDER.min, max: SLIDER.max, step: 1, value: 0, 'aria-label': `Price of ${leg.symbol}`, oninput: (e) => { moves.set(leg.asset, Number(e.target.value)); show(); } }),
    h('small', { class: 'fatal' }));
  const reset = h('button', { class: 'small', onclick: () => { moves.clear(); show(); } }, 'Today\u2019s prices');
  return {
    element: section('What if prices moved', null, rows, result, reset),
    update(next) {
      legs = next.filter((l) => l.isHeld && (l.supplied > 0n || l.borrowed > 0n));
      const key = legs.map((l) => l.asset).join();
      if (key !== made) rows.replaceChildren(...legs.map(slider));
      made = key;
      show();
    },
  };
}

// -- the page ------------------------------------------------------------------------------------------

function positionTable(state, markets, isOwn, say) {
  const act = (p) => [h('button', { class: 'small', onclick: () => openAction(BigInt(p.borrowed) > 0n ? 'repay' : 'withdraw', p.asset) }, BigInt(p.borrowed) > 0n ? 'Repay' : 'Withdraw'),
    BigInt(p.supplied) > 0n ? h('button', { class: 'small', onclick: () => setCollateral(p.asset, !p.isCollateral, say).then(() => say('Done.'), (e) => say(e.message)) },
      p.isCollateral ? 'Do not pledge' : 'Pledge') : null];
  const sum = (units, p) => (BigInt(units) === 0n ? h('span', { class: 'faint' }, '\u2014') : [amount(BigInt(units), p.decimals), h('small', null, usd(valueOf(units, p.price, p.decimals)))]);
  return table([['Asset', ''], ['Price', 'num'], ['Supplied', 'num'], ['Borrowed', 'num'], ['Collateral', ''], ...(isOwn ? [['', 'act']] : [])],
    state.positions.map((p) => [[h('strong', null, p.symbol), p.stale ? h('span', { class: 'tag warn' }, 'stale price') : null], price(p.price), sum(p.supplied, p), sum(p.borrowed, p),
      BigInt(p.supplied) === 0n ? '' : h('span', { class: `tag ${p.isCollateral ? 'calm' : ''}` }, p.isCollateral ? 'pledged' : 'not pledged'), ...(isOwn ? [act(p)] : [])]),
    'Nothing is supplied or borrowed.');
}

/** What the wallet of a devnet's reader may still need: tokens that were never supplied. */
async function balanceTable(address, markets) {
  const [ether, ...balances] = await Promise.all([call('eth_getBalance', address, 'latest'), ...markets.map((m) => view(m.asset, '0x70a08231', [address]))]);
  const rows = markets.map((m, i) => [m, balances[i][0]]).filter(([, n]) => n > 0n).map(([m, n]) => [h('strong', null, m.symbol), amount(n, m.decimals), usd(valueOf(n, m.price, m.decimals))]);
  return table([['Token', ''], ['Balance', 'num'], ['Worth', 'num']], [[h('strong', null, 'Ether'), amount(BigInt(ether), 18), 'pays for gas'], ...rows], '');
}

export function open(root, address) {
  const tiles = h('div', { class: 'tiles' }), positions = h('div'), balances = h('div'), past = h('div'), done = h('div'), said = h('p', { class: 'status', role: 'status' });
  const ifs = whatIf(), own = h('span');
  const say = (...what) => said.replaceChildren(...what);
  let line = null, logs = null, asked = 0;

  root.append(h('h1', null, 'Account ', own), h('p', { class: 'mono faint break' }, address), tiles, section('Positions', null, positions, said),
    h('div', { class: 'columns' }, ifs.element, section('Health over recent blocks', null, past)),
    h('div', { class: 'columns' }, section('History', null, done), section('In the wallet', null, balances)));
  return async ({ markets, height }) => {
    const [risk, owned] = await Promise.all([readRisk(address, markets), balanceTable(address, markets)]);
    const { state } = risk;
    line ??= await readHealthPast(address, height);
    if (height < asked) [asked, logs, line] = [0, null, await readHealthPast(address, height)]; // a development chain that went back
    if (asked === 0 || height > asked) {
      const fresh = await readLogs(address, asked ? asked + 1 : Math.max(0, height - LOG_SPAN), height);
      logs = [...fresh, ...(logs ?? [])].slice(0, HISTORY_ROWS);
      asked = height;
    }
    if (state.healthFactor !== null && (line.at(-1)?.[0] ?? 0) < height) line.push([height, Number(state.healthFactor)]);
    const isOwn = wallet.account === address;
    put(own, isOwn ? h('span', { class: 'tag calm' }, 'yours') : null);
    put(tiles, tile('Health factor', health(state.healthFactor), state.liquidatable ? 'may be liquidated' : state.healthFactor === null ? 'nothing is owed' : 'liquidated below 1', `lead ${healthClass(state.healthFactor)}`),
      tile('Collateral', usd(parse(state.collateral, USD)), `counts to ${percent(state.liquidationThreshold, 1)}`), tile('Debt', usd(parse(state.debt, USD))),
      tile('Can still borrow', usd(parse(state.availableBorrows, USD)), `LTV ${percent(state.ltv, 1)}`),
      state.eMode ? tile('E-mode', `category ${state.eMode}`) : null);
    put(positions, positionTable(state, markets, isOwn, say));
    put(balances, owned);
    put(past, healthLine(line));
    put(done, table([['Block', ''], ['What', ''], ['Amount', ''], ['Transaction', '']], logs.map((l) => historyRow(l, markets)), 'Nothing in the newest 9,000 blocks.'));
    ifs.element.hidden = state.positions.length === 0;
    ifs.update(risk.legs);
  };
}

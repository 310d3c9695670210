// #/account/0x…: one account's health, what prices would do to it, and what it has done.
import { getAddress, zeroPadValue } from './lib/ethers.js';
import { at, call, ask, refresh, POOL, hexOf } from './node.js';
import { reasonOf, topicOf } from './abi.js';
import { h, put, table, tile, section, loading, copyable, debounce, parse, valueOf, usd, amount, price, percent, health, healthClass, format, blockLink, txLink, USD } from './show.js';
import { healthLine } from './charts.js';
import { pastHeights } from './past.js';
import { wallet, disconnect, problem } from './wallet.js';
import { openAction, setCollateral } from './action.js';
import { readLog } from './chain.js';

const LOG_SPAN = 9000, HISTORY_ROWS = 20, HISTORY_KEPT = 2000, LINE_POINTS = 200;
const WHAT_IF_MS = 150;
const SLIDER = { min: -90, max: 150 }; // per cent
// -- history -------------------------------------------------------------------------------------

/** Logs of the account since a block, newest first. */
async function readLogs(address, from, to) {
  const logs = (...topics) => call('eth_getLogs', { address: POOL, fromBlock: hexOf(from), toBlock: hexOf(to), topics });
  const topic = zeroPadValue(address, 32);
  const parts = await Promise.all([logs(['Supply', 'Borrow', 'Repay', 'Withdraw'].map(topicOf), null, topic),
    logs(topicOf('LiquidationCall'), null, null, topic), logs(topicOf('UserEModeSet'), topic)]);
  return parts.flat().sort((a, b) => b.blockNumber - a.blockNumber || b.logIndex - a.logIndex);
}

function historyRow(log, markets) {
  const { name, args } = readLog(log);
  const sum = (asset, n) => {
    const m = markets.find((x) => x.asset === asset.toLowerCase());
    return m ? `${amount(n, m.decimals)} ${m.symbol}` : String(n);
  };
  const [kind, title, what] = name === 'LiquidationCall' ? ['bad', 'Liquidated', `${sum(args.debtAsset, args.debtToCover)} repaid, ${sum(args.collateralAsset, args.liquidatedCollateralAmount)} seized`]
    : name === 'UserEModeSet' ? ['', 'E-mode', `category ${args.categoryId}`] : ['', name, sum(args.reserve, args.amount)];
  return [blockLink(log.blockNumber), h('span', { class: `tag ${kind}` }, title), what, txLink(log.transactionHash)];
}

async function readHealthPast(address, height) {
  const heights = pastHeights(height);
  const answers = await Promise.all(heights.map((n) => ask('plimsoll_getHealth', address, hexOf(n))));
  return answers.map((a, i) => [heights[i], a?.healthFactor ? Number(a.healthFactor) : NaN]).filter(([, v]) => Number.isFinite(v));
}

// -- what if -----------------------------------------------------------------------------------------

const signed = (per) => `${per > 0 ? '+' : per < 0 ? '\u2212' : ''}${Math.abs(per)}%`;
/** What the node says of other prices: per cent by asset. */
const askWhatIf = (address, moves) => {
  const shocks = Object.fromEntries([...moves].filter(([, per]) => per !== 0).map(([asset, per]) => [asset, `${per > 0 ? '+' : ''}${per}%`]));
  return call('plimsoll_whatIf', Object.keys(shocks).length ? { account: address, shocks } : { account: address });
};

/** Sliders, made once; the node computes what they would do, and again with every block. */
function whatIf(address) {
  const rows = h('div', { class: 'sliders' }, loading(2)), result = h('p', { class: 'result', role: 'status' }, '\u00a0'), moves = new Map();
  let made = '', turn = 0;

  function show(answer) {
    const { prices } = answer, key = prices.map((p) => p.asset).join();
    if (key !== made) rows.replaceChildren(...prices.map(slider));
    made = key;
    result.classList.remove('old');
    put(result, 'Health would be ', h('strong', { class: `big ${healthClass(answer.healthAfter)}` }, health(answer.healthAfter)),
      answer.liquidatable ? h('span', { class: 'tag bad' }, 'liquidatable') : null,
      h('small', null, `${usd(parse(answer.collateral, USD))} against ${usd(parse(answer.debt, USD))}`));
    for (const p of prices) {
      const row = rows.querySelector(`[data-asset="${p.asset}"]`);
      put(row.querySelector('.then'), price(p.after));
      put(row.querySelector('.fatal'), p.liquidationPrice === null ? 'no price of it alone makes a difference' : `liquidatable at ${price(p.liquidationPrice)}`);
    }
  }
  /** Of several questions the newest counts. */
  async function ask() {
    const of = ++turn, answer = await askWhatIf(address, moves);
    if (of === turn) show(answer);
  }
  const askSoon = debounce(WHAT_IF_MS, () => ask().catch((e) => {
    result.classList.remove('old'); // the next block asks again
    put(result, h('span', { class: 'bad' }, `The node did not answer: ${reasonOf(e)}`));
  }));
  function move(asset, per) {
    moves.set(asset, per);
    put(rows.querySelector(`[data-asset="${asset}"] .move`), signed(per));
    result.classList.add('old');
    askSoon();
  }
  const slider = (p) => h('label', { class: 'slider', 'data-asset': p.asset }, h('strong', null, p.symbol), h('span', { class: 'then num' }),
    h('span', { class: 'move num' }, signed(moves.get(p.asset) ?? 0)),
    h('input', { type: 'range', min: SLIDER.min, max: SLIDER.max, step: 1, value: moves.get(p.asset) ?? 0, 'aria-label': `Price of ${p.symbol}`, oninput: (e) => move(p.asset, Number(e.target.value)) }),
    h('small', { class: 'fatal' }));
  const reset = h('button', { type: 'button', class: 'small', onclick: () => {
    for (const input of rows.querySelectorAll('input')) input.value = 0;
    for (const asset of moves.keys()) move(asset, 0);
  } }, 'Today\u2019s prices');
  return {
    element: section('What if prices moved', 'each of these is the node\u2019s own answer', rows, result, reset),
    /** early: asked with the rest of the page, for the sliders as they are now. */
    early: () => {
      const of = turn;
      return askWhatIf(address, moves).then((answer) => ({ of, answer }));
    },
    update({ of, answer }) {
      if (of === turn && !result.classList.contains('old')) show(answer);
    },
  };
}

// -- the page ------------------------------------------------------------------------------------------

function positionTable(held, isOwn, pledge) {
  const act = (p) => [
    BigInt(p.borrowed) > 0n ? h('button', { type: 'button', class: 'small', onclick: () => openAction('repay', p.asset) }, 'Repay') : null,
    BigInt(p.supplied) > 0n ? h('button', { type: 'button', class: 'small', onclick: () => openAction('withdraw', p.asset) }, 'Withdraw') : null,
    BigInt(p.supplied) > 0n ? h('button', { type: 'button', class: 'small', onclick: () => pledge(p.asset, !p.isCollateral) }, p.isCollateral ? 'Do not pledge' : 'Pledge') : null];
  const sum = (units, p) => (BigInt(units) === 0n ? h('span', { class: 'faint' }, '\u2014') : [amount(BigInt(units), p.decimals), h('small', null, usd(valueOf(units, p.price, p.decimals)))]);
  return table([['Asset', ''], ['Price', 'num'], ['Supplied', 'num'], ['Borrowed', 'num'], ['Collateral', ''], ...(isOwn ? [['', 'act']] : [])],
    held.map((p) => [[h('strong', null, p.symbol), p.stale ? h('span', { class: 'tag warn' }, 'stale price') : null], price(p.price), sum(p.supplied, p), sum(p.borrowed, p),
      BigInt(p.supplied) === 0n ? '' : h('span', { class: `tag ${p.isCollateral ? 'calm' : ''}` }, p.isCollateral ? 'pledged' : 'not pledged'), ...(isOwn ? [act(p)] : [])]),
    'Nothing is supplied or borrowed.', 'dense');
}

/** What the account owns that is not supplied. */
function balanceTable({ ether, tokens }, markets) {
  const rows = markets.map((m, i) => [m, tokens[i] ?? 0n]).filter(([, n]) => n > 0n).map(([m, n]) => [h('strong', null, m.symbol), amount(n, m.decimals), usd(valueOf(n, m.price, m.decimals))]);
  return table([['Token', ''], ['Balance', 'num'], ['Worth', 'num']], [[h('strong', null, 'Ether'), amount(BigInt(ether), 18), 'pays for gas'], ...rows], '');
}
async function readBalances(address, markets) {
  const [ether, ...tokens] = await Promise.all([call('eth_getBalance', address, 'latest'), ...markets.map((m) => at(m.asset).balanceOf(address))]);
  return { ether, tokens };
}

/** The account's logs, newest first: those of new blocks as they come, older ones when asked for. */
function historyOf(address) {
  let logs = null, newest = 0, oldest = 0, isLooking = false;
  const place = h('div', null, loading(4)), note = h('span', { class: 'faint' });
  const more = h('button', { type: 'button', class: 'small', hidden: true, onclick: () => lookBack() }, 'Look further back');
  let markets = [], shown = HISTORY_ROWS;

  function show() {
    put(place, table([['Block', ''], ['What', ''], ['Amount', ''], ['Transaction', '']], logs.slice(0, shown).map((l) => historyRow(l, markets)), `Nothing since block ${format(BigInt(oldest), 0, 0)}.`, 'dense'));
    more.hidden = oldest === 0 && logs.length <= shown;
    more.disabled = isLooking;
    put(note, oldest > 0 ? `since block ${format(BigInt(oldest), 0, 0)}` : '');
  }
  /** Older blocks, a span at a time, until something is found. */
  async function lookBack() {
    if (logs.length > shown) shown += HISTORY_ROWS;
    else {
      isLooking = true;
      shown += HISTORY_ROWS;
      const had = logs.length;
      try {
        while (oldest > 0 && logs.length === had && place.isConnected) {
          const from = Math.max(0, oldest - LOG_SPAN - 1);
          logs.push(...await readLogs(address, from, oldest - 1));
          oldest = from;
          show();
        }
      } catch (e) {
        put(note, reasonOf(e));
      }
      isLooking = false;
    }
    show();
  }
  return {
    element: section('History', note, place, more),
    async update(now) {
      ({ markets } = now);
      const { height } = now;
      if (height - newest > LOG_SPAN) logs = null; // more has passed than is asked for at once
      if (logs === null || height > newest) {
        const from = logs === null ? Math.max(0, height - LOG_SPAN) : Math.max(newest + 1, height - LOG_SPAN);
        if (logs === null) oldest = from;
        logs = [...await readLogs(address, from, height), ...(logs ?? [])].slice(0, HISTORY_KEPT);
        newest = height;
      }
      show();
    },
  };
}

export function open(root, address) {
  const tiles = h('div', { class: 'tiles' }, [...Array(4).keys()].map(() => tile('\u00a0', '', '\u00a0'))), positions = h('div', null, loading(3)), balances = h('div', null, loading(3)), past = h('div', null, loading(4));
  const ifs = whatIf(address), done = historyOf(address), own = h('span'), healths = healthLine(), said = h('p', { class: 'status', role: 'status' });
  const say = (...what) => { said.className = 'status'; said.replaceChildren(...what); };
  const complain = (e) => { said.className = 'status bad'; said.replaceChildren(problem(e)); };
  const pledge = (asset, isOn) => setCollateral(address, asset, isOn, say).then((hash) => {
    say('Done: ', txLink(hash), '.');
    refresh();
  }, complain);
  let line = null, markets = [];

  root.append(h('h1', null, 'Account ', own), h('p', { class: 'faint break' }, copyable(getAddress(address))), tiles, section('Positions', null, positions, said),
    h('div', { class: 'columns' }, ifs.element, section('Health over recent blocks', null, past)),
    h('div', { class: 'columns' }, done.element, section('In the wallet', null, balances)));

  const page = async (now, [state, told, early]) => {
    const { height } = now, held = state.positions;
    ({ markets } = now);
    const isOwn = wallet.account === address;
    put(own, isOwn ? [h('span', { class: 'tag calm' }, 'yours'), h('button', { type: 'button', class: 'small', onclick: disconnect }, 'Disconnect')] : null);
    put(tiles, tile('Health factor', health(state.healthFactor), state.liquidatable ? 'may be liquidated' : state.healthFactor === null ? 'nothing is owed' : 'liquidated below 1', `lead ${healthClass(state.healthFactor)}`),
      tile('Collateral', usd(parse(state.collateral, USD)), `counts to ${percent(state.liquidationThreshold, 1)}`), tile('Debt', usd(parse(state.debt, USD)), '\u00a0'),
      tile('Can still borrow', usd(parse(state.availableBorrows, USD)), `LTV ${percent(state.ltv, 1)}`),
      state.eMode ? tile('E-mode', `category ${state.eMode}`) : null);
    put(positions, positionTable(held, isOwn, pledge));
    ifs.element.hidden = held.length === 0;
    ifs.update(told);
    const owned = early ?? await readBalances(address, markets);
    put(balances, balanceTable(owned, markets));
    if (line === null) line = await readHealthPast(address, height);
    if (state.healthFactor !== null && (line.at(-1)?.[0] ?? 0) < height) line.push([height, Number(state.healthFactor)]);
    if (line.length > LINE_POINTS) line.splice(0, line.length - LINE_POINTS);
    if (line.length === 0) put(past, h('p', { class: 'empty' }, 'Nothing was owed in the blocks that the node remembers.'));
    else if (!healths.element.isConnected) past.replaceChildren(healths.element);
    if (line.length > 0) healths.update(line);
    await done.update(now);
  };
  page.early = () => Promise.all([call('plimsoll_getHealth', address), ifs.early(), markets.length ? readBalances(address, markets) : null]);
  return page;
}

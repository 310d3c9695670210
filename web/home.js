// #/: the markets, what moves them, and who is in danger.
import { call, ask, node, on, refresh, subscribe, POOL, hexOf } from './node.js';
import { topicOf } from './abi.js';
import { h, put, table, tile, loading, pager, section, fold, parse, format, share, valueOf, usd, usdShort, amountShort, price, percent, health, healthClass, number, clock,
  accountLink, txLink, blockLink, link, USD } from './show.js';
import { sparkline, rateCurve, bar } from './charts.js';
import { pastOf } from './past.js';
import { curveOf, flagsOf, pointOf } from './market.js';
import { lastReports, readRounds, feedTable } from './oracle.js';
import { openAction } from './action.js';
import { readLog } from './chain.js';

const RISK_BELOW = '1.1', RISK_ROWS = 10, LIQUIDATION_ROWS = 8, LIQUIDATIONS_KEPT = 200, CROSSING_ROWS = 5;
const LOG_SPAN = 9000;

// Kept while the page is open, whatever part of it is shown.
let liquidations = null, crossings = [], since = 0, askedTo = 0, isFollowing = false; // since, askedTo: blocks whose logs were read
on('back', () => { [liquidations, crossings, askedTo] = [null, [], 0]; });

// -- liquidations -------------------------------------------------------------------------------

const keyOf = (hash, index) => `${hash} ${Number(index)}`;
function ofLog(log) {
  const { args } = readLog(log);
  return {
    block: Number(log.blockNumber), index: Number(log.logIndex), hash: log.transactionHash, key: keyOf(log.transactionHash, log.logIndex),
    collateralAsset: args.collateralAsset.toLowerCase(), debtAsset: args.debtAsset.toLowerCase(), user: args.user.toLowerCase(),
    liquidator: args.liquidator.toLowerCase(), debt: args.debtToCover, collateral: args.liquidatedCollateralAmount,
  };
}

/** Adds what is not there yet, newest first. */
function addLiquidations(found) {
  const known = new Set(liquidations.map((l) => l.key));
  liquidations = [...found.filter((l) => !known.has(l.key)), ...liquidations].sort((a, b) => b.block - a.block || b.index - a.index).slice(0, LIQUIDATIONS_KEPT);
}

/** From the logs: once, and whenever there is no WebSocket that tells. */
async function readLiquidations(height) {
  if (liquidations && (node.state === 'live' || height === askedTo)) return;
  const from = Math.max(liquidations && askedTo ? askedTo + 1 : 0, height - LOG_SPAN);
  const logs = await call('eth_getLogs', { address: POOL, topics: [topicOf('LiquidationCall')], fromBlock: hexOf(from), toBlock: hexOf(height) });
  askedTo = height;
  if (!liquidations) [liquidations, since] = [[], from];
  addLiquidations(logs.map(ofLog).reverse());
  follow();
  await readPricesThen();
}

/** What was repaid and seized was worth what prices said in that block, as long as the node remembers it. */
async function readPricesThen() {
  const blocks = [...new Set(liquidations.slice(0, LIQUIDATION_ROWS).filter((l) => l.prices === undefined).map((l) => l.block))];
  const answers = await Promise.all(blocks.map((n) => ask('plimsoll_markets', hexOf(n))));
  const then = new Map(blocks.map((n, i) => [n, answers[i] && new Map(answers[i].map((m) => [m.asset, m.price]))]));
  for (const l of liquidations) if (then.has(l.block)) l.prices = then.get(l.block);
}

/** Over the WebSocket: who crossed a bound and who was liquidated, told by the node as it happens. */
function follow() {
  if (isFollowing) return;
  isFollowing = true;
  subscribe('plimsoll_subscribe', 'healthBands', { bands: ['1', RISK_BELOW] }, (crossing) => {
    crossings = [crossing, ...crossings].slice(0, CROSSING_ROWS);
  });
  subscribe('plimsoll_subscribe', 'liquidations', null, (l) => {
    if (liquidations) addLiquidations([{ block: Number(l.block), index: Number(l.logIndex), hash: l.transactionHash, key: keyOf(l.transactionHash, l.logIndex),
      collateralAsset: l.collateralAsset, debtAsset: l.debtAsset, user: l.user, liquidator: l.liquidator, debt: BigInt(l.debtCovered),
      collateral: BigInt(l.collateralSeized), prices: new Map([[l.collateralAsset, l.collateralPrice], [l.debtAsset, l.debtPrice]]) }]);
  }, askedTo);
}

function liquidationTable(markets, offset) {
  const byAsset = new Map(markets.map((m) => [m.asset, m]));
  const sum = (asset, units, prices) => {
    const m = byAsset.get(asset), price = prices?.get(asset);
    return m ? [`${amountShort(units, m.decimals)} ${m.symbol}`, price && h('small', null, usdShort(valueOf(units, price, m.decimals)))] : String(units);
  };
  return table([['Account', ''], ['Repaid', 'num'], ['Seized', 'num'], ['Transaction', '']],
    (liquidations ?? []).slice(offset, offset + LIQUIDATION_ROWS).map((l) => [[accountLink(l.user), h('small', null, 'by ', accountLink(l.liquidator))], sum(l.debtAsset, l.debt, l.prices),
      sum(l.collateralAsset, l.collateral, l.prices), [txLink(l.hash), h('small', null, 'block ', blockLink(l.block))]]), since > 0 ? `Nobody has been liquidated since block ${format(BigInt(since), 0, 0)}.` : 'Nobody has been liquidated.');
}

const crossingList = () => crossings.map((c) => h('li', null,
  h('span', { class: `dot ${healthClass(c.healthAfter)}` }), ' ', accountLink(c.account), ` ${health(c.healthBefore)} \u2192 `,
  h('strong', { class: healthClass(c.healthAfter) }, health(c.healthAfter)),
  c.prices?.length ? ` as ${c.prices.map((p) => `${p.symbol ?? ''} ${price(p.before)} \u2192 ${price(p.after)}`).join(', ')}` : '',
  ' in block ', blockLink(c.block)));

// -- markets --------------------------------------------------------------------------------------

function marketTable(markets, past) {
  const pricesOf = (m) => past.map(([, then]) => number(then.find((x) => x.asset === m.asset)?.price ?? NaN));
  const pair = (units, m) => [amountShort(BigInt(units), m.decimals), h('small', null, usdShort(valueOf(units, m.price, m.decimals)))];
  return table([['Asset', ''], ['Price', 'num'], ['', 'extra'], ['Supplied', 'num'], ['Borrowed', 'num'], ['Utilization', 'num'], ['Supply rate', 'num'],
    ['Borrow rate', 'num'], ['LTV / threshold', 'num extra'], ['', 'act']],
  markets.map((m) => [[h('strong', null, link(`market/${m.asset}`, m.symbol)), flagsOf(m)], price(m.price), sparkline(pricesOf(m), `Price of ${m.symbol} over recent blocks`),
    pair(m.supplied, m), pair(m.borrowed, m), [percent(m.utilization, 1), bar(number(m.utilization))],
    h('span', { class: 'supply' }, percent(m.supplyRate)), h('span', { class: 'borrow' }, percent(m.borrowRate)),
    `${percent(m.ltv, 1).slice(0, -1)} / ${percent(m.liquidationThreshold, 1)}`,
    [h('button', { class: 'small', onclick: () => openAction('supply', m.asset) }, 'Supply'),
      h('button', { class: 'small', onclick: () => openAction('borrow', m.asset) }, 'Borrow')]]), 'This chain has no markets.', 'dense');
}

/** A rate curve for each market, made when the market is first seen. */
function curveCards(place) {
  const cards = new Map(); // asset: its curve
  return (markets, terms) => {
    if (markets.length === 0) put(place, h('p', { class: 'empty' }, 'None.'));
    markets.forEach((m, i) => {
      if (!cards.has(m.asset)) {
        if (cards.size === 0) place.replaceChildren();
        cards.set(m.asset, rateCurve());
        place.append(h('figure', { class: 'card' }, h('figcaption', null, h('strong', null, link(`market/${m.asset}`, m.symbol))), cards.get(m.asset).element));
      }
      cards.get(m.asset).update(pointOf(m, terms[i]));
    });
  };
}

function totals({ markets, status, time }) {
  let supplied = 0n, borrowed = 0n, deficit = 0n;
  for (const m of markets) {
    supplied += valueOf(m.supplied, m.price, m.decimals);
    borrowed += valueOf(m.borrowed, m.price, m.decimals);
    deficit += valueOf(m.deficit, m.price, m.decimals);
  }
  const { risk } = status;
  return [
    tile('Supplied', usdShort(supplied), `${markets.length} markets`),
    tile('Borrowed', usdShort(borrowed), supplied > 0n ? `${percent(share(borrowed, supplied), 1)} of supplies` : 'nothing yet'),
    tile('Borrowers', String(risk.accountsWithDebt), `${risk['below1.1']} below 1.1`),
    tile('Below 1', String(risk.belowOne), 'may be liquidated', risk.belowOne ? 'bad' : ''),
    tile('Bad debt', usdShort(deficit), deficit > 0n ? 'recorded as deficit' : 'none', deficit > 0n ? 'bad' : ''),
    tile('Chain time', clock(time).slice(11, 19), clock(time).slice(0, 10)),
  ];
}

const worth = (text) => usd(parse(text, USD));
const symbolOf = (markets, asset) => markets.find((m) => m.asset === asset)?.symbol ?? '\u2014';
const riskTable = (accounts, markets) => table([['Account', ''], ['Health', 'num'], ['Collateral', 'num'], ['Debt', 'num'], ['Mostly', '']],
  accounts.map((a) => [accountLink(a.address), h('strong', { class: healthClass(a.healthFactor) }, health(a.healthFactor)), worth(a.collateral), worth(a.debt),
    `${symbolOf(markets, a.collateralAsset)} against ${symbolOf(markets, a.debtAsset)}`]), `No account is below ${RISK_BELOW}.`, 'dense');

export function open(root) {
  const place = (lines) => h('div', null, loading(lines));
  const tiles = h('div', { class: 'tiles' }, [...Array(6).keys()].map(() => tile('\u00a0', '', '\u00a0'))), markets = place(5), cards = h('div', { class: 'grid' }, loading(3));
  const prices = place(5), risk = place(6), fallen = place(6), crossed = h('ul', { class: 'feed' }), riskNote = h('small'), fallenNote = h('small');
  const riskPages = h('div'), fallenPages = h('div');
  let riskFrom = 0, fallenFrom = 0, past = [], assets = [];

  root.append(h('h1', { class: 'hidden' }, 'Markets'), tiles, section('Markets', null, markets),
    fold('Rate curves', 'Over utilization; high rates are drawn closer together.', cards),
    fold('Prices', link('oracle', 'Each reporter\u2019s last report.'), prices),
    h('div', { class: 'columns' },
      h('section', null, h('h2', null, 'Accounts at risk', riskNote), risk, riskPages, crossed),
      h('section', null, h('h2', null, 'Recent liquidations', fallenNote), fallen, fallenPages)));

  const readRisk = () => call('plimsoll_liquidatable', 'latest', { below: RISK_BELOW, offset: riskFrom, limit: RISK_ROWS });
  const showCurves = curveCards(cards);
  const readCurves = () => Promise.all(assets.map(curveOf));
  const page = async (now, [atRisk, early, rounds]) => {
    put(tiles, totals(now)); // what is known stands there before more is asked
    put(markets, marketTable(now.markets, past));
    put(riskNote, `below ${RISK_BELOW}, worst first`);
    put(risk, riskTable(atRisk.accounts, now.markets));
    put(riskPages, pager(riskFrom, RISK_ROWS, atRisk.total, (to) => { riskFrom = to; refresh(); }));
    if (riskFrom > 0 && riskFrom >= atRisk.total) riskFrom = 0; // they have become fewer
    assets = now.markets.map((m) => m.asset);
    const [seen, before, terms] = await Promise.all([lastReports(now, rounds), pastOf(now), early.length === assets.length ? early : readCurves(), readLiquidations(now.height)]);
    past = before;
    put(markets, marketTable(now.markets, past));
    showCurves(now.markets, terms);
    put(prices, feedTable(now, seen));
    put(crossed, crossingList());
    put(fallenNote, liquidations.length === LIQUIDATIONS_KEPT ? `the newest ${LIQUIDATIONS_KEPT}` : '');
    const showFallen = () => {
      put(fallen, liquidationTable(now.markets, fallenFrom));
      put(fallenPages, pager(fallenFrom, LIQUIDATION_ROWS, liquidations.length, (to) => { fallenFrom = to; showFallen(); }));
    };
    showFallen();
  };
  page.early = () => Promise.all([readRisk(), readCurves(), readRounds()]);
  return page;
}

// #/market/0x…: one market, its terms, and what became of it over recent blocks.
import { formatUnits } from './lib/ethers.js';
import { at, RATES } from './node.js';
import { h, put, table, tile, section, loading, copyable, listOf, parse, share, valueOf, usdShort, amountShort, format, price, percent, number, RAY, USD } from './show.js';
import { rateCurve, timeLines } from './charts.js';
import { pastOf } from './past.js';
import { openAction } from './action.js';

/** How the market's rates follow from its utilization, in ratios. */
export async function curveOf(asset) {
  const [optimal, base, slope1, slope2] = (await at(RATES).getInterestRateDataBps(asset)).map((bps) => Number(bps) / 10000);
  return { optimal, base, slope1, slope2 };
}

/** What rateCurve shows of a market. */
export const pointOf = (m, curve) => ({ ...curve, reserveFactor: number(m.reserveFactor), utilization: number(m.utilization), borrowRate: number(m.borrowRate) });

export const flagsOf = (m) => [m.paused && 'paused', m.frozen && 'frozen', !m.active && 'inactive', m.stale && 'stale price', !m.borrowing && 'no borrowing'].filter(Boolean)
  .map((text) => h('span', { class: 'tag warn' }, text));

const dollars = (units, m) => usdShort(valueOf(units, m.price, m.decimals));
const cap = (text, used, m) => (text === '0' ? 'none' : `${format(BigInt(text), 0, 0)} ${m.symbol}, ${percent(share(BigInt(used), parse(text, m.decimals)), 1)} used`);

const termsTable = (m) => table([['', ''], ['', 'num']], [
  ['Loan to value', percent(m.ltv, 1)], ['Liquidation threshold', percent(m.liquidationThreshold, 1)],
  ['Liquidation bonus', number(m.liquidationBonus) ? percent(formatUnits(parse(m.liquidationBonus, 27) - RAY, 27), 1) : 'none'], ['Protocol\u2019s part of the bonus', percent(m.liquidationProtocolFee, 1)],
  ['Reserve factor', percent(m.reserveFactor, 1)], ['Supply cap', cap(m.supplyCap, m.supplied, m)], ['Borrow cap', cap(m.borrowCap, m.borrowed, m)],
  ['Flash loans', m.flashLoans ? 'yes' : 'no'], ...(number(m.debtCeiling) ? [['Debt ceiling in isolation', usdShort(parse(m.debtCeiling, USD))]] : []), ['Bad debt', `${amountShort(BigInt(m.deficit), m.decimals)} ${m.symbol}`]]);

export function open(root, asset) {
  const title = h('h1'), tiles = h('div', { class: 'tiles' }, [...Array(5).keys()].map(() => tile('\u00a0', '', '\u00a0'))), terms = h('div', null, loading(8)), addresses = h('div');
  const curve = rateCurve(280), units = (v) => BigInt(Math.round(v * 10 ** USD)), money = (v) => usdShort(units(v)), ratio = (v) => `${(v * 100).toFixed(2)}%`;
  const lines = {
    price: timeLines('Price', asset, [['Price', 'accent']], (v) => price(formatUnits(units(v), USD)), false, (v) => (v < 1e4 ? price(formatUnits(units(v), USD)) : money(v))),
    size: timeLines('Supplied and borrowed', asset, [['Supplied', 'calm'], ['Borrowed', 'second']], money, true),
    used: timeLines('Utilization', asset, [['Utilization', 'accent']], ratio),
    rates: timeLines('Rates', asset, [['Supply rate', 'calm'], ['Borrow rate', 'second']], ratio, true),
  };
  const act = (action, text) => h('button', { type: 'button', class: 'small', onclick: () => openAction(action, asset) }, text);
  const missing = h('p', { class: 'empty', hidden: true }, 'No market of this chain has that asset.'), body = h('div', null, tiles,
    h('div', { class: 'columns' }, section('Rate curve', 'over utilization; high rates are drawn closer together', curve.element), section('Terms', null, terms)),
    section('Over recent blocks', null, h('div', { class: 'grid wide' }, Object.values(lines).map((l) => l.element))), section('Contracts', null, addresses));
  root.append(title, missing, body);

  let isKnown = false;
  const page = async (now, early) => {
    const m = now.markets.find((x) => x.asset === asset);
    isKnown = Boolean(m);
    missing.hidden = Boolean(m);
    body.hidden = !m;
    if (!m) return put(title, 'No such market');
    const [terms0, past] = await Promise.all([early ?? curveOf(asset), pastOf(now)]);
    put(title, m.symbol, flagsOf(m), act('supply', 'Supply'), act('borrow', 'Borrow'));
    put(tiles, tile('Price', price(m.price), m.stale ? 'stale' : '\u00a0', m.stale ? 'bad' : ''), tile('Supplied', dollars(m.supplied, m), `${amountShort(BigInt(m.supplied), m.decimals)} ${m.symbol}, at ${percent(m.supplyRate)}`),
      tile('Borrowed', dollars(m.borrowed, m), `${amountShort(BigInt(m.borrowed), m.decimals)} ${m.symbol}, at ${percent(m.borrowRate)}`),
      tile('Available', dollars(m.available, m), `${amountShort(BigInt(m.available), m.decimals)} ${m.symbol}`), tile('Utilization', percent(m.utilization, 1), `best at ${percent(String(terms0.optimal), 1)}`));
    put(terms, termsTable(m));
    curve.update(pointOf(m, terms0));
    const blocks = past.map(([n]) => n), then = past.map(([, markets]) => markets.find((x) => x.asset === asset)), all = (f) => then.map((t) => (t ? f(t) : null));
    lines.price.update(blocks, all((t) => number(t.price)));
    lines.size.update(blocks, ...['supplied', 'borrowed'].map((what) => all((t) => number(t[what]) / 10 ** t.decimals * number(t.price))));
    lines.used.update(blocks, all((t) => number(t.utilization)));
    lines.rates.update(blocks, ...['supplyRate', 'borrowRate'].map((what) => all((t) => number(t[what]))));
    if (!addresses.hasChildNodes()) addresses.append(listOf([['Token', m.asset], ['aToken', m.aToken], ['Debt token', m.debtToken]].map(([name, address]) => [name, copyable(address)])));
  };
  page.early = () => (isKnown ? curveOf(asset) : null);
  return page;
}

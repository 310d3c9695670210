"""web3-ethereum-defi (eth_defi) against a node with a market.   flow.py URL"""

import csv
import sys
import tempfile
import traceback
from decimal import Decimal
from pathlib import Path

import pandas
from eth_account import Account
from eth_defi.aave_v3 import balances, constants, deployment, loan, rates, reserve
from eth_defi.aave_v3.events import aave_v3_fetch_events_to_csv
from eth_defi.balances import fetch_erc20_balances_multicall
from eth_defi.event_reader.json_state import JSONFileScanState
from eth_defi.event_reader.reorganisation_monitor import JSONRPCReorganisationMonitor
from eth_defi.hotwallet import HotWallet
from eth_defi.provider.multi_provider import create_multi_provider_web3
from eth_defi.token import fetch_erc20_details
from eth_defi.trace import TransactionAssertionError, assert_transaction_success_with_explanation
from web3 import Web3

URL = sys.argv[1]
KEY = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"  # support.mjs: KEYS[3]
RAY = 10**27
ALL = 2**256 - 1


def at(kind, index=0):
    return Web3.to_checksum_address(f"0x506c696d736f6c6c{'0' * 16}{kind:04x}{index:04x}")


TOKENS = [at(1, i) for i in range(5)]
WETH, DAI = TOKENS[0], TOKENS[4]

w3 = create_multi_provider_web3(URL)
aave = deployment.fetch_deployment(w3, at(5), at(9), at(7), ausdc_address=at(2, 3))
wallet = HotWallet(Account.from_key(KEY))
wallet.sync_nonce(w3)
me = wallet.address


def ask(method, *params):
    answer = w3.provider.make_request(method, list(params))
    assert "error" not in answer, answer
    return answer["result"]


def send(function):
    signed = wallet.sign_transaction_with_new_nonce(function.build_transaction({"from": me}))
    tx_hash = w3.eth.send_raw_transaction(signed.raw_transaction)
    return assert_transaction_success_with_explanation(w3, tx_hash)


def reads_the_market():
    # The library knows Aave's chains by their numbers: this one it has to be told of.
    reserve._addresses[w3.eth.chain_id] = {"PoolAddressProvider": at(11), "UiPoolDataProviderV3": at(10)}
    assert reserve.fetch_reserves(reserve.get_helper_contracts(w3)) == TOKENS
    assert aave.ausdc.symbol == "aUSDC" and aave.ausdc.decimals == 6
    for market in ask("plimsoll_markets"):
        token = Web3.to_checksum_address(market["asset"])
        assert Decimal(aave.get_price(token)) / 10**8 == Decimal(market["price"])
        configuration = aave.get_reserve_configuration_data(token)
        assert configuration.decimals == market["decimals"]
        assert Decimal(configuration.ltv) / 10**4 == Decimal(market["ltv"])
        assert configuration.is_active and not configuration.is_frozen


def reads_accounts():
    for account in ("0x70997970C51812dc3A010C7d01b50e0d17dc79C8", me):
        data, own = aave.get_user_data(account), ask("plimsoll_getHealth", account)
        assert Decimal(data.total_collateral_base) / 10**8 == Decimal(own["collateral"])
        assert Decimal(data.total_debt_base) / 10**8 == Decimal(own["debt"])
        if data.total_debt_base:
            assert Decimal(data.health_factor) / 10**18 == Decimal(own["healthFactor"])
        for i, token in enumerate(TOKENS):
            position = next((p for p in own["positions"] if Web3.to_checksum_address(p["asset"]) == token), None)
            supplied = balances.aave_v3_get_deposit_balance(w3, at(2, i), account)
            owed = balances.aave_v3_get_variable_borrow_balance(w3, at(3, i), account)
            assert supplied * 10**18 == int(position["supplied"] if position else 0)
            assert owed * 10**18 == int(position["borrowed"] if position else 0)


def reads_tokens_through_multicall():
    held = fetch_erc20_balances_multicall(w3, me, TOKENS, block_identifier=w3.eth.block_number, decimalise=False)
    for token in TOKENS:
        assert held[token] == fetch_erc20_details(w3, token).fetch_raw_balance_of(me)


def finds_rates_and_indexes_in_the_events():
    constants.AAVE_V3_NETWORKS["plimsoll"] = constants.AaveNetwork("Plimsoll", at(5), at(6), 0, {})
    head = w3.eth.block_number
    monitor = JSONRPCReorganisationMonitor(w3, check_depth=10)
    monitor.load_initial_block_headers(start_block=1)
    with tempfile.TemporaryDirectory() as folder:
        state = JSONFileScanState(Path(folder) / "scan.json")
        aave_v3_fetch_events_to_csv(URL, state, "plimsoll", 1, head, folder, max_workers=4, log_info=lambda text: None,
                                    reorg_monitor=monitor)
        with open(Path(folder) / "aave-v3-plimsoll-reservedataupdated.csv") as file:
            rows = list(csv.DictReader(file))
    for row in rows:
        row["timestamp"] = pandas.Timestamp(row["timestamp"])
        row["token"] = Web3.to_checksum_address(row["reserve"])
    frame = rates.aave_v3_calculate_apr_apy_rates(pandas.DataFrame(rows).set_index("timestamp", drop=False))
    assert len(frame) > 100, len(frame)
    for i, token in enumerate(TOKENS):
        own = frame[frame["token"] == token].sort_values(["block_number", "log_index"], key=lambda column: column.astype(int))
        first, last = own.iloc[0], own.iloc[-1]
        data = aave.data_provider.functions.getReserveData(token).call()
        rate, borrow_rate, index, borrow_index = data[5], data[6], data[9], data[10]
        assert [int(last[name]) for name in ("liquidity_rate", "variable_borrow_rate")] == [rate, borrow_rate]
        assert [int(last[name]) for name in ("liquidity_index", "variable_borrow_index")] == [index, borrow_index]
        assert last["deposit_apr"] == float(Decimal(rate) / RAY) * 100
        market = next(m for m in ask("plimsoll_markets") if Web3.to_checksum_address(m["asset"]) == token)
        assert Decimal(rate) / RAY == Decimal(market["supplyRate"])
        assert Decimal(borrow_rate) / RAY == Decimal(market["borrowRate"])
        then = aave.data_provider.functions.getReserveData(token).call(block_identifier=int(first["block_number"]))
        assert [int(first[name]) for name in ("liquidity_index", "variable_borrow_index")] == [then[9], then[10]]


def lends_and_borrows():
    weth, dai = fetch_erc20_details(w3, WETH), fetch_erc20_details(w3, DAI)
    before = dai.fetch_balance_of(me)
    for function in loan.supply(aave, token=weth.contract, amount=10**18, wallet_address=me):
        send(function)
    send(loan.borrow(aave, token=dai.contract, amount=123 * 10**18, wallet_address=me))
    assert dai.fetch_balance_of(me) - before == 123
    for function in loan.repay(aave, token=dai.contract, amount=23 * 10**18, wallet_address=me):
        send(function)
    send(loan.withdraw(aave, token=weth.contract, amount=10**17, wallet_address=me))
    assert dai.fetch_balance_of(me) - before == 100


def is_told_why_a_transaction_failed():
    too_much = loan.borrow(aave, token=fetch_erc20_details(w3, WETH).contract, amount=10**30, wallet_address=me)
    signed = wallet.sign_transaction_with_new_nonce(too_much.build_transaction({"from": me, "gas": 900_000}))
    tx_hash = w3.eth.send_raw_transaction(signed.raw_transaction)
    try:
        # Its providers for many nodes drop the data of errors; web3's own keeps them.
        assert_transaction_success_with_explanation(Web3(Web3.HTTPProvider(URL)), tx_hash)
    except TransactionAssertionError as e:
        assert "0x2c5211c6" in str(e), e  # InvalidAmount(): nobody has supplied as much
    else:
        raise AssertionError("it did not fail")


STEPS = (reads_the_market, reads_accounts, reads_tokens_through_multicall, lends_and_borrows,
         finds_rates_and_indexes_in_the_events, is_told_why_a_transaction_failed)

for step in STEPS:
    try:
        step()
        print(f"ok   eth_defi: {step.__name__.replace('_', ' ')}")
    except Exception:
        print(f"FAIL eth_defi: {step.__name__.replace('_', ' ')}\n     {traceback.format_exc()}")

"""web3.py against a node.   flow.py URL"""

import asyncio
import sys
import traceback

from web3 import AsyncWeb3, Web3, WebSocketProvider
from web3.exceptions import (
    BlockNotFound,
    ContractCustomError,
    ContractLogicError,
    TransactionNotFound,
    Web3RPCError,
)
from web3.middleware import SignAndSendRawMiddlewareBuilder

KEY = "0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"  # support.mjs: KEYS[6]
OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
WETH = "0x506C696D736f6c6c000000000000000000010000"
FEED = "0x506C696D736f6c6c000000000000000000040000"


def function(name, inputs, outputs, mutability="view"):
    def typed(types):
        return [{"name": "", "type": t} for t in types]

    return {"type": "function", "name": name, "inputs": typed(inputs), "outputs": typed(outputs),
            "stateMutability": mutability}


TOKEN_ABI = [
    function("symbol", [], ["string"]),
    function("balanceOf", ["address"], ["uint256"]),
    function("transfer", ["address", "uint256"], ["bool"], "nonpayable"),
    {"type": "event", "name": "Transfer", "anonymous": False, "inputs": [
        {"name": "from", "type": "address", "indexed": True},
        {"name": "to", "type": "address", "indexed": True},
        {"name": "value", "type": "uint256", "indexed": False}]},
]
FEED_ABI = [function("getRoundData", ["uint80"], ["uint80", "int256", "uint256", "uint256", "uint80"])]

w3 = Web3(Web3.HTTPProvider(sys.argv[1]))
account = w3.eth.account.from_key(KEY)
w3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(account), layer=0)
w3.eth.default_account = account.address
token = w3.eth.contract(Web3.to_checksum_address(WETH), abi=TOKEN_ABI)
feed = w3.eth.contract(Web3.to_checksum_address(FEED), abi=FEED_ABI)


def wait(tx_hash):
    return w3.eth.wait_for_transaction_receipt(tx_hash, timeout=60, poll_latency=0.1)


def raises(kind, words, body):
    try:
        body()
    except kind as e:
        assert words in str(e), f"{words!r} is not in {e}"
        return e
    raise AssertionError(f"no {kind.__name__}")


def connects_and_reads():
    assert w3.is_connected()
    assert "plimsoll" in w3.client_version.lower()
    assert w3.net.version == str(w3.eth.chain_id)
    assert w3.eth.accounts == [] and w3.eth.syncing is False
    block = w3.eth.get_block("latest", True)
    assert block.baseFeePerGas > 0
    assert w3.eth.get_block(block.hash).number == block.number
    assert w3.eth.get_balance(account.address) > 10**18
    assert w3.eth.get_code(account.address) == b"" and w3.eth.get_code(token.address) != b""
    assert w3.eth.get_storage_at(token.address, 5) == bytes(32)
    history = w3.eth.fee_history(3, "latest", [10.0, 50.0])
    assert len(history.baseFeePerGas) == len(history.gasUsedRatio) + 1
    nothing = "0x" + "12" * 32
    raises(TransactionNotFound, "not found", lambda: w3.eth.get_transaction(nothing))
    raises(TransactionNotFound, "not found", lambda: w3.eth.get_transaction_receipt(nothing))
    raises(BlockNotFound, "not found", lambda: w3.eth.get_block(nothing))


def sends_types_0_1_and_2():
    price = w3.eth.gas_price
    for kind, fees in ((0, {"gasPrice": price}), (1, {"gasPrice": price, "accessList": []}), (2, {})):
        receipt = wait(w3.eth.send_transaction({"to": OTHER, "value": 1, **({"type": kind} if kind else {}), **fees}))
        assert receipt.status == 1 and receipt.type == kind and receipt.gasUsed == 21000
        assert w3.eth.get_transaction(receipt.transactionHash)["from"] == account.address


def signs_by_hand():
    signed = account.sign_transaction({
        "to": OTHER, "value": 2, "gas": 21000, "gasPrice": w3.eth.gas_price, "chainId": w3.eth.chain_id,
        "nonce": w3.eth.get_transaction_count(account.address, "pending")})
    assert w3.eth.send_raw_transaction(signed.raw_transaction) == signed.hash
    assert wait(signed.hash).status == 1


def writes_a_contract_and_finds_its_log():
    assert token.functions.symbol().call() == "WETH"
    estimate = token.functions.transfer(OTHER, 6).estimate_gas()
    receipt = wait(token.functions.transfer(OTHER, 6).transact())
    assert receipt.gasUsed == estimate
    (event,) = token.events.Transfer().process_receipt(receipt)
    assert event.args.value == 6
    found = token.events.Transfer().get_logs(from_block=0, argument_filters={"from": account.address, "to": OTHER})
    assert [e.transactionHash for e in found] == [receipt.transactionHash]
    raw = w3.eth.get_logs({"address": [token.address], "fromBlock": receipt.blockNumber, "topics": [[event_topic()]]})
    assert receipt.transactionHash in [log.transactionHash for log in raw]


def event_topic():
    return Web3.to_hex(Web3.keccak(text="Transfer(address,address,uint256)"))


def is_told_why_a_call_reverts():
    e = raises(ContractCustomError, "0xe450d38c", lambda: token.functions.transfer(OTHER, 2**200).call())
    assert e.data.startswith("0xe450d38c")  # ERC20InsufficientBalance
    raises(ContractLogicError, "No data present", lambda: feed.functions.getRoundData(99999).call())
    raises(ContractLogicError, "", lambda: token.functions.transfer(OTHER, 2**200).transact())


def a_transaction_that_fails_has_a_receipt():
    receipt = wait(token.functions.transfer(OTHER, 2**200).transact({"gas": 200000}))
    assert receipt.status == 0 and receipt.logs == []


def reads_in_one_batch():
    with w3.batch_requests() as batch:
        batch.add(w3.eth.get_block("latest"))
        batch.add(token.functions.symbol())
        block, symbol = batch.execute()
    assert block.number > 0 and symbol == "WETH"


def is_told_why_a_transaction_is_refused():
    plain = {"to": OTHER, "value": 1, "gas": 21000, "gasPrice": w3.eth.gas_price, "chainId": w3.eth.chain_id}
    poor = w3.eth.account.create()

    def send(signer, nonce):
        return lambda: w3.eth.send_raw_transaction(signer.sign_transaction({**plain, "nonce": nonce}).raw_transaction)

    raises(Web3RPCError, "nonce too low", send(account, 0))
    raises(Web3RPCError, "insufficient funds", send(poor, 0))


def filters_heads_and_events():
    heads = w3.eth.filter("latest")
    waiting = w3.eth.filter("pending")
    transfers = token.events.Transfer.create_filter(from_block="latest", argument_filters={"from": account.address})
    receipt = wait(token.functions.transfer(OTHER, 9).transact())
    assert receipt.blockHash in heads.get_new_entries()
    assert receipt.transactionHash in waiting.get_new_entries()
    assert receipt.transactionHash in [e.transactionHash for e in transfers.get_new_entries()]
    assert w3.eth.uninstall_filter(heads.filter_id) is True
    raises(Web3RPCError, "filter not found", heads.get_new_entries)


async def hear_over_websocket():
    async with AsyncWeb3(WebSocketProvider(sys.argv[1].replace("http", "ws"))) as socket:
        assert await socket.is_connected()
        heads = await socket.eth.subscribe("newHeads")
        logs = await socket.eth.subscribe("logs", {"address": token.address, "topics": [event_topic()]})
        tx_hash = token.functions.transfer(OTHER, 10).transact()
        heard = {}
        async for message in socket.socket.process_subscriptions():
            heard[message["subscription"]] = message["result"]
            if len(heard) == 2:
                break
        assert heard[heads]["number"] > 0
        assert heard[logs]["transactionHash"] == tx_hash
        assert await socket.eth.unsubscribe(heads)


def hears_over_websocket():
    asyncio.run(asyncio.wait_for(hear_over_websocket(), 20))


STEPS = (connects_and_reads, sends_types_0_1_and_2, signs_by_hand, writes_a_contract_and_finds_its_log,
         is_told_why_a_call_reverts, a_transaction_that_fails_has_a_receipt, reads_in_one_batch,
         is_told_why_a_transaction_is_refused, filters_heads_and_events, hears_over_websocket)

for step in STEPS:
    try:
        step()
        print(f"ok   web3.py: {step.__name__.replace('_', ' ')}")
    except Exception:
        print(f"FAIL web3.py: {step.__name__.replace('_', ' ')}\n     {traceback.format_exc()}")

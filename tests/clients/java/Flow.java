// web3j against a node: what a service in Java does, by its transaction managers, encoders, filters and subscriptions.
//
//     Flow HTTP_URL WS_URL KEY OTHER POOL FEED TOKEN
//
// Prints "ok   name" or "FAIL name" for each step, as the other client tests do.

import io.reactivex.disposables.Disposable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.web3j.abi.EventEncoder;
import org.web3j.abi.FunctionEncoder;
import org.web3j.abi.FunctionReturnDecoder;
import org.web3j.abi.TypeReference;
import org.web3j.abi.Utils;
import org.web3j.abi.datatypes.Address;
import org.web3j.abi.datatypes.Event;
import org.web3j.abi.datatypes.Type;
import org.web3j.abi.datatypes.Utf8String;
import org.web3j.abi.datatypes.generated.Uint16;
import org.web3j.abi.datatypes.generated.Uint256;
import org.web3j.abi.datatypes.generated.Uint80;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.protocol.Web3j;
import org.web3j.protocol.core.DefaultBlockParameter;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.request.Transaction;
import org.web3j.protocol.core.methods.response.Log;
import org.web3j.protocol.core.methods.response.TransactionReceipt;
import org.web3j.protocol.http.HttpService;
import org.web3j.protocol.websocket.WebSocketService;
import org.web3j.tx.RawTransactionManager;
import org.web3j.tx.Transfer;
import org.web3j.tx.exceptions.ContractCallException;
import org.web3j.tx.response.PollingTransactionReceiptProcessor;
import org.web3j.utils.Async;
import org.web3j.utils.Convert;
import org.web3j.utils.Numeric;

public final class Flow {
	private static final long POLL_MS = 100;
	private static final int TRIES = 200;
	private static final BigInteger MUCH = BigInteger.ONE.shiftLeft(200), GAS = BigInteger.valueOf(500_000);
	private static final Event TRANSFER = new Event("Transfer", List.of(
		new TypeReference<Address>(true) { }, new TypeReference<Address>(true) { }, new TypeReference<Uint256>() { }));

	private interface Step {
		void run() throws Exception;
	}

	private final Web3j http, ws;
	private final Credentials me;
	private final RawTransactionManager sender;
	private final String other, pool, feed, token;
	private final long chain;

	private Flow(String[] args) throws Exception {
		http = Web3j.build(new HttpService(args[0]), POLL_MS, Async.defaultExecutorService());
		WebSocketService sockets = new WebSocketService(args[1], false);
		sockets.connect();
		ws = Web3j.build(sockets);
		me = Credentials.create(args[2]);
		other = args[3];
		pool = args[4];
		feed = args[5];
		token = args[6];
		chain = http.ethChainId().send().getChainId().longValueExact();
		sender = new RawTransactionManager(http, me, chain, new PollingTransactionReceiptProcessor(http, POLL_MS, TRIES));
	}

	private static void ensure(boolean ok, Object what) {
		if (!ok)
			throw new AssertionError(what);
	}

	private static String call(String name, Type<?>... args) {
		return FunctionEncoder.encode(new org.web3j.abi.datatypes.Function(name, List.of(args), List.of()));
	}

	private String ask(String to, String data) throws Exception {
		return sender.sendCall(to, data, DefaultBlockParameterName.LATEST);
	}

	private TransactionReceipt sent(String to, String data) throws Exception {
		BigInteger tip = http.ethMaxPriorityFeePerGas().send().getMaxPriorityFeePerGas();
		BigInteger most = http.ethGasPrice().send().getGasPrice().multiply(BigInteger.TWO);
		TransactionReceipt receipt = new PollingTransactionReceiptProcessor(http, POLL_MS, TRIES).waitForTransactionReceipt(
			sender.sendEIP1559Transaction(chain, tip, most, GAS, to, data, BigInteger.ZERO).getTransactionHash());
		ensure(receipt.isStatusOK() && "0x2".equals(receipt.getType()), receipt);
		return receipt;
	}

	private void connects() throws Exception {
		ensure(ws.ethChainId().send().getChainId().longValueExact() == chain, "another chain over WebSocket");
		ensure(http.web3ClientVersion().send().getWeb3ClientVersion().toLowerCase().contains("plimsoll"), "another client");
		ensure(http.netVersion().send().getNetVersion().equals(Long.toString(chain)), "another network");
		ensure(!http.ethSyncing().send().isSyncing(), "it syncs");
		ensure(http.netListening().send().isListening(), "it does not listen");
		ensure(http.ethGetBalance(me.getAddress(), DefaultBlockParameterName.LATEST).send().getBalance().signum() > 0, "poor");
		ensure(http.ethGetCode(pool, DefaultBlockParameterName.LATEST).send().getCode().length() > 2, "no code");
	}

	private void sends() throws Exception {
		BigInteger before = http.ethGetBalance(other, DefaultBlockParameterName.LATEST).send().getBalance();
		TransactionReceipt receipt = new Transfer(http, sender).sendFunds(other, BigDecimal.ONE, Convert.Unit.GWEI).send();
		ensure(receipt.isStatusOK() && "0x0".equals(receipt.getType()), receipt);
		BigInteger after = http.ethGetBalance(other, DefaultBlockParameterName.LATEST).send().getBalance();
		ensure(after.subtract(before).compareTo(BigInteger.valueOf(1_000_000_000)) >= 0, after);
		var block = http.ethGetBlockByHash(receipt.getBlockHash(), true).send().getBlock();
		ensure(block.getTransactions().stream().anyMatch(tx -> ((org.web3j.protocol.core.methods.response.Transaction) tx.get()).getHash().equals(receipt.getTransactionHash())), "not in its block");
		ensure(http.ethGetTransactionByHash(receipt.getTransactionHash()).send().getTransaction().orElseThrow().getFrom().equals(me.getAddress()), "another sender");
		ensure(http.ethGetBlockReceipts(DefaultBlockParameter.valueOf(receipt.getBlockNumber())).send().getBlockReceipts().orElseThrow().contains(receipt), "another receipt");
	}

	private void writes() throws Exception {
		BigInteger amount = BigInteger.TEN.pow(15);
		Type<?> symbol = FunctionReturnDecoder.decode(ask(token, call("symbol")), Utils.convert(List.of(new TypeReference<Utf8String>() { }))).get(0);
		ensure("WETH".equals(symbol.getValue()), symbol);
		sent(token, call("approve", new Address(pool), new Uint256(amount)));
		TransactionReceipt supplied = sent(pool, call("supply", new Address(token), new Uint256(amount), new Address(me.getAddress()), new Uint16(0)));
		DefaultBlockParameter in = DefaultBlockParameter.valueOf(supplied.getBlockNumber());
		EthFilter filter = new EthFilter(in, in, token);
		filter.addSingleTopic(EventEncoder.encode(TRANSFER)).addSingleTopic("0x" + Numeric.toHexStringNoPrefixZeroPadded(Numeric.toBigInt(me.getAddress()), 64));
		var logs = http.ethGetLogs(filter).send().getLogs();
		ensure(logs.size() == 1 && ((Log) logs.get(0).get()).getTransactionHash().equals(supplied.getTransactionHash()), logs);
	}

	private void refuses() throws Exception {
		String transfer = call("transfer", new Address(other), new Uint256(MUCH));
		try {
			ask(token, transfer);
			ensure(false, "it can be called");
		} catch (ContractCallException e) {
			ensure(e.getMessage().contains("execution reverted"), e);
		}
		Transaction asked = Transaction.createFunctionCallTransaction(me.getAddress(), null, null, null, token, transfer);
		var estimate = http.ethEstimateGas(asked).send();
		ensure(estimate.hasError() && String.valueOf(estimate.getError().getData()).contains("e450d38c"), estimate.getError());
		var round = http.ethCall(Transaction.createEthCallTransaction(me.getAddress(), feed, call("getRoundData", new Uint80(99999))), DefaultBlockParameterName.LATEST).send();
		ensure(round.isReverted() && round.getRevertReason().endsWith("No data present"), round.getRevertReason());
		var failed = sender.sendTransaction(BigInteger.valueOf(2_000_000_000L), GAS, token, transfer, BigInteger.ZERO);
		var receipt = new PollingTransactionReceiptProcessor(http, POLL_MS, TRIES).waitForTransactionReceipt(failed.getTransactionHash());
		ensure(!receipt.isStatusOK() && receipt.getLogs().isEmpty(), receipt);
		var again = http.ethSendRawTransaction(sender.sign(RawTransaction.createEtherTransaction(BigInteger.ZERO, BigInteger.valueOf(2_000_000_000L), BigInteger.valueOf(21000), other, BigInteger.ONE))).send();
		ensure(again.hasError() && again.getError().getMessage().startsWith("nonce too low"), again.getError());
	}

	/** Until this one comes: the filter begins with the newest block, which may hold another. */
	private static void await(BlockingQueue<String> told, String hash) throws InterruptedException {
		for (String next = null; !hash.equals(next);) {
			next = told.poll(60, TimeUnit.SECONDS);
			ensure(next != null, "nothing came");
		}
	}

	/** Over HTTP by filters, over WebSocket by subscriptions. */
	private void isTold() throws Exception {
		BlockingQueue<String> byFilter = new LinkedBlockingQueue<>(), byLog = new LinkedBlockingQueue<>();
		BlockingQueue<String> polled = new LinkedBlockingQueue<>(), heads = new LinkedBlockingQueue<>();
		EthFilter filter = new EthFilter(DefaultBlockParameterName.LATEST, DefaultBlockParameterName.LATEST, token);
		String topic = EventEncoder.encode(TRANSFER);
		var open = List.of(
			http.ethLogFlowable(filter.addSingleTopic(topic)).subscribe(log -> byFilter.add(log.getTransactionHash())),
			http.blockFlowable(false).subscribe(block -> polled.add(block.getBlock().getHash())),
			ws.newHeadsNotifications().subscribe(told -> heads.add(told.getParams().getResult().getHash())),
			ws.logsNotifications(List.of(token), List.of(topic)).subscribe(told -> byLog.add(told.getParams().getResult().getTransactionHash())));
		Thread.sleep(5 * POLL_MS); // until all four listen
		TransactionReceipt receipt = sent(token, call("transfer", new Address(other), new Uint256(5)));
		await(byFilter, receipt.getTransactionHash());
		await(byLog, receipt.getTransactionHash());
		await(polled, receipt.getBlockHash());
		await(heads, receipt.getBlockHash());
		open.forEach(Disposable::dispose);
	}

	private void looksBack() throws Exception {
		var fees = http.ethFeeHistory(4, DefaultBlockParameterName.LATEST, List.of(10.0, 50.0)).send().getFeeHistory();
		ensure(fees.getBaseFeePerGas().size() == fees.getGasUsedRatio().size() + 1, fees);
		BigInteger height = http.ethBlockNumber().send().getBlockNumber();
		DefaultBlockParameter then = DefaultBlockParameter.valueOf(height.subtract(BigInteger.TWO).max(BigInteger.ZERO));
		ensure(!http.ethGetBalance(other, then).send().hasError(), "no past");
		ensure(http.ethGetTransactionCount(me.getAddress(), DefaultBlockParameterName.PENDING).send().getTransactionCount().signum() > 0, "no nonce");
		ensure(http.ethGetTransactionReceipt("0x" + "12".repeat(32)).send().getTransactionReceipt().isEmpty(), "a receipt of nothing");
	}

	private static void step(String name, Step body) {
		try {
			body.run();
			System.out.println("ok   web3j: " + name);
		} catch (Throwable e) {
			System.out.println("FAIL web3j: " + name + "\n     " + e);
		}
	}

	public static void main(String[] args) throws Exception {
		Flow f = new Flow(args);
		step("connects over HTTP and WebSocket", f::connects);
		step("sends a transfer, and finds it again", f::sends);
		step("uses contracts, and finds what they told", f::writes);
		step("understands refusals and reverts", f::refuses);
		step("is told of blocks and logs by filters and subscriptions", f::isTold);
		step("looks back", f::looksBack);
		System.exit(0); // its threads would go on
	}
}

// go-ethereum's clients against a node: what a bot in Go does, by ethclient, gethclient and bound contracts.
//
//	flow HTTP_URL WS_URL KEY OTHER POOL FEED TOKEN
//
// Prints "ok   name" or "FAIL name" for each step, as the other client tests do.
package main

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/ethclient/gethclient"
	"github.com/ethereum/go-ethereum/rpc"
	"github.com/ethereum/go-ethereum/trie"
)

const tokenABI = `[
 {"type":"function","name":"symbol","stateMutability":"view","inputs":[],"outputs":[{"type":"string"}]},
 {"type":"function","name":"balanceOf","stateMutability":"view","inputs":[{"name":"owner","type":"address"}],"outputs":[{"type":"uint256"}]},
 {"type":"function","name":"approve","stateMutability":"nonpayable","inputs":[{"name":"spender","type":"address"},{"name":"amount","type":"uint256"}],"outputs":[{"type":"bool"}]},
 {"type":"function","name":"transfer","stateMutability":"nonpayable","inputs":[{"name":"to","type":"address"},{"name":"amount","type":"uint256"}],"outputs":[{"type":"bool"}]},
 {"type":"event","name":"Transfer","inputs":[{"name":"from","type":"address","indexed":true},{"name":"to","type":"address","indexed":true},{"name":"value","type":"uint256"}]},
 {"type":"error","name":"ERC20InsufficientBalance","inputs":[{"name":"sender","type":"address"},{"name":"balance","type":"uint256"},{"name":"needed","type":"uint256"}]}
]`

const poolABI = `[
 {"type":"function","name":"supply","stateMutability":"nonpayable","inputs":[{"name":"asset","type":"address"},{"name":"amount","type":"uint256"},{"name":"onBehalfOf","type":"address"},{"name":"referralCode","type":"uint16"}],"outputs":[]},
 {"type":"function","name":"getReservesList","stateMutability":"view","inputs":[],"outputs":[{"type":"address[]"}]},
 {"type":"event","name":"Supply","inputs":[{"name":"reserve","type":"address","indexed":true},{"name":"user","type":"address"},{"name":"onBehalfOf","type":"address","indexed":true},{"name":"amount","type":"uint256"},{"name":"referralCode","type":"uint16","indexed":true}]}
]`

const feedABI = `[
 {"type":"function","name":"getRoundData","stateMutability":"view","inputs":[{"name":"round","type":"uint80"}],"outputs":[{"type":"uint80"},{"type":"int256"},{"type":"uint256"},{"type":"uint256"},{"type":"uint80"}]}
]`

// flow is what the steps share.
type flow struct {
	ctx               context.Context
	http, ws          *ethclient.Client
	key               *ecdsa.PrivateKey
	me, other         common.Address
	poolAt, tokenAt   common.Address
	feedAt            common.Address
	tokenABI, feedABI abi.ABI
	token, pool       *bind.BoundContract
	signer            types.Signer
	chain             *big.Int
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func ensure(ok bool, format string, args ...interface{}) {
	if !ok {
		panic(fmt.Sprintf(format, args...))
	}
}

func parsed(text string) abi.ABI {
	a, err := abi.JSON(strings.NewReader(text))
	must(err)
	return a
}

func open(ctx context.Context, args []string) *flow {
	f := &flow{ctx: ctx, other: common.HexToAddress(args[3]), poolAt: common.HexToAddress(args[4]),
		feedAt: common.HexToAddress(args[5]), tokenAt: common.HexToAddress(args[6])}
	var err error
	f.http, err = ethclient.DialContext(ctx, args[0])
	must(err)
	f.ws, err = ethclient.DialContext(ctx, args[1])
	must(err)
	f.key, err = crypto.HexToECDSA(strings.TrimPrefix(args[2], "0x"))
	must(err)
	f.me = crypto.PubkeyToAddress(f.key.PublicKey)
	f.chain, err = f.http.ChainID(ctx)
	must(err)
	f.signer = types.LatestSignerForChainID(f.chain)
	f.tokenABI, f.feedABI = parsed(tokenABI), parsed(feedABI)
	f.token = bind.NewBoundContract(f.tokenAt, f.tokenABI, f.http, f.http, f.http)
	f.pool = bind.NewBoundContract(f.poolAt, parsed(poolABI), f.http, f.http, f.http)
	return f
}

// mined waits for a transaction, which must have succeeded.
func (f *flow) mined(tx *types.Transaction) *types.Receipt {
	receipt, err := bind.WaitMined(f.ctx, f.http, tx)
	must(err)
	ensure(receipt.Status == types.ReceiptStatusSuccessful, "it failed")
	ensure(receipt.TxHash == tx.Hash(), "another transaction's receipt")
	return receipt
}

func (f *flow) send(data types.TxData) *types.Transaction {
	tx, err := types.SignNewTx(f.key, f.signer, data)
	must(err)
	must(f.http.SendTransaction(f.ctx, tx))
	return tx
}

func (f *flow) nonce() uint64 {
	nonce, err := f.http.PendingNonceAt(f.ctx, f.me)
	must(err)
	return nonce
}

func (f *flow) auth() *bind.TransactOpts {
	auth, err := bind.NewKeyedTransactorWithChainID(f.key, f.chain)
	must(err)
	auth.Context = f.ctx
	return auth
}

// revertData is what a call that reverted said.
func revertData(err error) string {
	var withData rpc.DataError
	ensure(errors.As(err, &withData), "no data in %v", err)
	text, _ := withData.ErrorData().(string)
	return text
}

func (f *flow) connects() {
	viaWS, err := f.ws.ChainID(f.ctx)
	must(err)
	ensure(viaWS.Cmp(f.chain) == 0, "chain %v over WebSocket", viaWS)
	network, err := f.http.NetworkID(f.ctx)
	must(err)
	ensure(network.Cmp(f.chain) == 0, "network %v", network)
	progress, err := f.http.SyncProgress(f.ctx)
	must(err)
	ensure(progress == nil, "syncing")
	peers, err := f.http.PeerCount(f.ctx)
	must(err)
	ensure(peers == 0, "%d peers", peers)
}

// The client ignores what the node says a block's hash is, and computes it.
func (f *flow) blocks() {
	tx := f.send(&types.LegacyTx{Nonce: f.nonce(), GasPrice: big.NewInt(1e9), Gas: 21000, To: &f.other, Value: big.NewInt(1)})
	receipt := f.mined(tx)
	header, err := f.http.HeaderByNumber(f.ctx, receipt.BlockNumber)
	must(err)
	ensure(header.Hash() == receipt.BlockHash, "hash %v, not %v", header.Hash(), receipt.BlockHash)
	same, err := f.http.HeaderByHash(f.ctx, header.Hash())
	must(err)
	ensure(same.Number.Cmp(header.Number) == 0, "another block")
	block, err := f.http.BlockByHash(f.ctx, header.Hash())
	must(err)
	ensure(types.DeriveSha(block.Transactions(), trie.NewStackTrie(nil)) == header.TxHash, "another root of transactions")
	ensure(block.Transaction(tx.Hash()) != nil, "the transaction is not in its block")
	byNumber, err := f.http.BlockByNumber(f.ctx, header.Number)
	must(err)
	ensure(byNumber.Hash() == block.Hash(), "by number another block")
	for child := header; child.Number.Sign() > 0; {
		parent, err := f.http.HeaderByNumber(f.ctx, new(big.Int).Sub(child.Number, big.NewInt(1)))
		must(err)
		ensure(parent.Hash() == child.ParentHash, "%v is not the parent of block %v", parent.Hash(), child.Number)
		child = parent
	}
	count, err := f.http.TransactionCount(f.ctx, block.Hash())
	must(err)
	ensure(int(count) == block.Transactions().Len(), "%d transactions", count)
	_, err = f.http.BlockByNumber(f.ctx, big.NewInt(1<<40))
	ensure(errors.Is(err, ethereum.NotFound), "%v instead of not found", err)
}

func (f *flow) sends() {
	tip, err := f.http.SuggestGasTipCap(f.ctx)
	must(err)
	price, err := f.http.SuggestGasPrice(f.ctx)
	must(err)
	list := types.AccessList{{Address: f.tokenAt, StorageKeys: []common.Hash{{}}}}
	nonce, one, gas := f.nonce(), big.NewInt(1), uint64(21000+2400+1900)
	for _, data := range []types.TxData{
		&types.LegacyTx{Nonce: nonce, GasPrice: price, Gas: 21000, To: &f.other, Value: one},
		&types.AccessListTx{ChainID: f.chain, Nonce: nonce + 1, GasPrice: price, Gas: gas, To: &f.other, Value: one, AccessList: list},
		&types.DynamicFeeTx{ChainID: f.chain, Nonce: nonce + 2, GasTipCap: tip, GasFeeCap: new(big.Int).Mul(price, big.NewInt(2)), Gas: gas, To: &f.other, Value: one, AccessList: list},
	} {
		tx := f.send(data)
		receipt := f.mined(tx)
		ensure(receipt.Type == tx.Type(), "type %d", receipt.Type)
		known, pending, err := f.http.TransactionByHash(f.ctx, tx.Hash())
		must(err)
		ensure(!pending && known.Hash() == tx.Hash(), "another transaction")
		sender, err := f.http.TransactionSender(f.ctx, known, receipt.BlockHash, receipt.TransactionIndex)
		must(err)
		ensure(sender == f.me, "sender %v", sender)
	}
	at, err := f.http.NonceAt(f.ctx, f.me, nil)
	must(err)
	ensure(at == nonce+3 && f.nonce() == at, "nonce %d", at)
}

func (f *flow) refuses() {
	tx, err := types.SignNewTx(f.key, f.signer, &types.LegacyTx{Nonce: 0, GasPrice: big.NewInt(1e9), Gas: 21000, To: &f.other})
	must(err)
	err = f.http.SendTransaction(f.ctx, tx)
	ensure(err != nil && strings.HasPrefix(err.Error(), "nonce too low"), "%v", err)
	_, err = f.http.TransactionReceipt(f.ctx, tx.Hash())
	ensure(errors.Is(err, ethereum.NotFound), "%v instead of not found", err)
}

func (f *flow) bindings() {
	var out []interface{}
	must(f.token.Call(&bind.CallOpts{Context: f.ctx}, &out, "symbol"))
	ensure(out[0].(string) == "WETH", "symbol %v", out[0])
	out = nil
	must(f.pool.Call(&bind.CallOpts{Context: f.ctx, Pending: true}, &out, "getReservesList"))
	ensure(len(out[0].([]common.Address)) == 5, "%d reserves", len(out[0].([]common.Address)))
	amount := big.NewInt(1e15)
	approval, err := f.token.Transact(f.auth(), "approve", f.poolAt, amount)
	must(err)
	f.mined(approval)
	supply, err := f.pool.Transact(f.auth(), "supply", f.tokenAt, amount, f.me, uint16(0))
	must(err)
	since := f.mined(supply).BlockNumber.Uint64() // others may have supplied before
	logs, sub, err := f.pool.FilterLogs(&bind.FilterOpts{Context: f.ctx, Start: since}, "Supply", []interface{}{f.tokenAt}, []interface{}{f.me})
	must(err)
	defer sub.Unsubscribe()
	event := struct {
		Reserve, User, OnBehalfOf common.Address
		Amount                    *big.Int
		ReferralCode              uint16
	}{}
	must(f.pool.UnpackLog(&event, "Supply", <-logs))
	ensure(event.Amount.Cmp(amount) == 0 && event.User == f.me, "another event: %v", event)
}

func (f *flow) reverts() {
	data, err := f.tokenABI.Pack("transfer", f.other, new(big.Int).Lsh(big.NewInt(1), 200))
	must(err)
	call := ethereum.CallMsg{From: f.me, To: &f.tokenAt, Data: data}
	_, err = f.http.CallContract(f.ctx, call, nil)
	want := f.tokenABI.Errors["ERC20InsufficientBalance"].ID.Hex()[:10]
	ensure(strings.HasPrefix(revertData(err), want), "data %v", revertData(err))
	_, err = f.http.EstimateGas(f.ctx, call)
	ensure(strings.HasPrefix(revertData(err), want), "data %v", revertData(err))
	data, err = f.feedABI.Pack("getRoundData", big.NewInt(99999))
	must(err)
	_, err = f.http.CallContract(f.ctx, ethereum.CallMsg{To: &f.feedAt, Data: data}, nil)
	ensure(err != nil && err.Error() == "execution reverted: No data present", "%v", err)
	reason, err := abi.UnpackRevert(common.FromHex(revertData(err)))
	must(err)
	ensure(reason == "No data present", "reason %v", reason)
}

func (f *flow) history() {
	fees, err := f.http.FeeHistory(f.ctx, 4, nil, []float64{10, 50})
	must(err)
	ensure(len(fees.BaseFee) == len(fees.GasUsedRatio)+1 && len(fees.Reward) == len(fees.GasUsedRatio), "%v", fees)
	tx := f.send(&types.LegacyTx{Nonce: f.nonce(), GasPrice: big.NewInt(1e9), Gas: 21000, To: &f.other, Value: big.NewInt(7)})
	height := f.mined(tx).BlockNumber
	before, err := f.http.BalanceAt(f.ctx, f.other, new(big.Int).Sub(height, big.NewInt(1)))
	must(err)
	after, err := f.http.BalanceAt(f.ctx, f.other, height)
	must(err)
	ensure(new(big.Int).Sub(after, before).Int64() >= 7, "from %v to %v", before, after)
	code, err := f.http.PendingCodeAt(f.ctx, f.poolAt)
	must(err)
	ensure(len(code) > 0, "no code")
	slot, err := f.http.StorageAt(f.ctx, f.poolAt, common.Hash{}, nil)
	must(err)
	ensure(len(slot) == 32, "a slot of %d bytes", len(slot))
}

func (f *flow) subscribes() {
	heads, logs := make(chan *types.Header, 64), make(chan types.Log, 64)
	headsSub, err := f.ws.SubscribeNewHead(f.ctx, heads)
	must(err)
	defer headsSub.Unsubscribe()
	query := ethereum.FilterQuery{Addresses: []common.Address{f.tokenAt}, Topics: [][]common.Hash{{f.tokenABI.Events["Transfer"].ID}, {common.BytesToHash(f.me.Bytes())}}}
	logsSub, err := f.ws.SubscribeFilterLogs(f.ctx, query, logs)
	must(err)
	defer logsSub.Unsubscribe()
	tx, err := f.token.Transact(f.auth(), "transfer", f.other, big.NewInt(5))
	must(err)
	receipt := f.mined(tx)
	for found := false; !found; {
		select {
		case header := <-heads:
			found = header.Hash() == receipt.BlockHash
		case err := <-headsSub.Err():
			panic(err)
		case <-f.ctx.Done():
			panic("no head came")
		}
	}
	select {
	case told := <-logs:
		ensure(told.TxHash == tx.Hash() && !told.Removed, "another log: %v", told)
	case err := <-logsSub.Err():
		panic(err)
	case <-f.ctx.Done():
		panic("no log came")
	}
	query.FromBlock, query.ToBlock = receipt.BlockNumber, receipt.BlockNumber
	past, err := f.http.FilterLogs(f.ctx, query)
	must(err)
	ensure(len(past) == 1 && past[0].BlockHash == receipt.BlockHash && past[0].Index == receipt.Logs[0].Index, "%v", past)
}

func (f *flow) geth() {
	client := gethclient.New(f.ws.Client())
	hashes := make(chan common.Hash, 64)
	sub, err := client.SubscribePendingTransactions(f.ctx, hashes)
	must(err)
	defer sub.Unsubscribe()
	tx := f.send(&types.LegacyTx{Nonce: f.nonce(), GasPrice: big.NewInt(1e9), Gas: 21000, To: &f.other})
	for told := (common.Hash{}); told != tx.Hash(); {
		select {
		case told = <-hashes:
		case <-f.ctx.Done():
			panic("no queued transaction came")
		}
	}
	f.mined(tx)
	list, gas, failure, err := client.CreateAccessList(f.ctx, ethereum.CallMsg{From: f.me, To: &f.other})
	must(err)
	ensure(len(*list) == 0 && gas == 21000 && failure == "", "%v %d %s", list, gas, failure)
	_, err = client.GetProof(f.ctx, f.me, nil, nil)
	ensure(err != nil && strings.Contains(err.Error(), "plimsoll_getProof"), "%v", err)
	stranger := common.HexToAddress("0xf1")
	call := ethereum.CallMsg{From: stranger, To: &f.other, Value: big.NewInt(1e18)}
	rich := map[common.Address]gethclient.OverrideAccount{stranger: {Balance: big.NewInt(2e18)}}
	_, err = client.CallContract(f.ctx, call, nil, nil)
	ensure(err != nil && strings.HasPrefix(err.Error(), "insufficient funds"), "%v", err)
	_, err = client.CallContract(f.ctx, call, nil, &rich)
	must(err)
}

// step runs one step; a failure is printed, and the next one still runs.
func step(name string, body func()) {
	defer func() {
		if failure := recover(); failure != nil {
			fmt.Printf("FAIL go: %s\n     %v\n", name, failure)
		}
	}()
	body()
	fmt.Printf("ok   go: %s\n", name)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	f := open(ctx, os.Args[1:])
	step("connects over HTTP and WebSocket", f.connects)
	step("finds blocks by number and by the hash it computes", f.blocks)
	step("sends types 0, 1 and 2 and finds them again", f.sends)
	step("understands refusals", f.refuses)
	step("calls, transacts and filters through bindings", f.bindings)
	step("has a revert's data and its string", f.reverts)
	step("asks for fees and for the past", f.history)
	step("is told of heads and logs", f.subscribes)
	step("asks by gethclient", f.geth)
}

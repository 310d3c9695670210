#include "rpc/methods.h"

#include <string.h>

#include "base/version.h"
#include "rpc/params.h"
#include "rpc/schema.h"

/* rpc_discover: the method tables as an OpenRPC document.  A row's help begins with its parameters,
 * "(address, {below, limit}) what it answers": a name, or the members of an object. */

#define OPENRPC_VERSION "1.2.6"

/* What a parameter's name means wherever it stands: name, type. */
static const struct {
	const char *name, *type;
} PARAMS[] = {
	{ "address", "address" },
	{ "hash", "hash" },
	{ "block", "text|object" },
	{ "newest", "text" },
	{ "blocks", "text|number" },
	{ "percentiles", "[number]" },
	{ "index", "quantity" },
	{ "slot", "text" },
	{ "slots", "[text]" },
	{ "full", "bool" },
	{ "data", "data" },
	{ "signed bytes", "data" },
	{ "report", "data" },
	{ "call", "object" },
	{ "call with nonce", "object" },
	{ "calls", "[data|object]" },
	{ "stateOverrides", "object" },
	{ "blockOverrides", "object" },
	{ "id", "text" },
	{ "kind", "text" },
	{ "user", "address" },
	{ "from", "address" },
	{ "collateralAsset", "address" },
	{ "debtAsset", "address" },
	{ "debtToCover | \"max\"", "text" },
	{ "receiveAToken", "bool" },
	{ "{account} | [{table, key}]", "object|[object]" },
};

/* What methods answer: names between spaces, type. */
static const struct {
	const char *names, *type;
} RESULTS[] = {
	{ "eth_baseFee eth_blobBaseFee eth_blockNumber eth_chainId eth_estimateGas eth_gasPrice eth_getBalance eth_getTransactionCount "
	  "eth_hashrate eth_maxPriorityFeePerGas eth_newBlockFilter eth_newFilter eth_newPendingTransactionFilter "
	  "eth_protocolVersion eth_subscribe net_peerCount plimsoll_subscribe evm_mine anvil_snapshot evm_snapshot",
	  "quantity" },
	{ "eth_getBlockTransactionCountByHash eth_getBlockTransactionCountByNumber eth_getUncleCountByBlockHash "
	  "eth_getUncleCountByBlockNumber",
	  "quantity|null" },
	{ "eth_mining eth_syncing eth_uninstallFilter eth_unsubscribe net_listening plimsoll_submitReport plimsoll_unsubscribe "
	  "anvil_getAutomine hardhat_getAutomine anvil_removeBlockTimestampInterval anvil_revert evm_revert evm_setBlockGasLimit "
	  "anvil_setBlockGasLimit hardhat_dropTransaction",
	  "bool" },
	{ "eth_getUncleByBlockHashAndIndex eth_getUncleByBlockNumberAndIndex eth_getProof "
	  "anvil_addBalance anvil_autoImpersonateAccount anvil_dealERC20 anvil_dropAllTransactions anvil_impersonateAccount anvil_mine "
	  "anvil_reset anvil_setAutomine anvil_setBalance anvil_setBlockTimestampInterval anvil_setCode anvil_setCoinbase "
	  "anvil_setERC20Allowance anvil_setIntervalMining anvil_setNextBlockBaseFeePerGas anvil_setNextBlockTimestamp anvil_setNonce "
	  "anvil_setStorageAt anvil_stopImpersonatingAccount evm_setAccountNonce evm_setAutomine evm_setIntervalMining "
	  "evm_setNextBlockTimestamp hardhat_impersonateAccount hardhat_mine hardhat_reset hardhat_setBalance hardhat_setCode "
	  "hardhat_setCoinbase hardhat_setNextBlockBaseFeePerGas hardhat_setNonce hardhat_setStorageAt "
	  "hardhat_stopImpersonatingAccount",
	  "null" },
	{ "anvil_increaseTime evm_increaseTime anvil_setTime evm_setTime", "number" },
	{ "net_version web3_clientVersion", "text" },
	{ "eth_call eth_getCode debug_getRawBlock debug_getRawHeader debug_getRawTransaction", "data" },
	{ "debug_getRawReceipts", "[data]" },
	{ "eth_sendRawTransaction eth_sendTransaction eth_getStorageAt web3_sha3", "hash" },
	{ "anvil_dropTransaction", "hash|null" },
	{ "eth_coinbase", "address" },
	{ "eth_accounts", "[address]" },
	{ "eth_capabilities", "{head:{number:quantity hash:hash} state:since tx:since logs:since receipts:since blocks:since "
			      "stateproofs:{disabled:bool}}" },
	{ "eth_fillTransaction", "{raw:data tx:{hash:hash gasPrice:quantity|null maxFeePerGas:quantity|null "
				 "maxPriorityFeePerGas:quantity|null to:address type:quantity chainId:quantity nonce:quantity gas:quantity "
				 "value:quantity input:data accessList?:[object] v:quantity yParity?:quantity r:quantity s:quantity}}" },
	{ "eth_createAccessList", "{accessList:[object] gasUsed:quantity error?:text}" },
	{ "eth_feeHistory", "{oldestBlock:quantity baseFeePerGas:[quantity] gasUsedRatio:[number] reward?:[[quantity]]}" },
	{ "eth_getBlockByHash eth_getBlockByNumber", "block|null" },
	{ "eth_getBlockReceipts", "[receipt]|null" },
	{ "eth_getTransactionReceipt", "receipt|null" },
	{ "eth_sendRawTransactionSync", "receipt" },
	{ "eth_getTransactionByBlockHashAndIndex eth_getTransactionByBlockNumberAndIndex eth_getTransactionByHash", "transaction|null" },
	{ "eth_getLogs eth_getFilterLogs", "[log]" },
	{ "eth_getFilterChanges", "[log|hash|transaction]" },
	{ "txpool_content txpool_contentFrom txpool_inspect", "{pending:object queued:object}" },
	{ "txpool_status", "{pending:quantity queued:quantity}" },
	{ "plimsoll_help rpc.discover rpc_discover", "object" },
	{ "plimsoll_atRisk plimsoll_liquidatable", "{height:quantity total:number accounts:[at_risk]}" },
	{ "plimsoll_getHealth", "{address:address height:quantity healthFactor:decimal|null liquidatable:bool collateral:decimal debt:decimal "
				"availableBorrows:decimal ltv:decimal liquidationThreshold:decimal eMode:number "
				"positions:[{symbol:text asset:address decimals:number supplied:decimal borrowed:decimal "
				"isCollateral:bool price:decimal stale:bool}]}" },
	{ "plimsoll_getProof", "{height:quantity blockHash:hash root:hash proofs:[{table:text key:data exists:bool value:data|null "
			       "leaf:{keyHash:hash valueHash:hash}|null siblings:[hash] ics23:data|null}]}" },
	{ "plimsoll_markets", "[{id:number symbol:text asset:address aToken:address debtToken:address decimals:number price:decimal "
			      "stale:bool supplied:decimal borrowed:decimal available:decimal deficit:decimal utilization:decimal "
			      "supplyRate:decimal borrowRate:decimal supplyCap:decimal borrowCap:decimal debtCeiling:decimal ltv:decimal "
			      "liquidationThreshold:decimal liquidationBonus:decimal liquidationProtocolFee:decimal "
			      "reserveFactor:decimal active:bool frozen:bool paused:bool borrowing:bool flashLoans:bool siloed:bool "
			      "borrowableInIsolation:bool}]" },
	{ "plimsoll_oracleInfo", "{height:quantity headTime:number chainId:number aggregator:address salt:hash setId:number setDigest:hash "
				 "period:number f:number lastRound:number reporters:[{index:number address:address lastRound:number "
				 "reports:number equivocations:number}] feeds:[{index:number id:hash address:address description:text "
				 "maxAge:number venuesMin:number price:decimal confidence:decimal answer:decimal round:number "
				 "oracleRound:number observedAt:number updatedAt:number reporters:number status:[text]}] relay:address "
				 "reportsReceived:number reportsRefused:number rounds:number equivocations:number}" },
	{ "plimsoll_quoteLiquidation", "{height:quantity healthBefore:decimal|null debtCovered:decimal collateralSeized:decimal "
				       "protocolFee:decimal liquidationBonus:decimal liquidationProtocolFee:decimal debtValueUsd:decimal "
				       "collateralValueUsd:decimal bonusValueUsd:decimal healthAfter:decimal|null gasUsed:quantity "
				       "reverts:null}|{height:quantity healthBefore:decimal|null reverts:text data:data}" },
	{ "plimsoll_quoteMax", "{height:quantity amount:decimal runs:number exact:bool limitedBy:text|null healthAfter:decimal|null}" },
	{ "plimsoll_simulate", "{height:quantity calls:[{status:text returnData:data error:text|null gasUsed:quantity logs:[{address:address "
			       "topics:[hash] data:data}]}] stateDiff:[{table:text key:data before:data|null after:data|null}]}" },
	{ "plimsoll_status", "{clientVersion:text chainId:number devnet:bool failed:bool height:number headHash:hash headTime:number "
			     "headAge:number pool:object risk:object oracle:object figures:object}" },
	{ "plimsoll_whatIf", "{height:quantity liquidatableNow:number liquidatable:number debt:decimal collateral:decimal shortfall:decimal "
			     "accounts:[at_risk]}|{address:address height:quantity healthBefore:decimal|null healthAfter:decimal|null "
			     "liquidatable:bool collateral:decimal debt:decimal availableBorrows:decimal prices:[{symbol:text asset:address "
			     "before:decimal after:decimal liquidationPrice:decimal|null}]}" },
};

/* The next parameter of a list, without the blanks around it; false: there is none. */
static bool next_param(struct bytes *out, const char **at)
{
	const char *first = *at + strspn(*at, " ,");
	const char *end = first;
	int depth = 0;

	while (*end && (depth > 0 || (*end != ',' && *end != ')'))) {
		depth += *end == '{' || *end == '[' || *end == '(';
		depth -= *end == '}' || *end == ']' || *end == ')';
		end++;
	}
	*out = (struct bytes){ (const u8 *)first, (size_t)(end - first) };
	*at = end;
	return end > first;
}

static const char *type_of_param(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_COUNT(PARAMS); i++) {
		if (strlen(PARAMS[i].name) == name.size && memcmp(PARAMS[i].name, name.at, name.size) == 0)
			return PARAMS[i].type;
	}
	return name.at[0] == '{' ? "object" : "any";
}

static const char *type_of_result(const char *name)
{
	for (size_t i = 0; i < ARRAY_COUNT(RESULTS); i++) {
		if (word_is_among(RESULTS[i].names, name))
			return RESULTS[i].type;
	}
	return "any";
}

static void write_param(struct json_writer *w, struct bytes text, bool is_required)
{
	bool is_object = text.at[0] == '{';

	jw_object(w, NULL);
	if (is_object)
		jw_text(w, "name", "options");
	else
		jw_text_size(w, "name", (const char *)text.at, text.size);
	if (is_object)
		jw_text_size(w, "summary", (const char *)text.at, text.size);
	jw_bool(w, "required", is_required);
	schema_write(w, "schema", type_of_param(text));
	jw_end(w);
}

static void write_method(struct json_writer *w, const struct rpc_method *m)
{
	const char *at = m->help + 1; /* behind the bracket */
	struct bytes param;

	jw_object(w, NULL);
	jw_text(w, "name", m->name);
	jw_text(w, "paramStructure", "by-position");
	jw_array(w, "params");
	for (u8 i = 0; next_param(&param, &at); i++)
		write_param(w, param, i < m->params_min);
	jw_end(w);
	jw_text(w, "summary", at + strspn(at, ") "));
	jw_object(w, "result");
	jw_text(w, "name", "result");
	jw_text(w, "summary", at + strspn(at, ") "));
	schema_write(w, "schema", type_of_result(m->name));
	jw_end(w);
	jw_end(w);
}

static enum rpc_code discover(struct rpc *c)
{
	jw_object(&c->out, RESULT);
	jw_text(&c->out, "openrpc", OPENRPC_VERSION);
	jw_object(&c->out, "info");
	jw_text(&c->out, "title", "Plimsoll JSON-RPC");
	jw_text(&c->out, "version", PLIMSOLL_VERSION);
	jw_end(&c->out);
	jw_array(&c->out, "methods");
	for (size_t i = 0; i < c->methods->count; i++)
		write_method(&c->out, c->methods->rows[i]);
	jw_end(&c->out);
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, help */
static const struct rpc_method ROWS[] = {
	{ "rpc.discover", discover, 0, 0, "() rpc_discover, by the name that OpenRPC gives it" },
	{ "rpc_discover", discover, 0, 0, "() every method as an OpenRPC document" },
};

const struct rpc_table DISCOVER_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

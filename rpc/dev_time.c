#include "rpc/dev.h"
#include "rpc/methods.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* evm_*, anvil_*, hardhat_*: time, blocks and snapshots of a development chain.  Names and answers
 * are those of anvil, which tools know. */

#define MILLISECONDS_FROM 1000000000000ull /* a time above this is meant in milliseconds */

void rpc_claim(struct rpc *c)
{
	dev_release(c->dev);
	dev_claim(c->dev);
}

/* Decimal digits only. */
static bool read_digits(u64 *out, const char *text)
{
	u64 x = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		u64 digit = (u64)(*text - '0');

		if (*text < '0' || *text > '9' || x > (UINT64_MAX - digit) / 10)
			return false;
		x = 10 * x + digit;
	}
	*out = x;
	return true;
}

enum rpc_code value_count(struct rpc *c, u64 *out, const json_t *v, const char *where)
{
	if (json_is_integer(v) && json_integer_value(v) >= 0) {
		*out = (u64)json_integer_value(v);
		return RPC_OK;
	}
	if (json_is_string(v) && read_digits(out, json_string_value(v)))
		return RPC_OK;
	if (json_is_number(v))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid %s: a whole number is wanted", where);
	return value_u64(c, out, v, where);
}

enum rpc_code param_count(struct rpc *c, u64 *out, size_t index)
{
	return value_count(c, out, param(c, index), index == 0 ? "argument 0" : "argument 1");
}

enum rpc_code param_amount(struct rpc *c, struct u256 *out, size_t index)
{
	const json_t *v = param(c, index);
	u64 small;

	if (json_is_string(v) && u256_from_decimal(out, json_string_value(v), json_string_length(v)) == OK)
		return RPC_OK;
	if (!json_is_number(v))
		return value_u256(c, out, v, "amount");
	RPC_TRY(value_count(c, &small, v, "amount"));
	*out = u256_from_u64(small);
	return RPC_OK;
}

enum rpc_code dev_fail(struct rpc *c, enum err e)
{
	if (e == ERR_RANGE)
		return rpc_fail(c, RPC_INVALID_PARAMS, "out of range");
	if (e == ERR_ARITHMETIC)
		return rpc_fail(c, RPC_INVALID_PARAMS, "the supply would exceed 2^256-1");
	return rpc_fail(c, RPC_SERVER, "%s", err_text(e));
}

static enum rpc_code answer_null(struct rpc *c)
{
	jw_null(&c->out, RESULT);
	return RPC_OK;
}

static enum rpc_code answer_true(struct rpc *c)
{
	jw_bool(&c->out, RESULT, true);
	return RPC_OK;
}

/* A JSON number, which may be negative. */
static enum rpc_code answer_seconds(struct rpc *c, int64_t seconds)
{
	char text[24];
	int size = snprintf(text, sizeof text, "%" PRId64, seconds);

	jw_raw(&c->out, RESULT, text, (size_t)size);
	return RPC_OK;
}

/* -- time ------------------------------------------------------------------------------ */

static enum rpc_code increase_time(struct rpc *c)
{
	int64_t offset;
	u64 seconds;
	enum err e;

	RPC_TRY(param_count(c, &seconds, 0));
	e = dev_clock_increase(dev_clock(c->dev), &offset, seconds);
	return e == OK ? answer_seconds(c, offset) : dev_fail(c, e);
}

static enum rpc_code set_next(struct rpc *c, u64 time)
{
	enum err e = dev_set_next_time(c->dev, time);

	if (e == ERR_RANGE && time <= DEV_TIME_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS,
				"Timestamp error: %" PRIu64 " is lower than previous block's timestamp", time);
	return e == OK ? RPC_OK : dev_fail(c, e);
}

static enum rpc_code set_next_block_timestamp(struct rpc *c)
{
	u64 time;

	RPC_TRY(param_count(c, &time, 0));
	RPC_TRY(set_next(c, time));
	return answer_null(c);
}

static enum rpc_code set_time(struct rpc *c)
{
	u64 time, now = dev_now(c->dev);
	enum err e;

	RPC_TRY(param_count(c, &time, 0));
	if (time > MILLISECONDS_FROM)
		time /= 1000;
	e = dev_set_time(c->dev, time);
	return e == OK ? answer_seconds(c, (int64_t)time - (int64_t)now) : dev_fail(c, e);
}

static enum rpc_code set_interval(struct rpc *c)
{
	u64 seconds;

	RPC_TRY(param_count(c, &seconds, 0));
	if (seconds > DEV_TIME_MAX)
		return dev_fail(c, ERR_RANGE);
	dev_clock_set_interval(dev_clock(c->dev), true, seconds);
	return answer_null(c);
}

static enum rpc_code remove_interval(struct rpc *c)
{
	bool had_one = dev_clock_times(dev_clock(c->dev)).has_interval;

	dev_clock_set_interval(dev_clock(c->dev), false, 0);
	jw_bool(&c->out, RESULT, had_one);
	return RPC_OK;
}

/* -- blocks ----------------------------------------------------------------------------- */

static enum rpc_code evm_mine(struct rpc *c)
{
	const json_t *v = param(c, 0), *time = v, *blocks = NULL;
	u64 at, count = 1;
	enum err e;

	if (json_is_object(v)) {
		time = json_object_get(v, "timestamp");
		blocks = json_object_get(v, "blocks");
	}
	if (blocks && !json_is_null(blocks))
		RPC_TRY(value_count(c, &count, blocks, "blocks"));
	if (time && !json_is_null(time)) {
		RPC_TRY(value_count(c, &at, time, "timestamp"));
		RPC_TRY(set_next(c, at));
	}
	e = dev_mine(c->dev, count, NULL);
	if (e != OK)
		return dev_fail(c, e);
	jw_text(&c->out, RESULT, "0x0");
	return RPC_OK;
}

static enum rpc_code mine(struct rpc *c)
{
	u64 count = 1, seconds = 0;
	enum err e;

	if (param(c, 0))
		RPC_TRY(param_count(c, &count, 0));
	if (param(c, 1))
		RPC_TRY(param_count(c, &seconds, 1));
	e = dev_mine(c->dev, count, param(c, 1) ? &seconds : NULL);
	return e == OK ? answer_null(c) : dev_fail(c, e);
}

static enum rpc_code set_automine(struct rpc *c)
{
	bool is_on;

	RPC_TRY(param_bool(c, &is_on, 0));
	dev_set_automine(c->dev, is_on);
	return answer_null(c);
}

static enum rpc_code get_automine(struct rpc *c)
{
	jw_bool(&c->out, RESULT, dev_is_automine(c->dev));
	return RPC_OK;
}

static enum rpc_code set_interval_mining(struct rpc *c)
{
	u64 seconds;

	RPC_TRY(param_count(c, &seconds, 0));
	if (seconds > 86400)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: at most a day");
	dev_set_block_time(c->dev, seconds * 1000);
	return answer_null(c);
}

/* -- snapshots ---------------------------------------------------------------------------- */

static enum rpc_code snapshot(struct rpc *c)
{
	enum err e;
	u64 id;

	rpc_claim(c);
	e = dev_snapshot(c->dev, &id);
	if (e != OK)
		return dev_fail(c, e);
	jw_quantity(&c->out, RESULT, id);
	return RPC_OK;
}

static enum rpc_code revert(struct rpc *c)
{
	enum err e;
	u64 id;

	RPC_TRY(param_count(c, &id, 0));
	rpc_claim(c);
	e = dev_revert(c->dev, id);
	if (e != OK && e != ERR_NOT_FOUND)
		return dev_fail(c, e);
	jw_bool(&c->out, RESULT, e == OK);
	return RPC_OK;
}

static enum rpc_code reset(struct rpc *c)
{
	const json_t *url = json_object_get(json_object_get(param(c, 0), "forking"), "jsonRpcUrl");
	enum err e;

	if (url && !json_is_null(url))
		return rpc_fail(c, RPC_INVALID_PARAMS, "forking is not supported on this chain");
	rpc_claim(c);
	e = dev_reset(c->dev);
	return e == OK ? answer_null(c) : dev_fail(c, e);
}

/* -- what this chain has not ---------------------------------------------------------------- */

static enum rpc_code set_base_fee(struct rpc *c)
{
	const struct u256 *base_fee = &node_genesis(c->node)->base_fee;
	char text[U256_DECIMAL_MAX];
	struct u256 fee;

	RPC_TRY(param_amount(c, &fee, 0));
	if (u256_equal(&fee, base_fee))
		return answer_null(c);
	u256_to_decimal(text, base_fee);
	return rpc_fail(c, RPC_INVALID_PARAMS, "not supported on this chain: its base fee is constant, %s wei", text);
}

static enum rpc_code set_gas_limit(struct rpc *c)
{
	u64 limit, own = node_genesis(c->node)->gas_limit;

	RPC_TRY(param_count(c, &limit, 0));
	if (limit == own)
		return answer_true(c);
	return rpc_fail(c, RPC_INVALID_PARAMS, "not supported on this chain: its gas limit is constant, %" PRIu64, own);
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "evm_increaseTime", increase_time, 1, 1, 1, "number",
	  "(seconds) moves the clock on; all that it has been moved, a number" },
	{ "anvil_increaseTime", increase_time, 1, 1, 1, "number", "(seconds) evm_increaseTime" },
	{ "evm_setNextBlockTimestamp", set_next_block_timestamp, 1, 1, 1, "null", "(time) of the next block; null" },
	{ "anvil_setNextBlockTimestamp", set_next_block_timestamp, 1, 1, 1, "null",
	  "(time) evm_setNextBlockTimestamp" },
	{ "evm_setTime", set_time, 1, 1, 1, "number", "(time) sets the clock; seconds between, a number" },
	{ "anvil_setTime", set_time, 1, 1, 1, "number", "(time) evm_setTime" },
	{ "anvil_setBlockTimestampInterval", set_interval, 1, 1, 1, "null", "(seconds) between blocks; null" },
	{ "anvil_removeBlockTimestampInterval", remove_interval, 0, 0, 1, "bool", "() whether there was one" },
	{ "evm_mine", evm_mine, 0, 1, 1, "quantity", "(time | {timestamp, blocks}) makes blocks now; 0x0" },
	{ "anvil_mine", mine, 0, 2, 1, "null", "(blocks, seconds) makes blocks so many seconds apart; null" },
	{ "hardhat_mine", mine, 0, 2, 1, "null", "(blocks, seconds) anvil_mine" },
	{ "evm_setAutomine", set_automine, 1, 1, 1, "null",
	  "(on) a block for whatever waits, or none by itself; null" },
	{ "anvil_setAutomine", set_automine, 1, 1, 1, "null", "(on) evm_setAutomine" },
	{ "anvil_getAutomine", get_automine, 0, 0, 1, "bool", "() whether blocks are made for whatever waits" },
	{ "hardhat_getAutomine", get_automine, 0, 0, 1, "bool", "() anvil_getAutomine" },
	{ "evm_setIntervalMining", set_interval_mining, 1, 1, 1, "null",
	  "(seconds) a block each time, 0: none by itself; null" },
	{ "anvil_setIntervalMining", set_interval_mining, 1, 1, 1, "null", "(seconds) evm_setIntervalMining" },
	{ "evm_snapshot", snapshot, 0, 0, 1, "quantity", "() an id to go back to" },
	{ "anvil_snapshot", snapshot, 0, 0, 1, "quantity", "() evm_snapshot" },
	{ "evm_revert", revert, 1, 1, 1, "bool", "(id) goes back; whether there was such a snapshot" },
	{ "anvil_revert", revert, 1, 1, 1, "bool", "(id) evm_revert" },
	{ "anvil_reset", reset, 0, 1, 1, "null", "({forking}) back to genesis, there is nothing to fork; null" },
	{ "hardhat_reset", reset, 0, 1, 1, "null", "({forking}) anvil_reset" },
	{ "anvil_setNextBlockBaseFeePerGas", set_base_fee, 1, 1, 1, "null",
	  "(wei) null if it is what the fee always is, else refused" },
	{ "hardhat_setNextBlockBaseFeePerGas", set_base_fee, 1, 1, 1, "null", "(wei) anvil_setNextBlockBaseFeePerGas" },
	{ "evm_setBlockGasLimit", set_gas_limit, 1, 1, 1, "bool",
	  "(gas) true if it is what the limit always is, else refused" },
	{ "anvil_setBlockGasLimit", set_gas_limit, 1, 1, 1, "bool", "(gas) evm_setBlockGasLimit" },
};

const struct rpc_table DEV_TIME_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

#include "rpc/methods.h"
#include "rpc/simulate.h"

#include <string.h>

#include "contracts-native/chain/tx.h"

/* plimsoll_simulate: several calls after each other, and what they would leave behind.  Signed
 * transactions are applied as a block would, with nonce and fee; calls that nobody signed run as in
 * eth_call.  Everything happens on the reader's state, which is thrown away. */

#define CALLS_MAX 64

/* What one of them came to. */
struct outcome {
	struct call_result result;
	const char *refusal; /* why it could not begin; NULL: it ran */
	const struct log *logs;
	u32 log_count;
};

struct simulated {
	struct block block;
	u64 gas_left; /* of all calls that nobody signed */
};

/* -- running ------------------------------------------------------------------- */

static enum rpc_code run_signed(struct rpc *c, struct outcome *out, struct simulated *s, const json_t *v)
{
	const struct receipt *receipt;
	struct bytes raw;
	struct tx tx;
	enum err e;

	RPC_TRY(value_bytes(c, &raw, v, "calls"));
	e = tx_decode(&tx, raw, node_genesis(c->node)->chain_id);
	if (e == OK)
		e = tx_recover(&tx);
	if (e == OK)
		e = block_apply(&s->block, &tx, &receipt);
	if (e == ERR_FULL)
		return rpc_fail(c, RPC_SERVER, "the calls need too much memory");
	if (e != OK) {
		out->refusal = err_text(e);
		return RPC_OK;
	}
	out->result = (struct call_result){ receipt->output, receipt->gas_used, receipt->outcome };
	out->logs = receipt->logs;
	out->log_count = receipt->log_count;
	return RPC_OK;
}

static enum rpc_code run_unsigned(struct rpc *c, struct outcome *out, struct simulated *s, const json_t *v)
{
	struct call_request request;
	enum rpc_code code;
	u64 gas;

	RPC_TRY(call_request_read(c, &request, v));
	gas = request.gas && request.gas < s->gas_left ? request.gas : s->gas_left;
	code = call_simulate(c, &out->result, &request, gas);
	if (code != RPC_OK && state_is_full(&c->reader.state))
		return code;
	if (code != RPC_OK) {
		out->refusal = c->error_text;
		return RPC_OK;
	}
	s->gas_left -= out->result.gas_used < s->gas_left ? out->result.gas_used : s->gas_left;
	out->logs = c->reader.logs.at;
	out->log_count = out->result.outcome == OK ? c->reader.logs.count : 0;
	return RPC_OK;
}

/* -- telling -------------------------------------------------------------------- */

#define LOG_TYPE "{address:address topics:[hash] data:data}"

static void write_logs(struct rpc *c, const struct outcome *o)
{
	jw_array(&c->out, "logs");
	for (u32 i = 0; i < o->log_count && !jw_is_full(&c->out); i++) {
		jw_object(&c->out, NULL);
		jw_address(&c->out, "address", &o->logs[i].address);
		jw_array(&c->out, "topics");
		for (u32 j = 0; j < o->logs[i].topic_count; j++)
			jw_hash(&c->out, NULL, &o->logs[i].topics[j]);
		jw_end(&c->out);
		jw_data(&c->out, "data", o->logs[i].data);
		jw_end(&c->out);
	}
	jw_end(&c->out);
}

#define OUTCOME_TYPE "{status:text returnData:data error:text|null gasUsed:quantity logs:[" LOG_TYPE "]}"

static void write_outcome(struct rpc *c, const struct outcome *o)
{
	bool is_success = !o->refusal && o->result.outcome == OK;

	jw_object(&c->out, NULL);
	jw_text(&c->out, "status", o->refusal ? "refused" : is_success ? "success"
								       : "reverted");
	jw_data(&c->out, "returnData", o->refusal ? (struct bytes){ (const u8 *)"", 0 } : o->result.output);
	if (o->refusal)
		jw_text(&c->out, "error", o->refusal);
	else if (is_success)
		jw_null(&c->out, "error");
	else
		call_error_write(c, "error", &o->result);
	jw_quantity(&c->out, "gasUsed", o->refusal ? 0 : o->result.gas_used);
	write_logs(c, o);
	jw_end(&c->out);
}

#define CHANGE_TYPE "{table:text key:data before:data|null after:data|null}"

static void write_change(void *context, const struct state_change *change)
{
	struct bytes key = { change->key.at + 1, change->key.size - 1 };
	const struct table_info *table = table_info(change->key.at[0]);
	u8 before[TABLE_VALUE_MAX];
	struct rpc *c = context;

	if (jw_is_full(&c->out))
		return;
	jw_object(&c->out, NULL);
	jw_text(&c->out, "table", table->name);
	jw_data(&c->out, "key", key);
	if (store_view_read(&c->reader.view, change->key, before, table->value_size))
		jw_data(&c->out, "before", (struct bytes){ before, table->value_size });
	else
		jw_null(&c->out, "before");
	if (change->value.at)
		jw_data(&c->out, "after", change->value);
	else
		jw_null(&c->out, "after");
	jw_end(&c->out);
}

static enum rpc_code run_all(struct rpc *c, const json_t *calls)
{
	struct simulated s = { .gas_left = RPC_GAS_CAP };

	block_begin(&s.block, &c->reader.state, &c->reader.env, &c->reader.arena);
	jw_array(&c->out, "calls");
	for (size_t i = 0; i < json_array_size(calls); i++) {
		const json_t *v = json_array_get(calls, i);
		struct outcome o = { .refusal = NULL };
		size_t scratch = c->scratch_size;

		RPC_TRY(json_is_string(v) ? run_signed(c, &o, &s, v) : run_unsigned(c, &o, &s, v));
		write_outcome(c, &o);
		/* A signed one is borrowed by the block until the end. */
		if (!json_is_string(v))
			c->scratch_size = scratch;
	}
	jw_end(&c->out);
	return RPC_OK;
}

#define SIMULATED_TYPE "{height:quantity calls:[" OUTCOME_TYPE "] stateDiff:[" CHANGE_TYPE "]}"

static enum rpc_code simulate(struct rpc *c)
{
	const json_t *calls = param(c, 0);
	struct block_ref ref;

	if (!json_is_array(calls) || json_array_size(calls) == 0 || json_array_size(calls) > CALLS_MAX)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: an array of 1 to %d calls is wanted", CALLS_MAX);
	RPC_TRY(param_block(c, &ref, 1));
	RPC_TRY(rpc_read_at(c, &ref, true));
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "height", c->reader.view.height);
	RPC_TRY(run_all(c, calls));
	jw_array(&c->out, "stateDiff");
	state_changes(&c->reader.state, write_change, c);
	jw_end(&c->out);
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_simulate", simulate, 1, 2, 20, SIMULATED_TYPE,
	  "(calls, block) what signed transactions and calls would do, one after the other" },
};

const struct rpc_table PLIMSOLL_SIMULATE_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

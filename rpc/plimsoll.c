#include "rpc/methods.h"

#include "node/head.h"

/* plimsoll_*: the node about itself. */

static void write_pool(struct rpc *c)
{
	struct pool_counts pool = node_pool_counts(c->node);

	jw_object(&c->out, "pool");
	jw_number(&c->out, "pending", pool.pending);
	jw_number(&c->out, "queued", pool.queued);
	jw_end(&c->out);
}

static enum rpc_code write_risk(struct rpc *c)
{
	struct risk_counts risk;
	enum err e = node_risk_counts(c->node, &risk, c->deadline_us);

	if (e != OK)
		return rpc_fail_err(c, e);
	jw_object(&c->out, "risk");
	jw_number(&c->out, "accountsWithDebt", risk.accounts_with_debt);
	jw_number(&c->out, "belowOne", risk.below_one);
	jw_number(&c->out, "below1.1", risk.below_1_1);
	jw_end(&c->out);
	return RPC_OK;
}

static void write_oracle(struct rpc *c)
{
	struct oracle_counts oracle = node_oracle_counts(c->node);

	jw_object(&c->out, "oracle");
	jw_number(&c->out, "reports", oracle.reports);
	jw_number(&c->out, "refused", oracle.refused);
	jw_number(&c->out, "rounds", oracle.rounds);
	jw_number(&c->out, "equivocations", oracle.equivocations);
	jw_number(&c->out, "lastRound", oracle.last_round);
	jw_end(&c->out);
}

static void write_figures(struct rpc *c)
{
	struct node_figures figures = node_figures(c->node);

	jw_object(&c->out, "figures");
	jw_number(&c->out, "blocks", figures.blocks);
	jw_number(&c->out, "transactions", figures.transactions);
	jw_number(&c->out, "failedTransactions", figures.failed_transactions);
	jw_number(&c->out, "signatures", figures.signatures);
	jw_number(&c->out, "poolRefused", figures.pool_refused);
	jw_number(&c->out, "executeMicroseconds", figures.execute_us);
	jw_number(&c->out, "rootMicroseconds", figures.root_us);
	jw_number(&c->out, "commitMicroseconds", figures.commit_us);
	jw_end(&c->out);
}

#define STATUS_TYPE \
	"{clientVersion:text chainId:number devnet:bool failed:bool height:number headHash:hash headTime:number " \
	"headAge:number pool:object risk:object oracle:object figures:object}"

static enum rpc_code status(struct rpc *c)
{
	struct store_head head;

	node_head(c->node, &head);
	jw_object(&c->out, RESULT);
	jw_text(&c->out, "clientVersion", RPC_CLIENT_VERSION);
	jw_number(&c->out, "chainId", node_genesis(c->node)->chain_id);
	jw_bool(&c->out, "devnet", node_genesis(c->node)->devnet);
	jw_bool(&c->out, "failed", node_has_failed(c->node));
	jw_number(&c->out, "height", head.header.number);
	jw_hash(&c->out, "headHash", &head.hash);
	jw_number(&c->out, "headTime", head.header.time);
	jw_number(&c->out, "headAge", head_age_seconds(&head));
	write_pool(c);
	RPC_TRY(write_risk(c));
	write_oracle(c);
	write_figures(c);
	jw_end(&c->out);
	return RPC_OK;
}

static enum rpc_code help(struct rpc *c)
{
	jw_object(&c->out, RESULT);
	for (size_t i = 0; i < c->methods->count; i++)
		jw_text(&c->out, c->methods->rows[i]->name, c->methods->rows[i]->help);
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_status", status, 0, 0, 1, STATUS_TYPE,
	  "() height, age of the head, queue, risk, oracle and work so far" },
	{ "plimsoll_help", help, 0, 0, 1, "object", "() every method with its parameters" },
};

const struct rpc_table PLIMSOLL_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

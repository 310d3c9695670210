#include "rpc/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "node/head.h"

void text_put(struct text *t, const char *format, ...)
{
	va_list arguments;
	size_t left, capacity;
	char *at;
	int n;

	for (;;) {
		left = t->capacity - t->size;
		va_start(arguments, format);
		n = vsnprintf(t->at ? t->at + t->size : NULL, left, format, arguments);
		va_end(arguments);
		if (n < 0 || t->full)
			return;
		if ((size_t)n < left)
			break;
		capacity = t->capacity * 2 + (size_t)n + 4096;
		at = realloc(t->at, capacity);
		if (!at) {
			t->full = true;
			return;
		}
		t->at = at;
		t->capacity = capacity;
	}
	t->size += (size_t)n;
}

/* -- the node's figures ------------------------------------------------------------- */

/* Everything the node counts, taken once a scrape. */
struct figures {
	struct store_head head;
	struct store_oldest oldest;
	struct node_figures node;
	struct pool_counts pool;
	struct oracle_counts oracle;
	struct risk_counts risk;
	bool has_risk; /* false: it took too long to find out */
	struct server_figures server;
	bool failed;
};

static double height(const struct figures *f)
{
	return (double)f->head.header.number;
}
static double oldest_state(const struct figures *f)
{
	return (double)f->oldest.state;
}
static double sockets(const struct figures *f)
{
	return f->server.sockets;
}
static double unsent_bytes(const struct figures *f)
{
	return (double)f->server.unsent_size;
}
static double aside_waiting(const struct figures *f)
{
	return f->server.aside_waiting;
}
static double head_time(const struct figures *f)
{
	return (double)f->head.header.time;
}
static double head_stamp(const struct figures *f)
{
	return (double)f->head.stamp / 1e3;
}
static double gas_used(const struct figures *f)
{
	return (double)f->head.header.gas_used;
}
static double has_failed(const struct figures *f)
{
	return f->failed ? 1 : 0;
}
static double blocks(const struct figures *f)
{
	return (double)f->node.blocks;
}
static double transactions(const struct figures *f)
{
	return (double)f->node.transactions;
}
static double failed_transactions(const struct figures *f)
{
	return (double)f->node.failed_transactions;
}
static double signatures(const struct figures *f)
{
	return (double)f->node.signatures;
}
static double execute_seconds(const struct figures *f)
{
	return (double)f->node.execute_us / 1e6;
}
static double root_seconds(const struct figures *f)
{
	return (double)f->node.root_us / 1e6;
}
static double commit_seconds(const struct figures *f)
{
	return (double)f->node.commit_us / 1e6;
}
static double pool_pending(const struct figures *f)
{
	return (double)f->pool.pending;
}
static double pool_queued(const struct figures *f)
{
	return (double)f->pool.queued;
}
static double pool_refused(const struct figures *f)
{
	return (double)f->node.pool_refused;
}
static double reports(const struct figures *f)
{
	return (double)f->oracle.reports;
}
static double reports_refused(const struct figures *f)
{
	return (double)f->oracle.refused;
}
static double rounds(const struct figures *f)
{
	return (double)f->oracle.rounds;
}
static double equivocations(const struct figures *f)
{
	return (double)f->oracle.equivocations;
}
static double last_round(const struct figures *f)
{
	return (double)f->oracle.last_round;
}
static double with_debt(const struct figures *f)
{
	return f->has_risk ? (double)f->risk.accounts_with_debt : NAN;
}
static double below_one(const struct figures *f)
{
	return f->has_risk ? (double)f->risk.below_one : NAN;
}
static double below_1_1(const struct figures *f)
{
	return f->has_risk ? (double)f->risk.below_1_1 : NAN;
}

/* name, type, where it comes from, help */
static const struct metric {
	const char *name, *type;
	double (*of)(const struct figures *f);
	const char *help;
} METRICS[] = {
	{ "plimsoll_height", "gauge", height, "Height of the newest block." },
	{ "plimsoll_head_time_seconds", "gauge", head_time, "Chain time of the newest block." },
	{ "plimsoll_head_committed_seconds", "gauge", head_stamp, "Wall time at which it was committed." },
	{ "plimsoll_head_gas_used", "gauge", gas_used, "Gas used by the newest block." },
	{ "plimsoll_oldest_state", "gauge", oldest_state, "Height of the oldest block whose state can be read." },
	{ "plimsoll_ws_connections", "gauge", sockets, "WebSocket connections." },
	{ "plimsoll_http_unsent_bytes", "gauge", unsent_bytes, "Long answers over HTTP that wait to be read." },
	{ "plimsoll_http_aside_waiting", "gauge", aside_waiting, "Requests and batches that take long and wait for a thread." },
	{ "plimsoll_failed", "gauge", has_failed, "1 once a write has failed." },
	{ "plimsoll_blocks_total", "counter", blocks, "Blocks made since start." },
	{ "plimsoll_transactions_total", "counter", transactions, "Transactions in them." },
	{ "plimsoll_transactions_failed_total", "counter", failed_transactions, "Those whose call failed." },
	{ "plimsoll_signatures_total", "counter", signatures, "Senders recovered." },
	{ "plimsoll_execute_seconds_total", "counter", execute_seconds, "Time spent executing." },
	{ "plimsoll_root_seconds_total", "counter", root_seconds, "Time spent on state roots." },
	{ "plimsoll_commit_seconds_total", "counter", commit_seconds, "Time spent committing." },
	{ "plimsoll_pool_pending", "gauge", pool_pending, "Transactions ready for a block." },
	{ "plimsoll_pool_queued", "gauge", pool_queued, "Transactions that wait for a nonce." },
	{ "plimsoll_pool_refused_total", "counter", pool_refused, "Transactions refused." },
	{ "plimsoll_oracle_reports_total", "counter", reports, "Reports taken." },
	{ "plimsoll_oracle_refused_total", "counter", reports_refused, "Reports refused." },
	{ "plimsoll_oracle_rounds_total", "counter", rounds, "Rounds that reached a quorum." },
	{ "plimsoll_oracle_equivocations_total", "counter", equivocations, "Proofs that a reporter signed two reports." },
	{ "plimsoll_oracle_last_round", "gauge", last_round, "Newest accepted round." },
	{ "plimsoll_accounts_with_debt", "gauge", with_debt, "Accounts that owe something." },
	{ "plimsoll_accounts_below_one", "gauge", below_one, "Accounts that can be liquidated." },
	{ "plimsoll_accounts_below_1_1", "gauge", below_1_1, "Accounts whose health factor is below 1.1." },
};

/* -- what was served ------------------------------------------------------------------- */

static void method_family(struct text *out, const struct rpc_methods *methods, const struct rpc *all,
			  const char *name, size_t offset, double unit)
{
	text_put(out, "# TYPE %s counter\n", name);
	for (size_t i = 0; i < methods->count; i++) {
		u64 sum = 0;

		for (const struct rpc *c = all; c; c = c->next) {
			const _Atomic u64 *row = (const _Atomic u64 *)((const char *)&c->counts + offset);

			sum += atomic_load_explicit(&row[i], memory_order_relaxed);
		}
		if (sum)
			text_put(out, "%s{method=\"%s\"} %.9g\n", name, methods->rows[i]->name, (double)sum * unit);
	}
}

static void served(struct text *out, const struct rpc_methods *methods, const struct rpc *all)
{
	u64 refused = 0, limited = 0, http[6] = { 0 };

	method_family(out, methods, all, "plimsoll_rpc_requests_total", offsetof(struct rpc_counts, calls), 1);
	method_family(out, methods, all, "plimsoll_rpc_errors_total", offsetof(struct rpc_counts, errors), 1);
	method_family(out, methods, all, "plimsoll_rpc_seconds_total",
		      offsetof(struct rpc_counts, microseconds), 1e-6);
	for (const struct rpc *c = all; c; c = c->next) {
		refused += atomic_load_explicit(&c->counts.refused, memory_order_relaxed);
		limited += atomic_load_explicit(&c->counts.limited, memory_order_relaxed);
		for (int i = 0; i < 6; i++)
			http[i] += atomic_load_explicit(&c->counts.http[i], memory_order_relaxed);
	}
	text_put(out, "# TYPE plimsoll_rpc_refused_total counter\nplimsoll_rpc_refused_total %" PRIu64 "\n", refused);
	text_put(out, "# TYPE plimsoll_rpc_limited_total counter\nplimsoll_rpc_limited_total %" PRIu64 "\n", limited);
	text_put(out, "# TYPE plimsoll_http_replies_total counter\n");
	for (int i = 1; i < 6; i++)
		text_put(out, "plimsoll_http_replies_total{status=\"%dxx\"} %" PRIu64 "\n", i, http[i]);
}

void metrics_write(struct text *out, struct node *node, const struct rpc_methods *methods, const struct rpc *all,
		   const struct server_figures *server, u64 deadline_us)
{
	struct figures f = {
		.server = *server,
		.node = node_figures(node),
		.pool = node_pool_counts(node),
		.oracle = node_oracle_counts(node),
		.failed = node_has_failed(node),
	};

	f.has_risk = node_risk_counts(node, &f.risk, deadline_us) == OK;
	node_head(node, &f.head);
	f.oldest = store_oldest(node_store(node));
	for (size_t i = 0; i < ARRAY_COUNT(METRICS); i++) {
		const struct metric *m = &METRICS[i];
		double value = m->of(&f);

		if (!isnan(value))
			text_put(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", m->name, m->help, m->name, m->type,
				 m->name, value);
	}
	served(out, methods, all);
}

bool health_write(struct text *out, struct node *node)
{
	bool failed = node_has_failed(node);
	struct store_head head;

	node_head(node, &head);
	text_put(out, "{\"status\":\"%s\",\"height\":%" PRIu64 ",\"headTime\":%" PRIu64 ",\"headAgeSeconds\":%" PRIu64 "}\n",
		 failed ? "failed" : "ok", head.header.number, head.header.time, head_age_seconds(&head));
	return !failed;
}

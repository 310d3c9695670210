#include "rpc/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	struct node_figures node;
	struct pool_counts pool;
	struct oracle_counts oracle;
	struct store_oldest oldest;
	struct server_figures server;
	u64 failed; /* 0 or 1 */
};

struct metric {
	const char *name, *type;
	size_t offset; /* of a u64: U64_AT takes no other */
	double unit;
	const char *help;
};

#define U64_AT(tag, member) \
	(offsetof(struct tag, member) + 0 * _Generic(((struct tag *)NULL)->member, u64 : 0))
#define AT(member) U64_AT(figures, member)

/* name, type, where the number stands in struct figures, what it is divided by, help */
static const struct metric METRICS[] = {
	{ "plimsoll_height", "gauge", AT(head.header.number), 1, "Height of the newest block." },
	{ "plimsoll_head_time_seconds", "gauge", AT(head.header.time), 1, "Chain time of the newest block." },
	{ "plimsoll_head_committed_seconds", "gauge", AT(head.stamp), 1e3, "Wall time at which it was committed." },
	{ "plimsoll_head_gas_used", "gauge", AT(head.header.gas_used), 1, "Gas used by the newest block." },
	{ "plimsoll_oldest_state", "gauge", AT(oldest.state), 1,
	  "Height of the oldest block whose state can be read." },
	{ "plimsoll_ws_connections", "gauge", AT(server.sockets), 1, "WebSocket connections." },
	{ "plimsoll_http_unsent_bytes", "gauge", AT(server.unsent_size), 1, "Long answers over HTTP that wait to be read." },
	{ "plimsoll_rpc_aside_waiting", "gauge", AT(server.aside_waiting), 1,
	  "Requests and batches that take long and wait for a thread." },
	{ "plimsoll_failed", "gauge", AT(failed), 1, "1 once a write has failed." },
	{ "plimsoll_blocks_total", "counter", AT(node.blocks), 1, "Blocks made since start." },
	{ "plimsoll_transactions_total", "counter", AT(node.transactions), 1, "Transactions in them." },
	{ "plimsoll_transactions_failed_total", "counter", AT(node.failed_transactions), 1,
	  "Those whose call failed." },
	{ "plimsoll_signatures_total", "counter", AT(node.signatures), 1, "Senders recovered." },
	{ "plimsoll_execute_seconds_total", "counter", AT(node.execute_us), 1e6, "Time spent executing." },
	{ "plimsoll_root_seconds_total", "counter", AT(node.root_us), 1e6, "Time spent on state roots." },
	{ "plimsoll_commit_seconds_total", "counter", AT(node.commit_us), 1e6, "Time spent committing." },
	{ "plimsoll_pool_pending", "gauge", AT(pool.pending), 1, "Transactions ready for a block." },
	{ "plimsoll_pool_queued", "gauge", AT(pool.queued), 1, "Transactions that wait for a nonce." },
	{ "plimsoll_pool_refused_total", "counter", AT(node.pool_refused), 1, "Transactions refused." },
	{ "plimsoll_oracle_reports_total", "counter", AT(oracle.reports), 1, "Reports taken." },
	{ "plimsoll_oracle_refused_total", "counter", AT(oracle.refused), 1, "Reports refused." },
	{ "plimsoll_oracle_rounds_total", "counter", AT(oracle.rounds), 1, "Rounds that reached a quorum." },
	{ "plimsoll_oracle_equivocations_total", "counter", AT(oracle.equivocations), 1,
	  "Proofs that a reporter signed two reports." },
	{ "plimsoll_oracle_last_round", "gauge", AT(oracle.last_round), 1, "Newest accepted round." },
};

/* The same in struct risk_counts. */
static const struct metric RISK_METRICS[] = {
	{ "plimsoll_accounts_with_debt", "gauge", U64_AT(risk_counts, accounts_with_debt), 1,
	  "Accounts that owe something." },
	{ "plimsoll_accounts_below_one", "gauge", U64_AT(risk_counts, below_one), 1,
	  "Accounts that can be liquidated." },
	{ "plimsoll_accounts_below_1_1", "gauge", U64_AT(risk_counts, below_1_1), 1,
	  "Accounts whose health factor is below 1.1." },
};

static void metric_rows(struct text *out, const struct metric *rows, size_t count, const void *figures)
{
	for (const struct metric *m = rows; m < rows + count; m++) {
		u64 value;

		memcpy(&value, (const char *)figures + m->offset, sizeof value);
		text_put(out, "# HELP %s %s\n# TYPE %s %s\n%s %.15g\n", m->name, m->help, m->name, m->type, m->name,
			 (double)value / m->unit);
	}
}

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
	struct risk_counts risk;

	f.oldest = store_oldest(node_store(node));
	node_head(node, &f.head);
	metric_rows(out, METRICS, ARRAY_COUNT(METRICS), &f);
	if (node_risk_counts(node, &risk, deadline_us) == OK) /* else it took too long to find out */
		metric_rows(out, RISK_METRICS, ARRAY_COUNT(RISK_METRICS), &risk);
	served(out, methods, all);
}

bool health_write(struct text *out, struct node *node)
{
	bool failed = node_has_failed(node);
	struct store_head head;

	node_head(node, &head);
	text_put(out,
		 "{\"status\":\"%s\",\"height\":%" PRIu64 ",\"headTime\":%" PRIu64 ",\"headAgeSeconds\":%" PRIu64 "}\n",
		 failed ? "failed" : "ok", head.header.number, head.header.time, head_age_seconds(&head));
	return !failed;
}

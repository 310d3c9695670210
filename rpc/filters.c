#include "rpc/filters.h"
#include "rpc/methods.h"
#include "rpc/queued.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "node/clock.h"

enum filter_kind { FILTER_FREE = 0,
		   FILTER_LOGS,
		   FILTER_BLOCKS,
		   FILTER_PENDING };

struct filter {
	enum filter_kind kind;
	u8 id[FILTER_ID_SIZE];
	bool is_full;            /* of FILTER_PENDING: transactions instead of hashes */
	struct log_filter *logs; /* of FILTER_LOGS; owned */
	u64 next;                /* block, or number of the queued transaction, to begin with */
	u64 undone;              /* the block taken back that it is told of next: dev_undone */
	u64 used_at;             /* seconds */
	/* Of a copy: the first that is left for the next poll; what it was about to be told of. */
	u64 end, next_was, undone_was;
};

struct filters {
	pthread_mutex_t lock; /* guards all; held for a look, never for an answer */
	size_t max;
	struct filter at[];
};

struct filters *filters_new(size_t max)
{
	struct filters *f = calloc(1, sizeof *f + max * sizeof f->at[0]);

	if (!f)
		return NULL;
	f->max = max;
	(void)pthread_mutex_init(&f->lock, NULL);
	return f;
}

static void filter_clear(struct filter *f)
{
	free(f->logs);
	*f = (struct filter){ .kind = FILTER_FREE };
}

void filters_free(struct filters *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->max; i++)
		filter_clear(&f->at[i]);
	(void)pthread_mutex_destroy(&f->lock);
	free(f);
}

/* -- ids -------------------------------------------------------------------------- */

void filter_id_make(u8 id[FILTER_ID_SIZE])
{
	randombytes_buf(id, FILTER_ID_SIZE);
	id[0] |= 0x80;
}

void filter_id_text(char out[FILTER_ID_TEXT], const u8 id[FILTER_ID_SIZE])
{
	(void)hex_from_bytes(out, (struct bytes){ id, FILTER_ID_SIZE });
	out[FILTER_ID_TEXT - 1] = '\0';
}

bool filter_id_read(u8 id[FILTER_ID_SIZE], const json_t *v)
{
	return json_is_string(v) &&
	       hex_to_fixed(id, FILTER_ID_SIZE, json_string_value(v), json_string_length(v)) == OK;
}

/* -- the table ------------------------------------------------------------------------ */

static u64 now_seconds(void)
{
	return clock_monotonic_us() / 1000000;
}

/* Whoever read the clock first may come second: then a filter was used after now. */
static void expire(struct filters *f, u64 now, u32 idle_seconds)
{
	for (size_t i = 0; i < f->max; i++) {
		if (f->at[i].kind != FILTER_FREE && now > f->at[i].used_at + idle_seconds)
			filter_clear(&f->at[i]);
	}
}

/* With the lock.  NULL: none has that id. */
static struct filter *find(struct filters *f, const u8 id[FILTER_ID_SIZE])
{
	for (size_t i = 0; i < f->max; i++) {
		if (f->at[i].kind != FILTER_FREE && memcmp(f->at[i].id, id, FILTER_ID_SIZE) == 0)
			return &f->at[i];
	}
	return NULL;
}

/* With the lock.  NULL: all are in use. */
static struct filter *find_free(struct filters *f)
{
	for (size_t i = 0; i < f->max; i++) {
		if (f->at[i].kind == FILTER_FREE)
			return &f->at[i];
	}
	return NULL;
}

/* A development chain went back: the blocks that stand there now are new to it. */
static void take_back(struct rpc *c, struct filter *f)
{
	u64 count = dev_undone_count(c->dev);

	f->next_was = f->next;
	f->undone_was = f->undone;
	for (; f->undone < count; f->undone++) {
		const struct stored_block *b = dev_undone(c->dev, f->undone);

		if (f->kind != FILTER_PENDING && b && b->header.number < f->next)
			f->next = b->header.number;
	}
}

/* Takes logs; answers the id. */
static enum rpc_code install(struct rpc *c, enum filter_kind kind, bool is_full, struct log_filter *logs, u64 next)
{
	struct filters *all = c->filters;
	char text[FILTER_ID_TEXT];
	struct filter *f;
	u64 now = now_seconds();

	if (!all) {
		free(logs);
		return rpc_fail(c, RPC_SERVER, "filters not supported");
	}
	(void)pthread_mutex_lock(&all->lock);
	expire(all, now, c->config->filter_idle_seconds);
	f = find_free(all);
	if (f) {
		*f = (struct filter){
			.kind = kind,
			.is_full = is_full,
			.logs = logs,
			.next = next,
			.undone = dev_undone_count(c->dev),
			.used_at = now,
		};
		filter_id_make(f->id);
		filter_id_text(text, f->id);
	}
	(void)pthread_mutex_unlock(&all->lock);
	if (!f) {
		free(logs);
		return rpc_fail(c, RPC_SERVER, "too many filters: limited to %zu, uninstall one or wait %u seconds",
				all->max, c->config->filter_idle_seconds);
	}
	jw_text(&c->out, RESULT, text);
	return RPC_OK;
}

/* A copy of the filter named by the first parameter, its logs too: free() them.  takes_new: its next
 * block becomes the one after the head, its next transaction the newest. */
static enum rpc_code take(struct rpc *c, struct filter *out, bool takes_new)
{
	struct filters *all = c->filters;
	u64 now = now_seconds();
	u8 id[FILTER_ID_SIZE];
	struct filter *f = NULL;

	out->kind = FILTER_FREE;
	if (!all || !filter_id_read(id, param(c, 0)))
		return rpc_fail(c, RPC_SERVER, "filter not found");
	(void)pthread_mutex_lock(&all->lock);
	expire(all, now, c->config->filter_idle_seconds);
	f = find(all, id);
	if (f) {
		if (takes_new)
			take_back(c, f);
		*out = *f;
		out->logs = f->logs ? log_filter_copy(f->logs) : NULL;
		f->used_at = now;
		out->end = f->kind == FILTER_PENDING ? node_pending_next(c->node) : rpc_head(c) + 1;
		if (takes_new)
			f->next = out->end;
	}
	(void)pthread_mutex_unlock(&all->lock);
	if (!f)
		return rpc_fail(c, RPC_SERVER, "filter not found");
	if (out->kind == FILTER_LOGS && !out->logs)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	return RPC_OK;
}

/* What could not be answered now is answered by the next poll. */
static void give_back(struct rpc *c, const struct filter *was, u64 next)
{
	struct filter *f;

	(void)pthread_mutex_lock(&c->filters->lock);
	f = find(c->filters, was->id);
	if (f && f->next > next)
		f->next = next;
	(void)pthread_mutex_unlock(&c->filters->lock);
}

/* -- changes ------------------------------------------------------------------------------ */

/* Logs that it was told of and that were taken back. */
static void write_removed(struct rpc *c, const struct filter *f)
{
	u64 told = f->next_was, found = 0;

	for (u64 i = f->undone_was; i < f->undone; i++) {
		const struct stored_block *b = dev_undone(c->dev, i);

		if (!b || b->header.number >= told)
			continue;
		told = b->header.number;
		if (told >= f->logs->from && told <= f->logs->to)
			log_filter_walk_undone(c, f->logs, b, log_write_one, &found);
	}
}

static enum rpc_code write_logs(struct rpc *c, const struct filter *f)
{
	struct log_filter range = *f->logs;
	enum rpc_code code = RPC_OK;
	u64 next = f->end;

	if (range.from < f->next)
		range.from = f->next;
	if (range.to >= f->end)
		range.to = f->end - 1;
	jw_array(&c->out, RESULT);
	write_removed(c, f);
	if (range.from <= range.to)
		code = log_filter_write_some(c, &next, &range);
	jw_end(&c->out);
	if (code != RPC_OK)
		give_back(c, f, f->next);
	else if (next <= range.to)
		give_back(c, f, next);
	return code;
}

/* What one answer has no room for is left for the next poll. */
static enum rpc_code write_blocks(struct rpc *c, const struct filter *f)
{
	u64 height = f->next;
	struct header header;
	struct hash hash;

	jw_array(&c->out, RESULT);
	for (; height < f->end && height - f->next < c->config->logs_blocks_max && c->out.size < c->out.limit / 2; height++) {
		if (store_header(node_store(c->node), &header, &hash, height) == OK)
			jw_hash(&c->out, NULL, &hash);
	}
	jw_end(&c->out);
	if (height < f->end)
		give_back(c, f, height);
	return RPC_OK;
}

static enum rpc_code write_pending(struct rpc *c, const struct filter *f)
{
	u8 *raw = rpc_take(c, TX_SIZE_MAX);
	struct hash hashes[64];
	u64 next = f->next, end = f->end, missed;
	u32 count;

	if (!raw)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	jw_array(&c->out, RESULT);
	while (next < end && c->out.size < c->out.limit / 2) {
		count = node_pending_read(c->node, hashes, (u32)(end - next < 64 ? end - next : 64), &next, &missed);
		for (u32 i = 0; i < count; i++) {
			if (f->is_full)
				(void)queued_object(c, NULL, raw, &hashes[i]);
			else
				jw_hash(&c->out, NULL, &hashes[i]);
		}
	}
	jw_end(&c->out);
	if (next < end)
		give_back(c, f, next);
	return RPC_OK;
}

static enum rpc_code get_filter_changes(struct rpc *c)
{
	struct filter f;
	enum rpc_code code = take(c, &f, true);

	if (code != RPC_OK)
		return code;
	if (f.kind == FILTER_LOGS)
		code = write_logs(c, &f);
	else
		code = f.kind == FILTER_BLOCKS ? write_blocks(c, &f) : write_pending(c, &f);
	if (jw_is_full(&c->out))
		give_back(c, &f, f.next);
	free(f.logs);
	return code;
}

static enum rpc_code get_filter_logs(struct rpc *c)
{
	struct filter f;
	enum rpc_code code = take(c, &f, false);

	if (code != RPC_OK)
		return code;
	if (f.kind != FILTER_LOGS)
		return rpc_fail(c, RPC_SERVER, "filter not found");
	if (f.logs->to > rpc_head(c))
		f.logs->to = rpc_head(c);
	if (f.logs->from > f.logs->to)
		f.logs->from = f.logs->to;
	code = log_filter_check(c, f.logs);
	if (code == RPC_OK)
		code = log_filter_write(c, f.logs);
	free(f.logs);
	return code;
}

/* -- making ---------------------------------------------------------------------------------- */

static enum rpc_code new_filter(struct rpc *c)
{
	struct log_filter criteria, *logs;

	RPC_TRY(log_filter_read_open(c, &criteria, param(c, 0)));
	logs = log_filter_copy(&criteria);
	if (!logs)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	return install(c, FILTER_LOGS, false, logs, rpc_head(c) + 1);
}

static enum rpc_code new_block_filter(struct rpc *c)
{
	return install(c, FILTER_BLOCKS, false, NULL, rpc_head(c) + 1);
}

static enum rpc_code new_pending_filter(struct rpc *c)
{
	bool is_full;

	RPC_TRY(param_bool(c, &is_full, 0));
	return install(c, FILTER_PENDING, is_full, NULL, node_pending_next(c->node));
}

static enum rpc_code uninstall_filter(struct rpc *c)
{
	u8 id[FILTER_ID_SIZE];
	struct filter *f = NULL;

	if (c->filters && filter_id_read(id, param(c, 0))) {
		(void)pthread_mutex_lock(&c->filters->lock);
		f = find(c->filters, id);
		if (f)
			filter_clear(f);
		(void)pthread_mutex_unlock(&c->filters->lock);
	}
	jw_bool(&c->out, RESULT, f != NULL);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "eth_newFilter", new_filter, 1, 1, 1, "quantity",
	  "({fromBlock, toBlock, address, topics}) id of a filter for logs to come" },
	{ "eth_newBlockFilter", new_block_filter, 0, 0, 1, "quantity", "() id of a filter for blocks to come" },
	{ "eth_newPendingTransactionFilter", new_pending_filter, 0, 1, 1, "quantity",
	  "(full) id of a filter for the hashes of pending transactions to come, or for the transactions" },
	{ "eth_getFilterChanges", get_filter_changes, 1, 1, 5, "[log|hash|transaction]",
	  "(id) what is new since the last poll" },
	{ "eth_getFilterLogs", get_filter_logs, 1, 1, 20, "[log]", "(id) all logs of a filter's blocks" },
	{ "eth_uninstallFilter", uninstall_filter, 1, 1, 1, "bool", "(id) whether there was such a filter" },
};

const struct rpc_table ETH_FILTER_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

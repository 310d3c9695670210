#include "rpc/ahead.h"

#include <stdlib.h>
#include <string.h>

#include "node/clock.h"
#include "node/recover.h"
#include "rpc/params.h"
#include "rpc/quota.h"

struct ahead {
	size_t first, end; /* elements that were looked at */
	u32 count;
	size_t at[AHEAD_MAX]; /* ascending: those of them that send a transaction */
	struct signed_bytes sent[AHEAD_MAX];
};

void ahead_batch(struct rpc *c, const json_t *batch)
{
	c->batch = batch;
	if (c->ahead)
		c->ahead->end = 0;
}

void ahead_free(struct ahead *a)
{
	free(a);
}

/* -- cores -------------------------------------------------------------------------- */

static u32 helpers_claim(struct crew *crew)
{
	int idle = atomic_load(&crew->idle), claimed;

	do {
		claimed = idle < 0 ? 0 : idle;
		claimed = claimed > RECOVER_THREADS_MAX - 1 ? RECOVER_THREADS_MAX - 1 : claimed;
	} while (claimed > 0 && !atomic_compare_exchange_weak(&crew->idle, &idle, idle - claimed));
	return (u32)claimed;
}

/* -- transactions --------------------------------------------------------------------- */

/* The transaction that an element sends; false: it does something else, or nothing that works. */
static bool read_sent(struct rpc *c, struct bytes *raw, const json_t *element)
{
	const json_t *name = json_object_get(element, "method");
	const json_t *params = json_object_get(element, "params");

	return json_is_string(name) && strcmp(json_string_value(name), "eth_sendRawTransaction") == 0 &&
	       json_array_size(params) == 1 && value_bytes(c, raw, json_array_get(params, 0), "") == RPC_OK;
}

static void look_ahead(struct rpc *c, struct ahead *a, u32 most, u32 threads)
{
	size_t scratch = c->scratch_size;

	a->count = 0;
	for (a->first = a->end = c->batch_at; a->end < json_array_size(c->batch) && a->count < most; a->end++) {
		struct signed_bytes *sent = &a->sent[a->count];

		sent->is_known = false;
		if (read_sent(c, &sent->raw, json_array_get(c->batch, a->end)))
			a->at[a->count++] = a->end;
	}
	node_senders(c->node, a->sent, a->count, threads);
	c->scratch_size = scratch;
}

const struct address *ahead_sender(struct rpc *c)
{
	struct ahead *a = c->ahead;
	u32 helpers, left;

	if (!c->batch || !c->crew)
		return NULL;
	if (!a)
		a = c->ahead = calloc(1, sizeof *a);
	if (!a)
		return NULL;
	if (c->batch_at >= a->end) {
		helpers = helpers_claim(c->crew);
		if (helpers == 0)
			return NULL;
		left = quota_left(c->quota, c->client, clock_monotonic_us());
		look_ahead(c, a, left < AHEAD_MAX ? left + 1 : AHEAD_MAX, helpers + 1);
		atomic_fetch_add(&c->crew->idle, (int)helpers);
	}
	for (u32 i = 0; i < a->count; i++) {
		if (a->at[i] == c->batch_at)
			return a->sent[i].is_known ? &a->sent[i].sender : NULL;
	}
	return NULL;
}

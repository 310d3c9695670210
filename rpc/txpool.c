#include "rpc/methods.h"
#include "rpc/objects.h"
#include "rpc/params.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hex.h"

/* txpool_*: what waits.  A listing shows so many transactions at the most; txpool_status counts all. */

#define TXPOOL_SHOWN_MAX 4096u
#define INSPECT_MAX      (HEX_ADDRESS_SIZE + 2 * U256_DECIMAL_MAX + 64)

#define COUNTS_TYPE "{pending:quantity queued:quantity}"

static enum rpc_code txpool_status(struct rpc *c)
{
	struct pool_counts counts = node_pool_counts(c->node);

	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "pending", counts.pending);
	jw_quantity(&c->out, "queued", counts.queued);
	jw_end(&c->out);
	return RPC_OK;
}

typedef void show_fn(struct json_writer *w, const char *key, const struct tx *tx);

static void show_object(struct json_writer *w, const char *key, const struct tx *tx)
{
	tx_object(w, key, tx, (struct tx_place){ NULL, 0 });
}

/* "0xTo: 1 wei + 21000 gas × 1000 wei" */
static void show_line(struct json_writer *w, const char *key, const struct tx *tx)
{
	char to[HEX_ADDRESS_SIZE], value[U256_DECIMAL_MAX], fee[U256_DECIMAL_MAX], line[INSPECT_MAX];

	hex_checksum_address(to, &tx->to);
	u256_to_decimal(value, &tx->value);
	u256_to_decimal(fee, &tx->max_fee);
	(void)snprintf(line, sizeof line, "%s: %s wei + %" PRIu64 " gas \xc3\x97 %s wei", to, value, tx->gas_limit,
		       fee);
	jw_text(w, key, line);
}

/* One sender's, by nonce in decimal: those of items[*i ...] that are pending, or not. */
static void show_sender(struct json_writer *w, const struct pool_list *list, u32 first, bool is_pending, show_fn *show)
{
	char nonce[24];

	for (u32 i = first; i < list->count && !jw_is_full(w); i++) {
		const struct pool_item *item = &list->at[i];

		if (address_cmp(&item->tx->sender, &list->at[first].tx->sender) != 0)
			return;
		if (item->is_pending != is_pending)
			continue;
		(void)snprintf(nonce, sizeof nonce, "%" PRIu64, item->tx->nonce);
		show(w, nonce, item->tx);
	}
}

/* The first item of the next sender. */
static u32 sender_end(const struct pool_list *list, u32 first, bool *has, bool is_pending)
{
	u32 i;

	*has = false;
	for (i = first; i < list->count; i++) {
		if (address_cmp(&list->at[i].tx->sender, &list->at[first].tx->sender) != 0)
			break;
		*has |= list->at[i].is_pending == is_pending;
	}
	return i;
}

static void show_all(struct json_writer *w, const char *key, const struct pool_list *list, bool is_pending,
		     show_fn *show)
{
	char owner[HEX_ADDRESS_SIZE];
	u32 next;
	bool has;

	jw_object(w, key);
	for (u32 i = 0; i < list->count && !jw_is_full(w); i = next) {
		next = sender_end(list, i, &has, is_pending);
		if (!has)
			continue;
		hex_checksum_address(owner, &list->at[i].tx->sender);
		jw_object(w, owner);
		show_sender(w, list, i, is_pending, show);
		jw_end(w);
	}
	jw_end(w);
}

#define LISTING_TYPE "{pending:object queued:object}"

static enum rpc_code txpool_show(struct rpc *c, show_fn *show)
{
	struct pool_list list;
	enum err e = node_pool_list(c->node, &list, NULL, TXPOOL_SHOWN_MAX);

	if (e != OK)
		return rpc_fail_err(c, e);
	jw_object(&c->out, RESULT);
	show_all(&c->out, "pending", &list, true, show);
	show_all(&c->out, "queued", &list, false, show);
	jw_end(&c->out);
	node_pool_list_free(&list);
	return RPC_OK;
}

static enum rpc_code txpool_content(struct rpc *c)
{
	return txpool_show(c, show_object);
}

static enum rpc_code txpool_inspect(struct rpc *c)
{
	return txpool_show(c, show_line);
}

static enum rpc_code txpool_content_from(struct rpc *c)
{
	struct pool_list list;
	struct address owner;
	enum err e;

	RPC_TRY(param_address(c, &owner, 0));
	e = node_pool_list(c->node, &list, &owner, TXPOOL_SHOWN_MAX);
	if (e != OK)
		return rpc_fail_err(c, e);
	jw_object(&c->out, RESULT);
	jw_object(&c->out, "pending");
	show_sender(&c->out, &list, 0, true, show_object);
	jw_end(&c->out);
	jw_object(&c->out, "queued");
	show_sender(&c->out, &list, 0, false, show_object);
	jw_end(&c->out);
	jw_end(&c->out);
	node_pool_list_free(&list);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "txpool_status", txpool_status, 0, 0, 1, COUNTS_TYPE,
	  "() how many transactions are ready and waiting for a nonce" },
	{ "txpool_content", txpool_content, 0, 0, 50, LISTING_TYPE,
	  "() waiting transactions by sender and nonce, 4096 at most" },
	{ "txpool_contentFrom", txpool_content_from, 1, 1, 10, LISTING_TYPE,
	  "(address) those of one sender, by nonce" },
	{ "txpool_inspect", txpool_inspect, 0, 0, 50, LISTING_TYPE,
	  "() the same as txpool_content, a line of text each" },
};

const struct rpc_table TXPOOL_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

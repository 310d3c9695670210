#include "rpc/methods.h"
#include "rpc/params.h"
#include "rpc/queued.h"

#include <stdlib.h>

#include "base/rlp.h"

/* debug_getRaw*: the very bytes that roots and hashes commit to, so that anyone can
 * recompute them. */

#define RAW_RECEIPT_ROOM 512u /* bytes of a receipt beside its logs */
#define RAW_LOG_ROOM     256u /* bytes of a log beside its data */

static enum rpc_code block_load(struct rpc *c, struct stored_block **out)
{
	struct block_ref ref;
	enum err e;

	RPC_TRY(param_block(c, &ref, 0));
	e = ref.is_known ? store_block_load(node_store(c->node), out, ref.height) : ERR_NOT_FOUND;
	return e == OK ? RPC_OK : rpc_fail_err(c, e);
}

static enum rpc_code debug_get_raw_header(struct rpc *c)
{
	u8 raw[HEADER_RLP_MAX];
	struct stored_block *b;

	RPC_TRY(block_load(c, &b));
	jw_data(&c->out, RESULT, header_encode(&b->header, raw));
	store_block_free(b);
	return RPC_OK;
}

/* [header, transactions, uncles]; a typed transaction is a string that holds its bytes. */
static void block_encode(struct rlp_writer *w, const struct stored_block *b)
{
	u8 header[HEADER_RLP_MAX];
	size_t list = rlp_list_open(w), txs;

	rlp_write_raw(w, header_encode(&b->header, header));
	txs = rlp_list_open(w);
	for (u32 i = 0; i < b->count; i++) {
		if (b->txs[i].tx.type == TX_LEGACY)
			rlp_write_raw(w, b->txs[i].tx.raw);
		else
			rlp_write_string(w, b->txs[i].tx.raw);
	}
	rlp_list_close(w, txs);
	rlp_list_close(w, rlp_list_open(w));
	rlp_list_close(w, list);
}

static size_t block_room(const struct stored_block *b)
{
	size_t room = HEADER_RLP_MAX + 64;

	for (u32 i = 0; i < b->count; i++)
		room += b->txs[i].tx.raw.size + 16;
	return room;
}

static enum rpc_code debug_get_raw_block(struct rpc *c)
{
	struct rlp_writer w;
	struct stored_block *b;
	struct bytes whole;
	bool fits = false;
	size_t room;
	u8 *at;

	RPC_TRY(block_load(c, &b));
	room = block_room(b);
	at = malloc(room);
	if (at) {
		rlp_writer_init(&w, at, room);
		block_encode(&w, b);
		fits = rlp_writer_end(&w, &whole) == OK;
	}
	if (fits)
		jw_data(&c->out, RESULT, whole);
	store_block_free(b);
	free(at);
	return fits ? RPC_OK : rpc_fail(c, RPC_SERVER, "out of memory");
}

static size_t receipt_room(const struct receipt *r)
{
	size_t room = RAW_RECEIPT_ROOM;

	for (u32 i = 0; i < r->log_count; i++)
		room += RAW_LOG_ROOM + r->logs[i].data.size;
	return room;
}

/* Writes one receipt's bytes as an element.  false: no memory. */
static bool receipt_element(struct rpc *c, struct receipt *r)
{
	size_t room = receipt_room(r);
	struct rlp_writer w;
	struct bytes whole;
	u8 *at = malloc(room);
	bool fits;

	if (!at)
		return false;
	bloom_of_logs(&r->bloom, r->logs, r->log_count);
	rlp_writer_init(&w, at, room);
	receipt_encode(&w, r);
	fits = rlp_writer_end(&w, &whole) == OK;
	if (fits)
		jw_data(&c->out, NULL, whole);
	free(at);
	return fits;
}

static enum rpc_code debug_get_raw_receipts(struct rpc *c)
{
	struct stored_block *b;
	bool fits = true;

	RPC_TRY(block_load(c, &b));
	jw_array(&c->out, RESULT);
	for (u32 i = 0; i < b->count && fits; i++)
		fits = receipt_element(c, &b->txs[i].receipt);
	jw_end(&c->out);
	store_block_free(b);
	return fits ? RPC_OK : rpc_fail(c, RPC_SERVER, "out of memory");
}

static enum rpc_code debug_get_raw_transaction(struct rpc *c)
{
	u8 *raw = rpc_take(c, TX_SIZE_MAX);
	struct tx queued = { .raw = { raw, 0 } };
	struct stored_block *b;
	struct hash hash;
	u32 index;
	enum err e;

	RPC_TRY(param_hash(c, &hash, 0));
	if (!raw)
		return rpc_fail(c, RPC_SERVER, "out of memory");
	(void)queued_find(c, &queued, raw, &hash);
	e = store_tx_load(node_store(c->node), &b, &index, &hash);
	if (e == ERR_NOT_FOUND) {
		jw_data(&c->out, RESULT, queued.raw);
		return RPC_OK;
	}
	if (e != OK)
		return rpc_fail_err(c, e);
	jw_data(&c->out, RESULT, b->txs[0].tx.raw);
	store_block_free(b);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "debug_getRawHeader", debug_get_raw_header, 1, 1, 1, "data", "(block) RLP of the header" },
	{ "debug_getRawBlock", debug_get_raw_block, 1, 1, 1, "data", "(block) RLP of the block" },
	{ "debug_getRawReceipts", debug_get_raw_receipts, 1, 1, 1, "[data]", "(block) encoded receipts" },
	{ "debug_getRawTransaction", debug_get_raw_transaction, 1, 1, 1, "data",
	  "(hash) the signed bytes, queued ones too; 0x if unknown" },
};

const struct rpc_table DEBUG_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

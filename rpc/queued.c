#include "rpc/queued.h"

#include "rpc/objects.h"

bool queued_find(struct rpc *c, struct tx *tx, u8 *raw, const struct hash *hash)
{
	struct address sender;
	size_t size;

	if (node_pending_find(c->node, raw, &size, TX_SIZE_MAX, &sender, hash) != OK ||
	    tx_decode_stored(tx, (struct bytes){ raw, size }, node_genesis(c->node)->chain_id) != OK)
		return false;
	tx->sender = sender;
	return true;
}

bool queued_object(struct rpc *c, const char *key, u8 *raw, const struct hash *hash)
{
	struct stored_block *b;
	struct tx tx;
	u32 index;

	if (queued_find(c, &tx, raw, hash)) {
		tx_object(&c->out, key, &tx, (struct tx_place){ NULL, 0 });
		return true;
	}
	if (store_tx_load(node_store(c->node), &b, &index, hash) != OK)
		return false;
	tx_object(&c->out, key, &b->txs[0].tx, (struct tx_place){ NULL, 0 });
	store_block_free(b);
	return true;
}

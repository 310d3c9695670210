#include "rpc/objects.h"

#include <assert.h>

/* -- blocks ----------------------------------------------------------------------- */

static void header_fields(struct json_writer *w, const struct header *h, const struct hash *hash)
{
	static const struct hash zero;
	static const u8 nonce[8];

	jw_hash(w, "hash", hash);
	jw_hash(w, "parentHash", &h->parent);
	jw_hash(w, "sha3Uncles", &HASH_EMPTY_UNCLES);
	jw_address(w, "miner", &h->coinbase);
	jw_hash(w, "stateRoot", &h->state_root);
	jw_hash(w, "transactionsRoot", &h->transactions_root);
	jw_hash(w, "receiptsRoot", &h->receipts_root);
	jw_data(w, "logsBloom", (struct bytes){ h->bloom.bytes, sizeof h->bloom.bytes });
	jw_quantity(w, "difficulty", 0);
	jw_quantity(w, "number", h->number);
	jw_quantity(w, "gasLimit", h->gas_limit);
	jw_quantity(w, "gasUsed", h->gas_used);
	jw_quantity(w, "timestamp", h->time);
	jw_data(w, "extraData", (struct bytes){ nonce, 0 });
	jw_hash(w, "mixHash", &zero);
	jw_data(w, "nonce", (struct bytes){ nonce, sizeof nonce });
	jw_quantity_u256(w, "baseFeePerGas", &h->base_fee);
}

void header_object(struct json_writer *w, const char *key, const struct header *h, const struct hash *hash)
{
	jw_object(w, key);
	header_fields(w, h, hash);
	jw_end(w);
}

void block_object(struct json_writer *w, const char *key, const struct stored_block *b, bool full)
{
	jw_object(w, key);
	header_fields(w, &b->header, &b->hash);
	jw_quantity(w, "size", b->size);
	jw_array(w, "uncles");
	jw_end(w);
	jw_array(w, "transactions");
	for (u32 i = 0; i < b->count && !jw_is_full(w); i++) {
		if (full)
			tx_object(w, NULL, &b->txs[i].tx, (struct tx_place){ b, i });
		else
			jw_hash(w, NULL, &b->txs[i].tx.hash);
	}
	jw_end(w);
	jw_end(w);
}

/* -- transactions ------------------------------------------------------------------ */

/* The list was checked when the transaction was decoded. */
static void access_list(struct json_writer *w, struct bytes payload)
{
	struct rlp list, entry, keys;
	struct address address;
	struct hash key;

	jw_array(w, "accessList");
	rlp_init(&list, payload);
	while (!rlp_is_done(&list) && rlp_read_list(&list, &entry) == OK) {
		if (rlp_read_fixed(&entry, address.bytes, sizeof address.bytes) != OK ||
		    rlp_read_list(&entry, &keys) != OK)
			break;
		jw_object(w, NULL);
		jw_address(w, "address", &address);
		jw_array(w, "storageKeys");
		while (!rlp_is_done(&keys) && rlp_read_fixed(&keys, key.bytes, sizeof key.bytes) == OK)
			jw_hash(w, NULL, &key);
		jw_end(w);
		jw_end(w);
	}
	jw_end(w);
}

static void tx_place_fields(struct json_writer *w, struct tx_place place)
{
	if (!place.block) {
		jw_null(w, "blockHash");
		jw_null(w, "blockNumber");
		jw_null(w, "blockTimestamp");
		jw_null(w, "transactionIndex");
		return;
	}
	jw_hash(w, "blockHash", &place.block->hash);
	jw_quantity(w, "blockNumber", place.block->header.number);
	jw_quantity(w, "blockTimestamp", place.block->header.time);
	jw_quantity(w, "transactionIndex", place.index);
}

/* gasPrice is what was paid once that is known, and the most it may be until then. */
static void tx_fee_fields(struct json_writer *w, const struct tx *tx, struct tx_place place)
{
	struct u256 price = tx->max_fee;

	if (place.block)
		price = tx_gas_price(tx, &place.block->header.base_fee);
	jw_quantity_u256(w, "gasPrice", &price);
	if (tx->type == TX_DYNAMIC_FEE) {
		jw_quantity_u256(w, "maxFeePerGas", &tx->max_fee);
		jw_quantity_u256(w, "maxPriorityFeePerGas", &tx->max_tip);
	}
}

static void tx_signature_fields(struct json_writer *w, const struct tx *tx)
{
	if (tx->type == TX_LEGACY) {
		jw_quantity(w, "v", u256_is_zero(&tx->r) ? 0 : 35 + 2 * tx->chain_id + tx->y_parity);
	} else {
		access_list(w, tx->access_list);
		jw_quantity(w, "v", tx->y_parity);
		jw_quantity(w, "yParity", tx->y_parity);
	}
	jw_quantity_u256(w, "r", &tx->r);
	jw_quantity_u256(w, "s", &tx->s);
}

static void tx_body_fields(struct json_writer *w, const struct tx *tx)
{
	jw_address(w, "to", &tx->to);
	jw_quantity(w, "type", (u64)tx->type);
	jw_quantity(w, "chainId", tx->chain_id);
	jw_quantity(w, "nonce", tx->nonce);
	jw_quantity(w, "gas", tx->gas_limit);
	jw_quantity_u256(w, "value", &tx->value);
	jw_data(w, "input", tx->data);
	tx_signature_fields(w, tx);
}

void tx_object(struct json_writer *w, const char *key, const struct tx *tx, struct tx_place place)
{
	jw_object(w, key);
	tx_place_fields(w, place);
	jw_hash(w, "hash", &tx->hash);
	jw_address(w, "from", &tx->sender);
	tx_fee_fields(w, tx, place);
	tx_body_fields(w, tx);
	jw_end(w);
}

void tx_draft_object(struct json_writer *w, const char *key, const struct tx *tx)
{
	static const char *const fees[] = { "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas" };
	bool is_dynamic = tx->type == TX_DYNAMIC_FEE;

	jw_object(w, key);
	jw_hash(w, "hash", &tx->hash);
	for (size_t i = 0; i < ARRAY_COUNT(fees); i++) {
		if (is_dynamic == (i > 0))
			jw_quantity_u256(w, fees[i], i == 2 ? &tx->max_tip : &tx->max_fee);
		else
			jw_null(w, fees[i]);
	}
	tx_body_fields(w, tx);
	jw_end(w);
}

/* -- receipts ------------------------------------------------------------------------- */

void log_object(struct json_writer *w, const char *key, const struct log *log, const struct log_place *place)
{
	jw_object(w, key);
	jw_address(w, "address", &log->address);
	jw_array(w, "topics");
	for (u32 i = 0; i < log->topic_count; i++)
		jw_hash(w, NULL, &log->topics[i]);
	jw_end(w);
	jw_data(w, "data", log->data);
	jw_hash(w, "blockHash", place->block_hash);
	jw_quantity(w, "blockNumber", place->header->number);
	jw_quantity(w, "blockTimestamp", place->header->time);
	jw_hash(w, "transactionHash", place->tx_hash);
	jw_quantity(w, "transactionIndex", place->tx_index);
	jw_quantity(w, "logIndex", place->log_index);
	jw_bool(w, "removed", place->is_removed);
	jw_end(w);
}

void receipt_object(struct json_writer *w, const char *key, const struct stored_block *b,
		    const struct stored_tx *tx, u32 index)
{
	const struct receipt *r = &tx->receipt;
	struct bloom bloom;

	bloom_of_logs(&bloom, r->logs, r->log_count);
	jw_object(w, key);
	jw_quantity(w, "type", (u64)r->type);
	jw_quantity(w, "status", r->succeeded ? 1 : 0);
	jw_hash(w, "transactionHash", &tx->tx.hash);
	jw_quantity(w, "transactionIndex", index);
	jw_hash(w, "blockHash", &b->hash);
	jw_quantity(w, "blockNumber", b->header.number);
	jw_address(w, "from", &tx->tx.sender);
	jw_address(w, "to", &tx->tx.to);
	jw_quantity(w, "cumulativeGasUsed", r->cumulative_gas);
	jw_quantity(w, "gasUsed", r->gas_used);
	jw_null(w, "contractAddress");
	jw_quantity_u256(w, "effectiveGasPrice", &r->gas_price);
	jw_data(w, "logsBloom", (struct bytes){ bloom.bytes, sizeof bloom.bytes });
	jw_array(w, "logs");
	for (u32 i = 0; i < r->log_count && !jw_is_full(w); i++) {
		struct log_place place = { &b->header, &b->hash, &tx->tx.hash, index, tx->first_log + i, false };

		log_object(w, NULL, &r->logs[i], &place);
	}
	jw_end(w);
	jw_end(w);
}

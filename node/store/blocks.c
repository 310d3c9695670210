#include "node/store/internal.h"
#include "node/store/receipts.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Two kinds of entries in the blocks column, so that neither a header nor one transaction
 * costs the reading of a whole block:
 *
 *     height, 0          stamp, hash, sizes, header as RLP
 *     height, 1, index   sender, raw transaction, receipt with logs */
#define HEADER_KEY_SIZE 9
#define TX_KEY_SIZE     13
#define KIND_HEADER     0
#define KIND_TX         1

/* What a block's entry says before its header. */
struct block_info {
	u64 stamp;
	struct hash hash;
	u32 count;
	u64 size;        /* of the block's RLP */
	u64 log_count;   /* of all its receipts */
	u64 stored_size; /* of all its transactions' entries */
};

static struct bytes header_key(u8 out[HEADER_KEY_SIZE], u64 height)
{
	store_be64(out, height);
	out[8] = KIND_HEADER;
	return (struct bytes){ out, HEADER_KEY_SIZE };
}

static struct bytes tx_key(u8 out[TX_KEY_SIZE], u64 height, u32 index)
{
	store_be64(out, height);
	out[8] = KIND_TX;
	store_be32(out + 9, index);
	return (struct bytes){ out, TX_KEY_SIZE };
}

/* -- writing ------------------------------------------------------------------------------- */

static u64 rlp_header_size(u64 payload)
{
	u64 size = 1;

	for (u64 left = payload > 55 ? payload : 0; left > 0; left >>= 8)
		size++;
	return size;
}

/* [header, [transactions], []]: a legacy transaction is a list, a typed one a string. */
static u64 block_rlp_size(const struct store_block *block, u64 header_size)
{
	u64 txs = 0, all;

	for (u32 i = 0; i < block->count; i++) {
		struct bytes raw = block->raws[i];

		txs += raw.size;
		if (raw.size > 0 && raw.at[0] < 0xc0)
			txs += rlp_header_size(raw.size);
	}
	all = header_size + rlp_header_size(txs) + txs + 1;
	return rlp_header_size(all) + all;
}

static void info_put(struct buffer *b, const struct block_info *info)
{
	buffer_put_u64(b, info->stamp);
	buffer_put(b, (struct bytes){ info->hash.bytes, sizeof info->hash });
	buffer_put_u32(b, info->count);
	buffer_put_u64(b, info->size);
	buffer_put_u64(b, info->log_count);
	buffer_put_u64(b, info->stored_size);
}

static void index_put(struct buffer *b, u64 height, u32 index)
{
	b->size = 0;
	buffer_put_u64(b, height);
	buffer_put_u32(b, index);
}

void block_write(struct batch *batch, const struct store_block *block, u64 stamp)
{
	struct block_info info = { .stamp = stamp, .hash = block->hash, .count = block->count };
	u64 height = block->header->number;
	u8 header[HEADER_RLP_MAX], key[TX_KEY_SIZE];
	struct bytes rlp = header_encode(block->header, header);
	struct buffer b = { 0 };

	info.size = block_rlp_size(block, rlp.size);
	for (u32 i = 0; i < block->count; i++) {
		const struct receipt *receipt = block->receipts[i];
		const struct hash *hash = &block->tx_hashes[i];

		b.size = 0;
		buffer_put_u32(&b, receipt->log_count);
		buffer_put_u32(&b, (u32)info.log_count);
		buffer_put(&b, (struct bytes){ block->senders[i].bytes, sizeof block->senders[i] });
		buffer_put_u32(&b, (u32)block->raws[i].size);
		buffer_put(&b, block->raws[i]);
		receipt_put(&b, receipt);
		info.log_count += receipt->log_count;
		info.stored_size += b.size;
		batch_put(batch, COLUMN_BLOCKS, tx_key(key, height, i), buffer_bytes(&b));
		index_put(&b, height, i);
		batch_put(batch, COLUMN_TXS, (struct bytes){ hash->bytes, sizeof *hash }, buffer_bytes(&b));
	}
	b.size = 0;
	info_put(&b, &info);
	buffer_put(&b, rlp);
	batch_put(batch, COLUMN_BLOCKS, header_key(key, height), buffer_bytes(&b));
	b.size = 0;
	buffer_put_u64(&b, height);
	batch_put(batch, COLUMN_HEIGHTS, (struct bytes){ block->hash.bytes, sizeof block->hash },
		  buffer_bytes(&b));
	buffer_free(&b);
}

/* -- headers ------------------------------------------------------------------------------- */

static enum err damaged(u64 height, char why[DATABASE_WHY_MAX])
{
	snprintf(why, DATABASE_WHY_MAX, "blocks: block %llu is damaged", (unsigned long long)height);
	return ERR_CORRUPT;
}

static enum err info_load(struct store *s, struct block_info *out, struct header *header, u64 height,
			  char why[DATABASE_WHY_MAX])
{
	u8 key[HEADER_KEY_SIZE];
	struct slice found;
	struct fields f;
	enum err e = OK;

	TRY(database_get(&s->database, &found, COLUMN_BLOCKS, header_key(key, height), why));
	f = (struct fields){ .rest = found.value };
	out->stamp = fields_u64(&f);
	fields_copy(&f, out->hash.bytes, sizeof out->hash);
	out->count = fields_u32(&f);
	out->size = fields_u64(&f);
	out->log_count = fields_u64(&f);
	out->stored_size = fields_u64(&f);
	if (f.is_short || header_decode(header, f.rest) != OK)
		e = damaged(height, why);
	slice_free(&found);
	return e;
}

enum err block_header_load(struct store *s, struct store_head *out, u64 height, char why[DATABASE_WHY_MAX])
{
	struct block_info info;
	struct header header;

	TRY(info_load(s, &info, &header, height, why));
	*out = (struct store_head){ header, info.hash, info.stamp };
	return OK;
}

enum err store_header(struct store *s, struct header *out, struct hash *hash, u64 height)
{
	char why[DATABASE_WHY_MAX];
	struct store_head head;

	TRY(store_height_check(s, height, false));
	TRY(block_header_load(s, &head, height, why));
	*out = head.header;
	*hash = head.hash;
	return OK;
}

/* Where something with this hash is.  ERR_NOT_FOUND also while its block is not yet the head. */
static enum err index_find(struct store *s, u64 *height, u32 *index, enum column column,
			   const struct hash *hash)
{
	char why[DATABASE_WHY_MAX];
	struct slice found;
	struct fields f;
	u64 at;
	u32 place;

	TRY(database_get(&s->database, &found, column, (struct bytes){ hash->bytes, sizeof *hash }, why));
	f = (struct fields){ .rest = found.value };
	at = fields_u64(&f);
	place = index ? fields_u32(&f) : 0;
	slice_free(&found);
	if (!fields_are_done(&f))
		return ERR_CORRUPT;
	TRY(store_height_check(s, at, false));
	*height = at;
	if (index)
		*index = place;
	return OK;
}

enum err store_height_of(struct store *s, u64 *height, const struct hash *block_hash)
{
	return index_find(s, height, NULL, COLUMN_HEIGHTS, block_hash);
}

enum err store_tx_find(struct store *s, u64 *height, u32 *index, const struct hash *tx_hash)
{
	return index_find(s, height, index, COLUMN_TXS, tx_hash);
}

/* -- going back ------------------------------------------------------------------------------ */

/* The index entry that leads to an entry of the blocks column. */
static bool index_erase(struct batch *batch, struct bytes key, struct bytes entry)
{
	struct fields f = { .rest = entry };
	struct hash hash = { { 0 } };
	bool is_header = key.size == HEADER_KEY_SIZE && key.at[8] == KIND_HEADER;
	struct bytes raw;

	(void)fields_u64(&f); /* a header's stamp; a transaction's counts of logs */
	if (is_header) {
		fields_copy(&f, hash.bytes, sizeof hash);
	} else {
		(void)fields_take(&f, sizeof(struct address));
		raw = fields_take(&f, fields_u32(&f));
		keccak256(&hash, raw);
	}
	batch_delete(batch, is_header ? COLUMN_HEIGHTS : COLUMN_TXS, (struct bytes){ hash.bytes, sizeof hash });
	return !f.is_short;
}

enum err block_erase(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	u8 first[HEADER_KEY_SIZE], end[HEADER_KEY_SIZE];
	bool is_good = true;
	struct cursor c;

	cursor_open(&c, &s->database, COLUMN_BLOCKS, header_key(first, height), header_key(end, height + 1));
	for (; is_good && cursor_is_valid(&c); cursor_next(&c)) {
		is_good = index_erase(batch, cursor_key(&c), cursor_value(&c));
		batch_delete(batch, COLUMN_BLOCKS, cursor_key(&c));
	}
	TRY(cursor_close(&c, why));
	return is_good ? OK : damaged(height, why);
}

/* -- whole blocks ---------------------------------------------------------------------------- */

/* The one allocation behind a stored_block, and how much of it is taken. */
struct loading {
	struct stored_block *block;
	struct log *logs;
	size_t logs_left;
	u8 *bytes;
	size_t bytes_left;
	u64 chain_id;
};

static_assert(alignof(struct stored_tx) <= alignof(struct stored_block) &&
		      alignof(struct log) <= alignof(struct stored_tx),
	      "laid end to end");

/* 0 if the state has no chain record, which no transaction is signed for. */
static u64 chain_id_read(struct store *s)
{
	static const u8 key[1 + sizeof(struct chain_key)] = { TABLE_chain };
	struct store_head head;
	struct store_view view;
	struct chain chain;

	if (!store_head(s, &head))
		return 0;
	view = (struct store_view){ s, head.header.number };
	if (!store_view_read(&view, (struct bytes){ key, sizeof key }, &chain, sizeof chain))
		return 0;
	return chain.chain_id;
}

static void loading_begin(struct store *s, struct loading *l, u32 count, u64 log_count, u64 bytes_size)
{
	size_t size = sizeof *l->block + count * sizeof(struct stored_tx) +
		      log_count * sizeof(struct log) + bytes_size;

	l->chain_id = chain_id_read(s);
	l->block = must_take(size);
	*l->block = (struct stored_block){ .count = count, .memory = l->block };
	l->block->txs = (struct stored_tx *)(l->block + 1);
	l->logs = (struct log *)(l->block->txs + count);
	l->logs_left = log_count;
	l->bytes = (u8 *)(l->logs + log_count);
	l->bytes_left = bytes_size;
}

/* Copies a transaction's entry and reads it there.  false: damaged. */
static bool tx_take(struct loading *l, struct stored_tx *out, struct bytes entry)
{
	struct fields f = { .rest = { l->bytes, entry.size } };
	struct address sender;
	struct bytes raw;
	u32 log_count;

	if (entry.size > l->bytes_left)
		return false;
	memcpy(l->bytes, entry.at, entry.size);
	l->bytes += entry.size;
	l->bytes_left -= entry.size;
	log_count = fields_u32(&f);
	out->first_log = fields_u32(&f);
	fields_copy(&f, sender.bytes, sizeof sender);
	raw = fields_take(&f, fields_u32(&f));
	if (f.is_short || log_count > l->logs_left || tx_decode_stored(&out->tx, raw, l->chain_id) != OK)
		return false;
	out->tx.sender = sender;
	out->tx.is_recovered = true;
	receipt_take(&out->receipt, &f, l->logs, log_count);
	l->logs += log_count;
	l->logs_left -= log_count;
	return fields_are_done(&f);
}

static void block_describe(struct stored_block *b, const struct block_info *info, const struct header *header)
{
	b->header = *header;
	b->hash = info->hash;
	b->size = info->size;
}

/* Reads a block's transactions in one sweep.  ERR_CORRUPT unless all are there. */
static enum err txs_load(struct store *s, struct loading *l, u64 height, char why[DATABASE_WHY_MAX])
{
	u8 key[TX_KEY_SIZE], first[TX_KEY_SIZE], end[HEADER_KEY_SIZE];
	bool is_good = true;
	struct cursor c;

	cursor_open(&c, &s->database, COLUMN_BLOCKS, tx_key(first, height, 0), header_key(end, height + 1));
	for (u32 i = 0; i < l->block->count && is_good; i++) {
		is_good = cursor_is_valid(&c) && bytes_equal(cursor_key(&c), tx_key(key, height, i)) &&
			  tx_take(l, &l->block->txs[i], cursor_value(&c));
		if (is_good)
			cursor_next(&c);
	}
	TRY(cursor_close(&c, why));
	return is_good ? OK : damaged(height, why);
}

enum err store_block_load(struct store *s, struct stored_block **out, u64 height)
{
	char why[DATABASE_WHY_MAX];
	struct block_info info;
	struct header header;
	struct loading l;
	enum err e;

	TRY(store_height_check(s, height, false));
	TRY(info_load(s, &info, &header, height, why));
	loading_begin(s, &l, info.count, info.log_count, info.stored_size);
	block_describe(l.block, &info, &header);
	e = txs_load(s, &l, height, why);
	if (e != OK) {
		store_block_free(l.block);
		return e;
	}
	*out = l.block;
	return OK;
}

enum err store_tx_load(struct store *s, struct stored_block **out, u32 *index, const struct hash *tx_hash)
{
	char why[DATABASE_WHY_MAX];
	u8 key[TX_KEY_SIZE];
	struct block_info info;
	struct header header;
	struct slice entry;
	struct loading l;
	u64 height;
	u32 place;
	bool is_good = false;

	TRY(store_tx_find(s, &height, &place, tx_hash));
	TRY(info_load(s, &info, &header, height, why));
	TRY(database_get(&s->database, &entry, COLUMN_BLOCKS, tx_key(key, height, place), why));
	if (entry.value.size >= 4 && load_be32(entry.value.at) <= info.log_count) {
		loading_begin(s, &l, 1, load_be32(entry.value.at), entry.value.size);
		block_describe(l.block, &info, &header);
		is_good = tx_take(&l, &l.block->txs[0], entry.value);
		if (!is_good)
			store_block_free(l.block);
	}
	slice_free(&entry);
	if (!is_good)
		return ERR_CORRUPT;
	*out = l.block;
	*index = place;
	return OK;
}

void store_block_free(struct stored_block *b)
{
	if (b)
		free(b->memory);
}

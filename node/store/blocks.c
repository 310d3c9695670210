#include "node/store/internal.h"
#include "node/store/pack.h"
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
 *     height, 1, index   a group of transactions, the first of which has this index: sizes,
 *                        then packed for each: sender, raw transaction, receipt with logs
 *
 * Transactions of a block have much in common, so a group packs to a quarter. */
#define HEADER_KEY_SIZE 9
#define GROUP_KEY_SIZE  13
#define KIND_HEADER     0
#define KIND_GROUP      1
#define GROUP_COUNT     16u

/* What a block's entry says before its header. */
struct block_info {
	u64 stamp;
	struct hash hash;
	u32 count;
	u64 size;        /* of the block's RLP */
	u64 log_count;   /* of all its receipts */
	u64 stored_size; /* of all its groups, unpacked */
};

static struct bytes header_key(u8 out[HEADER_KEY_SIZE], u64 height)
{
	store_be64(out, height);
	out[8] = KIND_HEADER;
	return (struct bytes){ out, HEADER_KEY_SIZE };
}

/* Of the group that a transaction is in. */
static struct bytes group_key(u8 out[GROUP_KEY_SIZE], u64 height, u32 index)
{
	store_be64(out, height);
	out[8] = KIND_GROUP;
	store_be32(out + 9, index - index % GROUP_COUNT);
	return (struct bytes){ out, GROUP_KEY_SIZE };
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

static void tx_put(struct buffer *b, const struct store_block *block, u32 index, u64 first_log)
{
	const struct receipt *receipt = block->receipts[index];
	size_t at = b->size;

	buffer_put_u32(b, 0);
	buffer_put_u32(b, receipt->log_count);
	buffer_put_u32(b, (u32)first_log);
	buffer_put(b, (struct bytes){ block->senders[index].bytes, sizeof block->senders[index] });
	buffer_put_u32(b, (u32)block->raws[index].size);
	buffer_put(b, block->raws[index]);
	receipt_put(b, receipt);
	store_be32(b->at + at, (u32)(b->size - at - 4));
}

/* Writes the group that begins with a transaction, and counts it in info. */
static void group_write(struct batch *batch, struct block_info *info, struct buffer *plain, struct buffer *packed,
			const struct store_block *block, u32 first)
{
	u32 end = block->count - first > GROUP_COUNT ? first + GROUP_COUNT : block->count;
	u64 first_log = info->log_count;
	u8 key[GROUP_KEY_SIZE];

	plain->size = packed->size = 0;
	for (u32 i = first; i < end; i++) {
		tx_put(plain, block, i, info->log_count);
		info->log_count += block->receipts[i]->log_count;
	}
	info->stored_size += plain->size;
	buffer_put_u32(packed, (u32)(info->log_count - first_log));
	buffer_put_u32(packed, (u32)plain->size);
	pack(packed, buffer_bytes(plain));
	batch_put(batch, COLUMN_BLOCKS, group_key(key, block->header->number, first), buffer_bytes(packed));
}

/* A transaction and how its hash begins. */
struct entry {
	u64 start;
	u32 index;
};

static int entry_cmp(const void *a, const void *b)
{
	u64 left = ((const struct entry *)a)->start, right = ((const struct entry *)b)->start;

	return (left > right) - (left < right);
}

/* In the order of the column, which RocksDB writes fastest. */
static void indexes_write(struct batch *batch, const struct store_block *block)
{
	struct entry *entries = must_take(block->count * sizeof *entries);
	u8 place[8 + 4];

	store_be64(place, block->header->number);
	for (u32 i = 0; i < block->count; i++)
		entries[i] = (struct entry){ load_be64(block->tx_hashes[i].bytes), i };
	qsort(entries, block->count, sizeof *entries, entry_cmp);
	for (u32 i = 0; i < block->count; i++) {
		const struct hash *hash = &block->tx_hashes[entries[i].index];

		store_be32(place + 8, entries[i].index);
		batch_put(batch, COLUMN_TXS, (struct bytes){ hash->bytes, sizeof *hash },
			  (struct bytes){ place, sizeof place });
	}
	free(entries);
	batch_put(batch, COLUMN_HEIGHTS, (struct bytes){ block->hash.bytes, sizeof block->hash },
		  (struct bytes){ place, 8 });
}

void block_write(struct batch *batch, const struct store_block *block, u64 stamp)
{
	struct block_info info = { .stamp = stamp, .hash = block->hash, .count = block->count };
	u8 header[HEADER_RLP_MAX], key[HEADER_KEY_SIZE];
	struct bytes rlp = header_encode(block->header, header);
	struct buffer plain = { 0 }, packed = { 0 };

	info.size = block_rlp_size(block, rlp.size);
	for (u32 i = 0; i < block->count; i += GROUP_COUNT)
		group_write(batch, &info, &plain, &packed, block, i);
	plain.size = 0;
	info_put(&plain, &info);
	buffer_put(&plain, rlp);
	batch_put(batch, COLUMN_BLOCKS, header_key(key, block->header->number), buffer_bytes(&plain));
	indexes_write(batch, block);
	buffer_free(&plain);
	buffer_free(&packed);
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

enum err store_tx_count(struct store *s, u32 *count, u64 height)
{
	char why[DATABASE_WHY_MAX];
	struct block_info info;
	struct header header;

	TRY(store_height_check(s, height, false));
	TRY(info_load(s, &info, &header, height, why));
	*count = info.count;
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

/* Unpacks a group.  false: damaged. */
static bool group_take(struct loading *l, struct fields *out, struct bytes entry)
{
	struct fields f = { .rest = entry };
	u32 size;

	(void)fields_u32(&f); /* logs */
	size = fields_u32(&f);
	if (f.is_short || size > l->bytes_left || !unpack(l->bytes, size, f.rest))
		return false;
	*out = (struct fields){ .rest = { l->bytes, size } };
	l->bytes += size;
	l->bytes_left -= size;
	return true;
}

/* Reads the next transaction of a group where it lies.  false: damaged. */
static bool tx_take(struct loading *l, struct stored_tx *out, struct fields *group)
{
	struct fields f = { .rest = fields_take(group, fields_u32(group)) };
	struct address sender;
	struct bytes raw;
	u32 log_count;

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
	u8 key[GROUP_KEY_SIZE], first[GROUP_KEY_SIZE], end[HEADER_KEY_SIZE];
	struct fields group = { 0 };
	bool is_good = true;
	struct cursor c;

	cursor_open(&c, &s->database, COLUMN_BLOCKS, group_key(first, height, 0), header_key(end, height + 1));
	for (u32 i = 0; i < l->block->count && is_good; i++) {
		if (i % GROUP_COUNT == 0) {
			is_good = fields_are_done(&group) && cursor_is_valid(&c) &&
				  bytes_equal(cursor_key(&c), group_key(key, height, i)) &&
				  group_take(l, &group, cursor_value(&c));
			if (is_good)
				cursor_next(&c);
		}
		is_good = is_good && tx_take(l, &l->block->txs[i], &group);
	}
	TRY(cursor_close(&c, why));
	return is_good && fields_are_done(&group) ? OK : damaged(height, why);
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

/* Reads one transaction of a group.  ERR_CORRUPT; nothing is left to free then. */
static enum err tx_load(struct store *s, struct loading *l, struct bytes entry, const struct block_info *info,
			u32 index)
{
	struct fields f = { .rest = entry }, group;
	u32 log_count = fields_u32(&f), size = fields_u32(&f);
	bool is_good;

	if (log_count > info->log_count || size > info->stored_size)
		return ERR_CORRUPT;
	loading_begin(s, l, 1, log_count, size);
	is_good = group_take(l, &group, entry);
	for (u32 i = 0; is_good && i < index % GROUP_COUNT; i++)
		(void)fields_take(&group, fields_u32(&group));
	if (is_good && tx_take(l, &l->block->txs[0], &group))
		return OK;
	store_block_free(l->block);
	return ERR_CORRUPT;
}

enum err store_tx_load_at(struct store *s, struct stored_block **out, u64 height, u64 index)
{
	char why[DATABASE_WHY_MAX];
	u8 key[GROUP_KEY_SIZE];
	struct block_info info;
	struct header header;
	struct slice entry;
	struct loading l;
	enum err e;

	TRY(store_height_check(s, height, false));
	TRY(info_load(s, &info, &header, height, why));
	if (index >= info.count)
		return ERR_NOT_FOUND;
	TRY(database_get(&s->database, &entry, COLUMN_BLOCKS, group_key(key, height, (u32)index), why));
	e = tx_load(s, &l, entry.value, &info, (u32)index);
	slice_free(&entry);
	TRY(e);
	block_describe(l.block, &info, &header);
	*out = l.block;
	return OK;
}

enum err store_tx_load(struct store *s, struct stored_block **out, u32 *index, const struct hash *tx_hash)
{
	u64 height;
	u32 place;

	TRY(store_tx_find(s, &height, &place, tx_hash));
	TRY(store_tx_load_at(s, out, height, place));
	*index = place;
	return OK;
}

void store_block_free(struct stored_block *b)
{
	if (b)
		free(b->memory);
}

/* -- going back ------------------------------------------------------------------------------ */

enum err block_erase(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	u8 key[GROUP_KEY_SIZE];
	struct block_info info;
	struct header header;
	struct loading l;
	enum err e;

	TRY(info_load(s, &info, &header, height, why));
	loading_begin(s, &l, info.count, info.log_count, info.stored_size);
	e = txs_load(s, &l, height, why);
	for (u32 i = 0; e == OK && i < info.count; i++) {
		struct hash hash;

		keccak256(&hash, l.block->txs[i].tx.raw);
		batch_delete(batch, COLUMN_TXS, (struct bytes){ hash.bytes, sizeof hash });
		if (i % GROUP_COUNT == 0)
			batch_delete(batch, COLUMN_BLOCKS, group_key(key, height, i));
	}
	store_block_free(l.block);
	batch_delete(batch, COLUMN_HEIGHTS, (struct bytes){ info.hash.bytes, sizeof info.hash });
	batch_delete(batch, COLUMN_BLOCKS, header_key(key, height));
	return e;
}

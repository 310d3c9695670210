#include "node/store/block_layout.h"
#include "node/store/pack.h"
#include "node/store/receipts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"

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

enum err block_damaged(u64 height, char why[DATABASE_WHY_MAX])
{
	snprintf(why, DATABASE_WHY_MAX, "blocks: block %llu is damaged", (unsigned long long)height);
	return ERR_CORRUPT;
}

bool block_info_read(struct block_info *out, struct header *header, struct bytes entry)
{
	struct fields f = { .rest = entry };

	out->stamp = fields_u64(&f);
	fields_copy(&f, out->hash.bytes, sizeof out->hash);
	out->count = fields_u32(&f);
	out->size = fields_u64(&f);
	out->log_count = fields_u64(&f);
	out->stored_size = fields_u64(&f);
	return !f.is_short && header_decode(header, f.rest) == OK;
}

enum err block_info_load(struct store *s, struct block_info *out, struct header *header, u64 height,
			 char why[DATABASE_WHY_MAX])
{
	u8 key[HEADER_KEY_SIZE];
	struct slice found;
	bool is_good;

	TRY(database_get(&s->database, &found, COLUMN_BLOCKS, header_key(key, height), why));
	is_good = block_info_read(out, header, found.value);
	slice_free(&found);
	return is_good ? OK : block_damaged(height, why);
}

enum err block_header_load(struct store *s, struct store_head *out, u64 height, char why[DATABASE_WHY_MAX])
{
	struct block_info info;
	struct header header;

	TRY(block_info_load(s, &info, &header, height, why));
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
	TRY(block_info_load(s, &info, &header, height, why));
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

/* -- going back ------------------------------------------------------------------------------ */

enum err block_erase(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	u8 key[GROUP_KEY_SIZE];
	struct stored_block *b;

	TRY(block_load(s, &b, height, why));
	for (u32 i = 0; i < b->count; i++) {
		struct hash hash;

		keccak256(&hash, b->txs[i].tx.raw);
		batch_delete(batch, COLUMN_TXS, (struct bytes){ hash.bytes, sizeof hash });
		if (i % GROUP_COUNT == 0)
			batch_delete(batch, COLUMN_BLOCKS, group_key(key, height, i));
	}
	batch_delete(batch, COLUMN_HEIGHTS, (struct bytes){ b->hash.bytes, sizeof b->hash });
	batch_delete(batch, COLUMN_BLOCKS, header_key(key, height));
	store_block_free(b);
	return OK;
}

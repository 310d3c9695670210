#include "node/store/block_layout.h"
#include "node/store/pack.h"
#include "node/store/receipts.h"

#include <assert.h>
#include <stdalign.h>
#include <stdlib.h>

#define WALK_STEPS 4u /* groups that are passed one by one; over more, a search is faster */

/* The one allocation behind a stored_block, and how much of it is taken. */
struct loading {
	struct stored_block *block;
	struct log *logs;
	size_t logs_left;
	u8 *bytes;
	size_t bytes_left;
	u64 chain_id;
	store_wants *wants; /* which transactions are decoded; NULL: all */
	const void *context;
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

static void loading_begin(struct loading *l, u32 count, u64 log_count, u64 bytes_size)
{
	size_t size = sizeof *l->block + count * sizeof(struct stored_tx) +
		      log_count * sizeof(struct log) + bytes_size;

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
	if (f.is_short || log_count > l->logs_left)
		return false;
	receipt_take(&out->receipt, &f, l->logs, log_count);
	l->logs += log_count;
	l->logs_left -= log_count;
	if (!fields_are_done(&f))
		return false;
	out->tx = (struct tx){ .is_recovered = false };
	if (l->wants && !l->wants(l->context, &out->receipt))
		return true;
	if (tx_decode_stored(&out->tx, raw, l->chain_id) != OK)
		return false;
	out->tx.sender = sender;
	out->tx.is_recovered = true;
	return true;
}

static void block_describe(struct stored_block *b, const struct block_info *info, const struct header *header)
{
	b->header = *header;
	b->hash = info->hash;
	b->size = info->size;
}

/* -- walking ------------------------------------------------------------------------------------ */

struct block_walk {
	u64 chain_id;
	struct cursor cursor;
	u8 end[HEADER_KEY_SIZE]; /* the cursor's */
	u64 next, last;          /* heights */
	u32 groups;              /* of the block before next that the cursor has not passed */
	struct block_info info;  /* of that block */
	struct header header;
};

static void walk_begin(struct block_walk *w, struct store *s, u64 from, u64 to)
{
	u8 first[HEADER_KEY_SIZE];

	*w = (struct block_walk){ .chain_id = chain_id_read(s), .next = from, .last = to };
	cursor_open(&w->cursor, &s->database, COLUMN_BLOCKS, header_key(first, from), header_key(w->end, to + 1));
}

/* ERR_NOT_FOUND: that was the last. */
static enum err walk_next(struct block_walk *w, char why[DATABASE_WHY_MAX])
{
	u8 key[HEADER_KEY_SIZE];

	if (w->next > w->last)
		return ERR_NOT_FOUND;
	if (w->groups > WALK_STEPS)
		cursor_seek(&w->cursor, header_key(key, w->next));
	else
		for (; w->groups > 0 && cursor_is_valid(&w->cursor); w->groups--)
			cursor_next(&w->cursor);
	if (!cursor_is_valid(&w->cursor)) {
		TRY(cursor_check(&w->cursor, why));
		return ERR_NOT_FOUND;
	}
	if (!bytes_equal(cursor_key(&w->cursor), header_key(key, w->next)) ||
	    !block_info_read(&w->info, &w->header, cursor_value(&w->cursor)))
		return block_damaged(w->next, why);
	cursor_next(&w->cursor);
	w->groups = (w->info.count + GROUP_COUNT - 1) / GROUP_COUNT;
	w->next++;
	return OK;
}

static bool groups_take(struct block_walk *w, struct loading *l)
{
	struct fields group = { 0 };
	u8 key[GROUP_KEY_SIZE];

	for (u32 i = 0; i < l->block->count; i++) {
		if (i % GROUP_COUNT == 0) {
			if (!fields_are_done(&group) || !cursor_is_valid(&w->cursor) ||
			    !bytes_equal(cursor_key(&w->cursor), group_key(key, w->next - 1, i)) ||
			    !group_take(l, &group, cursor_value(&w->cursor)))
				return false;
			cursor_next(&w->cursor);
			w->groups--;
		}
		if (!tx_take(l, &l->block->txs[i], &group))
			return false;
	}
	return fields_are_done(&group);
}

/* The block that walk_next came to, once.  ERR_CORRUPT unless all of it is there. */
static enum err walk_load(struct block_walk *w, struct stored_block **out, store_wants *wants, const void *context,
			  char why[DATABASE_WHY_MAX])
{
	struct loading l = { .chain_id = w->chain_id, .wants = wants, .context = context };

	loading_begin(&l, w->info.count, w->info.log_count, w->info.stored_size);
	block_describe(l.block, &w->info, &w->header);
	if (groups_take(w, &l)) {
		*out = l.block;
		return OK;
	}
	store_block_free(l.block);
	TRY(cursor_check(&w->cursor, why));
	return block_damaged(w->next - 1, why);
}

enum err store_walk_open(struct block_walk **out, struct store *s, u64 from, u64 to)
{
	TRY(store_height_check(s, from, false));
	TRY(store_height_check(s, to, false));
	*out = must_take(sizeof **out);
	walk_begin(*out, s, from, to);
	return OK;
}

enum err store_walk_next(struct block_walk *w, const struct header **header, const struct hash **hash)
{
	char why[DATABASE_WHY_MAX];

	TRY(walk_next(w, why));
	*header = &w->header;
	*hash = &w->info.hash;
	return OK;
}

enum err store_walk_load(struct block_walk *w, struct stored_block **out, store_wants *wants, const void *context)
{
	char why[DATABASE_WHY_MAX];

	return walk_load(w, out, wants, context, why);
}

void store_walk_close(struct block_walk *w)
{
	if (!w)
		return;
	cursor_free(&w->cursor);
	free(w);
}

/* -- one block, one transaction ------------------------------------------------------------------ */

enum err block_load(struct store *s, struct stored_block **out, u64 height, char why[DATABASE_WHY_MAX])
{
	struct block_walk w;
	enum err e;

	walk_begin(&w, s, height, height);
	e = walk_next(&w, why);
	if (e == OK)
		e = walk_load(&w, out, NULL, NULL, why);
	cursor_free(&w.cursor);
	return e;
}

enum err store_block_load(struct store *s, struct stored_block **out, u64 height)
{
	char why[DATABASE_WHY_MAX];

	TRY(store_height_check(s, height, false));
	return block_load(s, out, height, why);
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
	*l = (struct loading){ .chain_id = chain_id_read(s) };
	loading_begin(l, 1, log_count, size);
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
	TRY(block_info_load(s, &info, &header, height, why));
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

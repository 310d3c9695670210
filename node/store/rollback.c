#include "node/store/internal.h"

#include <stdatomic.h>
#include <string.h>

/* Nodes of blocks above height: their keys begin with the block. */
static enum err nodes_erase(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	struct cursor c;
	u8 first[8];

	store_be64(first, height + 1);
	cursor_open(&c, &s->database, COLUMN_TREE, (struct bytes){ first, sizeof first },
		    (struct bytes){ NULL, 0 });
	for (; cursor_is_valid(&c); cursor_next(&c))
		batch_delete(batch, COLUMN_TREE, cursor_key(&c));
	return cursor_close(&c, why);
}

/* Newest first: of several versions of a record the oldest is written last, and stays. */
static enum err batch_fill(struct store *s, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	for (u64 h = s->head.header.number; h > height; h--) {
		TRY(records_undo(&s->records, batch, h, why));
		TRY(block_erase(s, batch, h, why));
	}
	TRY(nodes_erase(s, batch, height, why));
	head_put(batch, height);
	return OK;
}

/* With publishing held: the disk, then what is kept in memory of it. */
static enum err publish(struct store *s, struct batch *batch, const struct store_head *head,
			char why[DATABASE_WHY_MAX])
{
	u64 height = head->header.number;

	TRY(batch_write(batch, why));
	atomic_store(&s->records.writing, height);
	cache_rewind(s->records.cache, height);
	pthread_mutex_lock(&s->lock);
	s->head = *head;
	pthread_mutex_unlock(&s->lock);
	return OK;
}

static enum err rollback(struct store *s, u64 height, char why[DATABASE_WHY_MAX])
{
	struct store_head head;
	struct batch batch;
	enum err e;

	TRY(block_header_load(s, &head, height, why));
	batch_open(&batch, &s->database);
	e = batch_fill(s, &batch, height, why);
	pthread_mutex_lock(&s->publishing);
	if (e == OK)
		e = publish(s, &batch, &head, why);
	pthread_mutex_unlock(&s->publishing);
	batch_close(&batch);
	TRY(e);
	tree_close(&s->tree);
	e = tree_open(&s->tree, height, &head.header.state_root);
	if (e != OK)
		memcpy(why, s->tree.why, sizeof s->tree.why);
	return e;
}

enum err store_rollback(struct store *s, u64 height)
{
	char why[DATABASE_WHY_MAX];
	enum err e;

	if (store_failure(s))
		return ERR_IO;
	TRY(store_height_check(s, height, false));
	if (height < s->kept)
		return ERR_PRUNED;
	s->is_staged = false;
	if (height == s->head.header.number)
		return OK;
	e = rollback(s, height, why);
	return e == OK ? OK : store_fail(s, e, why);
}

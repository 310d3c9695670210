#include "node/store/internal.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FORMAT        3u /* of everything on disk: docs/storage.md */
#define CACHE_DEFAULT ((size_t)256 << 20)

/* Keys of the meta column; names given from outside get a '=' before them. */
#define META_FORMAT   "format"
#define META_FIRST    "first"
#define META_HEAD     "head"
#define META_KEPT     "kept"
#define META_NAME_MAX 64

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){ (const u8 *)text, strlen(text) };
}

/* -- what readers see ------------------------------------------------------------------- */

bool store_head(const struct store *s, struct store_head *out)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&s->lock;
	bool has_head;

	pthread_mutex_lock(lock);
	has_head = s->has_head;
	if (has_head)
		*out = s->head;
	pthread_mutex_unlock(lock);
	return has_head;
}

enum err store_view_at(struct store_view *out, struct store *s, u64 height)
{
	TRY(store_height_check(s, height, true));
	*out = (struct store_view){ s, height };
	return OK;
}

bool store_view_read(void *view, struct bytes key, void *value, size_t value_size)
{
	const struct store_view *v = view;
	char why[DATABASE_WHY_MAX];
	enum err e;

	e = records_read(&v->store->records, key, v->height, value, value_size, why);
	if (e != OK && e != ERR_NOT_FOUND)
		store_fail(v->store, e, why);
	return e == OK;
}

/* What a column says about a version: docs/storage.md. */
static bool version_of(struct store_version *out, struct bytes key, struct bytes value, enum column column)
{
	size_t until_size = column == COLUMN_HISTORY ? 8 : 0;

	if (key.size <= until_size || value.size <= 8)
		return false;
	*out = (struct store_version){
		.key = { key.at, key.size - until_size },
		.value = { value.at + 8, value.size - 8 },
		.from = load_be64(value.at),
		.until = until_size > 0 ? load_be64(key.at + key.size - until_size) : UINT64_MAX,
	};
	return true;
}

static enum err scan(struct store *s, enum column column, enum table table, store_visit *visit, void *context)
{
	u8 first = (u8)table, end = (u8)(table + 1);
	char why[DATABASE_WHY_MAX];
	bool is_good = true, goes_on = true;
	struct store_version version;
	struct cursor c;

	/* The cursor sees what is on disk: let that be the head. */
	pthread_mutex_lock(&s->publishing);
	cursor_open(&c, &s->database, column, (struct bytes){ &first, 1 }, (struct bytes){ &end, 1 });
	pthread_mutex_unlock(&s->publishing);
	for (; is_good && goes_on && cursor_is_valid(&c); cursor_next(&c)) {
		is_good = version_of(&version, cursor_key(&c), cursor_value(&c), column);
		if (is_good)
			goes_on = visit(context, &version);
	}
	TRY(cursor_close(&c, why));
	return is_good ? OK : ERR_CORRUPT;
}

enum err store_scan(struct store *s, enum table table, store_visit *visit, void *context)
{
	return scan(s, COLUMN_RECORDS, table, visit, context);
}

enum err store_scan_past(struct store *s, enum table table, store_visit *visit, void *context)
{
	return scan(s, COLUMN_HISTORY, table, visit, context);
}

/* -- failure ---------------------------------------------------------------------------- */

enum err store_fail(struct store *s, enum err e, const char *why)
{
	pthread_mutex_lock(&s->lock);
	if (!s->has_failed) {
		s->has_failed = true;
		snprintf(s->why, sizeof s->why, "%s", why);
	}
	pthread_mutex_unlock(&s->lock);
	return e;
}

const char *store_failure(struct store *s)
{
	bool has_failed;

	pthread_mutex_lock(&s->lock);
	has_failed = s->has_failed;
	pthread_mutex_unlock(&s->lock);
	return has_failed ? s->why : NULL; /* why is written once */
}

/* -- opening ---------------------------------------------------------------------------- */

/* A number in the meta column.  ERR_NOT_FOUND, ERR_CORRUPT, ERR_IO. */
static enum err number_load(struct store *s, u64 *out, const char *name, char why[STORE_WHY_MAX])
{
	struct slice found;
	struct fields f;
	u64 x;

	TRY(database_get(&s->database, &found, COLUMN_META, text_bytes(name), why));
	f = (struct fields){ .rest = found.value };
	x = fields_u64(&f);
	slice_free(&found);
	if (!fields_are_done(&f)) {
		snprintf(why, STORE_WHY_MAX, "meta: %s is damaged", name);
		return ERR_CORRUPT;
	}
	*out = x;
	return OK;
}

static void number_put(struct batch *batch, const char *name, u64 x)
{
	u8 bytes[8];

	store_be64(bytes, x);
	batch_put(batch, COLUMN_META, text_bytes(name), (struct bytes){ bytes, sizeof bytes });
}

static enum err format_write(struct store *s, char why[STORE_WHY_MAX])
{
	struct batch batch;
	enum err e;

	batch_open(&batch, &s->database);
	number_put(&batch, META_FORMAT, FORMAT);
	e = batch_write(&batch, why);
	batch_close(&batch);
	return e;
}

static enum err format_check(struct store *s, char why[STORE_WHY_MAX])
{
	u64 format;
	enum err e = number_load(s, &format, META_FORMAT, why);

	if (e == ERR_NOT_FOUND)
		return format_write(s, why);
	if (e == OK && format != FORMAT) {
		snprintf(why, STORE_WHY_MAX, "format %llu, where this program reads %u",
			 (unsigned long long)format, FORMAT);
		return ERR_CORRUPT;
	}
	return e;
}

static enum err head_load(struct store *s, char why[STORE_WHY_MAX])
{
	u64 height;
	enum err e = number_load(s, &height, META_HEAD, why);

	if (e == ERR_NOT_FOUND)
		return OK; /* a new database */
	if (e == OK)
		e = number_load(s, &s->first, META_FIRST, why);
	if (e == OK) {
		e = number_load(s, &s->kept, META_KEPT, why);
		e = e == ERR_NOT_FOUND ? OK : e; /* nothing has been pruned */
	}
	if (e == OK)
		e = block_header_load(s, &s->head, height, why);
	if (e == ERR_NOT_FOUND) {
		snprintf(why, STORE_WHY_MAX, "meta: the head is block %llu, which is not there",
			 (unsigned long long)height);
		return ERR_CORRUPT;
	}
	TRY(e);
	e = tree_open(&s->tree, height, &s->head.header.state_root);
	if (e != OK) {
		memcpy(why, s->tree.why, sizeof s->tree.why);
		return e;
	}
	atomic_store(&s->records.writing, height);
	s->has_head = true;
	return OK;
}

enum err store_open(struct store **out, const struct store_options *options, char why[STORE_WHY_MAX])
{
	size_t cache_bytes = options->cache_bytes > 0 ? options->cache_bytes : CACHE_DEFAULT;
	struct store *s = must_take(sizeof *s);
	char inner[STORE_WHY_MAX] = "";
	enum err e;

	memset(s, 0, sizeof *s);
	s->history = options->history > 0 ? options->history : HISTORY_BLOCKS;
	e = database_open(&s->database, options->path, options->is_test, inner);
	if (e == OK) {
		pthread_mutex_init(&s->lock, NULL);
		pthread_mutex_init(&s->publishing, NULL);
		tree_init(&s->tree, &s->database, cache_bytes / 2);
		s->records.database = &s->database;
		s->records.cache = cache_new(cache_bytes / 2);
		e = format_check(s, inner);
		if (e == OK)
			e = head_load(s, inner);
		if (e == OK) {
			*out = s;
			return OK;
		}
		store_close(s);
	} else {
		free(s);
	}
	snprintf(why, STORE_WHY_MAX, "%.200s: %.300s", options->path, inner);
	return e;
}

void store_close(struct store *s)
{
	tree_free(&s->tree);
	cache_free(s->records.cache);
	changes_free(&s->changes);
	buffer_free(&s->stale);
	database_close(&s->database);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->publishing);
	free(s);
}

/* -- writing ---------------------------------------------------------------------------- */

static u64 now_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

enum err store_stage(struct store *s, struct hash *state_root, u64 height, const struct state *changes)
{
	struct hash root;
	enum err e;

	assert(!s->has_head || height == s->head.header.number + 1);

	s->is_staged = false;
	if (store_failure(s))
		return ERR_IO;
	changes_collect(&s->changes, changes);
	e = tree_stage(&s->tree, &root, height, s->changes.hashes, s->changes.count);
	if (e != OK)
		return store_fail(s, e, s->tree.why);
	s->is_staged = true;
	s->staged_height = height;
	s->staged_root = root;
	*state_root = root;
	return OK;
}

void head_put(struct batch *batch, u64 height)
{
	number_put(batch, META_HEAD, height);
}

void kept_put(struct batch *batch, u64 height)
{
	number_put(batch, META_KEPT, height);
}

/* All that a block changes on disk. */
static enum err batch_fill(struct store *s, struct batch *batch, const struct store_block *block, u64 stamp,
			   char why[DATABASE_WHY_MAX])
{
	u64 height = block->header->number;
	u8 key[8];

	block_write(batch, block, stamp);
	head_put(batch, height);
	if (!s->has_head)
		number_put(batch, META_FIRST, height);
	tree_write(&s->tree, batch);
	s->stale.size = 0;
	for (size_t i = 0; i < s->tree.stale_count; i++)
		stale_put_node(&s->stale, &s->tree.stale[i]);
	TRY(records_write(&s->records, batch, &s->stale, &s->changes, height, why));
	store_be64(key, height);
	/* Nothing goes back before the first block. */
	if (s->has_head && s->stale.size > 0)
		batch_put(batch, COLUMN_STALE, (struct bytes){ key, sizeof key }, buffer_bytes(&s->stale));
	return history_prune(s, batch, height, why);
}

static void head_publish(struct store *s, const struct store_block *block, u64 stamp)
{
	pthread_mutex_lock(&s->lock);
	s->head = (struct store_head){ .header = *block->header, .hash = block->hash, .stamp = stamp };
	s->kept = s->pruned_to;
	if (!s->has_head)
		s->first = block->header->number;
	s->has_head = true;
	pthread_mutex_unlock(&s->lock);
}

enum err store_commit(struct store *s, const struct store_block *block)
{
	u64 height = block->header->number, stamp = now_milliseconds();
	char why[DATABASE_WHY_MAX];
	struct batch batch;
	enum err e;

	assert(s->is_staged && s->staged_height == height);
	assert(!hash_cmp(&s->staged_root, &block->header->state_root));

	s->is_staged = false;
	if (store_failure(s))
		return ERR_IO;
	batch_open(&batch, &s->database);
	e = batch_fill(s, &batch, block, stamp, why);
	pthread_mutex_lock(&s->publishing);
	if (e == OK) {
		atomic_store(&s->records.writing, height);
		e = batch_write(&batch, why);
	}
	if (e == OK) {
		records_publish(&s->records, &s->changes, height);
		head_publish(s, block, stamp);
	}
	pthread_mutex_unlock(&s->publishing);
	batch_close(&batch);
	if (e == OK)
		tree_settle(&s->tree);
	return e == OK ? OK : store_fail(s, e, why);
}

/* -- named blobs --------------------------------------------------------------------------- */

static struct bytes meta_key(char out[META_NAME_MAX], const char *name)
{
	int size = snprintf(out, META_NAME_MAX, "=%s", name);

	assert(size > 0 && size < META_NAME_MAX);
	return text_bytes(out);
}

enum err store_meta_put(struct store *s, const char *name, struct bytes value)
{
	char key[META_NAME_MAX], why[DATABASE_WHY_MAX];
	struct batch batch;
	enum err e;

	if (store_failure(s))
		return ERR_IO;
	batch_open(&batch, &s->database);
	batch_put(&batch, COLUMN_META, meta_key(key, name), value);
	e = batch_write(&batch, why);
	batch_close(&batch);
	return e == OK ? OK : store_fail(s, e, why);
}

enum err store_meta_get(struct store *s, const char *name, u8 **value, size_t *size)
{
	char key[META_NAME_MAX], why[DATABASE_WHY_MAX];
	struct slice found;

	TRY(database_get(&s->database, &found, COLUMN_META, meta_key(key, name), why));
	*size = found.value.size;
	*value = must_take(found.value.size);
	if (found.value.size > 0)
		memcpy(*value, found.value.at, found.value.size);
	slice_free(&found);
	return OK;
}

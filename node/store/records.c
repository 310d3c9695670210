#include "node/store/records.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

#define FROM_SIZE        8 /* of the block number before every value */
#define HISTORY_KEY_MAX  (TABLE_KEY_MAX + 8)
#define STORED_VALUE_MAX (FROM_SIZE + TABLE_VALUE_MAX)

/* -- reading ------------------------------------------------------------------------ */

static struct bytes history_key(u8 out[HISTORY_KEY_MAX], struct bytes key, u64 until)
{
	assert(key.size <= TABLE_KEY_MAX);

	memcpy(out, key.at, key.size);
	store_be64(out + key.size, until);
	return (struct bytes){ out, key.size + 8 };
}

static struct bytes stored_value(u8 out[STORED_VALUE_MAX], u64 from, struct bytes value)
{
	assert(value.size <= TABLE_VALUE_MAX);

	store_be64(out, from);
	memcpy(out + FROM_SIZE, value.at, value.size);
	return (struct bytes){ out, FROM_SIZE + value.size };
}

static enum err version_decode(struct cache_version *out, struct bytes in, char why[DATABASE_WHY_MAX])
{
	if (in.size <= FROM_SIZE || in.size > STORED_VALUE_MAX) {
		snprintf(why, DATABASE_WHY_MAX, "records: a value of %zu bytes", in.size);
		return ERR_CORRUPT;
	}
	out->from = load_be64(in.at);
	out->size = (u16)(in.size - FROM_SIZE);
	memcpy(out->value, in.at + FROM_SIZE, out->size);
	return OK;
}

/* The newest version on disk, which may be of a block that readers do not know of yet. */
static enum err newest_load(struct records *r, struct cache_version *out, struct bytes key,
			    char why[DATABASE_WHY_MAX])
{
	u64 before = atomic_load(&r->writing); /* a rollback lowers it */
	struct slice found;
	enum err e;

	TRY(database_get(r->database, &found, COLUMN_RECORDS, key, why));
	e = version_decode(out, found.value, why);
	slice_free(&found);
	if (e == OK && out->from > before && out->from > atomic_load(&r->writing)) {
		snprintf(why, DATABASE_WHY_MAX, "records: one of block %llu, which is not there",
			 (unsigned long long)out->from);
		return ERR_CORRUPT;
	}
	return e;
}

/* The version of a block that is superseded on disk. */
static enum err older_load(struct records *r, struct cache_version *out, struct bytes key, u64 height,
			   char why[DATABASE_WHY_MAX])
{
	u8 first[HISTORY_KEY_MAX], end[HISTORY_KEY_MAX];
	enum err e = ERR_NOT_FOUND, failed;
	struct cursor c;

	cursor_open(&c, r->database, COLUMN_HISTORY, history_key(first, key, height + 1),
		    history_key(end, key, UINT64_MAX));
	if (cursor_is_valid(&c))
		e = version_decode(out, cursor_value(&c), why);
	failed = cursor_close(&c, why);
	if (failed != OK)
		return failed;
	if (e == OK && out->from > height)
		return ERR_NOT_FOUND; /* created later */
	return e;
}

static enum err version_load(struct records *r, struct cache_version *out, struct bytes key, u64 height,
			     u64 ticket, char why[DATABASE_WHY_MAX])
{
	enum err e = newest_load(r, out, key, why);

	if (e == OK) {
		cache_fill(r->cache, ticket, key, out->from, (struct bytes){ out->value, out->size });
		if (out->from <= height)
			return OK;
	} else if (e != ERR_NOT_FOUND) {
		return e;
	} else if (atomic_load(&r->writing) == height) {
		/* Loaded after the lookup: so no later block can have removed it, and a rollback
		 * has not made the height one to come. */
		cache_fill(r->cache, ticket, key, height, (struct bytes){ NULL, 0 });
		return ERR_NOT_FOUND;
	}
	return older_load(r, out, key, height, why);
}

enum err records_read(struct records *r, struct bytes key, u64 height, void *value, size_t value_size,
		      char why[DATABASE_WHY_MAX])
{
	struct cache_version found;
	u64 ticket;

	switch (cache_read(r->cache, &found, &ticket, key, height)) {
	case CACHE_ABSENT:
		return ERR_NOT_FOUND;
	case CACHE_UNKNOWN:
		TRY(version_load(r, &found, key, height, ticket, why));
		break;
	case CACHE_FOUND:
		break;
	}
	if (found.size != value_size) {
		snprintf(why, DATABASE_WHY_MAX, "records: table %u has a record of %u bytes, not %zu", key.at[0],
			 found.size, value_size);
		return ERR_CORRUPT;
	}
	memcpy(value, found.value, value_size);
	return OK;
}

/* -- the changes of one block --------------------------------------------------------- */

struct bytes changes_key(const struct changes *c, size_t index)
{
	const struct staged_record *record = &c->records[index];

	return (struct bytes){ c->memory.at + record->at, record->key_size };
}

struct bytes changes_value(const struct changes *c, size_t index)
{
	const struct staged_record *record = &c->records[index];

	if (record->value_size == 0)
		return (struct bytes){ NULL, 0 };
	return (struct bytes){ c->memory.at + record->at + record->key_size, record->value_size };
}

static void change_add(void *context, const struct state_change *change)
{
	struct changes *c = context;
	struct tree_change *hashes;

	if (c->count == c->capacity) {
		c->capacity = c->capacity ? 2 * c->capacity : 256;
		c->records = must_grow(c->records, c->capacity * sizeof *c->records);
		c->hashes = must_grow(c->hashes, c->capacity * sizeof *c->hashes);
	}
	c->records[c->count] = (struct staged_record){ c->memory.size, (u16)change->key.size,
						       (u16)change->value.size };
	hashes = &c->hashes[c->count++];
	hashes->is_removed = !change->value.at;
	sha256(&hashes->key, change->key);
	if (change->value.at)
		sha256(&hashes->value, change->value);
	buffer_put(&c->memory, change->key);
	buffer_put(&c->memory, change->value);
}

static int record_cmp(const void *a, const void *b, void *memory)
{
	const struct staged_record *left = a, *right = b;
	size_t size = left->key_size < right->key_size ? left->key_size : right->key_size;

	/* The first byte tells the size: equal so far means equal. */
	return memcmp((u8 *)memory + left->at, (u8 *)memory + right->at, size);
}

static int tree_change_cmp(const void *a, const void *b)
{
	const struct tree_change *left = a, *right = b;
	u64 x = load_be64(left->key.bytes), y = load_be64(right->key.bytes);

	/* Hashes as good as never agree in eight bytes. */
	return x != y ? (x < y ? -1 : 1) : hash_cmp(&left->key, &right->key);
}

void changes_collect(struct changes *c, const struct state *state)
{
	c->memory.size = 0;
	c->count = 0;
	state_changes(state, change_add, c);
	if (c->count == 0)
		return;
	/* The order in which the columns have them: RocksDB writes that fastest. */
	qsort_r(c->records, c->count, sizeof *c->records, record_cmp, c->memory.at);
	qsort(c->hashes, c->count, sizeof *c->hashes, tree_change_cmp);
}

void changes_free(struct changes *c)
{
	buffer_free(&c->memory);
	free(c->records);
	free(c->hashes);
	*c = (struct changes){ 0 };
}

/* -- writing -------------------------------------------------------------------------- */

#define STALE_RECORD  'R' /* key size, key: its version before is in the history */
#define STALE_CREATED 'C' /* key size, key: there was none before */
#define STALE_NODE    'N' /* version, depth, path: two nibbles a byte */

static void stale_put_record(struct buffer *stale, u8 kind, struct bytes key)
{
	buffer_put_u8(stale, kind);
	buffer_put_u8(stale, (u8)key.size);
	buffer_put(stale, key);
}

/* Moves the version that a change supersedes, if there is one, to the history. */
static enum err supersede(struct records *r, struct batch *batch, struct buffer *stale, struct bytes key,
			  u64 height, char why[DATABASE_WHY_MAX])
{
	u8 to[HISTORY_KEY_MAX], stored[STORED_VALUE_MAX];
	struct cache_version old;
	u64 ticket;
	enum err e;

	switch (cache_read(r->cache, &old, &ticket, key, UINT64_MAX)) {
	case CACHE_ABSENT:
		return OK;
	case CACHE_UNKNOWN:
		e = newest_load(r, &old, key, why);
		if (e != OK)
			return e == ERR_NOT_FOUND ? OK : e;
		break;
	case CACHE_FOUND:
		break;
	}
	batch_put(batch, COLUMN_HISTORY, history_key(to, key, height),
		  stored_value(stored, old.from, (struct bytes){ old.value, old.size }));
	stale_put_record(stale, STALE_RECORD, key);
	return OK;
}

/* So that a leaf of the tree leads back to its record. */
static void preimage_put(struct batch *batch, struct bytes key)
{
	struct hash hash;

	sha256(&hash, key);
	batch_put(batch, COLUMN_PREIMAGES, (struct bytes){ hash.bytes, sizeof hash.bytes }, key);
}

enum err records_write(struct records *r, struct batch *batch, struct buffer *stale,
		       const struct changes *c, u64 height, char why[DATABASE_WHY_MAX])
{
	u8 stored[STORED_VALUE_MAX];

	for (size_t i = 0; i < c->count; i++) {
		struct bytes key = changes_key(c, i), value = changes_value(c, i);
		size_t before = stale->size;

		TRY(supersede(r, batch, stale, key, height, why));
		if (stale->size == before && value.at) {
			stale_put_record(stale, STALE_CREATED, key);
			preimage_put(batch, key);
		}
		if (value.at)
			batch_put(batch, COLUMN_RECORDS, key, stored_value(stored, height, value));
		else
			batch_delete(batch, COLUMN_RECORDS, key);
	}
	return OK;
}

void records_publish(struct records *r, const struct changes *c, u64 height)
{
	for (size_t i = 0; i < c->count; i++)
		cache_publish(r->cache, changes_key(c, i), height, changes_value(c, i));
}

/* -- what a block made stale ------------------------------------------------------------ */

void stale_put_node(struct buffer *stale, const struct tree_stale *node)
{
	buffer_put_u8(stale, STALE_NODE);
	buffer_put_u64(stale, node->version);
	buffer_put_u8(stale, node->depth);
	buffer_put(stale, (struct bytes){ node->path.bytes, (node->depth + 1u) / 2 });
}

/* One entry of a block's list. */
struct stale_entry {
	u8 kind;
	struct bytes key; /* of a record */
	u64 version;      /* of a node */
	struct hash path;
	u8 depth;
};

static bool stale_take(struct stale_entry *out, struct fields *f)
{
	*out = (struct stale_entry){ .kind = fields_u8(f) };
	if (out->kind == STALE_NODE) {
		out->version = fields_u64(f);
		out->depth = fields_u8(f);
		if (out->depth <= TREE_DEPTH_MAX)
			fields_copy(f, out->path.bytes, (out->depth + 1u) / 2);
		return !f->is_short && out->depth <= TREE_DEPTH_MAX;
	}
	out->key = fields_take(f, fields_u8(f));
	return !f->is_short && out->key.size <= TABLE_KEY_MAX &&
	       (out->kind == STALE_RECORD || out->kind == STALE_CREATED);
}

/* Calls visit for each entry of a block's list, and deletes the list. */
static enum err stale_walk(struct records *r, struct batch *batch, u64 height,
			   enum err (*visit)(struct records *r, struct batch *batch, u64 height,
					     const struct stale_entry *entry, char why[DATABASE_WHY_MAX]),
			   char why[DATABASE_WHY_MAX])
{
	struct stale_entry entry;
	struct slice list;
	struct fields f;
	u8 key[8];
	enum err e;

	store_be64(key, height);
	e = database_get(r->database, &list, COLUMN_STALE, (struct bytes){ key, sizeof key }, why);
	if (e != OK)
		return e == ERR_NOT_FOUND ? OK : e; /* the block changed nothing */
	f = (struct fields){ .rest = list.value };
	while (e == OK && f.rest.size > 0) {
		if (stale_take(&entry, &f)) {
			e = visit(r, batch, height, &entry, why);
			continue;
		}
		snprintf(why, DATABASE_WHY_MAX, "stale: the list of block %llu is damaged",
			 (unsigned long long)height);
		e = ERR_CORRUPT;
	}
	slice_free(&list);
	if (e == OK)
		batch_delete(batch, COLUMN_STALE, (struct bytes){ key, sizeof key });
	return e;
}

static enum err entry_prune(struct records *r, struct batch *batch, u64 height, const struct stale_entry *entry,
			    char why[DATABASE_WHY_MAX])
{
	u8 key[HISTORY_KEY_MAX], tree[TREE_KEY_MAX];

	(void)r;
	(void)why;
	if (entry->kind == STALE_RECORD)
		batch_delete(batch, COLUMN_HISTORY, history_key(key, entry->key, height));
	else if (entry->kind == STALE_NODE)
		batch_delete(batch, COLUMN_TREE, tree_key(tree, entry->version, &entry->path, entry->depth));
	return OK;
}

enum err stale_prune(struct records *r, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	return stale_walk(r, batch, height, entry_prune, why);
}

/* -- going back -------------------------------------------------------------------------- */

static enum err entry_undo(struct records *r, struct batch *batch, u64 height, const struct stale_entry *entry,
			   char why[DATABASE_WHY_MAX])
{
	u8 name[HISTORY_KEY_MAX];
	struct bytes until;
	struct slice old;
	enum err e;

	if (entry->kind == STALE_CREATED)
		batch_delete(batch, COLUMN_RECORDS, entry->key);
	if (entry->kind != STALE_RECORD)
		return OK; /* nodes before the block are where they were */
	until = history_key(name, entry->key, height);
	e = database_get(r->database, &old, COLUMN_HISTORY, until, why);
	if (e == ERR_NOT_FOUND) {
		snprintf(why, DATABASE_WHY_MAX, "history: a record before block %llu is not there",
			 (unsigned long long)height);
		return ERR_CORRUPT;
	}
	TRY(e);
	batch_put(batch, COLUMN_RECORDS, entry->key, old.value);
	batch_delete(batch, COLUMN_HISTORY, until);
	slice_free(&old);
	return OK;
}

enum err records_undo(struct records *r, struct batch *batch, u64 height, char why[DATABASE_WHY_MAX])
{
	return stale_walk(r, batch, height, entry_undo, why);
}

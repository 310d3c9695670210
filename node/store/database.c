#include "node/store/database.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_CACHE_BYTES   ((size_t)64 << 20)
#define WRITE_BUFFER_BYTES  ((size_t)64 << 20)  /* one column's, in memory before it goes to a file */
#define WRITE_BUFFERS_BYTES ((size_t)256 << 20) /* all columns' together */
#define WAL_BYTES           ((u64)512 << 20)
#define SPARE_BYTES_MAX     ((size_t)64 << 20) /* of a batch's memory that the next one gets */
#define OPEN_FILES_MAX      512
#define BLOOM_BITS          10.0
/* Of RocksDB's own log.  On a full disk a line that cannot be written there ends the process (Debian keeps
 * the assertions); what matters comes back as the status of a call. */
#define LOG_LEVEL_FATAL 4

/* After a crash the log may end in half a record: that one was never acknowledged.
 * Damage before the end must not pass for a shorter history. */
#define WAL_TOLERATE_TORN_TAIL 0

static const char *const column_names[COLUMN_COUNT] = {
#define X(column, name) [COLUMN_##column] = name,
	COLUMNS(X)
#undef X
};

/* -- errors ------------------------------------------------------------------------ */

/* RocksDB reports by text.  Takes text. */
static enum err error_of(char *text, char why[DATABASE_WHY_MAX])
{
	enum err e = ERR_IO;

	if (strstr(text, "lock hold by current process") || strstr(text, "While lock file"))
		e = ERR_BUSY;
	else if (strstr(text, "No space left") || strstr(text, "File too large") ||
		 strstr(text, "Disk quota") || strstr(text, "Space limit"))
		e = ERR_FULL;
	else if (!strncmp(text, "Corruption", 10) || !strncmp(text, "Invalid argument", 16))
		e = ERR_CORRUPT;
	snprintf(why, DATABASE_WHY_MAX, "%s", text);
	rocksdb_free(text);
	return e;
}

void *must_take(size_t size)
{
	return must_grow(NULL, size);
}

void *must_grow(void *at, size_t size)
{
	at = realloc(at, size > 0 ? size : 1);
	if (!at) {
		fprintf(stderr, "store: no memory for %zu bytes\n", size);
		abort();
	}
	return at;
}

/* -- opening ----------------------------------------------------------------------- */

/* Batches have their keys in order: an insertion begins where the last one ended, which saves
 * half of the comparisons.  Only RocksDB's textual options reach this setting. */
static rocksdb_options_t *hinted_options(void)
{
	rocksdb_options_t *plain = rocksdb_options_create(), *options = rocksdb_options_create();
	char *text = NULL;

	rocksdb_get_options_from_string(plain, "memtable_insert_with_hint_prefix_extractor=fixed:1;", options,
					&text);
	rocksdb_options_destroy(plain);
	rocksdb_free(text); /* a RocksDB that does not know it is slower, no more */
	return options;
}

static rocksdb_options_t *column_options(const struct database *d, enum column column)
{
	rocksdb_options_t *options = hinted_options();
	rocksdb_block_based_table_options_t *table = rocksdb_block_based_options_create();
	bool is_text = column == COLUMN_HISTORY || column == COLUMN_STALE;

	rocksdb_block_based_options_set_block_cache(table, d->cache);
	rocksdb_block_based_options_set_filter_policy(
		table, rocksdb_filterpolicy_create_bloom_full(BLOOM_BITS));
	rocksdb_options_set_block_based_table_factory(options, table);
	rocksdb_block_based_options_destroy(table);
	rocksdb_options_set_write_buffer_size(options, WRITE_BUFFER_BYTES);
	/* Hashes do not compress, and blocks are packed. */
	rocksdb_options_set_compression(options, is_text ? rocksdb_lz4_compression : rocksdb_no_compression);
	return options;
}

static rocksdb_options_t *database_options(void)
{
	rocksdb_options_t *options = rocksdb_options_create();

	rocksdb_options_set_create_if_missing(options, 1);
	rocksdb_options_set_create_missing_column_families(options, 1);
	rocksdb_options_set_db_write_buffer_size(options, WRITE_BUFFERS_BYTES);
	rocksdb_options_set_max_total_wal_size(options, WAL_BYTES);
	rocksdb_options_set_wal_recovery_mode(options, WAL_TOLERATE_TORN_TAIL);
	rocksdb_options_set_max_open_files(options, OPEN_FILES_MAX);
	rocksdb_options_set_max_background_jobs(options, 2);
	rocksdb_options_set_keep_log_file_num(options, 4);
	rocksdb_options_set_info_log_level(options, LOG_LEVEL_FATAL);
	rocksdb_options_set_stats_dump_period_sec(options, 0);
	return options;
}

enum err database_open(struct database *d, const char *path, bool is_test, char why[DATABASE_WHY_MAX])
{
	rocksdb_options_t *options = database_options();
	char *text = NULL;

	*d = (struct database){ .cache = rocksdb_cache_create_lru(BLOCK_CACHE_BYTES),
				.reading = rocksdb_readoptions_create(),
				.writing = rocksdb_writeoptions_create() };
	rocksdb_writeoptions_set_sync(d->writing, !is_test);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		d->options[i] = column_options(d, (enum column)i);
	d->db = rocksdb_open_column_families(options, path, COLUMN_COUNT, column_names,
					     (const rocksdb_options_t *const *)d->options,
					     d->columns, &text);
	rocksdb_options_destroy(options);
	if (!text)
		return OK;
	d->db = NULL;
	database_close(d);
	return error_of(text, why);
}

void database_close(struct database *d)
{
	for (unsigned i = 0; d->db && i < COLUMN_COUNT; i++)
		rocksdb_column_family_handle_destroy(d->columns[i]);
	if (d->db)
		rocksdb_close(d->db);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		rocksdb_options_destroy(d->options[i]);
	if (d->spare)
		rocksdb_writebatch_destroy(d->spare);
	rocksdb_readoptions_destroy(d->reading);
	rocksdb_writeoptions_destroy(d->writing);
	rocksdb_cache_destroy(d->cache);
}

/* -- reading ----------------------------------------------------------------------- */

static const char *chars(struct bytes in)
{
	return (const char *)in.at;
}

enum err database_get(struct database *d, struct slice *out, enum column column, struct bytes key,
		      char why[DATABASE_WHY_MAX])
{
	char *text = NULL;
	rocksdb_pinnableslice_t *pin;
	size_t size;

	pin = rocksdb_get_pinned_cf(d->db, d->reading, d->columns[column], chars(key), key.size, &text);
	if (text)
		return error_of(text, why);
	if (!pin)
		return ERR_NOT_FOUND;
	out->pin = pin;
	out->value.at = (const u8 *)rocksdb_pinnableslice_value(pin, &size);
	out->value.size = size;
	return OK;
}

void slice_free(struct slice *s)
{
	rocksdb_pinnableslice_destroy(s->pin);
}

void cursor_open(struct cursor *c, struct database *d, enum column column, struct bytes first, struct bytes end)
{
	c->reading = rocksdb_readoptions_create();
	if (end.at)
		rocksdb_readoptions_set_iterate_upper_bound(c->reading, chars(end), end.size);
	c->it = rocksdb_create_iterator_cf(d->db, c->reading, d->columns[column]);
	cursor_seek(c, first);
}

void cursor_seek(struct cursor *c, struct bytes key)
{
	rocksdb_iter_seek(c->it, chars(key), key.size);
}

bool cursor_is_valid(const struct cursor *c)
{
	return rocksdb_iter_valid(c->it);
}

void cursor_next(struct cursor *c)
{
	rocksdb_iter_next(c->it);
}

struct bytes cursor_key(const struct cursor *c)
{
	size_t size;
	const char *at = rocksdb_iter_key(c->it, &size);

	return (struct bytes){ (const u8 *)at, size };
}

struct bytes cursor_value(const struct cursor *c)
{
	size_t size;
	const char *at = rocksdb_iter_value(c->it, &size);

	return (struct bytes){ (const u8 *)at, size };
}

enum err cursor_check(const struct cursor *c, char why[DATABASE_WHY_MAX])
{
	char *text = NULL;

	rocksdb_iter_get_error(c->it, &text);
	return text ? error_of(text, why) : OK;
}

void cursor_free(struct cursor *c)
{
	rocksdb_iter_destroy(c->it);
	rocksdb_readoptions_destroy(c->reading);
}

enum err cursor_close(struct cursor *c, char why[DATABASE_WHY_MAX])
{
	enum err e = cursor_check(c, why);

	cursor_free(c);
	return e;
}

/* -- writing ----------------------------------------------------------------------- */

void batch_open(struct batch *b, struct database *d)
{
	rocksdb_writebatch_t *spare = atomic_exchange(&d->spare, NULL);

	*b = (struct batch){ d, spare ? spare : rocksdb_writebatch_create() };
}

void batch_put(struct batch *b, enum column column, struct bytes key, struct bytes value)
{
	rocksdb_writebatch_put_cf(b->writes, b->database->columns[column], chars(key), key.size,
				  chars(value), value.size);
}

void batch_delete(struct batch *b, enum column column, struct bytes key)
{
	rocksdb_writebatch_delete_cf(b->writes, b->database->columns[column], chars(key), key.size);
}

size_t batch_count(const struct batch *b)
{
	return (size_t)rocksdb_writebatch_count(b->writes);
}

enum err batch_write(struct batch *b, char why[DATABASE_WHY_MAX])
{
	char *text = NULL;

	rocksdb_set_perf_level(rocksdb_disable); /* of this thread: it counts every comparison of keys */
	rocksdb_write(b->database->db, b->database->writing, b->writes, &text);
	return text ? error_of(text, why) : OK;
}

/* A batch grows by doubling, page after fresh page: the next one is spared that. */
void batch_close(struct batch *b)
{
	rocksdb_writebatch_t *writes = b->writes;
	size_t size;

	(void)rocksdb_writebatch_data(writes, &size);
	if (size <= SPARE_BYTES_MAX) {
		rocksdb_writebatch_clear(writes);
		writes = atomic_exchange(&b->database->spare, writes);
	}
	if (writes)
		rocksdb_writebatch_destroy(writes);
}

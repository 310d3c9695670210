#ifndef NODE_STORE_DATABASE_H
#define NODE_STORE_DATABASE_H

/* RocksDB, reduced to what the store needs: columns of byte strings in key order, read
 * one by one or in order, written in atomic batches.  Every status is looked at: its text
 * becomes an enum err and stays in why.
 *
 * All functions may be called from any thread. */

#include <rocksdb/c.h>

#include "base/err.h"

/* Layouts: docs/storage.md.  RocksDB wants a column called "default": META is it. */
#define COLUMNS(X) \
	X(META, "default") \
	X(RECORDS, "records") \
	X(HISTORY, "history") \
	X(TREE, "tree") \
	X(STALE, "stale") \
	X(BLOCKS, "blocks") \
	X(TXS, "txs") \
	X(HEIGHTS, "heights") \
	X(PREIMAGES, "preimages")

enum column {
#define X(column, name) COLUMN_##column,
	COLUMNS(X)
#undef X
		COLUMN_COUNT
};

#define DATABASE_WHY_MAX 512

struct database {
	rocksdb_t *db;
	rocksdb_column_family_handle_t *columns[COLUMN_COUNT];
	rocksdb_options_t *options[COLUMN_COUNT];
	rocksdb_cache_t *cache;
	rocksdb_readoptions_t *reading;
	rocksdb_writeoptions_t *writing;
	_Atomic(rocksdb_writebatch_t *) spare; /* the last batch's memory, for the next; or NULL */
};

/* database_open opens or creates the database in folder path.  ERR_BUSY, ERR_CORRUPT,
 * ERR_FULL, ERR_IO: why tells more.  is_test: no fsync. */
MUST_CHECK enum err database_open(struct database *d, const char *path, bool is_test,
				  char why[DATABASE_WHY_MAX]);
void database_close(struct database *d);

/* A value lent by the database until slice_free. */
struct slice {
	struct bytes value;
	rocksdb_pinnableslice_t *pin;
};
/* ERR_NOT_FOUND: nothing to free.  ERR_IO, ERR_CORRUPT: why tells more. */
MUST_CHECK enum err database_get(struct database *d, struct slice *out, enum column column,
				 struct bytes key, char why[DATABASE_WHY_MAX]);
void slice_free(struct slice *s);

/* A position in one column, over a snapshot taken when it was opened.  It begins at first and
 * ends before end, which stays the caller's while the cursor is open; end.at NULL: at the end
 * of the column.  A bound also keeps it from searching through what was deleted behind. */
struct cursor {
	rocksdb_iterator_t *it;
	rocksdb_readoptions_t *reading;
};
void cursor_open(struct cursor *c, struct database *d, enum column column, struct bytes first, struct bytes end);
bool cursor_is_valid(const struct cursor *c);
void cursor_next(struct cursor *c);
struct bytes cursor_key(const struct cursor *c);
struct bytes cursor_value(const struct cursor *c);
/* To the first entry at or behind key. */
void cursor_seek(struct cursor *c, struct bytes key);
/* Why an invalid cursor is so: OK at its end. */
MUST_CHECK enum err cursor_check(const struct cursor *c, char why[DATABASE_WHY_MAX]);
void cursor_free(struct cursor *c);
/* Both. */
MUST_CHECK enum err cursor_close(struct cursor *c, char why[DATABASE_WHY_MAX]);

/* Writes that happen together or not at all. */
struct batch {
	struct database *database;
	rocksdb_writebatch_t *writes;
};
void batch_open(struct batch *b, struct database *d);
void batch_put(struct batch *b, enum column column, struct bytes key, struct bytes value);
void batch_delete(struct batch *b, enum column column, struct bytes key);
/* How many writes are in it. */
size_t batch_count(const struct batch *b);
/* On disk when it returns OK.  ERR_FULL: the disk is; ERR_IO, ERR_CORRUPT. */
MUST_CHECK enum err batch_write(struct batch *b, char why[DATABASE_WHY_MAX]);
void batch_close(struct batch *b);

/* Memory that must be there: a node that cannot have it stops at once, with a message.
 * What is on disk is whole at any time. */
void *must_take(size_t size);
void *must_grow(void *at, size_t size);

#endif

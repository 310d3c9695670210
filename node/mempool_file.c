#include "node/mempool_file.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "node/file.h"

/* Not even the shortest, with 32 bytes of r, 32 of s and 20 of the recipient, have longer headers than that. */
static_assert(MEMPOOL_BYTES_MAX / 84 * (84 + RLP_HEADER_MAX) + RLP_HEADER_MAX <= MEMPOOL_FILE_SIZE_MAX,
	      "a full pool fits into the file");

/* What goes into the file. */
struct draft {
	struct rlp_writer out;
	size_t size; /* at most, of the items so far */
	u32 count;
};

/* Adds the transactions that are pending, or those that are not. */
static void add_some(struct draft *d, const struct pool_item *items, u32 count, bool is_pending)
{
	for (u32 i = 0; i < count; i++) {
		size_t size = items[i].tx->raw.size + RLP_HEADER_MAX;

		if (items[i].is_pending != is_pending || items[i].holder->is_oracle ||
		    size > MEMPOOL_FILE_SIZE_MAX - RLP_HEADER_MAX - d->size)
			continue;
		rlp_write_string(&d->out, items[i].tx->raw);
		d->size += size;
		d->count++;
	}
}

static enum err write_items(const char *folder, const struct pool_item *items, u32 count)
{
	struct draft d = { .size = 0 };
	size_t room = RLP_HEADER_MAX, mark;
	struct bytes content;
	enum err e;
	u8 *buffer;

	for (u32 i = 0; i < count; i++)
		room += items[i].tx->raw.size + RLP_HEADER_MAX;
	buffer = malloc(room);
	if (!buffer)
		return ERR_FULL;
	rlp_writer_init(&d.out, buffer, room);
	mark = rlp_list_open(&d.out);
	add_some(&d, items, count, true);
	add_some(&d, items, count, false);
	rlp_list_close(&d.out, mark);
	e = rlp_writer_end(&d.out, &content);
	if (e == OK)
		e = file_write(folder, MEMPOOL_FILE, content);
	free(buffer);
	return e;
}

static enum err remove_file(const char *folder)
{
	char path[PATH_SIZE];

	TRY(path_join(path, folder, MEMPOOL_FILE));
	return unlink(path) == 0 || errno == ENOENT ? OK : ERR_IO;
}

enum err mempool_save(struct mempool *m, const char *folder)
{
	struct pool_counts counts = mempool_counts(m);
	u32 capacity = (u32)(counts.pending + counts.queued), count;
	struct pool_item *items;
	enum err e;

	if (capacity == 0)
		return remove_file(folder);
	items = calloc(capacity, sizeof *items);
	if (!items)
		return ERR_FULL;
	count = mempool_list(m, items, capacity, NULL);
	e = write_items(folder, items, count);
	for (u32 i = 0; i < count; i++)
		pooled_release(items[i].holder);
	free(items);
	return e;
}

/* The whole file is one list of strings. */
static bool is_list(struct bytes content, struct rlp *items)
{
	struct rlp all, rest;
	struct bytes raw;

	rlp_init(&all, content);
	if (rlp_read_list(&all, items) != OK || !rlp_is_done(&all))
		return false;
	rest = *items;
	while (!rlp_is_done(&rest)) {
		if (rlp_read_string(&rest, &raw) != OK)
			return false;
	}
	return true;
}

enum err mempool_load(struct mempool *m, struct mempool_loaded *out, const char *folder)
{
	struct mempool_loaded loaded = { 0 };
	char path[PATH_SIZE];
	struct bytes raw;
	struct rlp items;
	size_t size;
	u8 *content;

	TRY(path_join(path, folder, MEMPOOL_FILE));
	TRY(file_read(&content, &size, path, MEMPOOL_FILE_SIZE_MAX));
	if (!is_list((struct bytes){ content, size }, &items)) {
		free(content);
		return ERR_CORRUPT;
	}
	while (!rlp_is_done(&items) && rlp_read_string(&items, &raw) == OK) {
		if (mempool_restore(m, raw) == OK)
			loaded.admitted++;
		else
			loaded.refused++;
	}
	free(content);
	*out = loaded;
	return OK;
}

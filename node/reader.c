#include <sodium.h>
#include <stdlib.h>

#include "node/env.h"
#include "node/pile.h"
#include "node/node_parts.h"

#define READER_STATE_MAX ((size_t)512 << 20) /* bytes of records one request may touch */
#define READER_ARENA_MAX ((size_t)256 << 20) /* bytes of results and logs */

struct reader_memory {
	struct pile state, arena;
	struct state_backing arena_backing;
};

static bool reader_read(void *context, struct bytes key, void *value, size_t value_size)
{
	struct reader *r = context;

	return store_view_read(&r->view, key, value, value_size);
}

static void *reader_more(void *context, size_t size)
{
	struct reader *r = context;
	struct reader_memory *m = r->memory;

	return m ? pile_take(&m->state, size) : NULL;
}

static void *arena_more(void *context, size_t size)
{
	struct reader_memory *m = context;

	return pile_take(&m->arena, size);
}

void reader_init(struct reader *r)
{
	struct reader_memory *m = malloc(sizeof *m);

	*r = (struct reader){ .memory = m };
	r->backing = (struct state_backing){ .read = reader_read, .more = reader_more, .context = r };
	randombytes_buf(&r->backing.seed, sizeof r->backing.seed);
	state_init(&r->state, &r->backing);
	if (!m)
		return; /* reader_begin says ERR_FULL */
	pile_init(&m->state, READER_STATE_MAX);
	pile_init(&m->arena, READER_ARENA_MAX);
	m->arena_backing = (struct state_backing){ .more = arena_more, .context = m };
}

void reader_free(struct reader *r)
{
	struct reader_memory *m = r->memory;

	if (m) {
		pile_free(&m->state);
		pile_free(&m->arena);
	}
	free(m);
	r->memory = NULL;
}

enum err reader_begin(struct reader *r, struct node *n, u64 height, bool is_next)
{
	struct reader_memory *m = r->memory;
	struct store_head at;
	u64 time;

	if (!m)
		return ERR_FULL;
	TRY(store_view_at(&r->view, n->store, height));
	head_get(&n->head, &at);
	if (at.header.number != height)
		TRY(store_header(n->store, &at.header, &at.hash, height));
	time = at.header.time;
	if (is_next && height == head_height(&n->head) && n->solo)
		time = solo_time(n->solo);
	if (is_next)
		env_next(&r->env, &n->genesis, &at, time > at.header.time ? time : at.header.time);
	else
		env_at(&r->env, &n->genesis, &at.header);
	state_clear(&r->state, &r->backing);
	pile_rewind(&m->arena);
	arena_init(&r->arena, &m->arena_backing);
	r->logs = (struct log_list){ 0 };
	return OK;
}

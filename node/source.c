#include "node/source.h"

#include <sodium.h>

static bool source_read(void *context, struct bytes key, void *value, size_t value_size)
{
	struct source *s = context;

	return s->view.store && store_view_read(&s->view, key, value, value_size);
}

static void *source_more(void *context, size_t size)
{
	struct source *s = context;

	return pile_take(&s->memory, size);
}

void source_init(struct source *s, size_t memory_max)
{
	*s = (struct source){
		.backing = { .read = source_read, .more = source_more, .context = s },
	};
	randombytes_buf(&s->backing.seed, sizeof s->backing.seed);
	pile_init(&s->memory, memory_max);
}

void source_free(struct source *s)
{
	pile_free(&s->memory);
}

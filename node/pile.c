#include "node/pile.h"

#include <stdlib.h>

#include "node/array.h"

struct pile_block {
	size_t size;
	size_t padding;
	u8 bytes[];
};
_Static_assert(offsetof(struct pile_block, bytes) % 16 == 0, "blocks are aligned to 16");

void pile_init(struct pile *m, size_t limit)
{
	*m = (struct pile){ .limit = limit };
}

static bool has_slot(struct pile *m)
{
	struct pile_block **room = array_room(m->blocks, m->count, &m->capacity, sizeof(*room));

	if (room)
		m->blocks = room;
	return room != NULL;
}

static void *use_block(struct pile *m, size_t i)
{
	struct pile_block *b = m->blocks[i];

	m->blocks[i] = m->blocks[m->used];
	m->blocks[m->used++] = b;
	return b->bytes;
}

void *pile_take(struct pile *m, size_t size)
{
	struct pile_block *b;

	for (size_t i = m->used; i < m->count; i++) {
		if (m->blocks[i]->size >= size)
			return use_block(m, i);
	}
	if (size > m->limit - m->held || !has_slot(m))
		return NULL;
	b = malloc(sizeof *b + size);
	if (!b)
		return NULL;
	b->size = size;
	m->held += size;
	m->blocks[m->count++] = b;
	return use_block(m, m->count - 1);
}

void pile_rewind(struct pile *m)
{
	m->used = 0;
}

void pile_free(struct pile *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->blocks[i]);
	free(m->blocks);
	pile_init(m, m->limit);
}

#include "node/memory.h"

#include <stdlib.h>

struct memory_block {
	size_t size;
	size_t padding;
	u8 bytes[];
};
_Static_assert(offsetof(struct memory_block, bytes) % 16 == 0, "blocks are aligned to 16");

void memory_init(struct memory *m, size_t limit)
{
	*m = (struct memory){ .limit = limit };
}

static bool has_slot(struct memory *m)
{
	size_t capacity = m->capacity ? 2 * m->capacity : 16;
	struct memory_block **grown;

	if (m->count < m->capacity)
		return true;
	grown = realloc(m->blocks, capacity * sizeof(*grown));
	if (!grown)
		return false;
	m->blocks = grown;
	m->capacity = capacity;
	return true;
}

static void *use_block(struct memory *m, size_t i)
{
	struct memory_block *b = m->blocks[i];

	m->blocks[i] = m->blocks[m->used];
	m->blocks[m->used++] = b;
	return b->bytes;
}

void *memory_take(struct memory *m, size_t size)
{
	struct memory_block *b;

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

void memory_rewind(struct memory *m)
{
	m->used = 0;
}

void memory_free(struct memory *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->blocks[i]);
	free(m->blocks);
	memory_init(m, m->limit);
}

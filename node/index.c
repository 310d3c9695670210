#include "node/index.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 1024

bool index_init(struct index *x)
{
	*x = (struct index){ .capacity = FIRST_CAPACITY };
	x->slots = calloc(x->capacity, sizeof *x->slots);
	randombytes_buf(&x->seed, sizeof x->seed);
	return x->slots != NULL;
}

void index_free(struct index *x)
{
	free(x->slots);
	*x = (struct index){ 0 };
}

static u64 mix(u64 x)
{
	x ^= x >> 32;
	x *= 0x9e3779b97f4a7c15ull;
	return x ^ x >> 29;
}

u64 index_digest(const struct index *x, struct bytes key)
{
	u64 digest = x->seed, word;

	assert(key.size <= 32);
	for (size_t i = 0; i < key.size; i += sizeof word) {
		size_t size = key.size - i < sizeof word ? key.size - i : sizeof word;

		word = 0;
		memcpy(&word, key.at + i, size);
		digest = mix(digest ^ word) * 0xd6e8feb86659fd93ull;
	}
	return mix(digest ^ x->seed);
}

void *index_find(const struct index *x, u64 digest, bool (*is)(const void *item, const void *key),
		 const void *key)
{
	for (size_t i = digest & (x->capacity - 1);; i = (i + 1) & (x->capacity - 1)) {
		if (!x->slots[i].item)
			return NULL;
		if (x->slots[i].digest == digest && is(x->slots[i].item, key))
			return x->slots[i].item;
	}
}

static void place(struct index_slot *slots, size_t capacity, u64 digest, void *item)
{
	size_t i = digest & (capacity - 1);

	while (slots[i].item)
		i = (i + 1) & (capacity - 1);
	slots[i] = (struct index_slot){ digest, item };
}

static bool grow(struct index *x)
{
	size_t capacity = 2 * x->capacity;
	struct index_slot *slots = calloc(capacity, sizeof *slots);

	if (!slots)
		return false;
	for (size_t i = 0; i < x->capacity; i++) {
		if (x->slots[i].item)
			place(slots, capacity, x->slots[i].digest, x->slots[i].item);
	}
	free(x->slots);
	x->slots = slots;
	x->capacity = capacity;
	return true;
}

bool index_add(struct index *x, u64 digest, void *item)
{
	if (10 * (x->count + 1) > 7 * x->capacity && !grow(x))
		return false;
	place(x->slots, x->capacity, digest, item);
	x->count++;
	return true;
}

static size_t slot_of(const struct index *x, u64 digest, const void *item)
{
	size_t i = digest & (x->capacity - 1);

	while (x->slots[i].item != item) {
		assert(x->slots[i].item);
		i = (i + 1) & (x->capacity - 1);
	}
	return i;
}

void index_remove(struct index *x, u64 digest, const void *item)
{
	size_t mask = x->capacity - 1;
	size_t hole = slot_of(x, digest, item);

	/* Pull back what probing would no longer find behind the hole. */
	for (size_t i = (hole + 1) & mask; x->slots[i].item; i = (i + 1) & mask) {
		size_t home = x->slots[i].digest & mask;

		if (((i - home) & mask) < ((i - hole) & mask))
			continue;
		x->slots[hole] = x->slots[i];
		hole = i;
	}
	x->slots[hole].item = NULL;
	x->count--;
}

void index_replace(struct index *x, u64 digest, const void *item, void *with)
{
	x->slots[slot_of(x, digest, item)].item = with;
}

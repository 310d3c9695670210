#include "contracts-native/state/state.h"

#include <string.h>

#define SLOTS_MIN      256u /* a read-only call touches a few dozen records */
#define UNDO_SIZE_MIN  4096u
#define CHUNK_SIZE_MIN ((size_t)16 << 10)
#define CHUNK_SIZE_MAX ((size_t)1 << 20)

static_assert(TABLE_KEY_MAX % 8 == 0 && TABLE_VALUE_MAX % 8 == 0, "keys and values are kept in words");

/* Memory from the owner, large enough for an array or for many records. */
struct chunk {
	struct chunk *next;
	size_t size; /* of what follows */
};
static_assert(sizeof(struct chunk) == 16, "what follows a chunk is aligned to 16");

/* Key and value are padded with zeros to whole words. */
struct state_record {
	u64 hash;
	u64 *original; /* the value as first read; NULL until it is written */
	u16 value_words;
	u16 value_size;
	u8 key_size;
	bool is_present; /* value is not all zero */
	u64 words[];     /* value, then key */
};

static size_t words_of(size_t size)
{
	return (size + 7) / 8;
}

static u64 *record_key(struct state_record *r)
{
	return r->words + r->value_words;
}

/* Most records have something in their first words. */
static bool words_are_zero(const u64 *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (words[i] != 0)
			return false;
	return true;
}

/* -- memory ------------------------------------------------------------------- */

/* The first kept chunk of at least size bytes; NULL if there is none. */
static struct chunk *chunk_reuse(struct state *s, size_t size)
{
	struct chunk *chunk, *before = NULL;

	for (chunk = s->free_chunks; chunk; before = chunk, chunk = chunk->next) {
		if (chunk->size < size)
			continue;
		if (before)
			before->next = chunk->next;
		else
			s->free_chunks = chunk->next;
		return chunk;
	}
	return NULL;
}

static struct chunk *chunk_new(struct state *s, size_t size)
{
	struct chunk *chunk = s->backing->more(s->backing->context, sizeof *chunk + size);

	if (!chunk) {
		s->full = true;
		return NULL;
	}
	chunk->size = size;
	return chunk;
}

static void *array_take(struct state *s, size_t size)
{
	struct chunk *chunk = chunk_reuse(s, size);

	if (!chunk)
		chunk = chunk_new(s, size);
	return chunk ? chunk + 1 : NULL;
}

static void array_give(struct state *s, void *array)
{
	struct chunk *chunk;

	if (!array)
		return;
	chunk = (struct chunk *)array - 1;
	chunk->next = s->free_chunks;
	s->free_chunks = chunk;
}

static void *bump_take(struct state *s, size_t size)
{
	struct chunk *chunk;
	void *at;

	assert(size % 8 == 0 && size <= CHUNK_SIZE_MIN);

	if (s->chunk_left < size) {
		chunk = chunk_reuse(s, CHUNK_SIZE_MIN);
		if (!chunk) {
			if (s->chunk_size < CHUNK_SIZE_MAX)
				s->chunk_size = s->chunk_size ? 2 * s->chunk_size : CHUNK_SIZE_MIN;
			chunk = chunk_new(s, s->chunk_size);
		}
		if (!chunk)
			return NULL;
		chunk->next = s->used_chunks;
		s->used_chunks = chunk;
		s->chunk = (u8 *)(chunk + 1);
		s->chunk_left = chunk->size;
	}
	at = s->chunk;
	s->chunk += size;
	s->chunk_left -= size;
	return at;
}

/* -- the table of records ----------------------------------------------------- */

static u64 fold(u64 a, u64 b)
{
	u128 product = (u128)a * b;

	return (u64)product ^ (u64)(product >> 64);
}

static u64 key_hash(const struct state_key *key, u64 seed)
{
	u64 hash = seed ^ 0x9e3779b97f4a7c15;

	for (size_t i = 0; i < key->word_count; i++)
		hash = fold(hash ^ key->words[i], 0xd6e8feb86659fd93 + seed);
	return fold(hash, 0xa0761d6478bd642f);
}

static bool record_is(struct state_record *r, const struct state_key *key, u64 hash)
{
	const u64 *words = record_key(r);
	u64 difference = 0;

	if (r->hash != hash || r->key_size != key->size)
		return false;
	for (size_t i = 0; i < key->word_count; i++)
		difference |= words[i] ^ key->words[i];
	return difference == 0;
}

static bool slots_grow(struct state *s)
{
	size_t count = s->slot_count ? 2 * s->slot_count : SLOTS_MIN;
	struct state_record **slots = array_take(s, count * sizeof *slots);
	struct state_record **records = array_take(s, count / 2 * sizeof *records);
	size_t at;

	if (!slots || !records)
		return false;
	memset(slots, 0, count * sizeof *slots);
	if (s->record_count)
		memcpy(records, s->records, s->record_count * sizeof *records);
	for (size_t i = 0; i < s->record_count; i++) {
		for (at = records[i]->hash & (count - 1); slots[at];)
			at = (at + 1) & (count - 1);
		slots[at] = records[i];
	}
	array_give(s, s->slots);
	array_give(s, s->records);
	s->slots = slots;
	s->slot_count = count;
	s->records = records;
	s->record_capacity = count / 2;
	return true;
}

static struct bytes key_bytes(const struct state_key *key)
{
	return (struct bytes){ (const u8 *)key->words, key->size };
}

/* Reads a record at first touch; NULL when memory is out. */
static struct state_record *record_load(struct state *s, const struct state_key *key, u64 hash, size_t value_size)
{
	size_t value_words = words_of(value_size), at;
	struct state_record *r;

	if (s->record_count == s->record_capacity && !slots_grow(s))
		return NULL;
	r = bump_take(s, sizeof *r + 8 * (value_words + key->word_count));
	if (!r)
		return NULL;
	r->hash = hash;
	r->original = NULL;
	r->value_words = (u16)value_words;
	r->value_size = (u16)value_size;
	r->key_size = (u8)key->size;
	memset(r->words, 0, 8 * value_words);
	memcpy(record_key(r), key->words, 8 * key->word_count);
	if (!s->backing->read(s->backing->context, key_bytes(key), r->words, value_size))
		memset(r->words, 0, 8 * value_words);
	r->is_present = !words_are_zero(r->words, value_words);
	for (at = hash & (s->slot_count - 1); s->slots[at];)
		at = (at + 1) & (s->slot_count - 1);
	s->slots[at] = r;
	s->records[s->record_count++] = r;
	return r;
}

/* The record of a key; NULL when memory is out.  The search ends: at most half of the slots
 * are taken. */
static inline struct state_record *record_get(struct state *s, const struct state_key *key, size_t value_size)
{
	u64 hash = key_hash(key, s->backing->seed);
	size_t mask = s->slot_count - 1;
	struct state_record *r;

	if (s->slot_count == 0)
		return record_load(s, key, hash, value_size);
	for (size_t i = hash & mask; (r = s->slots[i]) != NULL; i = (i + 1) & mask)
		if (record_is(r, key, hash))
			return r;
	return record_load(s, key, hash, value_size);
}

/* -- life ---------------------------------------------------------------------- */

void state_init(struct state *s, const struct state_backing *backing)
{
	*s = (struct state){ .backing = backing };
}

void state_clear(struct state *s, const struct state_backing *backing)
{
	struct chunk *chunk;

	while ((chunk = s->used_chunks) != NULL) {
		s->used_chunks = chunk->next;
		chunk->next = s->free_chunks;
		s->free_chunks = chunk;
	}
	if (s->slot_count)
		memset(s->slots, 0, s->slot_count * sizeof *s->slots);
	s->backing = backing;
	s->record_count = 0;
	s->undo_size = 0;
	s->chunk = NULL;
	s->chunk_left = 0;
	s->full = false;
}

bool state_is_full(const struct state *s)
{
	return s->full;
}

/* -- reading and writing ---------------------------------------------------------- */

bool state_read(struct state *s, const struct state_key *key, void *value, size_t value_size)
{
	struct state_record *r = record_get(s, key, value_size);

	if (!r) {
		memset(value, 0, value_size);
		return false;
	}
	memcpy(value, r->words, value_size);
	return r->is_present;
}

const void *state_peek(struct state *s, const struct state_key *key, size_t value_size)
{
	static const u64 zeros[TABLE_VALUE_MAX / 8];
	struct state_record *r = record_get(s, key, value_size);

	return r ? r->words : zeros;
}

/* The undo log is a stack of (old value, pointer to the record). */
static bool undo_push(struct state *s, struct state_record *r)
{
	size_t value_size = 8 * (size_t)r->value_words;
	size_t capacity = s->undo_capacity ? 2 * s->undo_capacity : UNDO_SIZE_MIN;
	u8 *grown;

	if (s->undo_capacity - s->undo_size < value_size + sizeof r) {
		grown = array_take(s, capacity);
		if (!grown)
			return false;
		if (s->undo_size)
			memcpy(grown, s->undo, s->undo_size);
		array_give(s, s->undo);
		s->undo = grown;
		s->undo_capacity = capacity;
	}
	memcpy(s->undo + s->undo_size, r->words, value_size);
	memcpy(s->undo + s->undo_size + value_size, &r, sizeof r);
	s->undo_size += value_size + sizeof r;
	return true;
}

static_assert(UNDO_SIZE_MIN >= TABLE_VALUE_MAX + sizeof(struct state_record *), "one step makes room enough");

void state_write(struct state *s, const struct state_key *key, const void *value, size_t value_size)
{
	struct state_record *r = record_get(s, key, value_size);

	if (!r)
		return;
	if (!r->original) {
		r->original = bump_take(s, 8 * (size_t)r->value_words);
		if (!r->original)
			return;
		memcpy(r->original, r->words, 8 * (size_t)r->value_words);
	}
	if (!undo_push(s, r))
		return;
	memcpy(r->words, value, value_size);
	r->is_present = !words_are_zero(r->words, r->value_words);
}

size_t state_checkpoint(const struct state *s)
{
	return s->undo_size;
}

void state_rollback(struct state *s, size_t checkpoint)
{
	struct state_record *r;
	size_t value_size;

	assert(checkpoint <= s->undo_size);

	while (s->undo_size > checkpoint) {
		s->undo_size -= sizeof r;
		memcpy(&r, s->undo + s->undo_size, sizeof r);
		value_size = 8 * (size_t)r->value_words;
		assert(s->undo_size >= checkpoint + value_size);
		s->undo_size -= value_size;
		memcpy(r->words, s->undo + s->undo_size, value_size);
		r->is_present = !words_are_zero(r->words, r->value_words);
	}
}

void state_settle(struct state *s)
{
	s->undo_size = 0;
}

void state_changes(const struct state *s, void (*visit)(void *context, const struct state_change *), void *context)
{
	for (size_t i = 0; i < s->record_count; i++) {
		struct state_record *r = s->records[i];
		struct state_change change;

		if (!r->original || !memcmp(r->original, r->words, r->value_size))
			continue;
		change.key = (struct bytes){ (const u8 *)record_key(r), r->key_size };
		change.value = (struct bytes){ r->is_present ? (const u8 *)r->words : NULL,
					       r->is_present ? r->value_size : 0 };
		visit(context, &change);
	}
}

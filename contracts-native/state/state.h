#ifndef CONTRACTS_STATE_STATE_H
#define CONTRACTS_STATE_STATE_H

/* The one way to touch state: typed records in memory over committed ones, with
 * a journal.
 *
 *     backing (committed, read-only)  <-  state (records read or written)
 *                                          ^ checkpoint ... rollback
 *
 * A read copies the record out; a write replaces it and remembers the old one, so
 * that rolling back to a checkpoint undoes everything after it.  Nothing here
 * allocates: memory comes from the owner through backing->more, in chunks that
 * state_clear keeps for the next block.
 *
 * If more() gives nothing, the state is full for good (state_is_full): what was
 * written since is unreliable, the owner must discard it and report ERR_FULL. */

#include <string.h>

#include "base/err.h"
#include "contracts-native/state/schema.h"

struct state_backing {
	/* Copies the committed record into value; false if there is none.  key starts with the table byte. */
	bool (*read)(void *context, struct bytes key, void *value, size_t value_size);
	/* Gives size bytes aligned to 16 that live until the owner ends the state; NULL if there are none. */
	void *(*more)(void *context, size_t size);
	void *context;
	/* Keys the hash table: a number that a sender of transactions cannot foresee keeps them from
	 * choosing keys that collide.  It changes no result. */
	u64 seed;
};

struct state_record; /* private: one record in memory */

struct state {
	const struct state_backing *backing;
	struct state_record **slots; /* open addressing, power of two */
	size_t slot_count, record_count;
	struct state_record **records; /* in the order of first touch */
	size_t record_capacity;
	u8 *undo; /* old values, newest last */
	size_t undo_size, undo_capacity;
	u8 *chunk; /* bump allocation */
	size_t chunk_left, chunk_size;
	void *free_chunks; /* kept by state_clear */
	void *used_chunks;
	bool full;
};

void state_init(struct state *s, const struct state_backing *backing);
/* Forgets every record and checkpoint, keeps the memory, and reads from backing from now on. */
void state_clear(struct state *s, const struct state_backing *backing);
bool state_is_full(const struct state *s);

/* state_checkpoint marks a place; state_rollback undoes every write after it.
 * Requires that no rollback or settle has gone behind the checkpoint. */
size_t state_checkpoint(const struct state *s);
void state_rollback(struct state *s, size_t checkpoint);
/* Declares all writes so far final: their undo records are dropped. */
void state_settle(struct state *s);

/* Untyped access; use the typed functions below.  A key is kept with the table's byte before it
 * and padded with zeros to whole words. */
struct state_key {
	u64 words[TABLE_KEY_MAX / 8];
	size_t size, word_count;
};
static inline struct state_key state_key_of(enum table table, const void *key, size_t key_size)
{
	struct state_key k;

	k.size = 1 + key_size;
	k.word_count = (k.size + 7) / 8;
	k.words[k.word_count - 1] = 0;
	((u8 *)k.words)[0] = (u8)table;
	memcpy((u8 *)k.words + 1, key, key_size);
	return k;
}
/* state_read copies the record out and returns whether it exists; zeros if not.  state_peek shows
 * where it lies in memory, aligned to 8: what is there changes with the next write of it, and is
 * gone after state_clear. */
bool state_read(struct state *s, const struct state_key *key, void *value, size_t value_size);
const void *state_peek(struct state *s, const struct state_key *key, size_t value_size);
void state_write(struct state *s, const struct state_key *key, const void *value, size_t value_size);

/* What differs from the backing, in the order of first touch: a record that was
 * written and ended as it began is left out.  value.at is NULL for a removed one. */
struct state_change {
	struct bytes key; /* with the table byte */
	struct bytes value;
};
/* Calls visit for each change. */
void state_changes(const struct state *s, void (*visit)(void *context, const struct state_change *), void *context);

/* NAME_read(s, &key, &out), NAME_peek(s, &key), NAME_write(s, &key, &record), NAME_remove(s, &key). */
#define X(name, number) \
	static inline bool name##_read(struct state *s, const struct name##_key *key, struct name *out) \
	{ \
		struct state_key k = state_key_of(TABLE_##name, key, sizeof *key); \
		return state_read(s, &k, out, sizeof *out); \
	} \
	static inline const struct name *name##_peek(struct state *s, const struct name##_key *key) \
	{ \
		struct state_key k = state_key_of(TABLE_##name, key, sizeof *key); \
		return state_peek(s, &k, sizeof(struct name)); \
	} \
	static inline void name##_write(struct state *s, const struct name##_key *key, const struct name *in) \
	{ \
		struct state_key k = state_key_of(TABLE_##name, key, sizeof *key); \
		state_write(s, &k, in, sizeof *in); \
	} \
	static inline void name##_remove(struct state *s, const struct name##_key *key) \
	{ \
		static const struct name none; \
		name##_write(s, key, &none); \
	}
TABLES(X)
#undef X

#endif

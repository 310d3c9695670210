#include "node/store/ics23.h"

#include <assert.h>
#include <string.h>

#include "node/store/tree_node.h"

/* Field numbers of cosmos/ics23/v1/proofs.proto. */
enum {
	COMMITMENT_EXIST = 1,
	COMMITMENT_NONEXIST = 2,
	EXISTENCE_KEY = 1,
	EXISTENCE_VALUE = 2,
	EXISTENCE_LEAF = 3,
	EXISTENCE_PATH = 4,
	NONEXISTENCE_KEY = 1,
	NONEXISTENCE_LEFT = 2,
	NONEXISTENCE_RIGHT = 3,
	LEAF_HASH = 1,
	LEAF_PREHASH_KEY = 2,
	LEAF_PREHASH_VALUE = 3, /* 4, length, is NO_PREFIX = 0: left out, as protobuf does */
	LEAF_PREFIX = 5,
	INNER_HASH = 1,
	INNER_PREFIX = 2,
	INNER_SUFFIX = 3,
};

#define HASH_OP_SHA256 1
#define WIRE_VARINT    0u
#define WIRE_BYTES     2u

#define INNER_OP_MAX  (2 + 2 + 2 + TREE_INNER_PREFIX_SIZE + 2 + sizeof(struct hash))
#define EXISTENCE_MAX (4 + (2 + TABLE_KEY_MAX) + (3 + TABLE_VALUE_MAX) + (10 + TREE_LEAF_PREFIX_SIZE) + \
		       PROOF_DEPTH_MAX * INNER_OP_MAX)
static_assert(4 + 2 + TABLE_KEY_MAX + 2 * EXISTENCE_MAX <= ICS23_PROOF_MAX, "a proof fits");

/* -- protobuf, from its end to its beginning: so a message's size is known when it is put before it -- */

struct writer {
	u8 *out;
	size_t at; /* what is written begins here */
};

static void raw_put(struct writer *w, struct bytes in)
{
	assert(in.size <= w->at);

	w->at -= in.size;
	if (in.size > 0)
		memcpy(w->out + w->at, in.at, in.size);
}

static void varint_put(struct writer *w, size_t x)
{
	u8 bytes[10];
	size_t size = 0;

	for (; x >= 0x80; x >>= 7)
		bytes[size++] = (u8)(x | 0x80);
	bytes[size++] = (u8)x;
	raw_put(w, (struct bytes){ bytes, size });
}

static void number_put(struct writer *w, unsigned field, size_t x)
{
	varint_put(w, x);
	varint_put(w, field << 3 | WIRE_VARINT);
}

/* Makes a field of what was written since end. */
static void message_put(struct writer *w, unsigned field, size_t end)
{
	varint_put(w, end - w->at);
	varint_put(w, field << 3 | WIRE_BYTES);
}

static void bytes_put(struct writer *w, unsigned field, struct bytes in)
{
	size_t end = w->at;

	raw_put(w, in);
	message_put(w, field, end);
}

/* -- messages: fields in descending order ------------------------------------------------------ */

static void leaf_put(struct writer *w)
{
	size_t end = w->at;

	bytes_put(w, LEAF_PREFIX, (struct bytes){ (const u8 *)TREE_LEAF_PREFIX, TREE_LEAF_PREFIX_SIZE });
	number_put(w, LEAF_PREHASH_VALUE, HASH_OP_SHA256);
	number_put(w, LEAF_PREHASH_KEY, HASH_OP_SHA256);
	number_put(w, LEAF_HASH, HASH_OP_SHA256);
	message_put(w, EXISTENCE_LEAF, end);
}

static void inner_put(struct writer *w, const struct hash *sibling, bool is_right)
{
	u8 prefix[TREE_INNER_PREFIX_SIZE + sizeof *sibling];
	size_t end = w->at;

	memcpy(prefix, TREE_INNER_PREFIX, TREE_INNER_PREFIX_SIZE);
	memcpy(prefix + TREE_INNER_PREFIX_SIZE, sibling, sizeof *sibling);
	if (!is_right)
		bytes_put(w, INNER_SUFFIX, (struct bytes){ sibling->bytes, sizeof *sibling });
	bytes_put(w, INNER_PREFIX, (struct bytes){ prefix, is_right ? sizeof prefix : TREE_INNER_PREFIX_SIZE });
	number_put(w, INNER_HASH, HASH_OP_SHA256);
	message_put(w, EXISTENCE_PATH, end);
}

static void existence_put(struct writer *w, unsigned field, const struct state_proof *proof, struct bytes key,
			  struct bytes value)
{
	size_t end = w->at;

	assert(proof->exists && proof->depth <= PROOF_DEPTH_MAX);
	assert(key.size <= TABLE_KEY_MAX && value.size <= TABLE_VALUE_MAX);

	for (u32 i = proof->depth; i-- > 0;)
		inner_put(w, &proof->siblings[i], tree_bit(&proof->leaf_key, proof->depth - 1 - i));
	leaf_put(w);
	bytes_put(w, EXISTENCE_VALUE, value);
	bytes_put(w, EXISTENCE_KEY, key);
	message_put(w, field, end);
}

static void neighbor_put(struct writer *w, unsigned field, const struct absence_neighbor *n)
{
	if (n->is_there)
		existence_put(w, field, &n->proof, (struct bytes){ n->key, n->key_size },
			      (struct bytes){ n->value, n->value_size });
}

static struct bytes written(const struct writer *w)
{
	return (struct bytes){ w->out + w->at, ICS23_PROOF_MAX - w->at };
}

struct bytes ics23_presence(u8 out[ICS23_PROOF_MAX], const struct state_proof *proof, struct bytes key,
			    struct bytes value)
{
	struct writer w = { out, ICS23_PROOF_MAX };

	existence_put(&w, COMMITMENT_EXIST, proof, key, value);
	return written(&w);
}

struct bytes ics23_absence(u8 out[ICS23_PROOF_MAX], const struct absence_proof *proof, struct bytes key)
{
	struct writer w = { out, ICS23_PROOF_MAX };

	assert(proof->left.is_there || proof->right.is_there);
	assert(key.size <= TABLE_KEY_MAX);

	neighbor_put(&w, NONEXISTENCE_RIGHT, &proof->right);
	neighbor_put(&w, NONEXISTENCE_LEFT, &proof->left);
	bytes_put(&w, NONEXISTENCE_KEY, key);
	message_put(&w, COMMITMENT_NONEXIST, ICS23_PROOF_MAX);
	return written(&w);
}

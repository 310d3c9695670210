#include "contracts-native/chain/block.h"

#include <string.h>

#include "base/hash.h"

/* The trie of a list is known in advance: its keys are RLP(0), RLP(1), ..., no key is
 * the beginning of another, and their order is 1..127, 0, 128.. as the encoding of 0 is
 * 0x80.  So every node is a range of positions in that order that agree in their first
 * nibbles, and the root needs no trie in memory. */

#define KEY_SIZE_MAX    5 /* bytes of RLP(2^32 - 1) */
#define TRIE_DEPTH_MAX  (2 * KEY_SIZE_MAX)
#define HASHED_SIZE_MIN 32 /* of a node's encoding: a shorter one stands for itself */
#define REFERENCE_MAX   33 /* RLP of a hash */
#define BRANCH_SIZE_MAX (3 + TRIE_WIDTH * REFERENCE_MAX + 1)

/* How a parent names a node: its encoding if that is short, else its hash. */
struct reference {
	u8 bytes[REFERENCE_MAX];
	u8 size;
};

struct key {
	u8 bytes[KEY_SIZE_MAX];
	u32 size; /* bytes */
};

struct list {
	u32 count;
	struct bytes (*item)(void *context, u32 i);
	void *context;
};

/* The index of the item at a position in the order of keys. */
static u32 index_at(const struct list *list, u32 position)
{
	u32 zero = list->count - 1 < 127 ? list->count - 1 : 127;

	if (position == zero)
		return 0;
	return position < zero ? position + 1 : position;
}

static struct key key_at(const struct list *list, u32 position)
{
	u32 index = index_at(list, position);
	struct rlp_writer w;
	struct key key;

	rlp_writer_init(&w, key.bytes, sizeof key.bytes);
	rlp_write_u64(&w, index);
	assert(!w.full);
	key.size = (u32)w.size;
	return key;
}

static u8 nibble(const struct key *key, u32 depth)
{
	return depth % 2 ? key->bytes[depth / 2] & 15 : key->bytes[depth / 2] >> 4;
}

/* Hex-prefix encoding of the nibbles from depth to end; returns its size. */
static size_t path_encode(u8 out[KEY_SIZE_MAX + 1], const struct key *key, u32 depth, u32 end, bool is_leaf)
{
	size_t size = 1;

	out[0] = is_leaf ? 0x20 : 0;
	if ((end - depth) % 2)
		out[0] |= (u8)(0x10 | nibble(key, depth++));
	for (; depth < end; depth += 2)
		out[size++] = (u8)(nibble(key, depth) << 4 | nibble(key, depth + 1));
	return size;
}

static void reference_to_hash(struct reference *out, const struct hash *hash)
{
	out->bytes[0] = 0xa0;
	memcpy(out->bytes + 1, hash->bytes, sizeof hash->bytes);
	out->size = REFERENCE_MAX;
}

/* Names the node whose encoding this is. */
static void reference_make(struct reference *out, struct bytes node)
{
	struct hash hash;

	if (node.size < HASHED_SIZE_MIN) {
		memcpy(out->bytes, node.at, node.size);
		out->size = (u8)node.size;
		return;
	}
	keccak256(&hash, node);
	reference_to_hash(out, &hash);
}

/* -- leaves -------------------------------------------------------------------------------- */

#define LEAF_HEAD_MAX (2 * RLP_HEADER_MAX + KEY_SIZE_MAX + 2) /* of the list, the path, head of the value */

/* The leaves of one branch are hashed together, their values where they lie. */
struct leaves {
	u32 count;
	u8 heads[TRIE_WIDTH][LEAF_HEAD_MAX];
	struct bytes parts[2 * TRIE_WIDTH]; /* head, value */
	struct reference *out[TRIE_WIDTH];
};

static void leaf_add(struct leaves *l, struct reference *out, const struct key *key, u32 depth, struct bytes value)
{
	u8 path[KEY_SIZE_MAX + 1], value_head[RLP_HEADER_MAX], rest[LEAF_HEAD_MAX], *head = l->heads[l->count];
	struct rlp_writer w;
	size_t size;

	rlp_writer_init(&w, rest, sizeof rest);
	rlp_write_string(&w, (struct bytes){ path, path_encode(path, key, depth, 2 * key->size, true) });
	if (value.size != 1 || value.at[0] >= 0x80)
		rlp_write_raw(&w, (struct bytes){ value_head, rlp_string_header(value_head, value.size) });
	size = rlp_list_header(head, w.size + value.size);
	assert(!w.full && size + w.size <= LEAF_HEAD_MAX);
	memcpy(head + size, rest, w.size);
	size += w.size;
	if (size + value.size < HASHED_SIZE_MIN) {
		memcpy(out->bytes, head, size);
		memcpy(out->bytes + size, value.at, value.size);
		out->size = (u8)(size + value.size);
		return;
	}
	l->parts[2 * l->count] = (struct bytes){ head, size };
	l->parts[2 * l->count + 1] = value;
	l->out[l->count++] = out;
}

static void leaves_hash(struct leaves *l)
{
	struct hash hashes[TRIE_WIDTH];

	keccak256_many(hashes, l->parts, 2, l->count);
	for (u32 i = 0; i < l->count; i++)
		reference_to_hash(l->out[i], &hashes[i]);
	l->count = 0;
}

/* -- inner nodes ---------------------------------------------------------------------------- */

static void extension_make(struct reference *out, const struct key *key, u32 depth, u32 end,
			   const struct reference *child)
{
	u8 path[KEY_SIZE_MAX + 1], buffer[REFERENCE_MAX + KEY_SIZE_MAX + 8];
	struct rlp_writer w;
	size_t mark;

	rlp_writer_init(&w, buffer, sizeof buffer);
	mark = rlp_list_open(&w);
	rlp_write_string(&w, (struct bytes){ path, path_encode(path, key, depth, end, false) });
	rlp_write_raw(&w, (struct bytes){ child->bytes, child->size });
	rlp_list_close(&w, mark);
	assert(!w.full);
	reference_make(out, (struct bytes){ buffer, w.size });
}

/* The first position in [first, end) whose key has another nibble at depth than first's. */
static u32 run_end(const struct list *list, u32 first, u32 end, u32 depth)
{
	struct key key = key_at(list, first);
	u8 want = nibble(&key, depth);
	u32 middle;

	first++;
	while (first < end) {
		middle = first + (end - first) / 2;
		key = key_at(list, middle);
		if (nibble(&key, depth) == want)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

static void node_make(struct reference *out, const struct list *list, u32 first, u32 end, u32 depth);

/* The children of a branch at depth over the positions [first, end); leaves last, so that all their
 * values are there at once. */
static void children_make(struct reference children[TRIE_WIDTH], const struct list *list, u32 first, u32 end,
			  u32 depth)
{
	u32 starts[TRIE_WIDTH + 1];
	struct leaves leaves;

	leaves.count = 0;
	for (u8 i = 0; i < TRIE_WIDTH; i++) {
		struct key key = key_at(list, first < end ? first : end - 1);

		starts[i] = first;
		children[i] = (struct reference){ { 0x80 }, 1 }; /* RLP of nothing */
		if (first < end && nibble(&key, depth) == i)
			first = run_end(list, first, end, depth);
		starts[i + 1] = first;
		if (first - starts[i] > 1)
			node_make(&children[i], list, starts[i], first, depth + 1);
	}
	assert(first == end);
	for (u8 i = 0; i < TRIE_WIDTH; i++) {
		struct key key = key_at(list, starts[i] < end ? starts[i] : end - 1);

		if (starts[i + 1] - starts[i] == 1)
			leaf_add(&leaves, &children[i], &key, depth + 1,
				 list->item(list->context, index_at(list, starts[i])));
	}
	leaves_hash(&leaves);
}

/* The node of the positions [first, end), two at least, whose keys agree below depth.
 * Recursion is as deep as a key has nibbles: TRIE_DEPTH_MAX. */
static void node_make(struct reference *out, const struct list *list, u32 first, u32 end, u32 depth)
{
	struct key low = key_at(list, first), high = key_at(list, end - 1);
	struct reference children[TRIE_WIDTH], child;
	u8 buffer[BRANCH_SIZE_MAX];
	u32 branch = depth;
	struct rlp_writer w;
	size_t mark;

	assert(end - first > 1 && depth <= TRIE_DEPTH_MAX);

	while (nibble(&low, branch) == nibble(&high, branch))
		branch++;
	children_make(children, list, first, end, branch);
	rlp_writer_init(&w, buffer, sizeof buffer);
	mark = rlp_list_open(&w);
	for (u8 i = 0; i < TRIE_WIDTH; i++)
		rlp_write_raw(&w, (struct bytes){ children[i].bytes, children[i].size });
	rlp_write_u64(&w, 0); /* no value: no key ends here */
	rlp_list_close(&w, mark);
	assert(!w.full);
	reference_make(&child, (struct bytes){ buffer, w.size });
	if (branch == depth)
		*out = child;
	else
		extension_make(out, &high, depth, branch, &child);
}

/* A list of one is a leaf and nothing else. */
static void root_make(struct reference *out, const struct list *list)
{
	struct key key = key_at(list, 0);
	struct leaves leaves;

	if (list->count > 1) {
		node_make(out, list, 0, list->count, 0);
		return;
	}
	leaves.count = 0;
	leaf_add(&leaves, out, &key, 0, list->item(list->context, 0));
	leaves_hash(&leaves);
}

void trie_list_root(struct hash *out, u32 count, struct bytes (*item)(void *context, u32 i), void *context)
{
	struct list list = { count, item, context };
	struct reference root;

	if (count == 0) {
		*out = HASH_EMPTY_TRIE;
		return;
	}
	root_make(&root, &list);
	if (root.size == REFERENCE_MAX)
		memcpy(out->bytes, root.bytes + 1, sizeof out->bytes);
	else
		keccak256(out, (struct bytes){ root.bytes, root.size });
}

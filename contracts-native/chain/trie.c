#include "contracts-native/chain/block.h"

#include <string.h>

#include "base/hash.h"

/* The trie of a list is known in advance: its keys are RLP(0), RLP(1), ..., no key is
 * the beginning of another, and their order is 1..127, 0, 128.. as the encoding of 0 is
 * 0x80.  So every node is a range of positions in that order that agree in their first
 * nibbles, and the root needs no trie in memory. */

#define KEY_SIZE_MAX    5 /* bytes of RLP(2^32 - 1) */
#define TRIE_DEPTH_MAX  (2 * KEY_SIZE_MAX)
#define REFERENCE_MAX   33 /* RLP of a hash */
#define BRANCH_SIZE_MAX (3 + 16 * REFERENCE_MAX + 1)

/* How a parent names a node: its encoding if that is below 32 bytes, else its hash. */
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

/* Names the node whose encoding is laid out in parts. */
static void reference_make(struct reference *out, const struct bytes *parts, size_t count)
{
	struct hash hash;
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += parts[i].size;
	if (size >= 32) {
		keccak256_parts(&hash, parts, count);
		out->bytes[0] = 0xa0;
		memcpy(out->bytes + 1, hash.bytes, sizeof hash.bytes);
		out->size = REFERENCE_MAX;
		return;
	}
	out->size = 0;
	for (size_t i = 0; i < count; i++) {
		if (parts[i].size > 0)
			memcpy(out->bytes + out->size, parts[i].at, parts[i].size);
		out->size = (u8)(out->size + parts[i].size);
	}
}

/* The value is hashed where it lies. */
static void leaf_make(struct reference *out, const struct key *key, u32 depth, struct bytes value)
{
	u8 list_head[RLP_HEADER_MAX], value_head[RLP_HEADER_MAX], path[KEY_SIZE_MAX + 1], path_rlp[KEY_SIZE_MAX + 2];
	struct bytes parts[4] = { { list_head, 0 }, { path_rlp, 0 }, { value_head, 0 }, value };
	struct rlp_writer w;

	rlp_writer_init(&w, path_rlp, sizeof path_rlp);
	rlp_write_string(&w, (struct bytes){ path, path_encode(path, key, depth, 2 * key->size, true) });
	parts[1].size = w.size;
	if (value.size != 1 || value.at[0] >= 0x80)
		parts[2].size = rlp_string_header(value_head, value.size);
	parts[0].size = rlp_list_header(list_head, parts[1].size + parts[2].size + value.size);
	reference_make(out, parts, ARRAY_COUNT(parts));
}

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
	reference_make(out, &(struct bytes){ buffer, w.size }, 1);
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

/* The node of the positions [first, end), whose keys agree below depth.
 * Recursion is as deep as a key has nibbles: TRIE_DEPTH_MAX. */
static void node_make(struct reference *out, const struct list *list, u32 first, u32 end, u32 depth)
{
	struct key low = key_at(list, first), high = key_at(list, end - 1);
	u8 buffer[BRANCH_SIZE_MAX];
	u32 branch = depth, next;
	struct reference child;
	struct rlp_writer w;
	size_t mark;

	assert(first < end && depth <= TRIE_DEPTH_MAX);

	if (end - first == 1) {
		leaf_make(out, &low, depth, list->item(list->context, index_at(list, first)));
		return;
	}
	while (nibble(&low, branch) == nibble(&high, branch))
		branch++;
	rlp_writer_init(&w, buffer, sizeof buffer);
	mark = rlp_list_open(&w);
	for (u8 i = 0; i < 16; i++) {
		low = key_at(list, first < end ? first : end - 1);
		if (first == end || nibble(&low, branch) != i) {
			rlp_write_u64(&w, 0);
			continue;
		}
		next = run_end(list, first, end, branch);
		node_make(&child, list, first, next, branch + 1);
		rlp_write_raw(&w, (struct bytes){ child.bytes, child.size });
		first = next;
	}
	rlp_write_u64(&w, 0); /* no value: no key ends here */
	rlp_list_close(&w, mark);
	assert(!w.full && first == end);
	reference_make(&child, &(struct bytes){ buffer, w.size }, 1);
	if (branch == depth)
		*out = child;
	else
		extension_make(out, &high, depth, branch, &child);
}

void trie_list_root(struct hash *out, u32 count, struct bytes (*item)(void *context, u32 i), void *context)
{
	struct list list = { count, item, context };
	struct reference root;

	if (count == 0) {
		*out = HASH_EMPTY_TRIE;
		return;
	}
	node_make(&root, &list, 0, count, 0);
	if (root.size == REFERENCE_MAX)
		memcpy(out->bytes, root.bytes + 1, sizeof out->bytes);
	else
		keccak256(out, (struct bytes){ root.bytes, root.size });
}

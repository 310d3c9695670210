#include "base/abi_layout.h"

#include <assert.h>
#include <string.h>

/* Positions count from the start of the whole input and never pass its end. */
struct decoder {
	const struct abi_types *types;
	struct bytes in;
	enum abi_mode mode;
	u32 visits;  /* values seen so far */
	size_t tail; /* ABI_STRICT: where the next tail has to start */
};

/* How many members or elements the type itself says there are. */
static u32 fixed_count(const struct abi_type *type)
{
	assert(type->kind == ABI_TUPLE || type->kind == ABI_FIXED_ARRAY);
	return type->kind == ABI_TUPLE ? type->count : type->bits;
}

/* -- validation ------------------------------------------------------------- */

static enum err need(const struct decoder *d, size_t at, size_t size)
{
	assert(at <= d->in.size);
	return size > d->in.size - at ? ERR_TRUNCATED : OK;
}

/* An offset or a length; Solidity refuses what does not fit 64 bits. */
static enum err size_read(const struct decoder *d, u64 *out, size_t at)
{
	TRY(need(d, at, ABI_WORD));
	if (!abi_is_zero(d->in.at + at, ABI_WORD - sizeof(u64)))
		return ERR_RANGE;
	*out = load_be64(d->in.at + at + ABI_WORD - sizeof(u64));
	return OK;
}

static enum err bytes_check(struct decoder *d, size_t at)
{
	size_t padding;
	u64 size;

	TRY(size_read(d, &size, at));
	at += ABI_WORD;
	TRY(need(d, at, size));
	if (d->mode == ABI_CALLDATA)
		return OK; /* Solidity neither reads nor requires the padding */
	at += size;
	padding = -size % ABI_WORD;
	TRY(need(d, at, padding));
	if (!abi_is_zero(d->in.at + at, padding))
		return ERR_CANONICAL;
	d->tail = at + padding;
	return OK;
}

static enum err members_check(struct decoder *d, u16 node, size_t base, u32 count);

/* A tuple or an array whose heads start at base and have tails. */
static enum err body_check(struct decoder *d, u16 node, size_t base, u32 count)
{
	size_t head_size = abi_head_size(d->types, node, count);

	TRY(need(d, base, head_size));
	d->tail = base + head_size;
	return members_check(d, node, base, count);
}

/* The tail of a dynamic value. */
static enum err tail_check(struct decoder *d, u16 node, size_t at)
{
	const struct abi_type *type = &d->types->nodes[node];
	u64 length;

	if (type->kind == ABI_BYTES || type->kind == ABI_STRING)
		return bytes_check(d, at);
	if (type->kind != ABI_ARRAY)
		return body_check(d, node, at, fixed_count(type));
	TRY(size_read(d, &length, at));
	if (length > ABI_ITEMS_MAX)
		return ERR_RANGE;
	return body_check(d, node, at + ABI_WORD, (u32)length);
}

/* The value whose head is at head, in a tuple or array that starts at base.  Its
 * head is inside the input.  Recursion follows the type, which abi_parse has
 * held to ABI_DEPTH_MAX; visits bound the work, since offsets may overlap. */
static enum err value_check(struct decoder *d, u16 node, size_t base, size_t head)
{
	const struct abi_type *type = &d->types->nodes[node];
	u64 offset;

	if (++d->visits > ABI_VISITS_MAX)
		return ERR_RANGE;
	if (abi_is_word(type->kind))
		return abi_word_is_clean(type, d->in.at + head) ? OK : ERR_RANGE;
	if (!type->dynamic)
		return members_check(d, node, head, fixed_count(type));
	TRY(size_read(d, &offset, head));
	TRY(need(d, base, offset));
	if (d->mode == ABI_STRICT && base + offset != d->tail)
		return ERR_CANONICAL;
	return tail_check(d, node, base + offset);
}

static enum err members_check(struct decoder *d, u16 node, size_t base, u32 count)
{
	const struct abi_type *nodes = d->types->nodes;
	u16 member = nodes[node].first;
	size_t head = base;

	for (u32 i = 0; i < count; i++) {
		TRY(value_check(d, member, base, head));
		head += (size_t)nodes[member].head_words * ABI_WORD;
		if (nodes[node].kind == ABI_TUPLE)
			member = nodes[member].next;
	}
	return OK;
}

enum err abi_decode(struct abi_view *out, const struct abi_types *types,
		    struct bytes in, enum abi_mode mode)
{
	struct decoder d = { .types = types, .in = in, .mode = mode };
	u16 count = types->nodes[0].count;

	assert(types->count > 0 && types->nodes[0].kind == ABI_TUPLE);

	TRY(body_check(&d, 0, 0, count));
	if (mode == ABI_STRICT && d.tail != in.size)
		return ERR_TRAILING;
	*out = (struct abi_view){ .types = types, .in = in, .type = 0, .count = count };
	return OK;
}

/* -- access ----------------------------------------------------------------- */

static u64 size_load(const u8 *word)
{
	return load_be64(word + ABI_WORD - sizeof(u64));
}

/* The head of a member or element, and its node. */
static const u8 *head_find(const struct abi_view *v, u32 index, u16 *out_node)
{
	const struct abi_type *nodes = v->types->nodes;
	u16 node = nodes[v->type].first;
	size_t words = 0;

	assert(index < v->count);

	if (nodes[v->type].kind == ABI_TUPLE) {
		for (u32 i = 0; i < index; i++) {
			words += nodes[node].head_words;
			node = nodes[node].next;
		}
	} else {
		words = (size_t)index * nodes[node].head_words;
	}
	*out_node = node;
	return v->in.at + words * ABI_WORD;
}

static const u8 *word_find(const struct abi_view *v, u32 index,
			   const struct abi_type **out_type)
{
	u16 node;
	const u8 *word = head_find(v, index, &node);

	*out_type = &v->types->nodes[node];
	return word;
}

struct u256 abi_u256(const struct abi_view *v, u32 index)
{
	const struct abi_type *type;
	const u8 *word = word_find(v, index, &type);

	assert(type->kind == ABI_UINT || type->kind == ABI_INT || type->kind == ABI_BOOL);
	return u256_from_be(word);
}

u64 abi_u64(const struct abi_view *v, u32 index)
{
	const struct abi_type *type;
	const u8 *word = word_find(v, index, &type);

	assert(type->kind == ABI_UINT && type->bits <= 64);
	return size_load(word);
}

bool abi_bool(const struct abi_view *v, u32 index)
{
	const struct abi_type *type;
	const u8 *word = word_find(v, index, &type);

	assert(type->kind == ABI_BOOL);
	return word[ABI_WORD - 1] == 1;
}

struct address abi_address(const struct abi_view *v, u32 index)
{
	const struct abi_type *type;
	const u8 *word = word_find(v, index, &type);
	struct address a;

	assert(type->kind == ABI_ADDRESS);
	memcpy(a.bytes, word + ABI_WORD - sizeof a.bytes, sizeof a.bytes);
	return a;
}

struct hash abi_bytes32(const struct abi_view *v, u32 index)
{
	const struct abi_type *type;
	const u8 *word = word_find(v, index, &type);
	struct hash h;

	assert(type->kind == ABI_FIXED_BYTES);
	memcpy(h.bytes, word, sizeof h.bytes);
	return h;
}

struct bytes abi_bytes(const struct abi_view *v, u32 index)
{
	const struct abi_type *type;
	const u8 *word = word_find(v, index, &type), *tail;

	assert(type->kind == ABI_BYTES || type->kind == ABI_STRING);
	tail = v->in.at + size_load(word);
	return (struct bytes){ tail + ABI_WORD, size_load(tail) };
}

struct abi_view abi_at(const struct abi_view *v, u32 index)
{
	u16 node;
	const u8 *at = head_find(v, index, &node);
	const struct abi_type *type = &v->types->nodes[node];
	u32 count;

	if (type->dynamic)
		at = v->in.at + size_load(at);
	if (type->kind == ABI_ARRAY) {
		count = (u32)size_load(at);
		at += ABI_WORD;
	} else {
		count = fixed_count(type);
	}
	return (struct abi_view){
		.types = v->types,
		.in = { at, v->in.size - (size_t)(at - v->in.at) },
		.type = node,
		.count = count,
	};
}

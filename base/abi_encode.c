#include "base/abi_layout.h"

#include <assert.h>
#include <string.h>

static_assert(ABI_FRAMES_MAX > ABI_DEPTH_MAX, "one frame a level, and the outermost");

/* Writing goes on after the buffer is full so that the caller's mistakes are
 * found all the same; only the bytes are dropped. */

/* -- bytes ------------------------------------------------------------------ */

/* Makes size bytes part of the output; false if they do not fit. */
static bool reserve(struct abi_writer *w, size_t size)
{
	if (size > w->capacity - w->size)
		w->full = true;
	if (w->full)
		return false;
	w->size += size;
	return true;
}

static void size_store(struct abi_writer *w, size_t at, u64 x)
{
	if (w->full)
		return;
	memset(w->at + at, 0, ABI_WORD - sizeof x);
	store_be64(w->at + at + ABI_WORD - sizeof x, x);
}

/* -- frames ----------------------------------------------------------------- */

static struct abi_frame *frame_top(struct abi_writer *w)
{
	return &w->frames[w->depth];
}

static void frame_set(struct abi_frame *f, const struct abi_types *types, u16 node,
		      u32 count, size_t at)
{
	*f = (struct abi_frame){
		.type = node,
		.member = types->nodes[node].first,
		.count = count,
		.base = at,
		.head = at,
	};
}

static const struct abi_type *next_type(struct abi_writer *w)
{
	const struct abi_frame *f = frame_top(w);

	assert(f->done < f->count); /* else one value too many */
	return &w->types->nodes[f->member];
}

/* Steps over the head of the next member; returns where that head is. */
static size_t head_take(struct abi_writer *w)
{
	struct abi_frame *f = frame_top(w);
	const struct abi_type *type = &w->types->nodes[f->member];
	size_t head = f->head;

	f->head += (size_t)type->head_words * ABI_WORD;
	f->done++;
	if (w->types->nodes[f->type].kind == ABI_TUPLE)
		f->member = type->next;
	return head;
}

/* Takes the head of a dynamic member and points it at the end of the output. */
static void tail_start(struct abi_writer *w)
{
	size_t base = frame_top(w)->base;

	size_store(w, head_take(w), w->size - base);
}

static void word_put(struct abi_writer *w, const u8 word[ABI_WORD])
{
	size_t head;

	assert(abi_word_is_clean(next_type(w), word)); /* else the value is too wide */
	head = head_take(w);
	if (!w->full)
		memcpy(w->at + head, word, ABI_WORD);
}

/* -- the interface ---------------------------------------------------------- */

void abi_writer_init(struct abi_writer *w, const struct abi_types *types, u8 *buffer,
		     size_t capacity)
{
	w->types = types;
	w->at = buffer;
	w->size = 0;
	w->capacity = capacity;
	w->full = false;
	w->depth = 0;
	frame_set(frame_top(w), types, 0, types->nodes[0].count, 0);
	reserve(w, abi_head_size(types, 0, types->nodes[0].count));
}

void abi_put_u256(struct abi_writer *w, const struct u256 *x)
{
	enum abi_kind kind = next_type(w)->kind;
	u8 word[ABI_WORD];

	assert(kind == ABI_UINT || kind == ABI_INT || kind == ABI_BOOL);
	u256_to_be(word, x);
	word_put(w, word);
}

void abi_put_u64(struct abi_writer *w, u64 x)
{
	enum abi_kind kind = next_type(w)->kind;
	u8 word[ABI_WORD] = { 0 };

	assert(kind == ABI_UINT || kind == ABI_INT || kind == ABI_BOOL);
	store_be64(word + ABI_WORD - sizeof x, x);
	word_put(w, word);
}

void abi_put_address(struct abi_writer *w, const struct address *a)
{
	u8 word[ABI_WORD] = { 0 };

	assert(next_type(w)->kind == ABI_ADDRESS);
	memcpy(word + ABI_WORD - sizeof a->bytes, a->bytes, sizeof a->bytes);
	word_put(w, word);
}

void abi_put_bytes32(struct abi_writer *w, const struct hash *h)
{
	assert(next_type(w)->kind == ABI_FIXED_BYTES);
	word_put(w, h->bytes);
}

void abi_put_bytes(struct abi_writer *w, struct bytes in)
{
	enum abi_kind kind = next_type(w)->kind;
	size_t padding = -in.size % ABI_WORD;
	size_t at = w->size;

	assert(kind == ABI_BYTES || kind == ABI_STRING);
	assert(in.size <= SIZE_MAX / 2); /* so that the sum below cannot wrap */

	tail_start(w);
	if (!reserve(w, ABI_WORD + in.size + padding))
		return;
	size_store(w, at, in.size);
	if (in.size > 0)
		memcpy(w->at + at + ABI_WORD, in.at, in.size);
	memset(w->at + at + ABI_WORD + in.size, 0, padding);
}

/* Whether the type is made of parts, and may have that many. */
static bool may_open(const struct abi_type *type, u32 count)
{
	if (type->kind == ABI_TUPLE)
		return count == type->count;
	if (type->kind == ABI_FIXED_ARRAY)
		return count == type->bits;
	return type->kind == ABI_ARRAY;
}

void abi_open(struct abi_writer *w, u32 count)
{
	const struct abi_type *type = next_type(w);
	u16 node = frame_top(w)->member;
	size_t at;

	assert(may_open(type, count));
	assert(w->depth + 1 < ABI_FRAMES_MAX);

	if (type->dynamic) {
		tail_start(w);
		if (type->kind == ABI_ARRAY) {
			at = w->size;
			if (reserve(w, ABI_WORD))
				size_store(w, at, count);
		}
		at = w->size;
		reserve(w, abi_head_size(w->types, node, count));
	} else {
		at = head_take(w);
	}
	w->depth++;
	frame_set(frame_top(w), w->types, node, count, at);
}

void abi_close(struct abi_writer *w)
{
	assert(w->depth > 0);
	assert(frame_top(w)->done == frame_top(w)->count);
	w->depth--;
}

enum err abi_writer_end(struct abi_writer *w, struct bytes *out)
{
	assert(w->depth == 0);
	assert(w->frames[0].done == w->frames[0].count);
	if (w->full)
		return ERR_FULL;
	*out = (struct bytes){ w->at, w->size };
	return OK;
}

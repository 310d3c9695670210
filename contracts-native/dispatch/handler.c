#include "contracts-native/dispatch/call.h"

#include <string.h>

#define LOGS_CAPACITY_MIN 8u
#define REVERT_WORDS_MAX  8u

/* -- results -------------------------------------------------------------------------- */

void call_return_u256(struct call *c, struct u256 x)
{
	abi_put_u256(&c->out, &x);
}

void call_return_u64(struct call *c, u64 x)
{
	abi_put_u64(&c->out, x);
}

void call_return_bool(struct call *c, bool x)
{
	abi_put_u64(&c->out, x);
}

void call_return_address(struct call *c, const struct address *a)
{
	abi_put_address(&c->out, a);
}

void call_return_text(struct call *c, const char *text, size_t size)
{
	abi_put_bytes(&c->out, (struct bytes){ (const u8 *)text, size });
}

enum err call_charge(struct call *c, u64 gas)
{
	struct exec *e = c->exec;

	if (e->gas_left < gas) {
		e->gas_left = 0;
		return ERR_OUT_OF_GAS;
	}
	e->gas_left -= gas;
	return OK;
}

/* -- failures ------------------------------------------------------------------------- */

enum err call_revert(struct call *c, enum revert_name name)
{
	return call_revert_with(c, name, NULL, 0);
}

/* If memory is out the arena says so, and the call ends as ERR_FULL. */
enum err call_revert_with(struct call *c, enum revert_name name, const struct u256 *words, u32 count)
{
	const struct revert_info *info = revert_info(name);
	u8 *at;

	assert(count == info->count && count <= REVERT_WORDS_MAX);

	at = arena_take(c->exec->arena, 4 + 32 * (size_t)count);
	if (!at)
		return ERR_FULL;
	store_be32(at, info->selector);
	for (u32 i = 0; i < count; i++)
		u256_to_be(at + 4 + 32 * (size_t)i, &words[i]);
	c->revert = (struct bytes){ at, 4 + 32 * (size_t)count };
	return ERR_REVERT;
}

static void word_store_u64(u8 word[32], u64 x)
{
	memset(word, 0, 24);
	store_be64(word + 24, x);
}

static size_t size_padded(size_t size)
{
	return (size + 31) / 32 * 32;
}

/* Length, bytes, zeros up to a whole word. */
static void tail_store(u8 *at, struct bytes tail)
{
	word_store_u64(at, tail.size);
	if (tail.size > 0)
		memcpy(at + 32, tail.at, tail.size);
	memset(at + 32 + tail.size, 0, size_padded(tail.size) - tail.size);
}

enum err call_revert_text(struct call *c, const char *text)
{
	struct bytes tail = { (const u8 *)text, strlen(text) };
	size_t size = 4 + 64 + size_padded(tail.size);
	u8 *at = arena_take(c->exec->arena, size);

	if (!at)
		return ERR_FULL;
	store_be32(at, 0x08c379a0); /* Error(string) */
	word_store_u64(at + 4, 32);
	tail_store(at + 36, tail);
	c->revert = (struct bytes){ at, size };
	return ERR_REVERT;
}

/* -- events ----------------------------------------------------------------------------- */

static struct log *log_push(struct exec *e)
{
	struct log_list *logs = e->logs;
	u32 capacity = logs->capacity ? 2 * logs->capacity : LOGS_CAPACITY_MIN;
	struct log *grown;

	if (logs->count == logs->capacity) {
		grown = arena_take(e->arena, capacity * sizeof *grown);
		if (!grown)
			return NULL;
		if (logs->count > 0)
			memcpy(grown, logs->at, logs->count * sizeof *grown);
		logs->at = grown;
		logs->capacity = capacity;
	}
	return &logs->at[logs->count];
}

/* How many of count parameters are no topics. */
static u32 plain_count(const struct event_info *info, u32 count)
{
	u32 plain = 0;

	for (u32 i = 0; i < count; i++)
		plain += !(info->indexed >> i & 1);
	return plain;
}

void call_emit(struct call *c, const struct address *emitter, enum event_name name,
	       const struct u256 *words, u32 count)
{
	call_emit_tail(c, emitter, name, words, count, NULL);
}

/* If memory is out the arena says so, and the call ends as ERR_FULL. */
void call_emit_tail(struct call *c, const struct address *emitter, enum event_name name,
		    const struct u256 *words, u32 count, const struct bytes *tail)
{
	const struct event_info *info = event_info(name);
	size_t head = 32 * (size_t)plain_count(info, count) + (tail ? 32 : 0);
	size_t size = head + (tail ? 32 + size_padded(tail->size) : 0);
	struct log *log = log_push(c->exec);
	u8 *at = arena_take(c->exec->arena, size);
	u8 *next = at;

	assert(count + (tail != NULL) == info->count);

	if (!log || !at)
		return;
	log->address = *emitter;
	log->topics[0] = info->topic;
	log->topic_count = 1;
	for (u32 i = 0; i < count; i++) {
		if (info->indexed >> i & 1) {
			assert(log->topic_count < LOG_TOPICS_MAX);
			u256_to_be(log->topics[log->topic_count++].bytes, &words[i]);
			continue;
		}
		u256_to_be(next, &words[i]);
		next += 32;
	}
	if (tail) {
		word_store_u64(next, head);
		tail_store(next + 32, *tail);
	}
	log->data = (struct bytes){ at, size };
	c->exec->logs->count++;
}

/* -- words --------------------------------------------------------------------------------- */

struct address address_of_word(const struct u256 *w)
{
	struct address a;
	u8 word[32];

	u256_to_be(word, w);
	memcpy(a.bytes, word + 12, sizeof a.bytes);
	return a;
}

#include "tests/support/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "tests/support/require.h"

#define GAS_WITHOUT_END (~0ull >> 1)

struct world_record {
	struct world_record *next;
	u8 key[TABLE_KEY_MAX];
	u8 value[TABLE_VALUE_MAX];
	size_t key_size, value_size;
};

struct world_chunk {
	struct world_chunk *next;
	u64 pad;
};
static_assert(sizeof(struct world_chunk) % 16 == 0, "memory is aligned to 16");

/* -- committed records ------------------------------------------------------------ */

static struct world_record **find(struct world *w, struct bytes key)
{
	struct world_record **at;
	u32 hash = 2166136261u;

	for (size_t i = 0; i < key.size; i++)
		hash = (hash ^ key.at[i]) * 16777619u;
	for (at = &w->buckets[hash % WORLD_BUCKETS]; *at; at = &(*at)->next)
		if (bytes_equal((struct bytes){ (*at)->key, (*at)->key_size }, key))
			break;
	return at;
}

static bool read_committed(void *context, struct bytes key, void *value, size_t value_size)
{
	struct world_record *r = *find(context, key);

	if (!r)
		return false;
	require(r->value_size == value_size);
	memcpy(value, r->value, value_size);
	return true;
}

static void absorb(void *context, const struct state_change *change)
{
	struct world *w = context;
	struct world_record **at = find(w, change->key);
	struct world_record *r = *at;

	if (!change->value.at) {
		require(r != NULL);
		*at = r->next;
		w->committed_count--;
		free(r);
		return;
	}
	if (!r) {
		r = calloc(1, sizeof *r);
		require(r && change->key.size <= sizeof r->key && change->value.size <= sizeof r->value);
		memcpy(r->key, change->key.at, change->key.size);
		r->key_size = change->key.size;
		*at = r;
		w->committed_count++;
	}
	memcpy(r->value, change->value.at, change->value.size);
	r->value_size = change->value.size;
}

struct bytes world_committed(const struct world *w, struct bytes key)
{
	struct world_record *r = *find((struct world *)(uintptr_t)w, key);

	return r ? (struct bytes){ r->value, r->value_size } : (struct bytes){ NULL, 0 };
}

void world_each(const struct world *w, void (*visit)(void *context, const struct state_change *), void *context)
{
	for (size_t i = 0; i < WORLD_BUCKETS; i++)
		for (struct world_record *r = w->buckets[i]; r; r = r->next)
			visit(context, &(struct state_change){ { r->key, r->key_size },
							       { r->value, r->value_size } });
}

/* -- life ------------------------------------------------------------------------- */

static void *give_memory(void *context, size_t size)
{
	struct world *w = context;
	struct world_chunk *chunk;

	if (size > w->memory_left)
		return NULL;
	w->memory_left -= size;
	chunk = malloc(sizeof *chunk + size);
	require(chunk != NULL);
	chunk->next = w->chunks;
	w->chunks = chunk;
	/* What a reader of unwritten memory would find is never zero. */
	memset(chunk + 1, 0xa5, size);
	return chunk + 1;
}

void world_init(struct world *w)
{
	*w = (struct world){
		.backing = { .read = read_committed, .more = give_memory, .context = w, .seed = 1 },
		.memory_left = (size_t)1 << 30,
		.env = {
			.chain_id = 31337,
			.height = 1,
			.time = 1700000000,
			.gas_limit = 30000000,
			.base_fee = u256_from_u64(1000000000),
			.coinbase = { { 0xc0, 0x1b } },
			.devnet = true,
		},
	};
	state_init(&w->state, &w->backing);
	arena_init(&w->arena, &w->backing);
	w->exec = (struct exec){
		.state = &w->state,
		.block = &w->env,
		.arena = &w->arena,
		.logs = &w->logs,
		.gas_price = w->env.base_fee,
	};
}

void world_free(struct world *w)
{
	struct world_chunk *chunk;
	struct world_record *r;

	while ((chunk = w->chunks) != NULL) {
		w->chunks = chunk->next;
		free(chunk);
	}
	for (size_t i = 0; i < WORLD_BUCKETS; i++) {
		while ((r = w->buckets[i]) != NULL) {
			w->buckets[i] = r->next;
			free(r);
		}
	}
}

void world_commit(struct world *w)
{
	require(!state_is_full(&w->state));
	state_changes(&w->state, absorb, w);
	state_clear(&w->state, &w->backing);
	w->logs.count = 0;
	w->env.height++;
	w->env.time++;
}

/* -- looking at changes -------------------------------------------------------------- */

struct fingerprint {
	struct hash hash;
	size_t count;
};

static void mix(void *context, const struct state_change *change)
{
	struct fingerprint *f = context;
	u8 sizes[8];

	store_be32(sizes, (u32)change->key.size);
	store_be32(sizes + 4, (u32)change->value.size);
	keccak256_parts(&f->hash,
			(struct bytes[]){ { f->hash.bytes, 32 }, { sizes, 8 }, change->key, change->value }, 4);
	f->count++;
}

struct hash world_fingerprint(const struct world *w)
{
	struct fingerprint f = { 0 };

	state_changes(&w->state, mix, &f);
	return f.hash;
}

size_t world_change_count(const struct world *w)
{
	struct fingerprint f = { 0 };

	state_changes(&w->state, mix, &f);
	return f.count;
}

/* -- accounts ---------------------------------------------------------------------- */

struct address world_account(u32 n)
{
	struct address a = { { 0xac } };

	store_be32(a.bytes + 16, n);
	return a;
}

void world_set_wei(struct world *w, const struct address *owner, u64 wei)
{
	struct account_key key = { *owner };
	struct account account;

	account_read(&w->state, &key, &account);
	account.balance = u256_from_u64(wei);
	account_write(&w->state, &key, &account);
}

u64 world_wei(struct world *w, const struct address *owner)
{
	struct account_key key = { *owner };
	struct account account;

	account_read(&w->state, &key, &account);
	require(u256_fits(&account.balance, 64));
	return u256_low64(&account.balance);
}

/* -- calls ------------------------------------------------------------------------- */

enum err world_send(struct world *w, const struct message *m)
{
	enum err e;

	w->exec.gas_left = GAS_WITHOUT_END;
	w->exec.depth = 0;
	w->exec.deferred = 0;
	w->exec.origin = m->caller;
	w->output = (struct bytes){ NULL, 0 };
	e = call_run(&w->exec, &w->output, m);
	require(e != OK || w->exec.depth == 0);
	w->gas_used = GAS_WITHOUT_END - w->exec.gas_left;
	return e;
}

static enum err send_words(struct world *w, struct message *m, const char *signature,
			   const struct u256 *words, u32 count)
{
	u8 input[4 + 32 * 32];

	require(count <= 32);
	store_be32(input, selector_of(signature));
	for (u32 i = 0; i < count; i++)
		u256_to_be(input + 4 + 32 * (size_t)i, &words[i]);
	m->input = (struct bytes){ input, 4 + 32 * (size_t)count };
	return world_send(w, m);
}

enum err world_call(struct world *w, const struct address *caller, const struct address *to,
		    const char *signature, const struct u256 *words, u32 count)
{
	struct message m = { .caller = *caller, .to = *to };

	return send_words(w, &m, signature, words, count);
}

enum err world_view(struct world *w, const struct address *to, const char *signature,
		    const struct u256 *words, u32 count)
{
	struct message m = { .to = *to, .is_static = true };

	return send_words(w, &m, signature, words, count);
}

struct u256 world_word(const struct world *w, u32 i)
{
	require(w->output.size >= 32 * ((size_t)i + 1));
	return u256_from_be(w->output.at + 32 * (size_t)i);
}

u64 world_word_u64(const struct world *w, u32 i)
{
	struct u256 word = world_word(w, i);

	require(u256_fits(&word, 64));
	return u256_low64(&word);
}

bool world_word_bool(const struct world *w, u32 i)
{
	u64 word = world_word_u64(w, i);

	require(word <= 1);
	return word == 1;
}

struct address world_word_address(const struct world *w, u32 i)
{
	struct u256 word = world_word(w, i);

	require(u256_fits(&word, 160));
	return address_of_word(&word);
}

struct abi_view world_result(const struct world *w, struct abi_types *types, const char *returns)
{
	struct abi_view view;

	require(abi_parse(types, returns) == OK);
	require(abi_decode(&view, types, w->output, ABI_STRICT) == OK);
	return view;
}

static bool reverted_with(const struct world *w, u32 selector)
{
	return w->output.size >= 4 && load_be32(w->output.at) == selector;
}

bool world_reverted(const struct world *w, enum revert_name name)
{
	return reverted_with(w, revert_info(name)->selector);
}

bool world_reverted_text(const struct world *w, const char *text)
{
	struct bytes message = { w->output.at + 4, w->output.size - 4 };
	struct abi_types types;
	struct abi_view view;

	if (!reverted_with(w, selector_of("Error(string)")))
		return false;
	require(abi_parse(&types, "(string)") == OK);
	require(abi_decode(&view, &types, message, ABI_STRICT) == OK);
	return bytes_equal(abi_bytes(&view, 0), (struct bytes){ (const u8 *)text, strlen(text) });
}

bool world_panicked(const struct world *w, u64 code)
{
	struct u256 word;

	if (!reverted_with(w, selector_of("Panic(uint256)")) || w->output.size != 36)
		return false;
	word = u256_from_be(w->output.at + 4);
	return u256_fits(&word, 64) && u256_low64(&word) == code;
}

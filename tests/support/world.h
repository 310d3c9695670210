#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H

/* A chain in memory for tests: committed records, a state over them, a block to run
 * in, and short ways to call contracts.
 *
 *     struct world w;
 *     world_init(&w);
 *     assert_int_equal(world_call(&w, &alice, &token, "transfer(address,uint256)",
 *                                 (struct u256[]){ word_of_address(&bob), u256_from_u64(5) }, 2), OK);
 *     assert_true(world_word_bool(&w, 0));
 *     world_commit(&w);       ends the block: what changed is committed
 *     world_free(&w);
 *
 * Anything that cannot go wrong in a test aborts it. */

#include "contracts-native/dispatch/call.h"

#define WORLD_BUCKETS 65536

struct world_record;
struct world_chunk;

struct world {
	struct state_backing backing;
	struct world_record *buckets[WORLD_BUCKETS]; /* what is committed */
	size_t committed_count;
	struct world_chunk *chunks;
	size_t memory_left; /* bytes more() still gives; tests lower it */
	struct state state;
	struct block_env env;
	struct arena arena;
	struct log_list logs; /* of every successful call since the last commit */
	struct exec exec;
	struct bytes output; /* of the last call */
	u64 gas_used;        /* by the last call, without the intrinsic gas */
};

/* An empty chain: id 31337, block 1 at time 1700000000, base fee 1 gwei. */
void world_init(struct world *w);
void world_free(struct world *w);

/* Commits all changes and begins the next block, a second later. */
void world_commit(struct world *w);
/* Hash of everything that differs from what is committed: equal before and after a refusal. */
struct hash world_fingerprint(const struct world *w);
size_t world_change_count(const struct world *w);
/* The committed value of a key (with its table byte); empty if there is none. */
struct bytes world_committed(const struct world *w, struct bytes key);
/* Calls visit for every committed record, in no particular order. */
void world_each(const struct world *w, void (*visit)(void *context, const struct state_change *), void *context);

/* Account number n: an address with n in its last bytes. */
struct address world_account(u32 n);
void world_set_wei(struct world *w, const struct address *owner, u64 wei);
u64 world_wei(struct world *w, const struct address *owner);

/* One transaction's worth of call_run with gas without end; result in w->output.
 * signature's arguments are all one word each.  world_view calls statically. */
enum err world_call(struct world *w, const struct address *caller, const struct address *to,
		    const char *signature, const struct u256 *words, u32 count);
enum err world_view(struct world *w, const struct address *to, const char *signature,
		    const struct u256 *words, u32 count);
/* The same with ready calldata. */
enum err world_send(struct world *w, const struct message *m);

/* Word i of the last output. */
struct u256 world_word(const struct world *w, u32 i);
u64 world_word_u64(const struct world *w, u32 i);
bool world_word_bool(const struct world *w, u32 i);
struct address world_word_address(const struct world *w, u32 i);
/* Decodes the last output, e.g. as "(string)"; types is the caller's memory. */
struct abi_view world_result(const struct world *w, struct abi_types *types, const char *returns);
/* Whether the last output is this custom error, or Error(string) with this text, or Panic(code). */
bool world_reverted(const struct world *w, enum revert_name name);
bool world_reverted_text(const struct world *w, const char *text);
bool world_panicked(const struct world *w, u64 code);

#endif

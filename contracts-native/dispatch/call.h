#ifndef CONTRACTS_DISPATCH_CALL_H
#define CONTRACTS_DISPATCH_CALL_H

/* A call into a native contract: what a handler is given, and all it may do.
 *
 *     static enum err token_transfer(struct call *c)
 *     {
 *             struct address to = abi_address(&c->args, 0);
 *             struct amount amount = amount_from(abi_u256(&c->args, 1));
 *
 *             TRY(token_move(c, &c->caller, &to, amount));
 *             call_return_bool(c, true);
 *             return OK;
 *     }
 *
 * The dispatcher has checked the row: arguments well-formed, no value sent to a
 * method that takes none, no write from a static call or a VIEW row, gas paid.  A handler that
 * returns anything but OK leaves no trace: state and logs go back to the checkpoint
 * taken before the call.  Result codes become revert data:
 *
 *     ERR_REVERT        what call_revert wrote       ERR_ARITHMETIC    Panic(0x11)
 *     ERR_PANIC_DIVIDE  Panic(0x12)                  ERR_PANIC_ENUM    Panic(0x21)
 *     ERR_PANIC_INDEX   Panic(0x32)                  anything else     empty
 */

#include "base/abi.h"
#include "contracts-native/dispatch/address.h"
#include "contracts-native/dispatch/names.h"
#include "contracts-native/state/state.h"

#define CALL_DEPTH_MAX       8           /* calls within calls: multicalls, flash loans */
#define CALL_OUTPUT_MAX      (256 << 10) /* bytes of one call's result; more is ERR_SIZE */
#define CALL_GAS_OUTPUT_BYTE 1u          /* gas a byte of a call's result */

/* What a transaction executes in. */
struct block_env {
	u64 chain_id;
	u64 height;
	u64 time; /* unix seconds */
	u64 gas_limit;
	struct u256 base_fee;
	struct address coinbase;
	struct hash parent; /* hash of the block before */
	bool devnet;
};

/* One event. */
#define LOG_TOPICS_MAX 4
struct log {
	struct address address;
	u32 topic_count;
	struct hash topics[LOG_TOPICS_MAX];
	struct bytes data;
};

/* Growing memory of one transaction or block: bump allocation in chunks from the
 * state's backing; released as a whole.  NULL when there is no more. */
struct arena {
	const struct state_backing *backing;
	u8 *at;
	size_t left;
	bool full;                   /* something was refused; sticky */
	u8 *scratch[CALL_DEPTH_MAX]; /* where the call at each depth writes its result; taken at need */
};
void arena_init(struct arena *a, const struct state_backing *backing);
void *arena_take(struct arena *a, size_t size); /* aligned to 16, not zeroed */

struct log_list {
	struct log *at;
	u32 count, capacity;
};

/* What all calls of one transaction (or one eth_call) share. */
struct exec {
	struct state *state;
	const struct block_env *block;
	struct arena *arena;   /* results, logs */
	struct log_list *logs; /* append-only within a call; cut back on failure */
	struct address origin; /* who signed */
	struct u256 gas_price; /* effective, wei */
	u64 gas_left;
	u32 depth;
	u32 deferred; /* > 0: account checks wait for the end of the batch */
};

struct call {
	struct exec *exec;
	struct state *state;   /* exec->state */
	struct address self;   /* this contract */
	struct contract_id id; /* which one it is */
	struct address caller; /* msg.sender: the acting account */
	struct u256 value;     /* wei that came with the call */
	bool is_static;        /* nothing may be written */
	struct bytes input;    /* whole calldata */
	struct abi_view args;
	struct abi_writer out;
	struct bytes revert; /* data of a failed call */
};

/* -- methods --------------------------------------------------------------------- */

enum mutability { VIEW,
		  WRITE,
		  PAYABLE };

/* One row per method.  selector must equal the first four bytes of the Keccak of
 * signature (a test checks every row). */
struct method {
	u32 selector;
	const char *signature; /* "transfer(address,uint256)" */
	const char *returns;   /* "(bool)"; "" for none */
	enum mutability mutability;
	u32 gas; /* flat charge on top of the intrinsic gas */
	enum err (*run)(struct call *c);
};

/* One row per contract kind. */
struct contract {
	enum contract_kind kind;
	const struct method *methods;
	size_t method_count;
	/* Whether instance index exists. */
	bool (*exists)(struct state *s, u16 index);
};
/* Every contract of the chain (dispatch/registry.c); NULL if the kind has no row. */
const struct contract *contract_find(enum contract_kind kind);
const struct contract *const *contracts_all(size_t *count);

/* -- calling ------------------------------------------------------------------- */

struct message {
	struct address caller, to;
	struct u256 value;
	struct bytes input;
	bool is_static;
};

/* call_run executes one message: moves value, finds the contract and the method,
 * decodes, runs, and on failure undoes.  OK: *output is the ABI-encoded result
 * (empty for an account without code).  Otherwise *output is the revert data and the
 * code tells why (ERR_OUT_OF_GAS included, which leaves no gas).  ERR_FULL: memory ran
 * out; the state must be thrown away.  The output of an outermost call lives in
 * exec->arena; that of a call by a handler only until that handler calls again. */
MUST_CHECK enum err call_run(struct exec *e, struct bytes *output, const struct message *m);
/* The same for m->to being an instance of this contract, whatever the registry says. */
MUST_CHECK enum err call_run_on(struct exec *e, struct bytes *output, const struct message *m,
				const struct contract *contract, struct contract_id id);

/* Whether an address answers calls (eth_getCode shows CONTRACT_CODE then). */
bool call_has_code(struct state *s, const struct address *a);
/* No node executes it.  An EVM that has fetched it from here, for a fork of the chain or to debug a
 * transaction, reverts with a text that says why it cannot. */
struct contract_code {
	u8 copy[7], revert[5], error[4], offset[32], length[32], text[64];
};
extern const struct contract_code CONTRACT_CODE;

/* -- what handlers use ------------------------------------------------------------- */

void call_return_u256(struct call *c, struct u256 x);
void call_return_u64(struct call *c, u64 x);
void call_return_bool(struct call *c, bool x);
void call_return_address(struct call *c, const struct address *a);
void call_return_text(struct call *c, const char *text, size_t size);
/* Anything longer: abi_put_... on &c->out in the order of the row's returns. */

/* More gas for work that depends on the input: ERR_OUT_OF_GAS. */
MUST_CHECK enum err call_charge(struct call *c, u64 gas);

/* Fails with a custom error of names.h: `return call_revert(c, REVERT_ReservePaused);`
 * Arguments are words in the order of its signature.  Always returns ERR_REVERT. */
enum err call_revert(struct call *c, enum revert_name name);
enum err call_revert_with(struct call *c, enum revert_name name, const struct u256 *words, u32 count);
/* Fails with Error(string). */
enum err call_revert_text(struct call *c, const char *text);

/* Emits an event of names.h from a contract.  words are its parameters in the order
 * of declaration, indexed ones included; all are one word.  tail is the one dynamic
 * parameter (string or bytes) that may stand last; NULL if none. */
void call_emit(struct call *c, const struct address *emitter, enum event_name name,
	       const struct u256 *words, u32 count);
void call_emit_tail(struct call *c, const struct address *emitter, enum event_name name,
		    const struct u256 *words, u32 count, const struct bytes *tail);

static inline struct u256 word_of_address(const struct address *a)
{
	return (struct u256){ { load_be64(a->bytes + 12), load_be64(a->bytes + 4), load_be32(a->bytes), 0 } };
}
struct address address_of_word(const struct u256 *w); /* the low 20 bytes */

#endif

#ifndef RPC_SIMULATE_H
#define RPC_SIMULATE_H

/* Calls that change nothing: eth_call, estimates, quotes, and what the RPC itself
 * asks the contracts.  All of them run the consensus function on the reader's state,
 * which is thrown away afterwards. */

#include "rpc/params.h"

/* A call as eth_call takes it. */
struct call_request {
	struct address from, to;
	bool has_to;
	struct bytes input;
	struct u256 value;
	struct u256 fee;                   /* wei a gas; 0: none was given */
	u64 gas;                           /* 0: none was given */
	u32 access_addresses, access_keys; /* of the access list, which only costs gas */
	struct bytes access_list;          /* its RLP payload, in rpc memory */
};

/* Reads a call object.  "data" and "input" may both stand if they are equal. */
enum rpc_code call_request_read(struct rpc *c, struct call_request *out, const json_t *v);

/* Applies eth_call's state overrides (balance, nonce) and block overrides (number, time) to the
 * reader.  v NULL: none. */
enum rpc_code state_overrides_apply(struct rpc *c, const json_t *v);
enum rpc_code block_overrides_apply(struct rpc *c, const json_t *v);

/* Gas before any contract runs. */
u64 call_gas_intrinsic(const struct call_request *what);

/* Runs a call on the reader with at most gas.  What it answers lives in the reader's arena.
 * A call that fails is no error here: outcome tells.  RPC_SERVER: too little gas or money to begin. */
struct call_result {
	struct bytes output;
	u64 gas_used;
	enum err outcome;
};
enum rpc_code call_simulate(struct rpc *c, struct call_result *out, const struct call_request *what, u64 gas);
/* Runs it on the reader, which must be at the block to come, with as much gas as it may have and its sender can
 * pay for.  Gas is a flat charge a method plus what its input demands, so that gas_used is exact, whatever interest
 * accrues until then.  RPC_SERVER: that is too little, too. */
enum rpc_code call_estimate(struct rpc *c, struct call_result *out, const struct call_request *what);
/* Turns a failed result into an error with revert data. */
enum rpc_code call_fail(struct rpc *c, const struct call_result *result);

/* Writes why it failed: the name of a custom error ("InvalidAmount"), or else the text of call_fail. */
void call_error_write(struct rpc *c, const char *key, const struct call_result *result);

/* -- asking contracts by signature -------------------------------------------------- */

/* Calls method (its full signature) of a contract with word arguments, as anyone could, and
 * decodes the answer by the row's return types.  The view lives until the next call of the RPC.
 * The call reverting is RPC_REVERT; an unknown method is an assert. */
enum rpc_code contract_ask(struct rpc *c, struct abi_view *out, const struct address *to,
			   const char *signature, const struct u256 *words, u32 count);
/* selector and words, in rpc memory.  Requires count <= 8. */
struct bytes contract_input(struct rpc *c, const char *signature, const struct u256 *words, u32 count);

#endif

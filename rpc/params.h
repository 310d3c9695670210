#ifndef RPC_PARAMS_H
#define RPC_PARAMS_H

/* Reading a request's parameters.  Each function fails with RPC_INVALID_PARAMS and a
 * text that names the parameter; on failure *out is as it was.
 *
 * What clients really send is accepted: addresses in any case, no checksum;
 * a missing or null trailing parameter.  What hides mistakes is not: numbers with
 * leading zeros, text without 0x, odd lengths. */

#include "rpc/rpc.h"

/* The parameter at index; NULL if it is missing or null. */
const json_t *param(const struct rpc *c, size_t index);
/* The same of an object's field. */
const json_t *field(const json_t *object, const char *name);

/* Refuses a member of an object that is none of names, "below offset limit": a mistyped option would count for
 * nothing.  What is no object has none. */
enum rpc_code value_members(struct rpc *c, const json_t *object, const char *names);

/* Of any JSON value; where names it in the error text ("argument 0", "to"). */
enum rpc_code value_address(struct rpc *c, struct address *out, const json_t *v, const char *where);
enum rpc_code value_hash(struct rpc *c, struct hash *out, const json_t *v, const char *where);
enum rpc_code value_u64(struct rpc *c, u64 *out, const json_t *v, const char *where);
enum rpc_code value_u256(struct rpc *c, struct u256 *out, const json_t *v, const char *where);
enum rpc_code value_bytes(struct rpc *c, struct bytes *out, const json_t *v, const char *where);
/* A decimal string, at most 18 digits behind the point: "1.05". */
enum rpc_code value_wad(struct rpc *c, struct wad *out, const json_t *v, const char *where);
enum rpc_code value_bool(struct rpc *c, bool *out, const json_t *v, const char *where);

/* Of the parameter at index, which must be there. */
enum rpc_code param_address(struct rpc *c, struct address *out, size_t index);
enum rpc_code param_hash(struct rpc *c, struct hash *out, size_t index);
enum rpc_code param_u64(struct rpc *c, u64 *out, size_t index);
enum rpc_code param_bytes(struct rpc *c, struct bytes *out, size_t index);
/* May be missing: then false. */
enum rpc_code param_bool(struct rpc *c, bool *out, size_t index);

/* Which block a request means: a tag, a number, a hash, or EIP-1898's object. */
struct block_ref {
	u64 height;
	bool is_pending; /* the tag "pending": the state after height, in the block to come */
	bool is_known;   /* false: there is no such block */
};
/* Missing: latest. */
enum rpc_code param_block(struct rpc *c, struct block_ref *out, size_t index);
enum rpc_code value_block(struct rpc *c, struct block_ref *out, const json_t *v, const char *where);
/* A number or a tag alone: what bounds a range, and what a method "ByNumber" takes. */
enum rpc_code value_block_number(struct rpc *c, struct block_ref *out, const json_t *v, const char *where);
enum rpc_code param_block_number(struct rpc *c, struct block_ref *out, size_t index);
/* A hash, as EIP-1898 or alone. */
enum rpc_code param_block_hash(struct rpc *c, struct block_ref *out, size_t index);

/* rpc_read_at loads c->reader with the state at a block: RPC_SERVER "header not found",
 * RPC_PRUNED.  is_next: calls execute as in the block after it. */
enum rpc_code rpc_read_at(struct rpc *c, const struct block_ref *ref, bool is_next);
/* The same for the block parameter at index; "pending" means is_next. */
enum rpc_code rpc_read_param(struct rpc *c, size_t index);

#endif

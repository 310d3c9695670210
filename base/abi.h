#ifndef BASE_ABI_H
#define BASE_ABI_H

/* Solidity's ABI, driven by signatures such as
 *     "supply(address,uint256,address,uint16)"   "aggregate3((address,bool,bytes)[])"
 *
 * Decoding first proves the whole input well-formed against the types (offsets
 * and lengths inside the input, no dirty bits, bounded nesting); after that the
 * accessors below cannot fail.  Two strictnesses exist because Solidity itself is
 * lenient: ABI_CALLDATA accepts extra bytes after the arguments and any valid
 * offsets, as the EVM does; ABI_STRICT accepts exactly the canonical encoding.
 *
 * A failing ABI_CALLDATA decode is what a contract answers with a bare revert. */

#include "base/u256.h"

#define ABI_TYPES_MAX  96    /* type nodes in one signature */
#define ABI_DEPTH_MAX  6     /* arrays and tuples within each other */
#define ABI_ITEMS_MAX  1024  /* elements of one array */
#define ABI_VISITS_MAX 65536 /* values in one decode: offsets may share what they point to */

enum abi_mode {
	ABI_CALLDATA,
	ABI_STRICT,
};

enum abi_kind {
	ABI_UINT,
	ABI_INT,
	ABI_ADDRESS,
	ABI_BOOL,
	ABI_FIXED_BYTES, /* one word */
	ABI_BYTES,
	ABI_STRING,
	ABI_ARRAY,
	ABI_FIXED_ARRAY,
	ABI_TUPLE,
};

struct abi_type {
	enum abi_kind kind;
	u16 bits;       /* UINT, INT: width; FIXED_BYTES: bytes; FIXED_ARRAY: elements */
	u16 count;      /* TUPLE: members */
	u16 first;      /* TUPLE: index of the first member; ARRAY, FIXED_ARRAY: of the element */
	u16 next;       /* sibling in the enclosing tuple; 0 = last */
	u16 head_words; /* words this takes in its parent's head */
	bool dynamic;
};

/* A parsed parameter list: nodes[0] is the tuple of all parameters. */
struct abi_types {
	struct abi_type nodes[ABI_TYPES_MAX];
	u16 count;
};

/* abi_parse reads "name(types)" or "(types)".  ERR_SYNTAX, ERR_SIZE, ERR_DEPTH. */
MUST_CHECK enum err abi_parse(struct abi_types *out, const char *signature);

/* -- decoding --------------------------------------------------------------- */

/* A decoded tuple or array: a view into validated input. */
struct abi_view {
	const struct abi_types *types;
	struct bytes in; /* the enclosing encoding, from its base */
	u16 type;        /* node of this tuple or array */
	u32 count;       /* members or elements */
};

/* abi_decode validates in against types and yields the parameter tuple.
 * ERR_TRUNCATED, ERR_RANGE (dirty bits, bad bool, array beyond ABI_ITEMS_MAX,
 * more than ABI_VISITS_MAX values),
 * ERR_TRAILING and ERR_CANONICAL (ABI_STRICT only).  The view borrows both. */
MUST_CHECK enum err abi_decode(struct abi_view *out, const struct abi_types *types,
			       struct bytes in, enum abi_mode mode);

/* Accessors.  Requires index < count and the member to be of that kind (assert). */
struct u256 abi_u256(const struct abi_view *v, u32 index); /* UINT, INT (two's complement), BOOL */
u64 abi_u64(const struct abi_view *v, u32 index);          /* UINT of at most 64 bits */
bool abi_bool(const struct abi_view *v, u32 index);
struct address abi_address(const struct abi_view *v, u32 index);
struct hash abi_bytes32(const struct abi_view *v, u32 index);
struct bytes abi_bytes(const struct abi_view *v, u32 index); /* BYTES, STRING */
struct abi_view abi_at(const struct abi_view *v, u32 index); /* TUPLE, ARRAY, FIXED_ARRAY */

/* -- encoding --------------------------------------------------------------- */

/* Writes values in order, driven by the types:
 *     abi_writer_init(&w, types, buffer, capacity);
 *     abi_put_u256(&w, &x); abi_open(&w, n); ...; abi_close(&w);
 * Tuples are opened and closed too, the outermost one is implicit.  Putting a
 * value of the wrong kind is an assert; running out of room is sticky. */
#define ABI_FRAMES_MAX (2 * ABI_DEPTH_MAX + 2)
struct abi_frame {
	u16 type;   /* the tuple or array being filled */
	u16 member; /* TUPLE: node of the next member */
	u32 done, count;
	size_t base; /* where offsets of this frame count from */
	size_t head; /* where the next head word goes */
};
struct abi_writer {
	const struct abi_types *types;
	u8 *at;
	size_t size, capacity;
	bool full;
	u32 depth;
	struct abi_frame frames[ABI_FRAMES_MAX];
};
void abi_writer_init(struct abi_writer *w, const struct abi_types *types, u8 *buffer, size_t capacity);
void abi_put_u256(struct abi_writer *w, const struct u256 *x); /* UINT, INT, BOOL */
void abi_put_u64(struct abi_writer *w, u64 x);
void abi_put_address(struct abi_writer *w, const struct address *a);
void abi_put_bytes32(struct abi_writer *w, const struct hash *h); /* FIXED_BYTES */
void abi_put_bytes(struct abi_writer *w, struct bytes in);        /* BYTES, STRING */
void abi_open(struct abi_writer *w, u32 count);                   /* TUPLE (count = members) or ARRAY (elements) */
void abi_close(struct abi_writer *w);
/* ERR_FULL if something did not fit.  Requires every value to have been put. */
MUST_CHECK enum err abi_writer_end(struct abi_writer *w, struct bytes *out);

#endif

#ifndef BASE_RLP_H
#define BASE_RLP_H

/* Recursive Length Prefix, strict and canonical both ways.
 *
 * Reading walks a range with a cursor: the single byte below 0x80 stands for
 * itself, lengths are minimal, nothing may trail.  Writing appends to a caller's
 * buffer; a list is opened, filled, and closed, which then moves its payload to
 * make room for the header. */

#include "base/u256.h"

/* -- reading ---------------------------------------------------------------- */

struct rlp {
	struct bytes rest; /* what has not been read yet */
};

void rlp_init(struct rlp *r, struct bytes in);
bool rlp_is_done(const struct rlp *r);
bool rlp_is_list(const struct rlp *r); /* next item; false at the end */

/* Each takes the next item.  ERR_TRUNCATED, ERR_CANONICAL; ERR_TYPE: a list where
 * a string is wanted or the other way round. */
MUST_CHECK enum err rlp_read_string(struct rlp *r, struct bytes *out);
MUST_CHECK enum err rlp_read_list(struct rlp *r, struct rlp *out);
/* Numbers: ERR_CANONICAL: leading zero; ERR_RANGE: too wide. */
MUST_CHECK enum err rlp_read_u64(struct rlp *r, u64 *out);
MUST_CHECK enum err rlp_read_u256(struct rlp *r, struct u256 *out);
/* A string of exactly size bytes, copied.  ERR_RANGE: another length. */
MUST_CHECK enum err rlp_read_fixed(struct rlp *r, u8 *out, size_t size);
/* ERR_TRAILING unless everything has been read. */
MUST_CHECK enum err rlp_read_end(const struct rlp *r);

/* -- writing ---------------------------------------------------------------- */

struct rlp_writer {
	u8 *at;
	size_t size; /* bytes written */
	size_t capacity;
	bool full; /* something did not fit; sticky */
};

void rlp_writer_init(struct rlp_writer *w, u8 *buffer, size_t capacity);
void rlp_write_string(struct rlp_writer *w, struct bytes in);
void rlp_write_u64(struct rlp_writer *w, u64 x);
void rlp_write_u256(struct rlp_writer *w, const struct u256 *x);
/* Bytes that are already RLP (or a type byte), appended as they are. */
void rlp_write_raw(struct rlp_writer *w, struct bytes in);
size_t rlp_list_open(struct rlp_writer *w); /* returns a mark for _close */
void rlp_list_close(struct rlp_writer *w, size_t mark);
/* The header alone of a string or list of size bytes, for hashing what lies elsewhere;
 * returns its own size.  (A string of one byte below 0x80 has none.) */
#define RLP_HEADER_MAX 9
size_t rlp_string_header(u8 out[RLP_HEADER_MAX], size_t size);
size_t rlp_list_header(u8 out[RLP_HEADER_MAX], size_t size);
/* ERR_FULL if anything did not fit. */
MUST_CHECK enum err rlp_writer_end(const struct rlp_writer *w, struct bytes *out);

#endif

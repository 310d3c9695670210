#ifndef RPC_JSON_WRITER_H
#define RPC_JSON_WRITER_H

/* Writes JSON into one growing buffer that is reused from reply to reply.
 *
 *     jw_object(w, NULL);
 *     jw_quantity(w, "number", 7);
 *     jw_array(w, "uncles");
 *     jw_end(w);
 *     jw_end(w);                    {"number":"0x7","uncles":[]}
 *
 * Every value takes its key first: a name inside an object, NULL inside an array or at
 * the top; a mismatch is an assert.  Commas and escapes are the writer's, so what it
 * ends with is JSON or nothing: past the limit (or out of memory) it is full for
 * good, and the owner cuts back to a mark and says so instead. */

#include "base/u256.h"

#define JW_DEPTH_MAX 32

struct json_writer {
	char *at;
	size_t size, capacity;
	size_t limit; /* bytes one reply may take */
	bool full;
	u32 depth;
	struct {
		bool is_object, has_items;
	} frames[JW_DEPTH_MAX];
};

/* A place to cut back to. */
struct jw_mark {
	size_t size;
	u32 depth;
	bool has_items;
};

void jw_init(struct json_writer *w, size_t limit);
void jw_clear(struct json_writer *w); /* empty; keeps memory that is not huge */
void jw_free(struct json_writer *w);
bool jw_is_full(const struct json_writer *w);
struct jw_mark jw_mark(const struct json_writer *w);
/* Cuts back to a mark; what was full is no longer. */
void jw_rewind(struct json_writer *w, struct jw_mark mark);

void jw_object(struct json_writer *w, const char *key);
void jw_array(struct json_writer *w, const char *key);
void jw_end(struct json_writer *w); /* of the innermost object or array */

void jw_null(struct json_writer *w, const char *key);
void jw_bool(struct json_writer *w, const char *key, bool x);
void jw_number(struct json_writer *w, const char *key, u64 x);          /* 12 */
void jw_ratio(struct json_writer *w, const char *key, double x);        /* 0.5; requires finite */
void jw_text(struct json_writer *w, const char *key, const char *text); /* escaped; bad UTF-8 becomes '?' */
void jw_text_size(struct json_writer *w, const char *key, const char *text, size_t size);
/* JSON that is already whole and valid. */
void jw_raw(struct json_writer *w, const char *key, const char *json, size_t size);

void jw_quantity(struct json_writer *w, const char *key, u64 x); /* "0xc" */
void jw_quantity_u256(struct json_writer *w, const char *key, const struct u256 *x);
void jw_data(struct json_writer *w, const char *key, struct bytes x); /* "0x0c" */
void jw_address(struct json_writer *w, const char *key, const struct address *a);
void jw_hash(struct json_writer *w, const char *key, const struct hash *h);
void jw_decimal(struct json_writer *w, const char *key, const struct u256 *x); /* "12" */
/* x / 10^decimals in full: "1.05"; no trailing zeros, no exponent. */
void jw_scaled(struct json_writer *w, const char *key, const struct u256 *x, unsigned decimals);
/* x NULL: null. */
void jw_scaled_or_null(struct json_writer *w, const char *key, const struct u256 *x, unsigned decimals);

#endif

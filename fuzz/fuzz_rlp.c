/* RLP: whatever is read is canonical, so writing it again gives the same bytes;
 * and a number that is accepted is written back as it was. */

#include "base/rlp.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The string at the cursor through every typed reader. */
static void numbers_check(const struct rlp *r, struct bytes item)
{
	struct rlp_writer w;
	struct rlp copy = *r;
	struct bytes again;
	u8 buffer[64], fixed[32];
	struct u256 wide;
	u64 narrow;

	if (rlp_read_u64(&copy, &narrow) == OK) {
		rlp_writer_init(&w, buffer, sizeof buffer);
		rlp_write_u64(&w, narrow);
		assert(rlp_writer_end(&w, &again) == OK && bytes_equal(again, item));
	}
	copy = *r;
	if (rlp_read_u256(&copy, &wide) == OK) {
		rlp_writer_init(&w, buffer, sizeof buffer);
		rlp_write_u256(&w, &wide);
		assert(rlp_writer_end(&w, &again) == OK && bytes_equal(again, item));
	}
	copy = *r;
	if (rlp_read_fixed(&copy, fixed, sizeof fixed) == OK)
		assert(item.size == 1 + sizeof fixed);
}

static enum err string_copy(struct rlp_writer *w, struct rlp *r)
{
	struct rlp before = *r;
	struct bytes value, item = before.rest;

	TRY(rlp_read_string(r, &value));
	item.size -= r->rest.size;
	numbers_check(&before, item);
	rlp_write_string(w, value);
	return OK;
}

/* Reads everything behind the cursor and writes it again. */
static enum err items_copy(struct rlp_writer *w, struct rlp *r, int depth)
{
	struct rlp list;
	size_t mark;

	if (depth > DEPTH_MAX)
		return ERR_DEPTH;
	while (!rlp_is_done(r)) {
		if (!rlp_is_list(r)) {
			TRY(string_copy(w, r));
			continue;
		}
		TRY(rlp_read_list(r, &list));
		mark = rlp_list_open(w);
		TRY(items_copy(w, &list, depth + 1));
		rlp_list_close(w, mark);
	}
	return rlp_read_end(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 *buffer = malloc(size + 1);
	struct rlp_writer w;
	struct bytes again;
	struct rlp r;

	assert(buffer);
	rlp_init(&r, (struct bytes){ data, size });
	rlp_writer_init(&w, buffer, size);
	if (items_copy(&w, &r, 0) == OK) {
		assert(rlp_writer_end(&w, &again) == OK);
		assert(bytes_equal(again, (struct bytes){ data, size }));
	}
	free(buffer);
	return 0;
}

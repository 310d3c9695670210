#include "base/types.h"

#include <string.h>

int address_cmp(const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool address_is_zero(const struct address *a)
{
	static const struct address zero;

	return address_cmp(a, &zero) == 0;
}

int hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	if (a.size != b.size)
		return false;
	/* An empty range may have no address, which memcmp does not allow. */
	return a.size == 0 || memcmp(a.at, b.at, a.size) == 0;
}

#include "contracts-native/lending/narrow.h"

static struct u128le low_half(const struct u256 *x)
{
	return (struct u128le){ { x->limb[0], x->limb[1] } };
}

enum err narrow(struct call *c, struct u128le *out, struct u256 x, unsigned bits)
{
	assert(bits <= 128);
	if (!u256_fits(&x, bits)) {
		struct u256 words[] = { u256_from_u64(bits), x };

		return call_revert_with(c, REVERT_SafeCastOverflowedUintDowncast, words, 2);
	}
	*out = low_half(&x);
	return OK;
}

enum err narrow_add(struct u128le *out, struct u128le a, struct u128le b, unsigned bits)
{
	struct u256 x = wide(a), y = wide(b);

	assert(bits <= 128);
	TRY(u256_add(&x, &x, &y));
	if (!u256_fits(&x, bits))
		return ERR_ARITHMETIC;
	*out = low_half(&x);
	return OK;
}

enum err narrow_sub(struct u128le *out, struct u128le a, struct u128le b)
{
	struct u256 x = wide(a), y = wide(b);

	TRY(u256_sub(&x, &x, &y));
	*out = low_half(&x);
	return OK;
}

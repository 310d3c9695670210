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
	struct amount sum;
	struct u256 x;

	assert(bits <= 128);
	TRY(amount_add(&sum, amount_of(a), amount_of(b)));
	x = amount_raw(sum);
	if (!u256_fits(&x, bits))
		return ERR_ARITHMETIC;
	*out = low_half(&x);
	return OK;
}

enum err narrow_sub(struct u128le *out, struct u128le a, struct u128le b)
{
	struct amount rest;
	struct u256 x;

	TRY(amount_sub(&rest, amount_of(a), amount_of(b)));
	x = amount_raw(rest);
	*out = low_half(&x);
	return OK;
}

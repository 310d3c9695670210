#include "base/u256.h"

#include <assert.h>
#include <gmp.h>
#include <string.h>

#define LIMBS 4

static_assert(_Generic((mp_limb_t)0, u64: 1, default: 0), "GMP's limb is our limb");
static_assert(GMP_NUMB_BITS == 64, "no nail bits");
static_assert(sizeof(struct u256) == 32, "no padding");

struct u256 u256_from_u64(u64 x)
{
	return (struct u256){ { x, 0, 0, 0 } };
}

struct u256 u256_from_u128(u128 x)
{
	return (struct u256){ { (u64)x, (u64)(x >> 64), 0, 0 } };
}

struct u256 u256_pow10(unsigned exponent)
{
	struct u256 power = U256_ONE;
	u64 carry;

	assert(exponent <= 77);
	for (; exponent > 0; exponent--) {
		carry = mpn_mul_1(power.limb, power.limb, LIMBS, 10);
		assert(carry == 0); /* 10^77 < 2^256 */
	}
	return power;
}

int u256_cmp(const struct u256 *a, const struct u256 *b)
{
	for (int i = LIMBS - 1; i >= 0; i--)
		if (a->limb[i] != b->limb[i])
			return a->limb[i] < b->limb[i] ? -1 : 1;
	return 0;
}

bool u256_is_zero(const struct u256 *a)
{
	return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

bool u256_equal(const struct u256 *a, const struct u256 *b)
{
	return u256_cmp(a, b) == 0;
}

/* How many limbs of the first `count` are left without the zeros on top. */
static long limbs_used(const u64 *limb, long count)
{
	while (count > 0 && limb[count - 1] == 0)
		count--;
	return count;
}

unsigned u256_bits(const struct u256 *a)
{
	long count = limbs_used(a->limb, LIMBS);

	if (count == 0)
		return 0;
	return (unsigned)(count * 64 - __builtin_clzll(a->limb[count - 1]));
}

bool u256_fits(const struct u256 *a, unsigned bits)
{
	return u256_bits(a) <= bits;
}

u64 u256_low64(const struct u256 *a)
{
	return a->limb[0];
}

u128 u256_low128(const struct u256 *a)
{
	return (u128)a->limb[1] << 64 | a->limb[0];
}

double u256_to_double(const struct u256 *a)
{
	double x = 0;

	for (int i = LIMBS - 1; i >= 0; i--)
		x = x * 0x1p64 + (double)a->limb[i];
	return x;
}

enum err u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	struct u256 sum;

	if (mpn_add_n(sum.limb, a->limb, b->limb, LIMBS) != 0)
		return ERR_ARITHMETIC;
	*out = sum;
	return OK;
}

enum err u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	struct u256 difference;

	if (mpn_sub_n(difference.limb, a->limb, b->limb, LIMBS) != 0)
		return ERR_ARITHMETIC;
	*out = difference;
	return OK;
}

/* Writes a * b over all eight limbs and returns how many are used.  Most
 * products here are of one or two limbs, so only those in use are multiplied. */
static long product_wide(u64 product[2 * LIMBS], const struct u256 *a, const struct u256 *b)
{
	long a_count = limbs_used(a->limb, LIMBS);
	long b_count = limbs_used(b->limb, LIMBS);

	memset(product, 0, 2 * LIMBS * sizeof *product);
	if (a_count == 0 || b_count == 0)
		return 0;
	if (b_count == 1)
		product[a_count] = mpn_mul_1(product, a->limb, a_count, b->limb[0]);
	else if (a_count >= b_count)
		mpn_mul(product, a->limb, a_count, b->limb, b_count);
	else
		mpn_mul(product, b->limb, b_count, a->limb, a_count);
	return limbs_used(product, a_count + b_count);
}

enum err u256_mul(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	u64 product[2 * LIMBS];

	if (product_wide(product, a, b) > LIMBS)
		return ERR_ARITHMETIC;
	memcpy(out->limb, product, sizeof out->limb);
	return OK;
}

/* Divides the `count` limbs of a number, the top one not 0, by b, which is not
 * 0.  Writes all eight limbs of the quotient. */
static void divide_wide(u64 quotient[2 * LIMBS], struct u256 *remainder, const u64 *number,
			long count, const struct u256 *b)
{
	long b_count = limbs_used(b->limb, LIMBS);

	memset(quotient, 0, 2 * LIMBS * sizeof *quotient);
	*remainder = U256_ZERO;
	if (count < b_count)
		memcpy(remainder->limb, number, (size_t)count * sizeof *number);
	else if (b_count == 1)
		remainder->limb[0] = mpn_divrem_1(quotient, 0, number, count, b->limb[0]);
	else
		mpn_tdiv_qr(quotient, remainder->limb, 0, number, count, b->limb, b_count);
}

enum err u256_div(struct u256 *quotient, struct u256 *remainder, const struct u256 *a,
		  const struct u256 *b)
{
	u64 whole[2 * LIMBS];
	struct u256 rest;

	if (u256_is_zero(b))
		return ERR_PANIC_DIVIDE;
	divide_wide(whole, &rest, a->limb, limbs_used(a->limb, LIMBS), b);
	if (quotient != NULL)
		memcpy(quotient->limb, whole, sizeof quotient->limb);
	if (remainder != NULL)
		*remainder = rest;
	return OK;
}

static enum err mul_div(struct u256 *out, bool *exact, const struct u256 *a,
			const struct u256 *b, const struct u256 *c)
{
	u64 product[2 * LIMBS], quotient[2 * LIMBS];
	struct u256 remainder;
	long count;

	if (u256_is_zero(c))
		return ERR_PANIC_DIVIDE;
	count = product_wide(product, a, b);
	divide_wide(quotient, &remainder, product, count, c);
	if (limbs_used(quotient, 2 * LIMBS) > LIMBS)
		return ERR_ARITHMETIC;
	memcpy(out->limb, quotient, sizeof out->limb);
	*exact = u256_is_zero(&remainder);
	return OK;
}

enum err u256_mul_div_down(struct u256 *out, const struct u256 *a, const struct u256 *b,
			   const struct u256 *c)
{
	bool exact;

	return mul_div(out, &exact, a, b, c);
}

enum err u256_mul_div_up(struct u256 *out, const struct u256 *a, const struct u256 *b,
			 const struct u256 *c)
{
	struct u256 quotient;
	bool exact;

	TRY(mul_div(&quotient, &exact, a, b, c));
	if (exact) {
		*out = quotient;
		return OK;
	}
	return u256_add(out, &quotient, &U256_ONE);
}

struct u256 u256_and(const struct u256 *a, const struct u256 *b)
{
	struct u256 both;

	for (int i = 0; i < LIMBS; i++)
		both.limb[i] = a->limb[i] & b->limb[i];
	return both;
}

struct u256 u256_or(const struct u256 *a, const struct u256 *b)
{
	struct u256 either;

	for (int i = 0; i < LIMBS; i++)
		either.limb[i] = a->limb[i] | b->limb[i];
	return either;
}

struct u256 u256_shl(const struct u256 *a, unsigned bits)
{
	struct u256 shifted = U256_ZERO;
	unsigned limbs = bits / 64;

	if (bits >= 256)
		return shifted;
	for (unsigned i = limbs; i < LIMBS; i++)
		shifted.limb[i] = a->limb[i - limbs];
	if (bits % 64 != 0)
		mpn_lshift(shifted.limb, shifted.limb, LIMBS, bits % 64);
	return shifted;
}

struct u256 u256_shr(const struct u256 *a, unsigned bits)
{
	struct u256 shifted = U256_ZERO;
	unsigned limbs = bits / 64;

	if (bits >= 256)
		return shifted;
	for (unsigned i = limbs; i < LIMBS; i++)
		shifted.limb[i - limbs] = a->limb[i];
	if (bits % 64 != 0)
		mpn_rshift(shifted.limb, shifted.limb, LIMBS, bits % 64);
	return shifted;
}

bool u256_bit(const struct u256 *a, unsigned index)
{
	assert(index < 256);
	return a->limb[index / 64] >> (index % 64) & 1;
}

void u256_set_bit(struct u256 *a, unsigned index, bool on)
{
	u64 mask;

	assert(index < 256);
	mask = (u64)1 << (index % 64);
	if (on)
		a->limb[index / 64] |= mask;
	else
		a->limb[index / 64] &= ~mask;
}

/* The lowest `bits` bits set. */
static u64 field_mask(unsigned bits)
{
	assert(bits <= 64);
	return bits == 0 ? 0 : ~(u64)0 >> (64 - bits);
}

u64 u256_field(const struct u256 *a, unsigned shift, unsigned bits)
{
	return u256_shr(a, shift).limb[0] & field_mask(bits);
}

void u256_set_field(struct u256 *a, unsigned shift, unsigned bits, u64 value)
{
	struct u256 ones = u256_from_u64(field_mask(bits));
	struct u256 field = u256_from_u64(value);

	assert(shift + bits <= 256);
	assert(value <= field_mask(bits));
	ones = u256_shl(&ones, shift);
	field = u256_shl(&field, shift);
	for (int i = 0; i < LIMBS; i++)
		a->limb[i] = (a->limb[i] & ~ones.limb[i]) | field.limb[i];
}

struct u256 u256_from_be(const u8 bytes[32])
{
	return (struct u256){ { load_be64(bytes + 24), load_be64(bytes + 16),
				load_be64(bytes + 8), load_be64(bytes) } };
}

void u256_to_be(u8 bytes[32], const struct u256 *a)
{
	struct u256 x = *a; /* a may be the very memory that is written */

	for (int i = 0; i < LIMBS; i++)
		store_be64(bytes + 24 - 8 * i, x.limb[i]);
}

enum err u256_from_be_bytes(struct u256 *out, struct bytes in)
{
	u8 word[32] = { 0 };

	if (in.size > sizeof word)
		return ERR_RANGE;
	if (in.size > 0)
		memcpy(word + sizeof word - in.size, in.at, in.size);
	*out = u256_from_be(word);
	return OK;
}

#define CHUNK_DIGITS 19
#define CHUNK        10000000000000000000u /* 10^19, the largest power of ten in a limb */

size_t u256_to_decimal(char out[U256_DECIMAL_MAX], const struct u256 *a)
{
	char digits[5 * CHUNK_DIGITS]; /* last one first; 2^256 < 10^95 */
	struct u256 rest = *a;
	size_t count = 0, length;

	while (!u256_is_zero(&rest)) {
		u64 chunk = mpn_divrem_1(rest.limb, 0, rest.limb, LIMBS, CHUNK);

		for (int i = 0; i < CHUNK_DIGITS; i++, chunk /= 10)
			digits[count++] = (char)('0' + chunk % 10);
	}
	while (count > 0 && digits[count - 1] == '0')
		count--;
	if (count == 0)
		digits[count++] = '0';
	assert(count < U256_DECIMAL_MAX);
	length = count;
	while (count > 0)
		*out++ = digits[--count];
	*out = '\0';
	return length;
}

enum err u256_from_decimal(struct u256 *out, const char *text, size_t size)
{
	struct u256 x = U256_ZERO;
	bool wide = false;

	if (size == 0)
		return ERR_SYNTAX;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return ERR_SYNTAX;
		if (wide) /* only the syntax of the rest still matters */
			continue;
		wide = mpn_mul_1(x.limb, x.limb, LIMBS, 10) != 0 ||
		       mpn_add_1(x.limb, x.limb, LIMBS, (u64)(text[i] - '0')) != 0;
	}
	if (wide)
		return ERR_RANGE;
	*out = x;
	return OK;
}

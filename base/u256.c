#include "base/u256.h"

#include <assert.h>
#include <gmp.h>
#include <string.h>

#define LIMBS 4

static_assert(_Generic((mp_limb_t)0, u64 : 1, default : 0), "GMP's limb is our limb");
static_assert(GMP_NUMB_BITS == 64, "no nail bits");
static_assert(sizeof(struct u256) == 32, "no padding");

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

/* Products and quotients of the usual sizes are computed in registers and
 * stored once.  GMP's general functions would take several times
 * as long for them, most of it to copy limbs from one array to the next. */

static struct u256 from_halves(u128 low, u128 high)
{
	return (struct u256){ { (u64)low, (u64)(low >> 64), (u64)high, (u64)(high >> 64) } };
}

static struct u256 product_of_halves(u128 a, u128 b)
{
	u64 a0 = (u64)a, a1 = (u64)(a >> 64), b0 = (u64)b, b1 = (u64)(b >> 64);
	u128 low = (u128)a0 * b0, high = (u128)a1 * b1;
	u128 left = (u128)a1 * b0, right = (u128)a0 * b1;
	u128 middle = (low >> 64) + (u64)left + (u64)right; /* < 3 * 2^64 */

	high += (left >> 64) + (right >> 64) + (middle >> 64);
	return from_halves(middle << 64 | (u64)low, high);
}

/* Writes a * b over all eight limbs and returns how many are used. */
static long product_wide(u64 product[2 * LIMBS], const struct u256 *a, const struct u256 *b)
{
	long a_count = limbs_used(a->limb, LIMBS);
	long b_count = limbs_used(b->limb, LIMBS);

	memset(product, 0, 2 * LIMBS * sizeof *product);
	if (a_count == 0 || b_count == 0)
		return 0;
	if (a_count >= b_count)
		mpn_mul(product, a->limb, a_count, b->limb, b_count);
	else
		mpn_mul(product, b->limb, b_count, a->limb, a_count);
	return limbs_used(product, a_count + b_count);
}

enum err u256_mul_wide(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	u64 product[2 * LIMBS];

	if (u256_high128(a) == 0 && u256_high128(b) == 0) {
		*out = product_of_halves(u256_low128(a), u256_low128(b));
		return OK;
	}
	if (product_wide(product, a, b) > LIMBS)
		return ERR_ARITHMETIC;
	memcpy(out->limb, product, sizeof out->limb);
	return OK;
}

/* A token's unit is asked for at every turn: the usual ones come from a table. */
struct u256 u256_pow10(unsigned exponent)
{
	static const u64 powers[] = {
		1,
		10,
		100,
		1000,
		10000,
		100000,
		1000000,
		10000000,
		100000000,
		1000000000,
		10000000000,
		100000000000,
		1000000000000,
		10000000000000,
		100000000000000,
		1000000000000000,
		10000000000000000,
		100000000000000000,
		1000000000000000000,
		10000000000000000000u,
	};
	const unsigned most = ARRAY_COUNT(powers) - 1;
	struct u256 power = U256_ONE;
	u64 carry;

	assert(exponent <= 77);
	for (; exponent > most; exponent -= most) {
		carry = mpn_mul_1(power.limb, power.limb, LIMBS, powers[most]);
		assert(carry == 0); /* 10^77 < 2^256 */
	}
	if (power.limb[0] == 1 && power.limb[1] == 0)
		return u256_from_u64(powers[exponent]);
	carry = mpn_mul_1(power.limb, power.limb, LIMBS, powers[exponent]);
	assert(carry == 0);
	return power;
}

/* Divides *rest * 2^64 + limb by b.  Requires *rest < b. */
static u64 divide_limb(u64 *rest, u64 limb, u64 b)
{
	u128 part = (u128)*rest << 64 | limb;
	u64 quotient = part < b ? 0 : (u64)(part / b); /* < 2^64: *rest < b */

	*rest = limb - quotient * b;
	return quotient;
}

static struct u256 divide_by_limb(u64 *rest, const struct u256 *a, u64 b)
{
	struct u256 quotient;

	quotient.limb[3] = a->limb[3] / b;
	*rest = a->limb[3] % b;
	quotient.limb[2] = divide_limb(rest, a->limb[2], b);
	quotient.limb[1] = divide_limb(rest, a->limb[1], b);
	quotient.limb[0] = divide_limb(rest, a->limb[0], b);
	return quotient;
}

static u64 low_bits(u64 x, unsigned bits)
{
	return x & (((u64)1 << bits) - 1);
}

/* Divides by b * 2^zeros, 0 < zeros < 64: shifting the zeros out of both first
 * does not change the quotient. */
static struct u256 divide_by_shifted_limb(u128 *rest, const struct u256 *a, u64 b, unsigned zeros)
{
	u128 low = u256_low128(a) >> zeros | u256_high128(a) << (128 - zeros);
	struct u256 shifted = from_halves(low, u256_high128(a) >> zeros);
	u64 left;
	struct u256 quotient = divide_by_limb(&left, &shifted, b);

	*rest = (u128)left << zeros | low_bits(a->limb[0], zeros);
	return quotient;
}

/* Divides by b, which is not 0, if that is one of the cheap cases.  10^27 is
 * 5^27 * 2^27, and 5^27 is one limb. */
static bool divide_cheaply(struct u256 *quotient, u128 *rest, const struct u256 *a,
			   const struct u256 *b)
{
	u64 low = b->limb[0], high = b->limb[1], left;
	unsigned zeros = low == 0 ? 0 : (unsigned)__builtin_ctzll(low);

	if (u256_high128(b) != 0)
		return false;
	if (u256_high128(a) == 0) {
		u128 whole = u256_low128(a) / u256_low128(b);

		*quotient = u256_from_u128(whole);
		*rest = u256_low128(a) - whole * u256_low128(b);
		return true;
	}
	if (high == 0) {
		*quotient = divide_by_limb(&left, a, low);
		*rest = left;
		return true;
	}
	if (zeros == 0 || high >> zeros != 0)
		return false;
	low = high << (64 - zeros) | low >> zeros;
	*quotient = divide_by_shifted_limb(rest, a, low, zeros);
	return true;
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
	else
		mpn_tdiv_qr(quotient, remainder->limb, 0, number, count, b->limb, b_count);
}

enum err u256_div(struct u256 *quotient, struct u256 *remainder, const struct u256 *a,
		  const struct u256 *b)
{
	struct u256 whole, left;
	u64 wide[2 * LIMBS];
	u128 rest;

	if (u256_is_zero(b))
		return ERR_PANIC_DIVIDE;
	if (divide_cheaply(&whole, &rest, a, b)) {
		if (quotient != NULL)
			*quotient = whole;
		if (remainder != NULL)
			*remainder = u256_from_u128(rest);
		return OK;
	}
	divide_wide(wide, &left, a->limb, limbs_used(a->limb, LIMBS), b);
	if (quotient != NULL)
		memcpy(quotient->limb, wide, sizeof quotient->limb);
	if (remainder != NULL)
		*remainder = left;
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

#ifndef BASE_U256_H
#define BASE_U256_H

/* 256-bit unsigned integers on GMP's mpn_* functions: four 64-bit limbs, least
 * significant first, no allocation.
 *
 * Checked functions return ERR_ARITHMETIC (Solidity's Panic 0x11) on overflow
 * or a negative result and leave *out alone.  out may alias any input. */

#include <assert.h>

#include "base/err.h"

struct u256 {
	u64 limb[4];
};

#define U256_ZERO ((struct u256){ { 0, 0, 0, 0 } })
#define U256_ONE  ((struct u256){ { 1, 0, 0, 0 } })
#define U256_MAX  ((struct u256){ { ~0ull, ~0ull, ~0ull, ~0ull } })

#define U256_DECIMAL_MAX 79 /* bytes of 2^256-1 in decimal, with the NUL */

/* What is a handful of instructions stands at the end of this header. */
static inline struct u256 u256_from_u64(u64 x);
static inline struct u256 u256_from_u128(u128 x);
struct u256 u256_pow10(unsigned exponent); /* Requires exponent <= 77. */

static inline int u256_cmp(const struct u256 *a, const struct u256 *b);
static inline bool u256_is_zero(const struct u256 *a);
static inline bool u256_equal(const struct u256 *a, const struct u256 *b);
unsigned u256_bits(const struct u256 *a);              /* position of the highest set bit + 1; 0 for 0 */
bool u256_fits(const struct u256 *a, unsigned bits);   /* a < 2^bits */
static inline bool u256_is_limb(const struct u256 *a); /* a < 2^64 */
static inline u64 u256_low64(const struct u256 *a);    /* the low 64 bits */
static inline u128 u256_low128(const struct u256 *a);
static inline u128 u256_high128(const struct u256 *a);
double u256_to_double(const struct u256 *a); /* display only; not in the pure archive's math */

MUST_CHECK static inline enum err u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_CHECK static inline enum err u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_CHECK static inline enum err u256_mul(struct u256 *out, const struct u256 *a, const struct u256 *b);
MUST_CHECK enum err u256_mul_wide(struct u256 *out, const struct u256 *a, const struct u256 *b); /* u256_mul */

/* a / b and a % b.  ERR_PANIC_DIVIDE: b is 0.  Either out may be NULL. */
MUST_CHECK enum err u256_div(struct u256 *quotient, struct u256 *remainder,
			     const struct u256 *a, const struct u256 *b);

/* floor(a * b / c) and ceil(a * b / c) through a 512-bit product.
 * ERR_PANIC_DIVIDE: c is 0.  ERR_ARITHMETIC: the quotient needs more than 256 bits. */
MUST_CHECK enum err u256_mul_div_down(struct u256 *out, const struct u256 *a,
				      const struct u256 *b, const struct u256 *c);
MUST_CHECK enum err u256_mul_div_up(struct u256 *out, const struct u256 *a,
				    const struct u256 *b, const struct u256 *c);

/* Wrapping and bitwise. */
struct u256 u256_and(const struct u256 *a, const struct u256 *b);
struct u256 u256_or(const struct u256 *a, const struct u256 *b);
struct u256 u256_shl(const struct u256 *a, unsigned bits); /* 0 if bits >= 256 */
struct u256 u256_shr(const struct u256 *a, unsigned bits);
static inline bool u256_bit(const struct u256 *a, unsigned index); /* Requires index < 256. */
void u256_set_bit(struct u256 *a, unsigned index, bool on);
static inline u64 u256_field(const struct u256 *a, unsigned shift, unsigned bits); /* bits <= 64 */
void u256_set_field(struct u256 *a, unsigned shift, unsigned bits, u64 value);

/* 32 big-endian bytes, as the ABI and RLP write numbers. */
static inline struct u256 u256_from_be(const u8 bytes[32]);
static inline void u256_to_be(u8 bytes[32], const struct u256 *a);
/* size <= 32 big-endian bytes.  ERR_RANGE: more than 32. */
MUST_CHECK enum err u256_from_be_bytes(struct u256 *out, struct bytes in);

/* Decimal text.  u256_to_decimal writes a NUL-terminated number and returns its length.
 * u256_from_decimal: ERR_SYNTAX: not 1 or more digits; ERR_RANGE: above 2^256-1. */
size_t u256_to_decimal(char out[U256_DECIMAL_MAX], const struct u256 *a);
MUST_CHECK enum err u256_from_decimal(struct u256 *out, const char *text, size_t size);

/* -- in place --------------------------------------------------------------- */

static inline struct u256 u256_from_u64(u64 x)
{
	return (struct u256){ { x, 0, 0, 0 } };
}

static inline struct u256 u256_from_u128(u128 x)
{
	return (struct u256){ { (u64)x, (u64)(x >> 64), 0, 0 } };
}

static inline u64 u256_low64(const struct u256 *a)
{
	return a->limb[0];
}

static inline u128 u256_low128(const struct u256 *a)
{
	return (u128)a->limb[1] << 64 | a->limb[0];
}

static inline u128 u256_high128(const struct u256 *a)
{
	return (u128)a->limb[3] << 64 | a->limb[2];
}

static inline int u256_cmp(const struct u256 *a, const struct u256 *b)
{
	u128 x = u256_high128(a), y = u256_high128(b);

	if (x == y) {
		x = u256_low128(a);
		y = u256_low128(b);
	}
	if (x == y)
		return 0;
	return x < y ? -1 : 1;
}

static inline bool u256_is_zero(const struct u256 *a)
{
	return (a->limb[0] | a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

static inline bool u256_equal(const struct u256 *a, const struct u256 *b)
{
	return ((a->limb[0] ^ b->limb[0]) | (a->limb[1] ^ b->limb[1]) | (a->limb[2] ^ b->limb[2]) |
		(a->limb[3] ^ b->limb[3])) == 0;
}

static inline enum err u256_add(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	u128 low = u256_low128(a) + u256_low128(b);
	u128 high = u256_high128(a) + u256_high128(b);
	bool over = high < u256_high128(a);

	if (low < u256_low128(a))
		over |= ++high == 0;
	if (over)
		return ERR_ARITHMETIC;
	*out = (struct u256){ { (u64)low, (u64)(low >> 64), (u64)high, (u64)(high >> 64) } };
	return OK;
}

static inline enum err u256_sub(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	u128 low = u256_low128(a) - u256_low128(b);
	u128 high = u256_high128(a) - u256_high128(b);

	if (u256_cmp(a, b) < 0)
		return ERR_ARITHMETIC;
	if (u256_low128(a) < u256_low128(b))
		high--;
	*out = (struct u256){ { (u64)low, (u64)(low >> 64), (u64)high, (u64)(high >> 64) } };
	return OK;
}

static inline struct u256 u256_from_be(const u8 bytes[32])
{
	return (struct u256){ { load_be64(bytes + 24), load_be64(bytes + 16), load_be64(bytes + 8),
				load_be64(bytes) } };
}

static inline void u256_to_be(u8 bytes[32], const struct u256 *a)
{
	struct u256 x = *a; /* a may be the very memory that is written */

	store_be64(bytes, x.limb[3]);
	store_be64(bytes + 8, x.limb[2]);
	store_be64(bytes + 16, x.limb[1]);
	store_be64(bytes + 24, x.limb[0]);
}

static inline bool u256_is_limb(const struct u256 *a)
{
	return (a->limb[1] | a->limb[2] | a->limb[3]) == 0;
}

static inline enum err u256_mul(struct u256 *out, const struct u256 *a, const struct u256 *b)
{
	if (!u256_is_limb(a) || !u256_is_limb(b))
		return u256_mul_wide(out, a, b);
	*out = u256_from_u128((u128)a->limb[0] * b->limb[0]);
	return OK;
}

static inline bool u256_bit(const struct u256 *a, unsigned index)
{
	assert(index < 256);
	return a->limb[index / 64] >> (index % 64) & 1;
}

static inline u64 u256_field(const struct u256 *a, unsigned shift, unsigned bits)
{
	u64 field;

	assert(bits <= 64);
	if (shift >= 256 || bits == 0)
		return 0;
	field = a->limb[shift / 64] >> shift % 64;
	if (shift % 64 != 0 && shift < 192)
		field |= a->limb[shift / 64 + 1] << (64 - shift % 64);
	return field & ~(u64)0 >> (64 - bits);
}

#endif

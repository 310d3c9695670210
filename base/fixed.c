#include "base/fixed.h"

#include <assert.h>

#define RAY      (((struct u256){ { 0x9fd0803ce8000000, 0x33b2e3c, 0, 0 } })) /* 10^27 */
#define HALF_RAY (((struct u256){ { 0x4fe8401e74000000, 0x19d971e, 0, 0 } }))
#define WAD      (((struct u256){ { 1000000000000000000, 0, 0, 0 } }))
#define BPS      (((struct u256){ { BPS_ONE, 0, 0, 0 } }))
#define HALF_BPS (((struct u256){ { BPS_ONE / 2, 0, 0, 0 } }))
#define YEAR     (((struct u256){ { SECONDS_PER_YEAR, 0, 0, 0 } }))

struct ray ray_one(void)
{
	return (struct ray){ RAY };
}

struct wad wad_one(void)
{
	return (struct wad){ WAD };
}

struct ray ray_from_bps(u32 bps)
{
	u128 ray_per_bps = (u128)1000000000000 * 100000000000; /* 10^23 < 2^77 */

	return (struct ray){ u256_from_u128(ray_per_bps * bps) };
}

/* The guards of the Solidity library, such as a <= (MAX - HALF_RAY) / b, say in
 * advance what the plain arithmetic finds out: that a * b + HALF_RAY has more
 * than 256 bits.  So there is one rule for all of them: any failure is bare. */
static enum err bare(enum err e)
{
	return e == OK ? OK : ERR_BARE;
}

/* floor((a * b + bias) / c), and whether that was exact, where a * b + bias has 128 bits and b
 * and c have 64, as most amounts, prices, units and percentages: false if they do not. */
static inline bool mul_div_narrow(struct u256 *out, bool *exact, const struct u256 *a,
				  const struct u256 *b, u64 bias, const struct u256 *c)
{
	u64 factor = b->limb[0], divisor = c->limb[0];
	u128 low, high, x, quotient;

	if (u256_high128(a) != 0 || !u256_is_limb(b) || !u256_is_limb(c) || divisor == 0)
		return false;
	low = (u128)a->limb[0] * factor + bias; /* < 2^128: at most (2^64-1)^2 + 2^64-1 */
	high = (u128)a->limb[1] * factor + (u64)(low >> 64);
	if (high >> 64 != 0)
		return false;
	x = high << 64 | (u64)low;
	quotient = x / divisor;
	*exact = quotient * divisor == x;
	*out = u256_from_u128(quotient);
	return true;
}

/* The same for numbers of any size. */
static enum err mul_div_wide(struct u256 *out, bool *exact, const struct u256 *a,
			     const struct u256 *b, const struct u256 *bias, const struct u256 *c)
{
	struct u256 x, remainder;

	TRY(bare(u256_mul(&x, a, b)));
	TRY(bare(u256_add(&x, &x, bias)));
	TRY(bare(u256_div(out, &remainder, &x, c)));
	*exact = u256_is_zero(&remainder);
	return OK;
}

static inline enum err mul_div(struct u256 *out, bool *exact, const struct u256 *a,
			       const struct u256 *b, const struct u256 *bias, const struct u256 *c)
{
	if (u256_is_limb(bias) && mul_div_narrow(out, exact, a, b, bias->limb[0], c))
		return OK;
	return mul_div_wide(out, exact, a, b, bias, c);
}

static enum err mul_div_down(struct u256 *out, const struct u256 *a, const struct u256 *b,
			     const struct u256 *c)
{
	bool exact;

	return mul_div(out, &exact, a, b, &U256_ZERO, c);
}

static enum err mul_div_up(struct u256 *out, const struct u256 *a, const struct u256 *b,
			   const struct u256 *c)
{
	struct u256 quotient;
	bool exact;

	TRY(mul_div(&quotient, &exact, a, b, &U256_ZERO, c));
	if (exact) {
		*out = quotient;
		return OK;
	}
	return u256_add(out, &quotient, &U256_ONE); /* c >= 2, so there is room */
}

/* a * b / c, half up; half is floor(c / 2). */
static enum err mul_div_near(struct u256 *out, const struct u256 *a, const struct u256 *b,
			     const struct u256 *half, const struct u256 *c)
{
	bool exact;

	return mul_div(out, &exact, a, b, half, c);
}

/* Dividing by 10^27 is dividing by 2^26 and by RAY_ODD, whose top bit is set: each limb of the
 * quotient then takes two products with the inverse (Moeller and Granlund, "Improved division
 * by invariant integers", algorithm 4). */
#define RAY_ZEROS   26
#define RAY_ODD     14901161193847656250u /* 2 * 5^27 */
#define RAY_INVERSE 0x3ce9a36f23c0fc90u   /* floor((2^128 - 1) / RAY_ODD) - 2^64 */

/* Divides *rest * 2^64 + limb by RAY_ODD.  Requires *rest < RAY_ODD.  The guess is less than the
 * quotient by at most (2^64-1) * (1/d - 1/2^64) + (d-1) * (k+1) / (d * 2^64) < 0.992, where d is
 * RAY_ODD and k is (2^128-1) mod d: the next integer is right or one too many, and the paper's
 * second correction is never needed. */
static inline u64 divide_limb(u64 *rest, u64 limb)
{
	u128 guess = (u128)RAY_INVERSE * *rest + ((u128)*rest << 64 | limb);
	u64 quotient = (u64)(guess >> 64) + 1;
	u64 left = limb - quotient * RAY_ODD;

	if (left > (u64)guess) {
		quotient--;
		left += RAY_ODD;
	}
	*rest = left;
	return quotient;
}

/* floor(x / 10^27), and whether that was exact. */
static inline struct u256 divide_by_ray(bool *exact, const struct u256 *x)
{
	u128 low = u256_low128(x) >> RAY_ZEROS | u256_high128(x) << (128 - RAY_ZEROS);
	u128 high = u256_high128(x) >> RAY_ZEROS;
	u64 rest = (u64)(high >> 64); /* < 2^38 */
	struct u256 quotient = U256_ZERO;

	quotient.limb[2] = divide_limb(&rest, (u64)high);
	quotient.limb[1] = divide_limb(&rest, (u64)(low >> 64));
	quotient.limb[0] = divide_limb(&rest, (u64)low);
	*exact = rest == 0 && x->limb[0] << (64 - RAY_ZEROS) == 0;
	return quotient;
}

/* floor((a * b + bias) / 10^27), and whether that was exact. */
static inline enum err mul_ray(struct u256 *out, bool *exact, const struct u256 *a,
			       const struct u256 *b, const struct u256 *bias)
{
	struct u256 x;

	TRY(bare(u256_mul(&x, a, b)));
	TRY(bare(u256_add(&x, &x, bias)));
	*out = divide_by_ray(exact, &x);
	return OK;
}

/* a * unit / b, half up. */
static enum err ratio_near(struct u256 *out, const struct u256 *a, const struct u256 *unit,
			   const struct u256 *b)
{
	struct u256 half = u256_shr(b, 1);

	return mul_div_near(out, a, unit, &half, b);
}

enum err ray_mul_near(struct ray *out, struct ray a, struct ray b)
{
	bool exact;

	return mul_ray(&out->raw, &exact, &a.raw, &b.raw, &HALF_RAY);
}

enum err ray_div_near(struct ray *out, struct ray a, struct ray b)
{
	return ratio_near(&out->raw, &a.raw, &RAY, &b.raw);
}

enum err amount_ratio_near(struct ray *out, struct amount part, struct amount whole)
{
	return ratio_near(&out->raw, &part.raw, &RAY, &whole.raw);
}

enum err amount_to_scaled_down(struct scaled *out, struct amount a, struct ray index)
{
	return mul_div_down(&out->raw, &a.raw, &RAY, &index.raw);
}

enum err amount_to_scaled_up(struct scaled *out, struct amount a, struct ray index)
{
	return mul_div_up(&out->raw, &a.raw, &RAY, &index.raw);
}

enum err scaled_to_amount_down(struct amount *out, struct scaled s, struct ray index)
{
	bool exact;

	return mul_ray(&out->raw, &exact, &s.raw, &index.raw, &U256_ZERO);
}

enum err scaled_to_amount_up(struct amount *out, struct scaled s, struct ray index)
{
	struct u256 quotient;
	bool exact;

	TRY(mul_ray(&quotient, &exact, &s.raw, &index.raw, &U256_ZERO));
	return u256_add(&out->raw, &quotient, exact ? &U256_ZERO : &U256_ONE); /* < 2^167: there is room */
}

struct amount amount_unit(unsigned decimals)
{
	return (struct amount){ u256_pow10(decimals) };
}

enum err amount_of_whole(struct amount *out, u64 count, struct amount unit)
{
	struct u256 whole = u256_from_u64(count);

	return u256_mul(&out->raw, &whole, &unit.raw);
}

struct amount amount_cut_down(struct amount a, unsigned digits)
{
	struct amount unit = amount_unit(digits), out;
	enum err never = u256_div(&out.raw, NULL, &a.raw, &unit.raw);

	assert(never == OK); /* a power of ten is not 0 */
	(void)never;
	return out;
}

static enum err percent_near(struct u256 *out, const struct u256 *a, u32 bps)
{
	struct u256 share = u256_from_u64(bps);

	return mul_div_near(out, a, &share, &HALF_BPS, &BPS);
}

static enum err per_percent_up(struct u256 *out, const struct u256 *a, u32 bps)
{
	struct u256 share = u256_from_u64(bps);

	return mul_div_up(out, a, &BPS, &share);
}

enum err ray_percent_near(struct ray *out, struct ray a, u32 bps)
{
	return percent_near(&out->raw, &a.raw, bps);
}

enum err amount_percent_near(struct amount *out, struct amount a, u32 bps)
{
	return percent_near(&out->raw, &a.raw, bps);
}

enum err amount_percent_up(struct amount *out, struct amount a, u32 bps)
{
	struct u256 share = u256_from_u64(bps);

	return mul_div_up(&out->raw, &a.raw, &share, &BPS);
}

enum err amount_per_percent_near(struct amount *out, struct amount a, u32 bps)
{
	struct u256 share = u256_from_u64(bps);

	return ratio_near(&out->raw, &a.raw, &BPS, &share);
}

enum err amount_per_percent_up(struct amount *out, struct amount a, u32 bps)
{
	return per_percent_up(&out->raw, &a.raw, bps);
}

enum err value_percent_near(struct value *out, struct value a, u32 bps)
{
	return percent_near(&out->raw, &a.raw, bps);
}

enum err value_percent_down(struct value *out, struct value a, u32 bps)
{
	struct u256 share = u256_from_u64(bps);

	return mul_div_down(&out->raw, &a.raw, &share, &BPS);
}

enum err value_per_percent_up(struct value *out, struct value a, u32 bps)
{
	return per_percent_up(&out->raw, &a.raw, bps);
}

enum err bps_product_near(struct u256 *out, struct u256 a, struct u256 b)
{
	return mul_div_near(out, &a, &b, &HALF_BPS, &BPS);
}

enum err value_weigh(struct value *sum, struct value a, u32 bps)
{
	struct u256 weight = u256_from_u64(bps), product;

	TRY(u256_mul(&product, &a.raw, &weight));
	return u256_add(&sum->raw, &sum->raw, &product);
}

u32 value_average_down(struct value sum, struct value whole)
{
	struct u256 average;

	if (u256_div(&average, NULL, &sum.raw, &whole.raw) != OK)
		return 0;
	assert(u256_fits(&average, 32));
	return (u32)u256_low64(&average);
}

/* a * b / c in plain Solidity: the product is checked, then floor. */
static enum err checked_mul_div_down(struct u256 *out, const struct u256 *a,
				     const struct u256 *b, const struct u256 *c)
{
	struct u256 product;
	bool exact;

	if (mul_div_narrow(out, &exact, a, b, 0, c))
		return OK;
	TRY(u256_mul(&product, a, b));
	return u256_div(out, NULL, &product, c);
}

enum err amount_value_down(struct value *out, struct amount a, struct price p,
			   struct amount unit)
{
	return checked_mul_div_down(&out->raw, &a.raw, &p.raw, &unit.raw);
}

enum err amount_value_up(struct value *out, struct amount a, struct price p,
			 struct amount unit)
{
	return mul_div_up(&out->raw, &a.raw, &p.raw, &unit.raw);
}

enum err value_amount_down(struct amount *out, struct value v, struct price p,
			   struct amount unit)
{
	return checked_mul_div_down(&out->raw, &v.raw, &unit.raw, &p.raw);
}

enum err amount_exchange_down(struct amount *out, struct amount b, struct price price_b,
			      struct amount unit_b, struct price price_a,
			      struct amount unit_a)
{
	struct u256 bought, sold;

	TRY(u256_mul(&sold, &price_b.raw, &b.raw));
	TRY(u256_mul(&sold, &sold, &unit_a.raw));
	TRY(u256_mul(&bought, &price_a.raw, &unit_b.raw));
	return u256_div(&out->raw, NULL, &sold, &bought);
}

enum err health_factor(struct wad *out, struct value weighted, struct value debt)
{
	struct u256 ratio;

	TRY(ratio_near(&ratio, &weighted.raw, &WAD, &debt.raw));
	return u256_div(&out->raw, NULL, &ratio, &BPS);
}

/* x = rate * elapsed / year, floor: at most MAX / year, so one more ray fits. */
static enum err interest(struct ray *out, struct ray rate, u64 elapsed)
{
	struct u256 seconds = u256_from_u64(elapsed);

	return checked_mul_div_down(&out->raw, &rate.raw, &seconds, &YEAR);
}

enum err ray_linear(struct ray *out, struct ray rate, u64 elapsed)
{
	struct ray x;

	TRY(interest(&x, rate, elapsed));
	return ray_add(out, ray_one(), x);
}

enum err ray_compounded(struct ray *out, struct ray rate, u64 elapsed)
{
	struct ray x, half, sixth, growth;

	TRY(interest(&x, rate, elapsed));
	half.raw = u256_shr(&x.raw, 1);
	TRY(u256_div(&sixth.raw, NULL, &x.raw, &(struct u256){ { 6, 0, 0, 0 } }));
	/* x + x^2/2 + x^3/6 as x + x * (x/2 + x * x/6) */
	TRY(ray_mul_near(&growth, x, sixth));
	TRY(ray_add(&growth, growth, half));
	TRY(ray_mul_near(&growth, x, growth));
	TRY(ray_add(&growth, growth, x));
	return ray_add(out, growth, ray_one());
}

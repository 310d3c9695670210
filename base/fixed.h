#ifndef BASE_FIXED_H
#define BASE_FIXED_H

/* Fixed-point money arithmetic with exactly the rounding of Aave v3.6.
 *
 *     ray 10^27   rates, indexes          wad 10^18   health factors
 *     bps 10^4    percentages             value 10^8  US dollars
 *
 * Wrapping the integer in a one-member struct makes adding a price to an amount
 * a compile error; only base/fixed.[hc] touch .raw (make lint).  Direction is in
 * the name: _down, _up, or _near (half up).  Products are exact up to the guard
 * of the Solidity library: where that reverts without data, so do we (ERR_BARE).
 * Plain add and subtract overflow with ERR_ARITHMETIC.
 *
 * Source: ../docs/lending.md, "Arithmetic". */

#include "base/u256.h"

/* clang-format off */
struct ray    { struct u256 raw; }; /* 27 decimals: rates a year, indexes, ratios */
struct wad    { struct u256 raw; }; /* 18 decimals: health factor */
struct amount { struct u256 raw; }; /* base units of a token */
struct scaled { struct u256 raw; }; /* amount divided by an index: what is stored */
struct value  { struct u256 raw; }; /* US dollars, 8 decimals */
struct price  { struct u256 raw; }; /* US dollars for one whole token, 8 decimals */
/* clang-format on */

#define BPS_ONE          10000u
#define SECONDS_PER_YEAR 31536000u /* 365 days */

/* Conversions: the only way in and out of the types. */
#define FIXED_TYPES(X) X(ray) X(wad) X(amount) X(scaled) X(value) X(price)
#define X(type) \
	static inline struct type type##_from(struct u256 raw) \
	{ \
		return (struct type){ raw }; \
	} \
	static inline struct type type##_from_u64(u64 raw) \
	{ \
		return (struct type){ u256_from_u64(raw) }; \
	} \
	static inline struct u256 type##_raw(struct type a) \
	{ \
		return a.raw; \
	} \
	static inline int type##_cmp(struct type a, struct type b) \
	{ \
		return u256_cmp(&a.raw, &b.raw); \
	} \
	static inline bool type##_is_zero(struct type a) \
	{ \
		return u256_is_zero(&a.raw); \
	} \
	static inline struct type type##_min(struct type a, struct type b) \
	{ \
		return type##_cmp(a, b) < 0 ? a : b; \
	} \
	MUST_CHECK static inline enum err type##_add(struct type *out, struct type a, struct type b) \
	{ \
		return u256_add(&out->raw, &a.raw, &b.raw); \
	} \
	MUST_CHECK static inline enum err type##_sub(struct type *out, struct type a, struct type b) \
	{ \
		return u256_sub(&out->raw, &a.raw, &b.raw); \
	}
FIXED_TYPES(X)
#undef X

struct ray ray_one(void);                /* 10^27 */
struct wad wad_one(void);                /* 10^18 */
struct ray ray_from_bps(u32 bps);        /* bps * 10^23 */
#define AMOUNT_MAX amount_from(U256_MAX) /* "everything", as Aave's callers write it */

/* ray x ray.  rayMul, rayDiv: nearest.  ERR_BARE on the library's guard. */
MUST_CHECK enum err ray_mul_near(struct ray *out, struct ray a, struct ray b);
MUST_CHECK enum err ray_div_near(struct ray *out, struct ray a, struct ray b);

/* A ratio of two amounts as a ray, nearest: rayDiv(part, whole). */
MUST_CHECK enum err amount_ratio_near(struct ray *out, struct amount part, struct amount whole);

/* amount <-> scaled through an index: floor(a * 10^27 / index) and back. */
MUST_CHECK enum err amount_to_scaled_down(struct scaled *out, struct amount a, struct ray index);
MUST_CHECK enum err amount_to_scaled_up(struct scaled *out, struct amount a, struct ray index);
MUST_CHECK enum err scaled_to_amount_down(struct amount *out, struct scaled s, struct ray index);
MUST_CHECK enum err scaled_to_amount_up(struct amount *out, struct scaled s, struct ray index);

/* Whole tokens: 10^decimals base units (decimals <= 77), and count times a unit (checked). */
struct amount amount_unit(unsigned decimals);
MUST_CHECK enum err amount_of_whole(struct amount *out, u64 count, struct amount unit);
/* a without its last digits: floor(a / 10^digits), digits <= 77. */
struct amount amount_cut_down(struct amount a, unsigned digits);

/* Percentages in basis points. */
MUST_CHECK enum err ray_percent_near(struct ray *out, struct ray a, u32 bps);
MUST_CHECK enum err amount_percent_near(struct amount *out, struct amount a, u32 bps);
MUST_CHECK enum err amount_percent_up(struct amount *out, struct amount a, u32 bps);
MUST_CHECK enum err amount_per_percent_near(struct amount *out, struct amount a, u32 bps); /* a / bps */
MUST_CHECK enum err amount_per_percent_up(struct amount *out, struct amount a, u32 bps);
MUST_CHECK enum err value_percent_near(struct value *out, struct value a, u32 bps);
MUST_CHECK enum err value_percent_down(struct value *out, struct value a, u32 bps);
MUST_CHECK enum err value_per_percent_up(struct value *out, struct value a, u32 bps);
/* percentMul of two percentages that callers chose freely. */
MUST_CHECK enum err bps_product_near(struct u256 *out, struct u256 a, struct u256 b);

/* Averages in basis points, weighted by value: the sum of a * bps (checked), and floor(sum /
 * whole), which is 0 of nothing.  Requires every summand's bps to fit 32 bits. */
MUST_CHECK enum err value_weigh(struct value *sum, struct value a, u32 bps);
u32 value_average_down(struct value sum, struct value whole);

/* What an amount is worth: amount * price / unit, unit = 10^decimals.
 * _down is Solidity's checked product and floor; _up is the 512-bit-free
 * mulDivUp with its guard.  A unit or price of 0 to divide by is ERR_PANIC_DIVIDE
 * in the checked ones, ERR_BARE in _up. */
MUST_CHECK enum err amount_value_down(struct value *out, struct amount a, struct price p, struct amount unit);
MUST_CHECK enum err amount_value_up(struct value *out, struct amount a, struct price p, struct amount unit);
/* How much a value buys: value * unit / price, floor, checked. */
MUST_CHECK enum err value_amount_down(struct amount *out, struct value v, struct price p, struct amount unit);

/* amount of token A worth as much as an amount of token B:
 * floor((price_b * b * unit_a) / (price_a * unit_b)), each product checked. */
MUST_CHECK enum err amount_exchange_down(struct amount *out, struct amount b,
					 struct price price_b, struct amount unit_b,
					 struct price price_a, struct amount unit_a);

/* Health factor: floor(wadDiv(weighted, debt) / 10^4), weighted = sum of value * threshold bps.
 * ERR_BARE: debt is 0 too; a caller without debt has an unlimited health factor. */
MUST_CHECK enum err health_factor(struct wad *out, struct value weighted, struct value debt);

/* Interest growth factors over elapsed seconds at a yearly rate.
 * linear = 1 + rate * t / year; compounded = third-order binomial in x = rate * t / year. */
MUST_CHECK enum err ray_linear(struct ray *out, struct ray rate, u64 elapsed);
MUST_CHECK enum err ray_compounded(struct ray *out, struct ray rate, u64 elapsed);

#endif

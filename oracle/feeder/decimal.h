#ifndef FEEDER_DECIMAL_H
#define FEEDER_DECIMAL_H

/* Decimal text, as exchanges and price files write it, to 18-decimal integers without
 * passing through a floating-point number. */

#include "base/err.h"

#define DECIMAL_DIGITS_MAX 38

/* decimal_to_e18 reads digits[.digits]: no sign, exponent, space or lone point.  Digits
 * after the eighteenth decimal are dropped.
 * ERR_SYNTAX; ERR_RANGE: more than DECIMAL_DIGITS_MAX digits, or 2^128 or above. */
MUST_CHECK enum err decimal_to_e18(u128 *out, const char *text, size_t size);

/* digits only, at most 2^64-1. */
MUST_CHECK enum err decimal_to_u64(u64 *out, const char *text, size_t size);

/* Writes x / 10^18 with that many decimals (at most 18), cut off, and a NUL. */
#define DECIMAL_TEXT_MAX 48
void decimal_from_e18(char out[DECIMAL_TEXT_MAX], u128 x, unsigned decimals);

#endif

#ifndef CLIENT_UNITS_H
#define CLIENT_UNITS_H

/* Numbers as people write them, and as the chain does: "1,234.5" USDC is 1234500000
 * base units of a token with 6 decimals.  All exact, in integers: what cannot be
 * written exactly is refused, what is shortened for display is rounded down. */

#include "base/u256.h"

#define UNITS_TEXT_MAX     128 /* bytes of any text below, with the NUL */
#define UNITS_DECIMALS_MAX 77

/* units_parse reads "12", "12.5" or ".5" into base units.
 * ERR_SYNTAX: anything else, signs, spaces and separators included.
 * ERR_RANGE: more than 2^256-1, or more digits after the point than the unit has. */
MUST_CHECK enum err units_parse(struct u256 *out, const char *text, unsigned decimals);

/* units_format writes every digit: "1234.5".  It returns the length, as all here do. */
size_t units_format(char out[UNITS_TEXT_MAX], const struct u256 *x, unsigned decimals);
/* units_pretty writes thousands separators and exactly places digits after the point,
 * rounded down: "1,234.50". */
size_t units_pretty(char out[UNITS_TEXT_MAX], const struct u256 *x, unsigned decimals, unsigned places);
/* units_brief chooses the places: 2 from 1000 up, else as many as show 4 leading
 * digits (at most decimals); zeros at the end are dropped. */
size_t units_brief(char out[UNITS_TEXT_MAX], const struct u256 *x, unsigned decimals);
/* units_percent writes a ratio with so many decimals as "3.25%". */
size_t units_percent(char out[UNITS_TEXT_MAX], const struct u256 *ratio, unsigned decimals, unsigned places);

#endif

#ifndef CONTRACTS_LENDING_CONFIGURATION_H
#define CONTRACTS_LENDING_CONFIGURATION_H

/* The packed word that describes a reserve, bit for bit as Aave's tools read it. */

#include "base/u256.h"

/* field, lowest bit, width, unit */
/* clang-format off */
#define CONFIG_FIELDS(X)                                                       \
	X(LTV,                      0, 16, "bps of value that may be borrowed") \
	X(LIQUIDATION_THRESHOLD,   16, 16, "bps")                              \
	X(LIQUIDATION_BONUS,       32, 16, "bps, 10500 is 5 % on top")         \
	X(DECIMALS,                48,  8, "of the underlying token")          \
	X(ACTIVE,                  56,  1, "")                                 \
	X(FROZEN,                  57,  1, "no supply, no borrow")             \
	X(BORROWING,               58,  1, "")                                 \
	X(PAUSED,                  60,  1, "")                                 \
	X(BORROWABLE_IN_ISOLATION, 61,  1, "")                                 \
	X(SILOED,                  62,  1, "debt in it excludes other debt")   \
	X(FLASH_LOANS,             63,  1, "")                                 \
	X(RESERVE_FACTOR,          64, 16, "bps of interest for the treasury") \
	X(BORROW_CAP,              80, 36, "whole tokens, 0 is none")          \
	X(SUPPLY_CAP,             116, 36, "whole tokens, 0 is none")          \
	X(LIQUIDATION_FEE,        152, 16, "bps of the bonus")                 \
	X(DEBT_CEILING,           212, 40, "dollars, 2 decimals; not 0 is isolated") \
	X(VIRTUAL_ACCOUNTING,     252,  1, "always 1")
/* clang-format on */

enum config_field {
#define X(name, shift, width, unit) CONFIG_##name,
	CONFIG_FIELDS(X)
#undef X
};

static inline u64 config_get(const struct u256 *word, enum config_field field)
{
	switch (field) {
#define X(name, shift, width, unit) \
	case CONFIG_##name: \
		return u256_field(word, shift, width);
		CONFIG_FIELDS(X)
#undef X
	}
	return 0;
}
/* Requires value to fit the field (config_max). */
void config_set(struct u256 *word, enum config_field field, u64 value);
u64 config_max(enum config_field field);

#endif

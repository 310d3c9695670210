#ifndef CONTRACTS_LENDING_NARROW_H
#define CONTRACTS_LENDING_NARROW_H

/* Between the 128 bits in which Aave stores most numbers and the 256 bits in which it
 * computes.
 *
 * An explicit narrowing that loses bits reverts with SafeCastOverflowedUintDowncast; adding
 * or subtracting two narrow numbers beyond their width is Panic(0x11). */

#include "base/fixed.h"
#include "contracts-native/dispatch/call.h"

static inline struct u256 wide(struct u128le x)
{
	return (struct u256){ { x.limb[0], x.limb[1], 0, 0 } };
}

static inline struct ray ray_of(struct u128le x)
{
	return ray_from(wide(x));
}

static inline struct scaled scaled_of(struct u128le x)
{
	return scaled_from(wide(x));
}

static inline struct amount amount_of(struct u128le x)
{
	return amount_from(wide(x));
}

/* x in 128 or fewer bits.  ERR_REVERT: SafeCastOverflowedUintDowncast(bits, x). */
MUST_CHECK enum err narrow(struct call *c, struct u128le *out, struct u256 x, unsigned bits);

/* a + b and a - b in bits (<= 128).  ERR_ARITHMETIC. */
MUST_CHECK enum err narrow_add(struct u128le *out, struct u128le a, struct u128le b, unsigned bits);
MUST_CHECK enum err narrow_sub(struct u128le *out, struct u128le a, struct u128le b);

#endif

#ifndef CONTRACTS_LENDING_RATES_H
#define CONTRACTS_LENDING_RATES_H

/* The interest-rate curve: what borrowers pay and suppliers earn.
 *
 *     borrow rate |                        / base + slope1 + slope2
 *                 |            ___________/  base + slope1
 *            base |___________/           |
 *                 +-----------------------+---  usage = debt / (available + debt)
 *                 0                optimal    1
 *
 * Suppliers share the borrowers' interest, less the reserve factor, over available + debt +
 * deficit.  Everything rounds to nearest, as Aave's default strategy does. */

#include "base/fixed.h"
#include "contracts-native/state/schema.h"

#define RATES_OPTIMAL_MIN 100u /* bps */
#define RATES_OPTIMAL_MAX 9900u
#define RATES_MAX         100000u /* bps: base + slope1 + slope2 */

struct rate_curve {
	u32 optimal, base, slope1, slope2;
}; /* bps */

struct rate_inputs {
	struct amount debt;
	struct amount balance; /* virtual, before added and taken */
	struct amount added, taken;
	struct amount deficit;
	u32 reserve_factor; /* bps, <= 10000 */
};

struct rate_curve rate_curve_of(const struct reserve *r);

/* rates_at gives yearly rates.  Without debt the answer is (0, base) and nothing else is
 * looked at.  ERR_ARITHMETIC: more is taken than there is.  ERR_BARE: the library's guard. */
MUST_CHECK enum err rates_at(struct ray *liquidity, struct ray *borrow,
			     const struct rate_curve *curve, const struct rate_inputs *in);

#endif

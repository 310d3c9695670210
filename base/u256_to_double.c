#include "base/u256.h"

/* For gauges and dashboards.  Alone in its file, the one in this folder that
 * may use floating point; no contract may call it. */
double u256_to_double(const struct u256 *a)
{
	double x = 0;

	for (size_t i = ARRAY_COUNT(a->limb); i > 0; i--)
		x = x * 0x1p64 + (double)a->limb[i - 1];
	return x;
}

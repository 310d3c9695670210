#ifndef ORACLE_MEDIAN_H
#define ORACLE_MEDIAN_H

/* The price a quorum agrees on, and how sure it is.
 *
 *     sort by (price, reporter);  lo = x[(m-1)/2], hi = x[m/2], mid = lo + (hi-lo)/2
 *     confidence = max(lower median of reporters' confidences, floor(3/2 MAD),
 *                      ceil((hi-lo)/2), mid * floor bps)
 *
 * MAD is the lower median of the distances from mid.  With at most f of m >= 2f+1 faulty,
 * mid lies inside the honest range, and so do the medians that confidence is made of: a
 * quartile would already fall to a third of faulty reporters.  Both middles of an even m
 * count, and half their gap is part of the confidence, so that leaving one report out to
 * choose a middle gains nothing. */

#include "base/err.h"

#define MEDIAN_INPUTS_MAX 64
#define MEDIAN_FLOOR_BPS  1 /* a confidence is never below 0.01 % of the price */

struct median_input {
	u128 price, confidence;
	u64 observed_at;
	u8 reporter;
};

struct median {
	u128 price, confidence;
	u64 observed_at; /* lower median */
};

/* median_of sorts inputs in place.  Requires 1 <= count <= MEDIAN_INPUTS_MAX. */
void median_of(struct median *out, struct median_input *inputs, size_t count);

/* The lower median of any numbers, sorted in place.  Requires count >= 1. */
u128 median_lower(u128 *numbers, size_t count);

#endif

#ifndef BASE_KECCAK_H
#define BASE_KECCAK_H

/* Keccak-f[1600], the permutation under Keccak-256 and SHA-3 (FIPS 202, 3.2 to 3.4). */

#include "base/types.h"

#define KECCAK_LANES  25
#define KECCAK_ROUNDS 24
/* Keccak-256: bytes absorbed between two permutations, 200 - 2 * 32.  As submitted it pads with 01 ... 80;
 * SHA-3 made the first byte 06. */
#define KECCAK256_RATE      136
#define KECCAK256_PAD_FIRST 0x01
#define KECCAK256_PAD_LAST  0x80
extern const u64 KECCAK_CONSTANTS[KECCAK_ROUNDS];

/* Lane (x, y) is at 5 * y + x. */
void keccak_permute(u64 state[KECCAK_LANES]);

#define KECCAK_ROTATE(x, by) ((x) << (by) | (x) >> (64 - (by)))

/* Theta's sum of a column. */
#define KECCAK_SUM(in, x) (in[x] ^ in[(x) + 5] ^ in[(x) + 10] ^ in[(x) + 15] ^ in[(x) + 20])

/* One row of the new state (chi) from five lanes that rho and pi bring there. */
#define KECCAK_ROW(out, a, b, c, d, e) \
	do { \
		__typeof__(out[0]) a_ = (a), b_ = (b), c_ = (c), d_ = (d), e_ = (e); \
		out[0] = a_ ^ (~b_ & c_); \
		out[1] = b_ ^ (~c_ & d_); \
		out[2] = c_ ^ (~d_ & e_); \
		out[3] = d_ ^ (~e_ & a_); \
		out[4] = e_ ^ (~a_ & b_); \
	} while (0)

/* One round, for lanes of any type that has 64-bit words: one of them, or several side by side.
 * in and out are different states. */
#define KECCAK_ROUND(type, out, in, constant) \
	do { \
		type s0 = KECCAK_SUM(in, 0), s1 = KECCAK_SUM(in, 1), s2 = KECCAK_SUM(in, 2); \
		type s3 = KECCAK_SUM(in, 3), s4 = KECCAK_SUM(in, 4); \
		type d0 = s4 ^ KECCAK_ROTATE(s1, 1), d1 = s0 ^ KECCAK_ROTATE(s2, 1); \
		type d2 = s1 ^ KECCAK_ROTATE(s3, 1), d3 = s2 ^ KECCAK_ROTATE(s4, 1); \
		type d4 = s3 ^ KECCAK_ROTATE(s0, 1); \
		KECCAK_ROW((out + 0), in[0] ^ d0, KECCAK_ROTATE(in[6] ^ d1, 44), KECCAK_ROTATE(in[12] ^ d2, 43), \
			   KECCAK_ROTATE(in[18] ^ d3, 21), KECCAK_ROTATE(in[24] ^ d4, 14)); \
		KECCAK_ROW((out + 5), KECCAK_ROTATE(in[3] ^ d3, 28), KECCAK_ROTATE(in[9] ^ d4, 20), \
			   KECCAK_ROTATE(in[10] ^ d0, 3), KECCAK_ROTATE(in[16] ^ d1, 45), \
			   KECCAK_ROTATE(in[22] ^ d2, 61)); \
		KECCAK_ROW((out + 10), KECCAK_ROTATE(in[1] ^ d1, 1), KECCAK_ROTATE(in[7] ^ d2, 6), \
			   KECCAK_ROTATE(in[13] ^ d3, 25), KECCAK_ROTATE(in[19] ^ d4, 8), \
			   KECCAK_ROTATE(in[20] ^ d0, 18)); \
		KECCAK_ROW((out + 15), KECCAK_ROTATE(in[4] ^ d4, 27), KECCAK_ROTATE(in[5] ^ d0, 36), \
			   KECCAK_ROTATE(in[11] ^ d1, 10), KECCAK_ROTATE(in[17] ^ d2, 15), \
			   KECCAK_ROTATE(in[23] ^ d3, 56)); \
		KECCAK_ROW((out + 20), KECCAK_ROTATE(in[2] ^ d2, 62), KECCAK_ROTATE(in[8] ^ d3, 55), \
			   KECCAK_ROTATE(in[14] ^ d4, 39), KECCAK_ROTATE(in[15] ^ d0, 41), \
			   KECCAK_ROTATE(in[21] ^ d1, 2)); \
		out[0] ^= constant; \
	} while (0)

/* All rounds, in place. */
#define KECCAK_PERMUTE(type, state) \
	do { \
		type other_[KECCAK_LANES]; \
		for (unsigned i_ = 0; i_ < KECCAK_ROUNDS; i_ += 2) { \
			KECCAK_ROUND(type, other_, state, KECCAK_CONSTANTS[i_]); \
			KECCAK_ROUND(type, state, other_, KECCAK_CONSTANTS[i_ + 1]); \
		} \
	} while (0)

#endif

#include "base/hash.h"

#include <assert.h>
#include <string.h>

/* Keccak-f on LANES states side by side: nothing in it depends on what the others hold, so
 * one vector instruction does a step for all.  The compiler writes the vector code; with
 * gcc there is one version for each generation of processors, chosen when the program starts. */

#define LANES  4
#define ROUNDS 24
#define RATE   136 /* as in hash.c */
#define WORDS  (RATE / 8)

typedef u64 lanes __attribute__((vector_size(8 * LANES)));

#if defined(__x86_64__) && defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__)
#define EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_PROCESSOR
#endif

/* FIPS 202, 3.2.5. */
static const u64 round_constants[ROUNDS] = {
	0x0000000000000001,
	0x0000000000008082,
	0x800000000000808a,
	0x8000000080008000,
	0x000000000000808b,
	0x0000000080000001,
	0x8000000080008081,
	0x8000000000008009,
	0x000000000000008a,
	0x0000000000000088,
	0x0000000080008009,
	0x000000008000000a,
	0x000000008000808b,
	0x800000000000008b,
	0x8000000000008089,
	0x8000000000008003,
	0x8000000000008002,
	0x8000000000000080,
	0x000000000000800a,
	0x800000008000000a,
	0x8000000080008081,
	0x8000000000008080,
	0x0000000080000001,
	0x8000000080008008,
};

#define ROTATE(x, n) ((x) << (n) | (x) >> (64 - (n)))
/* One word through theta and rho; pi says where it goes. */
#define MOVE(to, from, column, n) b[to] = ROTATE(a[from] ^ d##column, n)
#define COLUMN(i)                 (a[i] ^ a[(i) + 5] ^ a[(i) + 10] ^ a[(i) + 15] ^ a[(i) + 20])

EVERY_PROCESSOR static void permute(lanes state[25])
{
	lanes a[25], b[25];

	memcpy(a, state, sizeof a);
	for (unsigned round = 0; round < ROUNDS; round++) {
		lanes c0 = COLUMN(0), c1 = COLUMN(1), c2 = COLUMN(2), c3 = COLUMN(3), c4 = COLUMN(4);
		lanes d0 = c4 ^ ROTATE(c1, 1), d1 = c0 ^ ROTATE(c2, 1), d2 = c1 ^ ROTATE(c3, 1);
		lanes d3 = c2 ^ ROTATE(c4, 1), d4 = c3 ^ ROTATE(c0, 1);

		b[0] = a[0] ^ d0;
		MOVE(10, 1, 1, 1), MOVE(20, 2, 2, 62), MOVE(5, 3, 3, 28), MOVE(15, 4, 4, 27);
		MOVE(16, 5, 0, 36), MOVE(1, 6, 1, 44), MOVE(11, 7, 2, 6), MOVE(21, 8, 3, 55), MOVE(6, 9, 4, 20);
		MOVE(7, 10, 0, 3), MOVE(17, 11, 1, 10), MOVE(2, 12, 2, 43), MOVE(12, 13, 3, 25), MOVE(22, 14, 4, 39);
		MOVE(23, 15, 0, 41), MOVE(8, 16, 1, 45), MOVE(18, 17, 2, 15), MOVE(3, 18, 3, 21), MOVE(13, 19, 4, 8);
		MOVE(14, 20, 0, 18), MOVE(24, 21, 1, 2), MOVE(9, 22, 2, 61), MOVE(19, 23, 3, 56), MOVE(4, 24, 4, 14);
		for (unsigned y = 0; y < 25; y += 5) {
			a[y] = b[y] ^ (~b[y + 1] & b[y + 2]);
			a[y + 1] = b[y + 1] ^ (~b[y + 2] & b[y + 3]);
			a[y + 2] = b[y + 2] ^ (~b[y + 3] & b[y + 4]);
			a[y + 3] = b[y + 3] ^ (~b[y + 4] & b[y]);
			a[y + 4] = b[y + 4] ^ (~b[y] & b[y + 1]);
		}
		a[0] ^= round_constants[round];
	}
	memcpy(state, a, sizeof a);
}

/* A message on its way into a lane. */
struct feed {
	const struct bytes *parts; /* the rest, the first from at on */
	size_t count, at;
	struct hash *out; /* NULL: the lane has nothing to do */
};

/* The next RATE bytes, padded if they are the last (01 ... 80, as in hash.c).  Whether they are. */
static bool feed_block(struct feed *f, u8 block[RATE])
{
	size_t fill = 0;

	while (fill < RATE && f->count > 0) {
		size_t left = f->parts->size - f->at, take = left < RATE - fill ? left : RATE - fill;

		if (take > 0)
			memcpy(block + fill, f->parts->at + f->at, take);
		fill += take;
		f->at += take;
		if (take == left) {
			f->parts++;
			f->count--;
			f->at = 0;
		}
	}
	if (fill == RATE)
		return false;
	memset(block + fill, 0, RATE - fill);
	block[fill] |= 0x01;
	block[RATE - 1] |= 0x80;
	return true;
}

static u64 load_le64(const u8 *at)
{
	return __builtin_bswap64(load_be64(at));
}

static void lane_finish(lanes state[25], unsigned lane, struct hash *out)
{
	for (unsigned i = 0; i < 4; i++)
		store_be64(out->bytes + 8 * i, __builtin_bswap64(state[i][lane]));
	for (unsigned i = 0; i < 25; i++)
		state[i][lane] = 0;
}

void keccak256_many(struct hash *out, const struct bytes *parts, size_t part_count, size_t count)
{
	lanes state[25] = { { 0 } };
	struct feed feeds[LANES] = { { 0 } };
	u8 blocks[LANES][RATE] = { { 0 } };
	bool is_last[LANES];

	for (size_t next = 0, done = 0; done < count;) {
		for (unsigned k = 0; k < LANES; k++) {
			if (!feeds[k].out && next < count) {
				feeds[k] = (struct feed){ parts + next * part_count, part_count, 0, out + next };
				next++;
			}
			is_last[k] = feeds[k].out && feed_block(&feeds[k], blocks[k]);
		}
		for (unsigned i = 0; i < WORDS; i++)
			state[i] ^= (lanes){ load_le64(blocks[0] + 8 * i), load_le64(blocks[1] + 8 * i),
					     load_le64(blocks[2] + 8 * i), load_le64(blocks[3] + 8 * i) };
		permute(state);
		for (unsigned k = 0; k < LANES; k++) {
			if (!is_last[k])
				continue;
			lane_finish(state, k, feeds[k].out);
			feeds[k].out = NULL;
			done++;
		}
	}
}

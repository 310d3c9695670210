#include "base/hash.h"
#include "base/keccak.h"

#include <string.h>

/* Keccak-f on LANES states side by side: nothing in it depends on what the others hold, so
 * one vector instruction does a step for all.  The compiler writes the vector code; with
 * gcc there is one version for each generation of processors, chosen when the program starts. */

#define LANES 4
#define RATE  KECCAK256_RATE
#define WORDS (RATE / 8)

typedef u64 lanes __attribute__((vector_size(8 * LANES)));

#if defined(__x86_64__) && defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__)
#define EVERY_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_PROCESSOR
#endif

EVERY_PROCESSOR static void permute(lanes state[KECCAK_LANES])
{
	KECCAK_PERMUTE(lanes, state);
}

/* A message on its way into a lane. */
struct feed {
	const struct bytes *parts; /* the rest, the first from at on */
	size_t count, at;
	struct hash *out; /* NULL: the lane has nothing to do */
};

/* The next RATE bytes, padded if they are the last.  Whether they are. */
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
	block[fill] |= KECCAK256_PAD_FIRST;
	block[RATE - 1] |= KECCAK256_PAD_LAST;
	return true;
}

static void lane_finish(lanes state[KECCAK_LANES], unsigned lane, struct hash *out)
{
	for (unsigned i = 0; i < 4; i++)
		store_le64(out->bytes + 8 * i, state[i][lane]);
	for (unsigned i = 0; i < KECCAK_LANES; i++)
		state[i][lane] = 0;
}

void keccak256_many(struct hash *out, const struct bytes *parts, size_t part_count, size_t count)
{
	lanes state[KECCAK_LANES] = { { 0 } };
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

#include "base/hash.h"

#include <nettle/sha2.h>

#include "base/keccak.h"

/* Keccak's sponge: 25 lanes of 8 little-endian bytes, of which the first KECCAK256_RATE
 * bytes take input. */
struct sponge {
	u64 state[KECCAK_LANES];
	size_t fill; /* < KECCAK256_RATE: bytes taken since the last permutation */
};

static void sponge_absorb(struct sponge *s, struct bytes in)
{
	const u8 *at = in.at;
	size_t left = in.size;

	while (left > 0) {
		u64 *lane = &s->state[s->fill / 8];
		size_t step = 1;

		if (s->fill % 8 == 0 && left >= 8) {
			*lane ^= load_le64(at);
			step = 8;
		} else {
			*lane ^= (u64)*at << (s->fill % 8 * 8);
		}
		at += step;
		left -= step;
		s->fill += step;
		if (s->fill == KECCAK256_RATE) {
			keccak_permute(s->state);
			s->fill = 0;
		}
	}
}

static void sponge_squeeze(struct sponge *s, struct hash *out)
{
	s->state[s->fill / 8] ^= (u64)KECCAK256_PAD_FIRST << (s->fill % 8 * 8);
	s->state[KECCAK256_RATE / 8 - 1] ^= (u64)KECCAK256_PAD_LAST << 56;
	keccak_permute(s->state);
	for (int i = 0; i < 4; i++)
		store_le64(out->bytes + 8 * i, s->state[i]);
}

void keccak256(struct hash *out, struct bytes in)
{
	keccak256_parts(out, &in, 1);
}

void keccak256_parts(struct hash *out, const struct bytes *parts, size_t count)
{
	struct sponge s = { .fill = 0 };

	for (size_t i = 0; i < count; i++)
		sponge_absorb(&s, parts[i]);
	sponge_squeeze(&s, out);
}

void sha256(struct hash *out, struct bytes in)
{
	sha256_parts(out, &in, 1);
}

void sha256_parts(struct hash *out, const struct bytes *parts, size_t count)
{
	struct sha256_ctx context;

	sha256_init(&context);
	for (size_t i = 0; i < count; i++)
		if (parts[i].size > 0) /* an empty range may have no address */
			sha256_update(&context, parts[i].size, parts[i].at);
	sha256_digest(&context, sizeof out->bytes, out->bytes);
}

u32 selector_of(const char *signature)
{
	struct sponge s = { .fill = 0 };
	struct hash h;

	for (; *signature != '\0'; signature++)
		sponge_absorb(&s, (struct bytes){ (const u8 *)signature, 1 });
	sponge_squeeze(&s, &h);
	return load_be32(h.bytes);
}

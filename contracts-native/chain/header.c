#include "contracts-native/chain/block.h"

#include <string.h>

#include "base/hash.h"

/* clang-format off */
const struct hash HASH_EMPTY_UNCLES = { {
	0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a, 0xab, 0x85, 0xb5, 0x67, 0xb6, 0xcc, 0xd4, 0x1a,
	0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a, 0x74, 0x13, 0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47,
} };
const struct hash HASH_EMPTY_TRIE = { {
	0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6, 0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8, 0x6e,
	0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0, 0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21,
} };
/* clang-format on */

#define MIX_SIZE   32 /* two fields of proof of work, all zero */
#define NONCE_SIZE 8

static const u8 zeros[MIX_SIZE];

static void hash_write(struct rlp_writer *w, const struct hash *h)
{
	rlp_write_string(w, (struct bytes){ h->bytes, sizeof h->bytes });
}

struct bytes header_encode(const struct header *h, u8 out[HEADER_RLP_MAX])
{
	struct rlp_writer w;
	size_t mark;

	rlp_writer_init(&w, out, HEADER_RLP_MAX);
	mark = rlp_list_open(&w);
	hash_write(&w, &h->parent);
	hash_write(&w, &HASH_EMPTY_UNCLES);
	rlp_write_string(&w, (struct bytes){ h->coinbase.bytes, sizeof h->coinbase.bytes });
	hash_write(&w, &h->state_root);
	hash_write(&w, &h->transactions_root);
	hash_write(&w, &h->receipts_root);
	rlp_write_string(&w, (struct bytes){ h->bloom.bytes, sizeof h->bloom.bytes });
	rlp_write_u64(&w, 0); /* difficulty */
	rlp_write_u64(&w, h->number);
	rlp_write_u64(&w, h->gas_limit);
	rlp_write_u64(&w, h->gas_used);
	rlp_write_u64(&w, h->time);
	rlp_write_string(&w, (struct bytes){ NULL, 0 }); /* extra data */
	rlp_write_string(&w, (struct bytes){ zeros, MIX_SIZE });
	rlp_write_string(&w, (struct bytes){ zeros, NONCE_SIZE });
	rlp_write_u256(&w, &h->base_fee);
	rlp_list_close(&w, mark);
	assert(!w.full);
	return (struct bytes){ out, w.size };
}

/* The next item must be this string. */
static enum err constant_read(struct rlp *r, const void *want, size_t size)
{
	struct bytes got;

	TRY(rlp_read_string(r, &got));
	return bytes_equal(got, (struct bytes){ want, size }) ? OK : ERR_RANGE;
}

static enum err fields_read(struct rlp *r, struct header *h)
{
	TRY(rlp_read_fixed(r, h->parent.bytes, sizeof h->parent.bytes));
	TRY(constant_read(r, HASH_EMPTY_UNCLES.bytes, sizeof HASH_EMPTY_UNCLES.bytes));
	TRY(rlp_read_fixed(r, h->coinbase.bytes, sizeof h->coinbase.bytes));
	TRY(rlp_read_fixed(r, h->state_root.bytes, sizeof h->state_root.bytes));
	TRY(rlp_read_fixed(r, h->transactions_root.bytes, sizeof h->transactions_root.bytes));
	TRY(rlp_read_fixed(r, h->receipts_root.bytes, sizeof h->receipts_root.bytes));
	TRY(rlp_read_fixed(r, h->bloom.bytes, sizeof h->bloom.bytes));
	TRY(constant_read(r, NULL, 0)); /* difficulty */
	TRY(rlp_read_u64(r, &h->number));
	TRY(rlp_read_u64(r, &h->gas_limit));
	TRY(rlp_read_u64(r, &h->gas_used));
	TRY(rlp_read_u64(r, &h->time));
	TRY(constant_read(r, NULL, 0)); /* extra data */
	TRY(constant_read(r, zeros, MIX_SIZE));
	TRY(constant_read(r, zeros, NONCE_SIZE));
	return rlp_read_u256(r, &h->base_fee);
}

enum err header_decode(struct header *out, struct bytes in)
{
	struct rlp outer, r;
	struct header h;

	rlp_init(&outer, in);
	TRY(rlp_read_list(&outer, &r));
	TRY(rlp_read_end(&outer));
	TRY(fields_read(&r, &h));
	TRY(rlp_read_end(&r));
	*out = h;
	return OK;
}

void header_hash(struct hash *out, const struct header *h)
{
	u8 buffer[HEADER_RLP_MAX];

	keccak256(out, header_encode(h, buffer));
}

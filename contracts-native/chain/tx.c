#include "contracts-native/chain/tx.h"

#include <assert.h>
#include <string.h>

#include "base/ecdsa.h"
#include "base/hash.h"

#define LEGACY_V_MIN   35u /* EIP-155: v = 35 + 2 * chain id + parity */
#define CHAIN_TAIL_MAX 12  /* RLP of a chain id and two zeros */

/* -- what was signed ------------------------------------------------------------------ */

/* The digest of a transaction whose fields before the signature are, encoded, fields. */
static void signing_hash(struct hash *out, enum tx_type type, struct bytes fields, u64 chain_id)
{
	u8 kind = (u8)type, head[RLP_HEADER_MAX], tail[CHAIN_TAIL_MAX];
	struct bytes parts[4] = { { &kind, type != TX_LEGACY }, { head, 0 }, fields, { tail, 0 } };
	struct rlp_writer w;

	rlp_writer_init(&w, tail, sizeof tail);
	if (type == TX_LEGACY) {
		rlp_write_u64(&w, chain_id);
		rlp_write_u64(&w, 0);
		rlp_write_u64(&w, 0);
	}
	assert(!w.full);
	parts[3].size = w.size;
	parts[1].size = rlp_list_header(head, fields.size + w.size);
	keccak256_parts(out, parts, ARRAY_COUNT(parts));
}

/* -- decoding ----------------------------------------------------------------------------- */

static enum err recipient_read(struct rlp *r, struct address *out)
{
	struct bytes to;

	TRY(rlp_read_string(r, &to));
	if (to.size == 0)
		return ERR_TX_CREATION;
	if (to.size != sizeof out->bytes)
		return ERR_RANGE;
	memcpy(out->bytes, to.at, to.size);
	return OK;
}

static enum err access_list_read(struct rlp *r, struct tx *tx)
{
	struct rlp list, entry, keys;
	u8 word[32];

	TRY(rlp_read_list(r, &list));
	tx->access_list = list.rest;
	while (!rlp_is_done(&list)) {
		TRY(rlp_read_list(&list, &entry));
		TRY(rlp_read_fixed(&entry, word, 20));
		TRY(rlp_read_list(&entry, &keys));
		TRY(rlp_read_end(&entry));
		tx->access_addresses++;
		for (; !rlp_is_done(&keys); tx->access_keys++)
			TRY(rlp_read_fixed(&keys, word, 32));
	}
	return OK;
}

/* Everything before the signature. */
static enum err fields_read(struct rlp *r, struct tx *tx)
{
	if (tx->type != TX_LEGACY)
		TRY(rlp_read_u64(r, &tx->chain_id));
	TRY(rlp_read_u64(r, &tx->nonce));
	TRY(rlp_read_u256(r, &tx->max_tip));
	if (tx->type == TX_DYNAMIC_FEE)
		TRY(rlp_read_u256(r, &tx->max_fee));
	else
		tx->max_fee = tx->max_tip;
	TRY(rlp_read_u64(r, &tx->gas_limit));
	TRY(recipient_read(r, &tx->to));
	TRY(rlp_read_u256(r, &tx->value));
	TRY(rlp_read_string(r, &tx->data));
	return tx->type == TX_LEGACY ? OK : access_list_read(r, tx);
}

/* v of a legacy transaction carries the chain id. */
static enum err parity_take(struct tx *tx, u64 v)
{
	if (tx->type != TX_LEGACY) {
		if (v > 1)
			return ERR_SIGNATURE;
		tx->y_parity = (u8)v;
		return OK;
	}
	if (v == 27 || v == 28)
		return ERR_TX_UNPROTECTED;
	if (v < LEGACY_V_MIN)
		return ERR_SIGNATURE;
	tx->chain_id = (v - LEGACY_V_MIN) / 2;
	tx->y_parity = (v - LEGACY_V_MIN) % 2;
	return OK;
}

static struct signature signature_of(const struct tx *tx)
{
	return (struct signature){ tx->r, tx->s, tx->y_parity };
}

/* Whether it is marked as signed by nobody; then its sender is known. */
static bool unsigned_read(struct tx *tx)
{
	u8 word[32];

	if (tx->type != TX_DYNAMIC_FEE || tx->y_parity != 0 || !u256_is_zero(&tx->r) || !u256_fits(&tx->s, 160))
		return false;
	u256_to_be(word, &tx->s);
	memcpy(tx->sender.bytes, word + 12, sizeof tx->sender);
	tx->is_recovered = true;
	return true;
}

static enum err body_read(struct tx *tx, struct bytes body, bool may_be_unsigned)
{
	struct rlp outer, r;
	struct bytes fields;
	struct signature signature;
	u64 v;

	rlp_init(&outer, body);
	TRY(rlp_read_list(&outer, &r));
	TRY(rlp_read_end(&outer));
	fields = r.rest;
	TRY(fields_read(&r, tx));
	fields.size -= r.rest.size;
	TRY(rlp_read_u64(&r, &v));
	TRY(rlp_read_u256(&r, &tx->r));
	TRY(rlp_read_u256(&r, &tx->s));
	TRY(rlp_read_end(&r));
	TRY(parity_take(tx, v));
	signature = signature_of(tx);
	if (!signature_is_canonical(&signature) && !(may_be_unsigned && unsigned_read(tx)))
		return ERR_SIGNATURE;
	tx->signed_fields = fields;
	return OK;
}

static enum err decode(struct tx *out, struct bytes raw, u64 chain_id, bool may_be_unsigned)
{
	struct tx tx = { .type = TX_LEGACY, .raw = raw };
	struct bytes body = raw;

	if (raw.size == 0)
		return ERR_TRUNCATED;
	if (raw.size > TX_SIZE_MAX)
		return ERR_TX_SIZE;
	if (raw.at[0] < 0x80) {
		if (raw.at[0] != TX_ACCESS_LIST && raw.at[0] != TX_DYNAMIC_FEE)
			return ERR_TX_TYPE;
		tx.type = (enum tx_type)raw.at[0];
		body = (struct bytes){ raw.at + 1, raw.size - 1 };
	}
	TRY(body_read(&tx, body, may_be_unsigned));
	if (tx.chain_id != chain_id)
		return ERR_TX_CHAIN_ID;
	if (tx.nonce == UINT64_MAX)
		return ERR_TX_NONCE_MAX;
	keccak256(&tx.hash, raw);
	*out = tx;
	return OK;
}

enum err tx_decode(struct tx *out, struct bytes raw, u64 chain_id)
{
	return decode(out, raw, chain_id, false);
}

enum err tx_decode_stored(struct tx *out, struct bytes raw, u64 chain_id)
{
	return decode(out, raw, chain_id, true);
}

void tx_signing_hash(struct hash *out, const struct tx *tx)
{
	signing_hash(out, tx->type, tx->signed_fields, tx->chain_id);
}

enum err tx_recover(struct tx *tx)
{
	struct signature signature = signature_of(tx);
	struct hash digest;

	tx_signing_hash(&digest, tx);
	if (signature_recover(&tx->sender, &signature, &digest))
		return ERR_TX_SENDER;
	tx->is_recovered = true;
	return OK;
}

/* -- what it costs ---------------------------------------------------------------------------- */

/* Eight bytes at a time: the top bit of each says whether it was not 0. */
static u64 zeros_in(struct bytes data)
{
	const u64 low = 0x7f7f7f7f7f7f7f7f;
	u64 x, others = 0;
	size_t i;

	for (i = 0; data.size - i >= 8; i += 8) {
		x = load_be64(data.at + i);
		x = (((x & low) + low) | x) & ~low;
		others += (x >> 7) * 0x0101010101010101 >> 56;
	}
	for (; i < data.size; i++)
		others += data.at[i] != 0;
	return data.size - others;
}

u64 tx_gas_intrinsic(const struct tx *tx)
{
	u64 zeros = zeros_in(tx->data);

	return TX_GAS_BASE + zeros * TX_GAS_ZERO_BYTE + (tx->data.size - zeros) * TX_GAS_BYTE +
	       (u64)tx->access_addresses * TX_GAS_ACCESS_ADDRESS + (u64)tx->access_keys * TX_GAS_ACCESS_KEY;
}

struct u256 tx_gas_price(const struct tx *tx, const struct u256 *base_fee)
{
	struct u256 price;

	assert(u256_cmp(&tx->max_fee, base_fee) >= 0);

	if (u256_add(&price, base_fee, &tx->max_tip) || u256_cmp(&price, &tx->max_fee) > 0)
		return tx->max_fee;
	return price;
}

enum err tx_cost_max(struct u256 *out, const struct tx *tx)
{
	struct u256 gas = u256_from_u64(tx->gas_limit), cost;

	TRY(u256_mul(&cost, &gas, &tx->max_fee));
	return u256_add(out, &cost, &tx->value);
}

/* -- making one ----------------------------------------------------------------------------------- */

static void fields_write(struct rlp_writer *w, const struct tx *tx)
{
	size_t list;

	if (tx->type != TX_LEGACY)
		rlp_write_u64(w, tx->chain_id);
	rlp_write_u64(w, tx->nonce);
	if (tx->type == TX_DYNAMIC_FEE)
		rlp_write_u256(w, &tx->max_tip);
	rlp_write_u256(w, &tx->max_fee);
	rlp_write_u64(w, tx->gas_limit);
	rlp_write_string(w, (struct bytes){ tx->to.bytes, sizeof tx->to.bytes });
	rlp_write_u256(w, &tx->value);
	rlp_write_string(w, tx->data);
	if (tx->type == TX_LEGACY)
		return;
	list = rlp_list_open(w);
	rlp_write_raw(w, tx->access_list);
	rlp_list_close(w, list);
}

/* 0 where nobody has signed. */
static u64 v_of(const struct tx *tx, const struct signature *signature)
{
	if (tx->type != TX_LEGACY || u256_is_zero(&signature->r))
		return signature->y_parity;
	return LEGACY_V_MIN + 2 * tx->chain_id + signature->y_parity;
}

static enum err tx_write(struct bytes *raw, const struct tx *tx, const struct signature *signature, u8 *out,
			 size_t capacity)
{
	struct rlp_writer w;
	u8 kind = (u8)tx->type;
	size_t mark;

	rlp_writer_init(&w, out, capacity);
	rlp_write_raw(&w, (struct bytes){ &kind, tx->type != TX_LEGACY });
	mark = rlp_list_open(&w);
	fields_write(&w, tx);
	rlp_write_u64(&w, v_of(tx, signature));
	rlp_write_u256(&w, &signature->r);
	rlp_write_u256(&w, &signature->s);
	rlp_list_close(&w, mark);
	return rlp_writer_end(&w, raw);
}

enum err tx_sign(struct bytes *raw, const struct tx *unsigned_tx, const u8 key[32], u8 *out, size_t capacity)
{
	const struct tx *tx = unsigned_tx;
	struct signature signature;
	struct rlp_writer w;
	struct bytes fields;
	struct hash digest;

	rlp_writer_init(&w, out, capacity);
	fields_write(&w, tx);
	TRY(rlp_writer_end(&w, &fields));
	signing_hash(&digest, tx->type, fields, tx->chain_id);
	TRY(signature_sign(&signature, key, &digest));

	return tx_write(raw, tx, &signature, out, capacity);
}

enum err tx_draft(struct bytes *raw, const struct tx *tx, u8 *out, size_t capacity)
{
	return tx_write(raw, tx, &(struct signature){ .y_parity = 0 }, out, capacity);
}

enum err tx_unsigned(struct bytes *raw, const struct tx *tx, const struct address *sender, u8 *out,
		     size_t capacity)
{
	struct signature nobody = { .y_parity = 0 };
	struct tx marked = *tx;
	u8 word[32] = { 0 };

	marked.type = TX_DYNAMIC_FEE;
	memcpy(word + 12, sender->bytes, sizeof *sender);
	nobody.s = u256_from_be(word);
	return tx_write(raw, &marked, &nobody, out, capacity);
}

#include "cmd/plimsoll-demo/orders.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/chain/tx.h"
#include "contracts-native/dispatch/address.h"
#include "node/mempool.h"

#define RATE_VARIABLE 2u
#define WORDS_MAX     5
#define RAW_MAX       512 /* bytes of a signed transaction: selector and five words fit */

enum err orders_init(struct orders *o, struct rpc_client *rpc, u64 chain_id, struct u256 base_fee,
		     const struct terms terms[ASSET_COUNT])
{
	*o = (struct orders){
		.rpc = rpc,
		.chain_id = chain_id,
		.base_fee = base_fee,
		.terms = terms,
	};
	o->batch = json_array();
	return o->batch ? OK : ERR_FULL;
}

void orders_free(struct orders *o)
{
	json_decref(o->batch);
	o->batch = NULL;
}

/* -- calls of the pool and of tokens ------------------------------------------------------- */

struct words {
	const char *signature;
	struct address to;
	struct u256 at[WORDS_MAX];
	u32 count;
};

static void add_number(struct words *w, struct u256 x)
{
	assert(w->count < WORDS_MAX);
	w->at[w->count++] = x;
}

static void add_address(struct words *w, const struct address *a)
{
	u8 word[32] = { 0 };

	memcpy(word + 12, a->bytes, sizeof a->bytes);
	add_number(w, u256_from_be(word));
}

static struct words deed_words(enum deed deed, enum asset asset, const struct address *who,
			       struct u256 amount)
{
	struct address token = contract_address(CONTRACT_TOKEN, (u16)asset);
	struct words w = { .to = contract_address(CONTRACT_POOL, 0) };

	if (deed == DEED_APPROVE) {
		w.signature = "approve(address,uint256)";
		add_address(&w, &w.to);
		w.to = token;
		add_number(&w, amount);
		return w;
	}
	add_address(&w, &token);
	add_number(&w, amount);
	switch (deed) {
	case DEED_APPROVE:
		break;
	case DEED_SUPPLY:
		w.signature = "supply(address,uint256,address,uint16)";
		add_address(&w, who);
		add_number(&w, U256_ZERO);
		break;
	case DEED_WITHDRAW:
		w.signature = "withdraw(address,uint256,address)";
		add_address(&w, who);
		break;
	case DEED_BORROW:
		w.signature = "borrow(address,uint256,uint256,uint16,address)";
		add_number(&w, u256_from_u64(RATE_VARIABLE));
		add_number(&w, U256_ZERO);
		add_address(&w, who);
		break;
	case DEED_REPAY:
		w.signature = "repay(address,uint256,uint256,address)";
		add_number(&w, u256_from_u64(RATE_VARIABLE));
		add_address(&w, who);
		break;
	}
	return w;
}

/* The signed transaction as a JSON string; NULL: out of memory. */
static json_t *sign(const struct orders *o, const struct person *p, const struct words *w)
{
	u8 input[4 + 32 * WORDS_MAX], raw[RAW_MAX];
	char text[3 + 2 * RAW_MAX];
	struct tx tx = {
		.type = TX_DYNAMIC_FEE,
		.chain_id = o->chain_id,
		.nonce = p->nonce,
		.gas_limit = ORDER_GAS,
		.max_fee = o->base_fee,
		.max_tip = u256_from_u64(MEMPOOL_TIP),
		.to = w->to,
	};
	struct bytes whole;
	enum err e;

	store_be32(input, selector_of(w->signature));
	for (u32 i = 0; i < w->count; i++)
		u256_to_be(input + 4 + 32 * i, &w->at[i]);
	tx.data = (struct bytes){ input, 4 + 32 * (size_t)w->count };
	e = u256_add(&tx.max_fee, &tx.max_fee, &tx.max_tip);
	assert(e == OK); /* both below 2^128 */
	e = tx_sign(&whole, &tx, p->key, raw, sizeof raw);
	assert(e == OK); /* the key is good and there is room */
	return json_stringn(text, hex_from_bytes(text, whole));
}

enum err orders_add(struct orders *o, struct person *p, enum deed deed, enum asset asset,
		    double tokens, u64 height)
{
	struct u256 amount = tokens < 0 ? U256_MAX : token_units(tokens, o->terms[asset].decimals);
	struct words w = deed_words(deed, asset, &p->address, amount);
	json_t *call = json_pack("[s, [o]]", "eth_sendRawTransaction", sign(o, p, &w));

	if (!call)
		return ERR_FULL;
	o->senders[json_array_size(o->batch)] = p;
	if (json_array_append_new(o->batch, call) != 0)
		return ERR_FULL;
	p->nonce++;
	p->waiting++;
	p->waiting_since = height;
	return json_array_size(o->batch) == ORDERS_BATCH_MAX ? orders_flush(o) : OK;
}

/* -- sending ----------------------------------------------------------------------------------- */

enum err orders_resume(struct orders *o, struct person *p)
{
	char text[HEX_ADDRESS_SIZE + 1];
	json_t *result;
	enum err e = ERR_IO;

	(void)hex_from_bytes(text, (struct bytes){ p->address.bytes, sizeof p->address.bytes });
	result = rpc_call(o->rpc, NULL, "eth_getTransactionCount",
			  json_pack("[s, s]", text, "pending"));
	if (json_is_string(result))
		e = hex_to_u64(&p->nonce, json_string_value(result), json_string_length(result));
	json_decref(result);
	return e == OK ? OK : ERR_IO;
}

enum err orders_flush(struct orders *o)
{
	size_t i, count = json_array_size(o->batch);
	json_t *results, *result;
	const char *message;
	enum err e = OK;

	if (count == 0)
		return OK;
	results = rpc_batch(o->rpc, NULL, o->batch);
	json_array_clear(o->batch);
	if (!results || json_array_size(results) != count)
		e = ERR_IO;
	for (i = 0; e == OK && i < count; i++) {
		result = json_array_get(results, i);
		o->sent++;
		if (json_is_string(result))
			continue;
		o->refused++;
		o->senders[i]->waiting--;
		message = json_string_value(
			json_object_get(json_object_get(result, "error"), "message"));
		tally_add(&o->refusals, message ? message : "no answer");
		e = orders_resume(o, o->senders[i]);
	}
	json_decref(results);
	return e;
}

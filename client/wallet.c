#include "client/wallet.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "base/hex.h"
#include "client/field.h"

#define POLL_MS_MIN 20
#define POLL_MS_MAX 500

enum err wallet_open(struct wallet *out, struct rpc_client *rpc, struct fault *why, const u8 *key,
		     const struct address *owner)
{
	json_t *error, *answer;
	struct wallet w = { .rpc = rpc };
	enum err e;

	if (key) {
		if (address_of_key(&w.owner, key))
			return fault_set(why, ERR_SIGNATURE, FAULT_LOCAL,
					 "that is not a secret key of secp256k1");
		memcpy(w.key, key, sizeof w.key);
		w.has_key = true;
	}
	if (owner)
		w.owner = *owner;
	answer = rpc_call(rpc, &error, "eth_chainId", NULL);
	if (!answer) {
		sodium_memzero(&w, sizeof w);
		return fault_take(why, error);
	}
	e = json_to_u64(&w.chain_id, answer);
	json_decref(answer);
	if (e)
		fault_set(why, e, FAULT_UNREACHABLE, "the node's chain id is not a number");
	else
		*out = w;
	sodium_memzero(&w, sizeof w);
	return e;
}

enum err wallet_open_offline(struct wallet *out, struct fault *why, const u8 key[32], u64 chain_id)
{
	struct address owner;

	if (address_of_key(&owner, key))
		return fault_set(why, ERR_SIGNATURE, FAULT_LOCAL,
				 "that is not a secret key of secp256k1");
	*out = (struct wallet){ .chain_id = chain_id, .owner = owner, .has_key = true };
	memcpy(out->key, key, sizeof out->key);
	return OK;
}

void wallet_close(struct wallet *w)
{
	sodium_memzero(w, sizeof *w);
}

struct request request_to(const struct address *to, struct bytes data)
{
	return (struct request){ .to = *to, .data = data, .nonce = WALLET_ASK, .gas = WALLET_ASK };
}

/* The call object of a request. */
static json_t *request_json(const struct wallet *w, const struct request *r)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "from", json_of_address(&w->owner), "to",
			 json_of_address(&r->to), "value", json_of_quantity(&r->value), "data",
			 json_of_bytes(r->data));
}

/* One answer of a batch as a number. */
static enum err answer_read(struct u256 *out, struct fault *why, const json_t *answers,
			    size_t index)
{
	json_t *answer = json_array_get(answers, index);
	json_t *error = json_object_get(answer, "error");

	if (json_is_object(answer))
		return fault_take(why, json_incref(error));
	if (json_to_u256(out, answer))
		return fault_set(why, ERR_SYNTAX, FAULT_UNREACHABLE,
				 "the node's answer is not a number");
	return OK;
}

enum err wallet_prepare(struct wallet *w, struct fault *why, struct request *r)
{
	const bool asks_nonce = r->nonce == WALLET_ASK, asks_fee = u256_is_zero(&r->fee),
		   asks_tip = u256_is_zero(&r->tip), asks_gas = r->gas == WALLET_ASK;
	struct u256 nonce = u256_from_u64(r->nonce), fee = r->fee, tip = r->tip, gas = u256_from_u64(r->gas);
	json_t *calls, *answers, *error;
	enum err e = OK;
	size_t i = 0;

	if (!asks_nonce && !asks_fee && !asks_tip && !asks_gas)
		return OK;
	calls = json_array();
	if (asks_nonce)
		json_array_append_new(calls, json_pack("[s, [o, s]]", "eth_getTransactionCount",
						       json_of_address(&w->owner), "pending"));
	if (asks_fee)
		json_array_append_new(calls, json_pack("[s, []]", "eth_baseFee"));
	if (asks_tip)
		json_array_append_new(calls, json_pack("[s, []]", "eth_maxPriorityFeePerGas"));
	if (asks_gas)
		json_array_append_new(calls,
				      json_pack("[s, [o]]", "eth_estimateGas", request_json(w, r)));
	answers = rpc_batch(w->rpc, &error, calls);
	json_decref(calls);
	if (!answers)
		return fault_take(why, error);
	if (asks_nonce)
		e = answer_read(&nonce, why, answers, i++);
	if (!e && asks_fee)
		e = answer_read(&fee, why, answers, i++);
	if (!e && asks_tip)
		e = answer_read(&tip, why, answers, i++);
	if (!e && asks_gas)
		e = answer_read(&gas, why, answers, i);
	json_decref(answers);
	if (e)
		return e;
	if (!u256_fits(&nonce, 63) || !u256_fits(&gas, 48) || !u256_fits(&fee, 128) || !u256_fits(&tip, 128))
		return fault_set(why, ERR_RANGE, FAULT_UNREACHABLE,
				 "the node's nonce, gas or fee cannot be right");
	r->nonce = u256_low64(&nonce);
	r->gas = asks_gas ? u256_low64(&gas) + u256_low64(&gas) / 5 : r->gas;
	r->tip = asks_tip && !asks_fee && u256_cmp(&tip, &fee) > 0 ? fee : tip;
	return asks_fee ? u256_add(&r->fee, &fee, &r->tip) : OK; /* both below 2^128 */
}

/* Tells apart the refusals that a sender of many must. */
enum err wallet_broadcast(struct wallet *w, struct fault *why, struct bytes raw)
{
	json_t *error, *answer = rpc_call(w->rpc, &error, "eth_sendRawTransaction",
					  json_pack("[o]", json_of_bytes(raw)));
	enum err e;

	if (answer) {
		json_decref(answer);
		return OK;
	}
	e = fault_take(why, error);
	if (why->kind != FAULT_REFUSED)
		return e;
	if (strstr(why->text, "already known"))
		return ERR_EXISTS;
	return strstr(why->text, "nonce too low") || strstr(why->text, "replacement transaction")
		       ? ERR_ORDER
		       : e;
}

enum err raw_chain_id(u64 *out, struct bytes raw)
{
	const bool is_legacy = raw.size > 0 && raw.at[0] >= 0x80;
	struct rlp outer, fields;
	struct bytes field;
	u64 number;

	if (raw.size == 0)
		return ERR_TRUNCATED;
	rlp_init(&outer, (struct bytes){ raw.at + !is_legacy, raw.size - !is_legacy });
	TRY(rlp_read_list(&outer, &fields));
	for (int i = 0; is_legacy && i < 6; i++)
		TRY(rlp_read_string(&fields, &field));
	TRY(rlp_read_u64(&fields, &number));
	if (is_legacy && number < 35)
		return ERR_TX_UNPROTECTED;
	*out = is_legacy ? (number - 35) / 2 : number; /* EIP-155: v */
	return OK;
}

enum err wallet_sign(struct bytes *raw, const struct wallet *w, struct fault *why, const struct request *r,
		     u8 buffer[WALLET_RAW_MAX])
{
	struct tx tx = { .type = TX_DYNAMIC_FEE,
			 .chain_id = w->chain_id,
			 .nonce = r->nonce,
			 .gas_limit = r->gas,
			 .max_fee = r->fee,
			 .max_tip = r->tip,
			 .to = r->to,
			 .value = r->value,
			 .data = r->data };
	enum err e;

	if (!w->has_key)
		return fault_set(why, ERR_NOT_FOUND, FAULT_LOCAL, "no secret key to sign with");
	e = tx_sign(raw, &tx, w->key, buffer, WALLET_RAW_MAX);
	return e ? fault_set(why, e, FAULT_LOCAL, "the transaction cannot be signed: %s", err_text(e))
		 : OK;
}

enum err wallet_submit(struct hash *out, struct wallet *w, struct fault *why,
		       const struct request *r)
{
	u8 buffer[WALLET_RAW_MAX];
	struct bytes raw;

	TRY(wallet_sign(&raw, w, why, r, buffer));
	keccak256(out, raw);
	return wallet_broadcast(w, why, raw);
}

enum err wallet_send(struct hash *out, struct wallet *w, struct fault *why, struct request *r)
{
	if (!w->has_key)
		return fault_set(why, ERR_NOT_FOUND, FAULT_LOCAL, "no secret key to sign with");
	TRY(wallet_prepare(w, why, r));
	return wallet_submit(out, w, why, r);
}

enum err wallet_receipt(struct tx_result *out, struct wallet *w, struct fault *why,
			const struct hash *hash)
{
	json_t *error, *answer = rpc_call(w->rpc, &error, "eth_getTransactionReceipt",
					  json_pack("[o]", json_of_hash(hash)));
	struct tx_result r = { .hash = *hash, .json = answer };
	u64 status;

	if (!answer)
		return fault_take(why, error);
	if (json_is_null(answer)) {
		json_decref(answer);
		return fault_set(why, ERR_NOT_FOUND, FAULT_TIMEOUT, "not in a block yet");
	}
	if (field_u64(&status, answer, "status") || field_u64(&r.height, answer, "blockNumber") ||
	    field_u64(&r.gas_used, answer, "gasUsed") ||
	    field_u256(&r.gas_price, answer, "effectiveGasPrice")) {
		json_decref(answer);
		return fault_set(why, ERR_SYNTAX, FAULT_UNREACHABLE,
				 "the node's receipt lacks a field");
	}
	r.is_success = status == 1;
	*out = r;
	return OK;
}

static u64 clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000 + (u64)now.tv_nsec / 1000000;
}

enum err wallet_wait(struct tx_result *out, struct wallet *w, struct fault *why,
		     const struct hash *hash, u64 timeout_ms)
{
	u64 end = clock_ms() + timeout_ms, pause = POLL_MS_MIN;
	enum err e;

	for (;;) {
		e = wallet_receipt(out, w, why, hash);
		if (e != ERR_NOT_FOUND)
			return e;
		if (clock_ms() >= end)
			return fault_set(why, ERR_NOT_FOUND, FAULT_TIMEOUT,
					 "no receipt after %llu seconds; the transaction may still "
					 "be included",
					 (unsigned long long)timeout_ms / 1000);
		nanosleep(&(struct timespec){ 0, (long)pause * 1000000 }, NULL);
		pause = pause * 2 < POLL_MS_MAX ? pause * 2 : POLL_MS_MAX;
	}
}

enum err wallet_explain(struct wallet *w, struct fault *why, const struct request *r, u64 height)
{
	struct u256 before = u256_from_u64(height > 0 ? height - 1 : 0);
	json_t *error, *answer;

	answer = rpc_call(w->rpc, &error, "eth_call",
			  json_pack("[o, o]", request_json(w, r), json_of_quantity(&before)));
	if (!answer)
		return fault_take(why, error);
	json_decref(answer);
	return fault_set(why, ERR_REVERT, FAULT_REVERT,
			 "the transaction failed in its block, but would not have failed alone: "
			 "another one came first, or the gas was too little");
}

enum err wallet_run(struct tx_result *out, struct wallet *w, struct fault *why, struct request *r)
{
	struct hash hash;

	TRY(wallet_send(&hash, w, why, r));
	TRY(wallet_wait(out, w, why, &hash, WALLET_WAIT_MS));
	if (out->is_success)
		return OK;
	json_decref(out->json);
	return wallet_explain(w, why, r, out->height);
}

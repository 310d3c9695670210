/* Own funds, and sending: several transactions in a block, with our own count of the nonce. */

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "client/field.h"
#include "cmd/plimsoll-bot/bot.h"
#include "contracts-native/dispatch/address.h"

#define GAS_APPROVE 80000
#define GAS_FAUCET  1000000

/* -- the purse ----------------------------------------------------------------------------- */

static json_t *view_call(const struct address *to, const char *signature, const char *const *args,
			 size_t count)
{
	u8 buffer[256];
	struct bytes input;

	if (contract_encode(&input, buffer, sizeof buffer, signature, args, count))
		return json_null();
	return json_pack("[s, [{s:o, s:o}, s]]", "eth_call", "to", json_of_address(to), "data",
			 json_of_bytes(input), "latest");
}

static enum err word_read(struct u256 *out, const json_t *answer)
{
	const char *text = json_string_value(answer);
	u8 word[32];

	if (!text)
		return ERR_NOT_FOUND;
	TRY(hex_to_fixed(word, sizeof word, text, strlen(text)));
	*out = u256_from_be(word);
	return OK;
}

/* Five answers, then balance and allowance of each token. */
static json_t *purse_ask(struct bot *b)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	char owner[HEX_ADDRESS_SIZE], spender[HEX_ADDRESS_SIZE];
	json_t *calls = json_array(), *answers, *error;

	hex_checksum_address(owner, &b->wallet.owner);
	hex_checksum_address(spender, &pool);
	json_array_append_new(calls, json_pack("[s, [s, s]]", "eth_getTransactionCount", owner,
					       "pending"));
	json_array_append_new(calls, json_pack("[s, [s, s]]", "eth_getBalance", owner, "latest"));
	json_array_append_new(calls, json_pack("[s, []]", "eth_baseFee"));
	json_array_append_new(calls, json_pack("[s, []]", "eth_maxPriorityFeePerGas"));
	for (size_t i = 0; i < b->markets.count; i++) {
		json_array_append_new(calls,
				      view_call(&b->markets.at[i].asset, "balanceOf(address)",
						(const char *[]){ owner }, 1));
		json_array_append_new(calls, view_call(&b->markets.at[i].asset,
						       "allowance(address,address)",
						       (const char *[]){ owner, spender }, 2));
	}
	answers = rpc_batch(b->rpc, &error, calls);
	json_decref(calls);
	if (!answers)
		(void)fault_take(&b->why, error);
	return answers;
}

/* The node knows of fewer transactions than we sent: it was restarted, or dropped them. */
static void nonce_take(struct bot *b, u64 pending)
{
	size_t kept = 0;

	for (size_t i = 0; i < b->flight_count; i++) {
		if (b->flights[i].nonce < pending)
			b->flights[kept++] = b->flights[i];
	}
	if (kept < b->flight_count)
		log_text(b, "lost", "the node forgot %zu transactions; beginning anew",
			 b->flight_count - kept);
	b->flight_count = kept;
	b->nonce = pending;
}

/* What flights may still take is not there to spend. */
static void purse_reserve(struct bot *b)
{
	for (size_t i = 0; i < b->flight_count; i++) {
		const struct market *m = market_of_asset(&b->markets, &b->flights[i].what.debt);
		struct purse *p = m ? &b->purses[m - b->markets.at] : NULL;

		if (b->flights[i].kind == FLIGHT_APPROVAL && p)
			p->is_approved = true;
		else if (b->flights[i].kind == FLIGHT_LIQUIDATION && p &&
			 u256_sub(&p->free, &p->free, &b->flights[i].cost))
			p->free = U256_ZERO;
	}
}

enum err purse_count(struct bot *b)
{
	json_t *answers = purse_ask(b);
	struct u256 base_fee, allowed, enough = u256_shl(&U256_ONE, 128);
	enum err e;
	u64 nonce;

	if (!answers)
		return ERR_IO;
	e = json_to_u64(&nonce, json_array_get(answers, 0));
	if (!e)
		e = json_to_u256(&b->coins, json_array_get(answers, 1));
	if (!e)
		e = json_to_u256(&base_fee, json_array_get(answers, 2));
	if (!e)
		e = json_to_u256(&b->tip, json_array_get(answers, 3));
	if (!u256_is_zero(&b->config.tip))
		b->tip = b->config.tip;
	if (!e)
		e = u256_add(&b->gas_price, &base_fee, &b->tip);
	for (size_t i = 0; !e && i < b->markets.count; i++) {
		e = word_read(&b->purses[i].free, json_array_get(answers, 4 + 2 * i));
		if (!e)
			e = word_read(&allowed, json_array_get(answers, 5 + 2 * i));
		b->purses[i].is_approved = !e && u256_cmp(&allowed, &enough) >= 0;
	}
	json_decref(answers);
	if (e)
		return fault_set(&b->why, e, FAULT_UNREACHABLE,
				 "the node's answers about the own account are not numbers");
	nonce_take(b, nonce);
	purse_reserve(b);
	return OK;
}

/* -- sending --------------------------------------------------------------------------------- */

/* Signs, sends, and remembers. */
static enum err flight_start(struct bot *b, struct flight *f, const struct address *to,
			     struct bytes data, u64 gas)
{
	struct request r = {
		.to = *to, .data = data, .nonce = b->nonce, .gas = gas, .fee = b->gas_price, .tip = b->tip
	};
	enum err e;

	if (b->flight_count == FLIGHTS_MAX)
		return fault_set(&b->why, ERR_FULL, FAULT_LOCAL,
				 "too many transactions without a receipt");
	e = wallet_submit(&f->hash, &b->wallet, &b->why, &r);
	if (e && e != ERR_EXISTS)
		return e;
	f->nonce = b->nonce++;
	f->sent_at = b->height;
	b->flights[b->flight_count++] = *f;
	return OK;
}

/* Lets the pool take the token, once and for all. */
static enum err approve(struct bot *b, const struct market *m)
{
	struct flight f = { .kind = FLIGHT_APPROVAL, .what.debt = m->asset };
	struct address pool = contract_address(CONTRACT_POOL, 0);
	struct u256 all = U256_MAX;
	char spender[HEX_ADDRESS_SIZE], units[U256_DECIMAL_MAX];
	struct bytes data;
	u8 buffer[128];

	hex_checksum_address(spender, &pool);
	u256_to_decimal(units, &all);
	TRY(contract_encode(&data, buffer, sizeof buffer, "approve(address,uint256)",
			    (const char *[]){ spender, units }, 2));
	TRY(flight_start(b, &f, &m->asset, data, GAS_APPROVE));
	b->purses[m - b->markets.at].is_approved = true;
	log_text(b, "approved", "the pool may take %s", m->symbol);
	return OK;
}

/* Asks the devnet's faucet for every token, at most once a minute. */
static void faucet_ask(struct bot *b)
{
	struct address faucet = contract_address(CONTRACT_FAUCET, 0);
	struct flight f = { .kind = FLIGHT_FAUCET };
	char owner[HEX_ADDRESS_SIZE];
	struct bytes data;
	u8 buffer[64];

	if (!b->config.uses_faucet ||
	    (b->faucet_at_ms && clock_ms() - b->faucet_at_ms < FAUCET_PAUSE_MS))
		return;
	hex_checksum_address(owner, &b->wallet.owner);
	if (contract_encode(&data, buffer, sizeof buffer, "dripAll(address)",
			    (const char *[]){ owner }, 1))
		return;
	b->faucet_at_ms = clock_ms();
	if (flight_start(b, &f, &faucet, data, GAS_FAUCET) == OK)
		log_text(b, "faucet", "asked for tokens");
	else
		log_text(b, "refused", "faucet: %s", b->why.text);
}

/* Sees to it that the purse can pay.  A part of the debt is better than nothing, unless the pool
 * refuses to leave dust behind. */
static bool job_afford(struct bot *b, struct job *j)
{
	struct purse *p = &b->purses[j->debt - b->markets.at];
	struct u256 hundred = u256_from_u64(100), more, wanted = j->quote.covered;

	/* The quote is of the next block; interest goes on if it comes later. */
	if (u256_div(&more, NULL, &wanted, &hundred) || u256_add(&wanted, &wanted, &more))
		return false;
	if (u256_cmp(&p->free, &wanted) >= 0)
		return true;
	faucet_ask(b);
	if (u256_is_zero(&p->free) || b->config.is_dry)
		return b->config.is_dry;
	return job_requote(b, j, &p->free) == OK && j->is_worth_it &&
	       u256_cmp(&j->quote.covered, &p->free) <= 0;
}

static void job_send(struct bot *b, struct job *j)
{
	struct flight f = { .kind = FLIGHT_LIQUIDATION, .what = j->what, .cost = j->quote.covered };
	struct purse *p = &b->purses[j->debt - b->markets.at];
	struct address pool = contract_address(CONTRACT_POOL, 0);
	u8 input[LIQUIDATION_INPUT_SIZE];
	enum err e = p->is_approved ? OK : approve(b, j->debt);

	liquidation_input(input, &j->what);
	/* Half as much gas again: what others do in the same block moves branches. */
	if (!e)
		e = flight_start(b, &f, &pool, (struct bytes){ input, sizeof input },
				 j->quote.gas + j->quote.gas / 2);
	if (e) {
		bot_rest(b, &j->what.user, e == ERR_ORDER ? 1 : REST_BLOCKS);
		b->totals.refused++;
		log_text(b, "refused", "%s", b->why.text);
		return;
	}
	if (u256_sub(&p->free, &p->free, &f.cost))
		p->free = U256_ZERO;
	log_job(b, "sent", j, &f.hash);
}

/* Counts a job that is left alone. */
static void job_leave(struct bot_tally *tally, const struct job *j, bool is_short)
{
	if (is_short) {
		tally->short_of_funds++;
		tally->token = j->debt->symbol;
	} else if (*j->quote.reverts) {
		tally->refused++;
		tally->reason = j->quote.reverts;
	} else {
		tally->poor++;
	}
}

void jobs_run(struct bot *b)
{
	struct bot_tally tally = { 0 };

	for (size_t i = 0; i < b->job_count; i++) {
		struct job *j = &b->jobs[i];

		if (!j->debt)
			continue;
		if (!j->is_worth_it) {
			job_leave(&tally, j, false);
		} else if (!job_afford(b, j)) {
			job_leave(&tally, j, true);
		} else if (b->config.is_dry) {
			bot_rest(b, &j->what.user, REST_BLOCKS);
			log_job(b, "would liquidate", j, NULL);
		} else {
			job_send(b, j);
		}
	}
	log_tally(b, &tally);
}

/* What became of transactions, and which accounts are left alone for a while. */

#include <string.h>

#include "base/hex.h"
#include "client/field.h"
#include "cmd/plimsoll-bot/bot.h"
#include "contracts-native/dispatch/address.h"
#include "contracts-native/dispatch/names.h"

bool bot_flies_to(const struct bot *b, const struct address *user)
{
	for (size_t i = 0; i < b->flight_count; i++) {
		if (b->flights[i].kind == FLIGHT_LIQUIDATION &&
		    address_cmp(&b->flights[i].what.user, user) == 0)
			return true;
	}
	return false;
}

bool bot_rests(const struct bot *b, const struct address *user)
{
	for (size_t i = 0; i < RESTS_MAX; i++) {
		if (b->rests[i].until > b->height && address_cmp(&b->rests[i].user, user) == 0)
			return true;
	}
	return false;
}

void bot_rest(struct bot *b, const struct address *user, u64 blocks)
{
	b->rests[b->rest_next++ % RESTS_MAX] = (struct rest){ *user, b->height + blocks + 1 };
}

/* Reads what was paid and taken from the receipt's LiquidationCall. */
static enum err event_read(struct u256 *covered, struct u256 *seized, const json_t *receipt)
{
	const json_t *logs = json_object_get(receipt, "logs");
	const struct hash *topic = &event_info(EVENT_LiquidationCall)->topic;

	for (size_t i = 0; i < json_array_size(logs); i++) {
		const json_t *log = json_array_get(logs, i);
		const char *text =
			json_string_value(json_array_get(json_object_get(log, "topics"), 0));
		struct hash first;
		u8 data[4 * 32]; /* covered, seized, liquidator, receives aToken */

		if (!text || hex_to_hash(&first, text, strlen(text)) ||
		    hash_cmp(&first, topic) != 0)
			continue;
		text = field_text(log, "data");
		TRY(hex_to_fixed(data, sizeof data, text, strlen(text)));
		*covered = u256_from_be(data);
		*seized = u256_from_be(data + 32);
		return OK;
	}
	return ERR_NOT_FOUND;
}

/* Dollars gained, or lost, by a liquidation in a block; gas included. */
static bool profit_of(struct bot *b, struct u256 *out, const struct flight *f,
		      const json_t *receipt, const struct u256 *covered, const struct u256 *seized)
{
	const struct market *debt = market_of_asset(&b->markets, &f->what.debt),
			    *collateral = market_of_asset(&b->markets, &f->what.collateral);
	struct job j = { 0 };
	u64 gas;
	bool is_loss;

	*out = U256_ZERO;
	if (!debt || !collateral || field_u64(&gas, receipt, "gasUsed"))
		return false;
	j.quote = (struct liquidation_quote){ .gas = gas,
					      .covered_usd = market_value(debt, covered),
					      .seized_usd = market_value(collateral, seized) };
	job_judge(b, &j);
	is_loss =
		u256_is_zero(&j.profit) && u256_cmp(&j.quote.seized_usd, &j.quote.covered_usd) < 0;
	if (!is_loss)
		*out = j.profit;
	else if (u256_sub(out, &j.quote.covered_usd, &j.quote.seized_usd))
		*out = U256_ZERO;
	return is_loss;
}

static void liquidation_landed(struct bot *b, const struct flight *f, const json_t *receipt,
			       u64 height)
{
	struct u256 covered, seized, profit;
	bool is_loss;

	if (event_read(&covered, &seized, receipt)) {
		log_text(b, "liquidated", "but the receipt has no LiquidationCall");
		return;
	}
	is_loss = profit_of(b, &profit, f, receipt, &covered, &seized);
	b->totals.liquidations++;
	if (is_loss ? u256_sub(&b->totals.profit, &b->totals.profit, &profit)
		    : u256_add(&b->totals.profit, &b->totals.profit, &profit))
		b->totals.profit = U256_ZERO;
	log_settled(b, f, &covered, &seized, &profit, is_loss, height);
}

/* Races are normal: someone else, or a better price, was faster. */
static void liquidation_failed(struct bot *b, const struct flight *f, u64 height)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);
	u8 input[LIQUIDATION_INPUT_SIZE];
	struct request r;

	liquidation_input(input, &f->what);
	r = request_to(&pool, (struct bytes){ input, sizeof input });
	(void)wallet_explain(&b->wallet, &b->why, &r,
			     height + 1); /* on the state after its block */
	b->totals.raced++;
	bot_rest(b, &f->what.user, 1);
	log_text(b, "raced", "%s", *b->why.name ? b->why.name : b->why.text);
}

/* true: nothing more will come of it. */
static bool flight_settle(struct bot *b, const struct flight *f, const json_t *receipt)
{
	u64 status, height;

	if (field_u64(&status, receipt, "status") || field_u64(&height, receipt, "blockNumber")) {
		if (b->height < f->sent_at || b->height - f->sent_at < FLIGHT_BLOCKS)
			return false;
		log_text(b, "given up", "no receipt after %d blocks", FLIGHT_BLOCKS);
		return true;
	}
	if (f->kind == FLIGHT_LIQUIDATION && status == 1)
		liquidation_landed(b, f, receipt, height);
	else if (f->kind == FLIGHT_LIQUIDATION)
		liquidation_failed(b, f, height);
	else if (status != 1)
		log_text(b, "refused",
			 f->kind == FLIGHT_FAUCET ? "the faucet gives once a minute"
						  : "an approval failed");
	return true;
}

enum err flights_settle(struct bot *b)
{
	size_t count = b->flight_count, kept = 0;
	json_t *calls, *answers, *error;

	if (count == 0)
		return OK;
	calls = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(calls, json_pack("[s, [o]]", "eth_getTransactionReceipt",
						       json_of_hash(&b->flights[i].hash)));
	answers = rpc_batch(b->rpc, &error, calls);
	json_decref(calls);
	if (!answers)
		return fault_take(&b->why, error);
	for (size_t i = 0; i < count; i++) {
		struct flight f = b->flights[i];

		if (!flight_settle(b, &f, json_array_get(answers, i)))
			b->flights[kept++] = f;
	}
	b->flight_count = kept;
	json_decref(answers);
	return OK;
}

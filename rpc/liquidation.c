#include "rpc/liquidation.h"

#include "contracts-native/lending/account.h"

static bool is_event(const struct log *log, enum event_name name)
{
	return log->topic_count > 0 && hash_cmp(&log->topics[0], &event_info(name)->topic) == 0;
}

static bool topic_is(const struct hash *topic, const struct address *a)
{
	struct u256 word = u256_from_be(topic->bytes);
	struct address in_topic = address_of_word(&word);

	return address_cmp(&in_topic, a) == 0;
}

/* Whether a contract is the aToken of an asset.  Reserves keep their tokens, those that were dropped too. */
static bool is_atoken_of(struct rpc *c, const struct address *at, const struct hash *asset)
{
	struct contract_id id = contract_of(at);
	struct reserve reserve;
	struct address token;

	if (id.kind != CONTRACT_ATOKEN || !reserve_read(&c->reader.state, &(struct reserve_key){ id.index }, &reserve))
		return false;
	token = contract_address(CONTRACT_TOKEN, reserve.token);
	return topic_is(asset, &token);
}

/* LiquidationCall tells what was paid and seized; what the treasury got is the aTokens that
 * went to it from the user. */
void liquidation_read(struct rpc *c, struct liquidation *out, const struct log *logs, u32 count)
{
	const struct log *told = NULL;
	struct pool pool;

	out->covered = out->seized = out->fee = U256_ZERO;
	(void)pool_read(&c->reader.state, &(struct pool_key){ 0 }, &pool);
	for (u32 i = 0; i < count; i++) {
		if (is_event(&logs[i], EVENT_LiquidationCall) && logs[i].data.size >= 64)
			told = &logs[i];
	}
	if (!told)
		return;
	out->covered = u256_from_be(told->data.at);
	out->seized = u256_from_be(told->data.at + 32);
	for (u32 i = 0; i < count; i++) {
		const struct log *log = &logs[i];

		if (is_event(log, EVENT_Transfer) && log->topic_count == 3 && log->data.size == 32 &&
		    is_atoken_of(c, &log->address, &told->topics[1]) && topic_is(&log->topics[1], &out->user) &&
		    topic_is(&log->topics[2], &pool.treasury))
			out->fee = u256_from_be(log->data.at);
	}
}

/* What only the markets of then can tell. */
struct worth {
	struct u256 bonus, protocol_fee; /* ten-thousandths: the user's category's, the treasury's share of it */
	struct u256 paid, got, gain;     /* dollars, 8 decimals; gain: 0 where less was got than paid */
	struct u256 health;              /* afterwards */
};

static void read_rates(struct rpc *c, struct worth *out, const struct liquidation *l)
{
	struct reserve_open m;
	struct user user;
	struct emode e;

	(void)user_read(&c->reader.state, &(struct user_key){ l->user }, &user);
	e = emode_of(&c->reader.state, user.emode);
	reserve_load(&c->reader.state, &m, l->collateral->id);
	out->bonus = u256_from_u64(emode_bonus(&e, user.emode, &m));
	out->protocol_fee = u256_from_u64(reserve_config(&m, CONFIG_LIQUIDATION_FEE));
}

static enum rpc_code read_worth(struct rpc *c, struct worth *out, const struct liquidation *l)
{
	struct value paid, got, gain;
	const struct market *collateral = l->collateral, *debt = l->debt;
	struct account_totals after;

	RPC_TRY(account_totals_ask(c, &after, &l->user));
	if (amount_value_down(&paid, amount_from(l->covered), debt->price, debt->unit) != OK ||
	    amount_value_down(&got, amount_from(l->seized), collateral->price, collateral->unit) != OK)
		return rpc_fail(c, RPC_INTERNAL, "values overflow");
	if (value_sub(&gain, got, paid) != OK)
		gain = value_from_u64(0);
	read_rates(c, out, l);
	out->paid = value_raw(paid);
	out->got = value_raw(got);
	out->gain = value_raw(gain);
	out->health = after.health;
	return RPC_OK;
}

/* x NULL: null for each. */
static void write_worth(struct json_writer *w, const struct worth *x)
{
	jw_scaled_or_null(w, "liquidationBonus", x ? &x->bonus : NULL, 4);
	jw_scaled_or_null(w, "liquidationProtocolFee", x ? &x->protocol_fee : NULL, 4);
	jw_scaled_or_null(w, "debtValueUsd", x ? &x->paid : NULL, 8);
	jw_scaled_or_null(w, "collateralValueUsd", x ? &x->got : NULL, 8);
	jw_scaled_or_null(w, "bonusValueUsd", x ? &x->gain : NULL, 8);
	health_write_wad(w, "healthAfter", x ? &x->health : NULL);
}

enum rpc_code liquidation_write(struct rpc *c, const struct liquidation *l)
{
	struct worth worth;

	if (l->collateral)
		RPC_TRY(read_worth(c, &worth, l));
	jw_decimal(&c->out, "debtCovered", &l->covered);
	jw_decimal(&c->out, "collateralSeized", &l->seized);
	jw_decimal(&c->out, "protocolFee", &l->fee);
	write_worth(&c->out, l->collateral ? &worth : NULL);
	return RPC_OK;
}

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

/* What turned dollars of debt into collateral: the bonus under the user's category, and the treasury's share of it. */
static void write_rates(struct rpc *c, const struct liquidation *l)
{
	struct reserve_open m;
	struct user user;
	struct emode e;
	struct u256 rate;

	(void)user_read(&c->reader.state, &(struct user_key){ l->user }, &user);
	e = emode_of(&c->reader.state, user.emode);
	reserve_load(&c->reader.state, &m, l->collateral->id);
	rate = u256_from_u64(emode_bonus(&e, user.emode, &m));
	jw_scaled(&c->out, "liquidationBonus", &rate, 4);
	rate = u256_from_u64(reserve_config(&m, CONFIG_LIQUIDATION_FEE));
	jw_scaled(&c->out, "liquidationProtocolFee", &rate, 4);
}

static enum rpc_code write_worth(struct rpc *c, const struct liquidation *l)
{
	struct value paid, got, bonus = value_from_u64(0);
	const struct market *collateral = l->collateral, *debt = l->debt;
	struct account_totals after;
	struct u256 raw;

	RPC_TRY(account_totals_ask(c, &after, &l->user));
	if (amount_value_down(&paid, amount_from(l->covered), debt->price, debt->unit) != OK ||
	    amount_value_down(&got, amount_from(l->seized), collateral->price, collateral->unit) != OK)
		return rpc_fail(c, RPC_INTERNAL, "values overflow");
	if (value_sub(&bonus, got, paid) != OK)
		bonus = value_from_u64(0);
	write_rates(c, l);
	raw = value_raw(paid);
	jw_scaled(&c->out, "debtValueUsd", &raw, 8);
	raw = value_raw(got);
	jw_scaled(&c->out, "collateralValueUsd", &raw, 8);
	raw = value_raw(bonus);
	jw_scaled(&c->out, "bonusValueUsd", &raw, 8);
	health_write_wad(&c->out, "healthAfter", &after.health);
	return RPC_OK;
}

enum rpc_code liquidation_write(struct rpc *c, const struct liquidation *l)
{
	static const char *const worth[] = { "liquidationBonus", "liquidationProtocolFee", "debtValueUsd",
					     "collateralValueUsd", "bonusValueUsd", "healthAfter" };

	jw_decimal(&c->out, "debtCovered", &l->covered);
	jw_decimal(&c->out, "collateralSeized", &l->seized);
	jw_decimal(&c->out, "protocolFee", &l->fee);
	if (l->collateral)
		return write_worth(c, l);
	for (size_t i = 0; i < ARRAY_COUNT(worth); i++)
		jw_null(&c->out, worth[i]);
	return RPC_OK;
}

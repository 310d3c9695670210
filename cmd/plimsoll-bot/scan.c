/* Which accounts to liquidate, and how: every pair of debt and collateral of each, quoted by the node. */

#include <stdlib.h>
#include <string.h>

#include "client/field.h"
#include "cmd/plimsoll-bot/bot.h"

/* A way to liquidate the account of job number job. */
struct pair {
	size_t job;
	struct liquidation what;
};

/* wei of gas as dollars with 8 decimals, rounded up. */
static struct u256 gas_dollars(const struct bot *b, u64 gas)
{
	struct u256 used = u256_from_u64(gas), coin = u256_pow10(18), wei, dollars;

	if (u256_mul(&wei, &used, &b->gas_price) ||
	    u256_mul_div_up(&dollars, &wei, &b->config.coin_price, &coin))
		return U256_MAX;
	return dollars;
}

void job_judge(const struct bot *b, struct job *j)
{
	struct u256 gas = gas_dollars(b, j->quote.gas), cost;

	j->profit = U256_ZERO;
	j->is_worth_it = false;
	if (*j->quote.reverts || u256_add(&cost, &j->quote.covered_usd, &gas) ||
	    u256_sub(&j->profit, &j->quote.seized_usd, &cost))
		return;
	j->is_worth_it = u256_cmp(&j->profit, &b->config.profit_min) > 0;
}

enum err job_requote(struct bot *b, struct job *j, const struct u256 *amount)
{
	j->what.amount = *amount;
	TRY(liquidation_ask(&j->quote, b->rpc, &b->why, &j->what, NULL));
	job_judge(b, j);
	return *j->quote.reverts ? ERR_REVERT : OK;
}

/* Accounts below 1 that nobody of ours is after. */
static enum err candidates_read(struct bot *b)
{
	json_t *error, *accounts,
		*answer = rpc_call(b->rpc, &error, "plimsoll_liquidatable",
				   json_pack("[s, {s:i}]", "latest", "limit", 1000));
	struct address user;

	if (!answer)
		return fault_take(&b->why, error);
	accounts = json_object_get(answer, "accounts");
	b->job_count = 0;
	for (size_t i = 0; i < json_array_size(accounts) && b->job_count < JOBS_MAX; i++) {
		if (field_address(&user, json_array_get(accounts, i), "address") ||
		    bot_flies_to(b, &user) || bot_rests(b, &user))
			continue;
		if (b->wallet.has_key && address_cmp(&user, &b->wallet.owner) == 0)
			continue;
		b->jobs[b->job_count++] = (struct job){ .what.user = user };
	}
	json_decref(answer);
	return OK;
}

/* Asks many of one kind in as few requests as may be.  build(context, i) gives [method, params];
 * take(context, i, answer) reads what came. */
static enum err ask_many(struct bot *b, size_t count, void *context,
			 json_t *(*build)(void *, size_t),
			 void (*take)(void *, size_t, const json_t *))
{
	for (size_t first = 0; first < count; first += BATCH_MAX) {
		size_t end = first + BATCH_MAX < count ? first + BATCH_MAX : count;
		json_t *calls = json_array(), *answers, *error;

		for (size_t i = first; i < end; i++)
			json_array_append_new(calls, build(context, i));
		answers = rpc_batch(b->rpc, &error, calls);
		json_decref(calls);
		if (!answers)
			return fault_take(&b->why, error);
		for (size_t i = first; i < end; i++)
			take(context, i, json_array_get(answers, i - first));
		json_decref(answers);
	}
	return OK;
}

/* -- what each account owes and owns -------------------------------------------------------- */

struct pair_list {
	struct bot *bot;
	struct pair *at;
	size_t count;
};

static json_t *health_build(void *context, size_t i)
{
	struct pair_list *l = context;

	return json_pack("[s, [o]]", "plimsoll_getHealth",
			 json_of_address(&l->bot->jobs[i].what.user));
}

static bool is_above_zero(const json_t *position, const char *key)
{
	struct u256 x;

	return field_u256(&x, position, key) == OK && !u256_is_zero(&x);
}

/* Every debt with every collateral. */
static void health_take(void *context, size_t job, const json_t *answer)
{
	struct pair_list *l = context;
	const json_t *positions = json_object_get(answer, "positions");
	size_t count = json_array_size(positions), pairs = 0;
	struct pair pair = { .job = job, .what = l->bot->jobs[job].what };

	pair.what.amount = U256_MAX; /* as much as may be: no dust stays behind */
	pair.what.receive_atoken = l->bot->config.receives_atoken;
	for (size_t d = 0; d < count; d++) {
		const json_t *debt = json_array_get(positions, d);

		if (!is_above_zero(debt, "borrowed") ||
		    field_address(&pair.what.debt, debt, "asset"))
			continue;
		for (size_t k = 0; k < count && pairs < PAIRS_MAX; k++) {
			const json_t *collateral = json_array_get(positions, k);

			if (!field_is_true(collateral, "isCollateral") ||
			    !is_above_zero(collateral, "supplied") ||
			    field_address(&pair.what.collateral, collateral, "asset"))
				continue;
			l->at[l->count++] = pair;
			pairs++;
		}
	}
}

/* -- what each pair would bring --------------------------------------------------------------- */

static json_t *quote_build(void *context, size_t i)
{
	struct pair_list *l = context;

	return json_pack("[s, o]", "plimsoll_quoteLiquidation",
			 liquidation_params(&l->at[i].what, NULL));
}

static void quote_take(void *context, size_t i, const json_t *answer)
{
	struct pair_list *l = context;
	struct job *best = &l->bot->jobs[l->at[i].job];
	struct job j = { .what = l->at[i].what };

	j.debt = market_of_asset(&l->bot->markets, &j.what.debt);
	j.collateral = market_of_asset(&l->bot->markets, &j.what.collateral);
	if (!j.debt || !j.collateral || liquidation_quote_parse(&j.quote, answer))
		return;
	job_judge(l->bot, &j);
	if (!best->debt || u256_cmp(&j.profit, &best->profit) > 0 ||
	    (*best->quote.reverts && !*j.quote.reverts))
		*best = j;
}

enum err scan(struct bot *b)
{
	struct pair_list list = { .bot = b };
	enum err e;

	TRY(candidates_read(b));
	if (b->job_count == 0)
		return OK;
	list.at = calloc(b->job_count * PAIRS_MAX, sizeof *list.at);
	if (!list.at)
		return fault_set(&b->why, ERR_FULL, FAULT_LOCAL, "out of memory");
	e = ask_many(b, b->job_count, &list, health_build, health_take);
	if (!e)
		e = ask_many(b, list.count, &list, quote_build, quote_take);
	free(list.at);
	return e;
}

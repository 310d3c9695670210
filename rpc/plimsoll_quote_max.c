#include "rpc/market.h"
#include "rpc/methods.h"

#include <string.h>

/* plimsoll_quoteMax: the largest amount that the contract's own call accepts, found by calling it. */

/* Each 16 times the one before, 2^48 around the guess: a dollar's last place is up to 10^10 units of a token
 * of 18 decimals, and of a cheap one more. */
#define GALLOP_STEPS 12

struct search {
	bool is_borrow;
	struct market market;
	struct address user;
	struct u256 low, high; /* low is accepted (or 0), high is not (or untried) */
	u32 runs;
	struct call_result last;
};

/* -- one try ---------------------------------------------------------------------- */

static enum rpc_code call_with(struct rpc *c, struct search *s, const struct u256 *amount)
{
	const struct u256 asset = word_of_address(&s->market.asset), user = word_of_address(&s->user);
	const struct u256 borrow[] = { asset, *amount, u256_from_u64(2), U256_ZERO, user };
	const struct u256 withdraw[] = { asset, *amount, user };
	struct call_request request = {
		.from = s->user,
		.to = contract_address(CONTRACT_POOL, 0),
		.has_to = true,
	};

	request.input = s->is_borrow ? contract_input(c, "borrow(address,uint256,uint256,uint16,address)", borrow, 5)
				     : contract_input(c, "withdraw(address,uint256,address)", withdraw, 3);
	if (!request.input.at)
		return rpc_fail(c, RPC_SERVER, "the call needs too much memory");
	return call_simulate(c, &s->last, &request, RPC_GAS_CAP);
}

/* Whether the call accepts an amount; moves low or high there.  Leaves no trace. */
static enum rpc_code try_amount(struct rpc *c, struct search *s, bool *accepts, const struct u256 *amount)
{
	size_t checkpoint = state_checkpoint(&c->reader.state), scratch = c->scratch_size;

	s->runs++;
	RPC_TRY(call_with(c, s, amount));
	state_rollback(&c->reader.state, checkpoint);
	c->scratch_size = scratch;
	*accepts = s->last.outcome == OK;
	if (*accepts)
		s->low = *amount;
	else
		s->high = *amount;
	return RPC_OK;
}

/* -- the search --------------------------------------------------------------------- */

static struct u256 distance(const struct search *s)
{
	struct u256 d = U256_ZERO;

	return u256_sub(&d, &s->high, &s->low) == OK ? d : U256_ZERO;
}

/* Steps away from a guess, ever wider, until the limit lies between two tries. */
static enum rpc_code gallop(struct rpc *c, struct search *s, const struct u256 *guess)
{
	struct u256 step = U256_ONE, at = *guess, left;
	bool accepts, goes_up;

	RPC_TRY(try_amount(c, s, &goes_up, guess));
	for (u32 i = 0; i < GALLOP_STEPS; i++) {
		left = distance(s);
		if (u256_cmp(&left, &step) <= 0 ||
		    (goes_up ? u256_add(&at, &s->low, &step) : u256_sub(&at, &s->high, &step)) != OK)
			return RPC_OK;
		RPC_TRY(try_amount(c, s, &accepts, &at));
		if (accepts != goes_up)
			return RPC_OK;
		step = u256_shl(&step, 4);
	}
	return RPC_OK;
}

/* No amount has more than 128 bits: it settles in as many steps. */
static enum rpc_code bisect(struct rpc *c, struct search *s)
{
	struct u256 left = distance(s), middle;
	bool accepts;

	while (u256_cmp(&left, &U256_ONE) > 0) {
		middle = u256_shr(&left, 1);
		if (u256_add(&middle, &middle, &s->low) != OK)
			return rpc_fail(c, RPC_INTERNAL, "amounts overflow");
		RPC_TRY(try_amount(c, s, &accepts, &middle));
		left = distance(s);
	}
	return RPC_OK;
}

/* What the account could borrow by its dollars: close, but rounded otherwise. */
static enum rpc_code guess_borrow(struct rpc *c, const struct search *s, struct u256 *out)
{
	struct account_totals totals;
	struct amount amount;

	*out = U256_ZERO;
	RPC_TRY(account_totals_ask(c, &totals, &s->user));
	if (!u256_is_zero(&s->market.feed.answer) &&
	    value_amount_down(&amount, value_from(totals.available), s->market.price, s->market.unit) == OK)
		*out = amount_raw(amount);
	return RPC_OK;
}

/* No call gives more than the user owns, or the pool holds. */
static enum rpc_code find_bound(struct rpc *c, const struct search *s, struct u256 *out)
{
	struct u256 word = word_of_address(&s->user);
	const struct u128le *cash = &s->market.reserve.virtual_balance;

	if (!s->is_borrow)
		return contract_ask_number(c, out, &s->market.atoken, "balanceOf(address)", &word, 1);
	*out = (struct u256){ { cash->limb[0], cash->limb[1], 0, 0 } };
	return RPC_OK;
}

static enum rpc_code search(struct rpc *c, struct search *s)
{
	struct u256 bound, guess = U256_ZERO;
	bool accepts;

	RPC_TRY(find_bound(c, s, &bound));
	s->low = U256_ZERO;
	s->high = U256_ONE;
	if (u256_is_zero(&bound))
		return RPC_OK;
	RPC_TRY(try_amount(c, s, &accepts, &bound));
	if (accepts && u256_add(&s->high, &bound, &U256_ONE) == OK)
		return RPC_OK;
	if (s->is_borrow)
		RPC_TRY(guess_borrow(c, s, &guess));
	if (!u256_is_zero(&guess) && u256_cmp(&guess, &s->high) < 0)
		RPC_TRY(gallop(c, s, &guess));
	return bisect(c, s);
}

/* -- the answer ------------------------------------------------------------------------ */

/* What one base unit more is refused with. */
static enum rpc_code write_limit(struct rpc *c, struct search *s)
{
	struct u256 more;
	bool accepts;

	if (u256_add(&more, &s->low, &U256_ONE) != OK)
		return rpc_fail(c, RPC_INTERNAL, "amounts overflow");
	RPC_TRY(try_amount(c, s, &accepts, &more));
	jw_bool(&c->out, "exact", !accepts);
	if (accepts)
		jw_null(&c->out, "limitedBy");
	else
		call_error_write(c, "limitedBy", &s->last);
	return RPC_OK;
}

static enum rpc_code write_health(struct rpc *c, struct search *s)
{
	struct account_totals totals;

	if (!u256_is_zero(&s->low))
		RPC_TRY(call_with(c, s, &s->low));
	RPC_TRY(account_totals_ask(c, &totals, &s->user));
	health_write_wad(&c->out, "healthAfter", &totals.health);
	return RPC_OK;
}

static enum rpc_code read_request(struct rpc *c, struct search *s)
{
	const json_t *request = param(c, 0), *action = json_object_get(request, "action");
	const char *name = json_is_string(action) ? json_string_value(action) : "";
	struct address asset;

	if (!json_is_object(request))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid argument 0: {action, asset, user} is wanted");
	RPC_TRY(value_members(c, request, "action asset user"));
	s->is_borrow = strcmp(name, "borrow") == 0;
	if (!s->is_borrow && strcmp(name, "withdraw") != 0)
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid action: \"borrow\" or \"withdraw\" is wanted");
	RPC_TRY(value_address(c, &asset, json_object_get(request, "asset"), "asset"));
	RPC_TRY(value_address(c, &s->user, json_object_get(request, "user"), "user"));
	if (!market_find(c, &s->market, &asset))
		return rpc_fail(c, RPC_INVALID_PARAMS, "invalid asset: not the underlying token of a reserve");
	return RPC_OK;
}

#define MOST_TYPE \
	"{height:quantity amount:decimal runs:number exact:bool limitedBy:text|null healthAfter:decimal|null}"

static enum rpc_code quote_max(struct rpc *c)
{
	struct search s = { .runs = 0 };
	struct block_ref ref;

	RPC_TRY(param_block(c, &ref, 1));
	RPC_TRY(rpc_read_at(c, &ref, true));
	RPC_TRY(read_request(c, &s));
	RPC_TRY(search(c, &s));
	jw_object(&c->out, RESULT);
	jw_quantity(&c->out, "height", c->reader.view.height);
	jw_decimal(&c->out, "amount", &s.low);
	jw_number(&c->out, "runs", s.runs);
	RPC_TRY(write_limit(c, &s));
	RPC_TRY(write_health(c, &s));
	jw_end(&c->out);
	return RPC_OK;
}

/* name, handler, least and most parameters, cost, type of the answer, help */
static const struct rpc_method ROWS[] = {
	{ "plimsoll_quoteMax", quote_max, 1, 2, 20, MOST_TYPE,
	  "({action, asset, user}, block) the most that borrow or withdraw accepts next" },
};

const struct rpc_table PLIMSOLL_QUOTE_MAX_TABLE = { ROWS, ARRAY_COUNT(ROWS) };

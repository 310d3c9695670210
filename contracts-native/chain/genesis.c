#include "contracts-native/chain/genesis.h"

#include <string.h>

#include "base/fixed.h"
#include "base/hash.h"
#include "contracts-native/dispatch/address.h"
#include "contracts-native/feeds/feed.h"
#include "contracts-native/lending/acl.h"
#include "contracts-native/lending/configuration.h"
#include "oracle/set.h"

/* NUL-padded; no terminator when full. */
static void text_store(char *out, size_t capacity, const char *text)
{
	size_t size = strlen(text);

	assert(size <= capacity);
	memcpy(out, text, size);
}

static struct u128le narrow(struct ray x)
{
	struct u256 raw = ray_raw(x);

	assert(u256_fits(&raw, 128));
	return (struct u128le){ { raw.limb[0], raw.limb[1] } };
}

/* -- chain and tokens --------------------------------------------------------------------- */

static void chain_apply(struct state *s, const struct genesis *g)
{
	struct chain chain = {
		.chain_id = g->chain_id,
		.gas_limit = g->gas_limit,
		.base_fee = g->base_fee,
		.genesis = g->id,
		.genesis_time = g->time,
		.token_count = (u16)g->token_count,
		.feed_count = (u16)g->feed_count,
		.reserve_count = (u16)g->reserve_count,
		.devnet = g->devnet,
	};
	struct pool pool = {
		.flash_premium = g->flash_premium,
		.treasury = g->treasury,
		.admin = g->admin,
		.umbrella = g->umbrella,
	};

	chain_write(s, &(struct chain_key){ 0 }, &chain);
	pool_write(s, &(struct pool_key){ 0 }, &pool);
	if (address_is_zero(&g->admin)) /* no reserves, nothing to govern */
		return;
	acl_set(s, ROLE_DEFAULT_ADMIN, &g->admin, true);
	acl_set(s, ROLE_POOL_ADMIN, &g->admin, true);
}

static void token_apply(struct state *s, u16 index, const struct genesis_token *t)
{
	struct token token = { .decimals = t->decimals, .drip = t->drip };

	text_store(token.name, sizeof token.name, t->name);
	text_store(token.symbol, sizeof token.symbol, t->symbol);
	token_write(s, &(struct token_key){ index }, &token);
}

static enum err native_apply(struct state *s, const struct genesis_balance *b)
{
	struct account_key key = { b->owner };
	struct account account;

	account_read(s, &key, &account);
	TRY(u256_add(&account.balance, &account.balance, &b->amount));
	account_write(s, &key, &account);
	return OK;
}

static enum err balance_apply(struct state *s, const struct genesis_balance *b)
{
	struct balance_key key = { b->token, b->owner };
	struct token_key token_key = { b->token };
	struct balance balance;
	struct token token;

	token_read(s, &token_key, &token);
	TRY(u256_add(&token.supply, &token.supply, &b->amount));
	token_write(s, &token_key, &token);
	balance_read(s, &key, &balance);
	TRY(u256_add(&balance.amount, &balance.amount, &b->amount));
	balance_write(s, &key, &balance);
	return OK;
}

/* Wei never come into being after genesis, so a total below 2^256 keeps every sum below it. */
static enum err balances_apply(struct state *s, const struct genesis *g)
{
	struct u256 wei = U256_ZERO;

	for (u32 i = 0; i < g->balance_count; i++) {
		const struct genesis_balance *b = &g->balances[i];

		if (!b->is_native) {
			TRY(balance_apply(s, b));
			continue;
		}
		TRY(u256_add(&wei, &wei, &b->amount));
		TRY(native_apply(s, b));
	}
	return OK;
}

/* -- lending ---------------------------------------------------------------------------------- */

static struct u256 configuration_of(const struct genesis_reserve *r, u8 decimals)
{
	struct u256 word = U256_ZERO;

	config_set(&word, CONFIG_LTV, r->ltv);
	config_set(&word, CONFIG_LIQUIDATION_THRESHOLD, r->liquidation_threshold);
	config_set(&word, CONFIG_LIQUIDATION_BONUS, r->liquidation_bonus);
	config_set(&word, CONFIG_DECIMALS, decimals);
	config_set(&word, CONFIG_ACTIVE, 1);
	config_set(&word, CONFIG_BORROWING, r->borrowing);
	config_set(&word, CONFIG_BORROWABLE_IN_ISOLATION, r->borrowable_in_isolation);
	config_set(&word, CONFIG_SILOED, r->siloed);
	config_set(&word, CONFIG_FLASH_LOANS, r->flash_loans);
	config_set(&word, CONFIG_RESERVE_FACTOR, r->reserve_factor);
	config_set(&word, CONFIG_BORROW_CAP, r->borrow_cap);
	config_set(&word, CONFIG_SUPPLY_CAP, r->supply_cap);
	config_set(&word, CONFIG_LIQUIDATION_FEE, r->liquidation_protocol_fee);
	config_set(&word, CONFIG_DEBT_CEILING, r->debt_ceiling);
	config_set(&word, CONFIG_VIRTUAL_ACCOUNTING, 1);
	return word;
}

static void reserve_apply(struct state *s, const struct genesis *g, u16 id)
{
	const struct genesis_reserve *r = &g->reserves[id];
	struct reserve reserve = {
		.configuration = configuration_of(r, g->tokens[r->token].decimals),
		.liquidity_index = narrow(ray_one()),
		.borrow_index = narrow(ray_one()),
		.borrow_rate = narrow(ray_from_bps(r->base)),
		.updated_at = g->time,
		.optimal = r->optimal,
		.base = r->base,
		.slope1 = r->slope1,
		.slope2 = r->slope2,
		.token = r->token,
		.feed = r->feed,
		.listed = 1,
	};

	reserve_write(s, &(struct reserve_key){ id }, &reserve);
	listing_write(s, &(struct listing_key){ r->token }, &(struct listing){ (u64)id + 1 });
}

static void emode_apply(struct state *s, const struct genesis_emode *e)
{
	struct emode emode = {
		.ltv = e->ltv,
		.liquidation_threshold = e->liquidation_threshold,
		.liquidation_bonus = e->liquidation_bonus,
		.collateral = e->collateral,
		.borrowable = e->borrowable,
		.ltvzero = e->ltvzero,
	};

	text_store(emode.label, sizeof emode.label, e->label);
	emode_write(s, &(struct emode_key){ e->id }, &emode);
}

/* -- oracle ------------------------------------------------------------------------------------- */

static struct hash feed_id(const struct genesis_feed *f)
{
	struct hash id;

	keccak256(&id, (struct bytes){ (const u8 *)f->name, strlen(f->name) });
	return id;
}

static void feed_apply(struct state *s, const struct genesis *g, u16 index)
{
	const struct genesis_feed *f = &g->feeds[index];
	struct feed feed = { .id = feed_id(f), .max_age = f->max_age, .venues_min = f->venues_min };

	text_store(feed.description, sizeof feed.description, f->description);
	feed_genesis(s, index, &feed, &f->answer, g->time);
}

static struct hash set_digest_of(const struct genesis *g, u64 faulty_max)
{
	struct feed_terms feeds[GENESIS_FEEDS_MAX];
	struct set_terms terms = {
		.chain_id = g->chain_id,
		.set_id = g->oracle_set_id,
		.faulty_max = faulty_max,
		.aggregator = contract_address(CONTRACT_AGGREGATOR, 0),
		.reporters = g->reporters,
		.reporter_count = g->reporter_count,
	};
	struct hash digest;

	for (u32 i = 0; i < g->feed_count; i++)
		feeds[i] = (struct feed_terms){ feed_id(&g->feeds[i]), g->feeds[i].max_age, g->feeds[i].venues_min };
	feed_table_digest(&terms.feed_table, feeds, g->feed_count);
	set_digest(&digest, &terms);
	return digest;
}

static void oracle_apply(struct state *s, const struct genesis *g)
{
	u64 faulty_max = g->reporter_count > 0 ? (g->reporter_count - 1) / 3 : 0;
	struct oracle_set set = {
		.set_id = g->oracle_set_id,
		.period = g->oracle_period,
		.digest = set_digest_of(g, faulty_max),
		.reporter_count = g->reporter_count,
		.faulty_max = faulty_max,
	};

	oracle_set_write(s, &(struct oracle_set_key){ 0 }, &set);
	for (u32 i = 0; i < g->reporter_count; i++)
		reporter_write(s, &(struct reporter_key){ (u8)i }, &(struct reporter){ .key = g->reporters[i] });
}

enum err genesis_apply(struct state *s, const struct genesis *g)
{
	chain_apply(s, g);
	for (u32 i = 0; i < g->token_count; i++)
		token_apply(s, (u16)i, &g->tokens[i]);
	for (u32 i = 0; i < g->feed_count; i++)
		feed_apply(s, g, (u16)i);
	for (u32 i = 0; i < g->reserve_count; i++)
		reserve_apply(s, g, (u16)i);
	for (u32 i = 0; i < g->emode_count; i++)
		emode_apply(s, &g->emodes[i]);
	oracle_apply(s, g);
	TRY(balances_apply(s, g));
	state_settle(s);
	return state_is_full(s) ? ERR_FULL : OK;
}

#include "tests/support/traffic.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ecdsa.h"
#include "base/hash.h"
#include "base/hex.h"
#include "contracts-native/dispatch/address.h"
#include "node/genesis.h"

#define TOKENS 5 /* of the devnet: WETH, WBTC, LINK, USDC, DAI */

/* About a hundred dollars of each token, in base units; the others are multiples of it. */
static const struct {
	unsigned decimals;
	u64 hundredth; /* 1/100 of whole tokens that make 100 dollars */
	u64 price;     /* 8 decimals */
} tokens[TOKENS] = {
	{ 18, 4, 250000000000 },
	{ 8, 1, 6000000000000 },
	{ 18, 690, 1450000000 },
	{ 6, 10000, 100000000 },
	{ 18, 10000, 99990000 },
};

static void actor_key(u8 key[32], u32 i)
{
	char name[32];
	struct hash hash;
	int size = snprintf(name, sizeof name, "actor-%u", i);

	keccak256(&hash, (struct bytes){ (const u8 *)name, (size_t)size });
	memcpy(key, hash.bytes, 32);
}

static json_t *actor_balances(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "native", "1000000000000000000000000",
			 "WETH", "1000000000000000000000", "WBTC", "5000000000",
			 "LINK", "100000000000000000000000", "USDC", "2500000000000",
			 "DAI", "2500000000000000000000000");
}

char *traffic_genesis(u32 actor_count, u64 time, u64 gas_limit)
{
	struct bytes text = genesis_devnet();
	json_t *document = json_loadb((const char *)text.at, text.size, 0, NULL);
	json_t *balances = json_object_get(document, "balances");
	struct address actor;
	char name[HEX_ADDRESS_SIZE];
	u8 key[32];
	char *out;

	assert(balances);
	json_object_set_new(document, "time", json_integer((json_int_t)time));
	json_object_set_new(document, "gasLimit", json_integer((json_int_t)gas_limit));
	for (u32 i = 0; i < actor_count; i++) {
		actor_key(key, i);
		if (address_of_key(&actor, key))
			abort();
		hex_from_bytes(name, (struct bytes){ actor.bytes, sizeof actor.bytes });
		json_object_set_new(balances, name, actor_balances());
	}
	out = json_dumps(document, JSON_COMPACT);
	json_decref(document);
	return out;
}

void traffic_init(struct traffic *t, u64 chain_id, u32 actor_count, u64 seed)
{
	*t = (struct traffic){ .random = seed * 2 + 1, .chain_id = chain_id, .fee = u256_from_u64(2000000000), .actor_count = actor_count };
	t->nonces = calloc(actor_count, sizeof *t->nonces);
	t->keys = calloc(actor_count, sizeof *t->keys);
	t->actors = calloc(actor_count, sizeof *t->actors);
	if (!t->nonces || !t->keys || !t->actors)
		abort();
	for (u32 i = 0; i < actor_count; i++) {
		actor_key(t->keys[i], i);
		if (address_of_key(&t->actors[i], t->keys[i]))
			abort();
	}
}

void traffic_free(struct traffic *t)
{
	free(t->nonces);
	free(t->keys);
	free(t->actors);
}

u64 traffic_random(struct traffic *t, u64 below)
{
	/* xorshift64*: the same everywhere. */
	t->random ^= t->random >> 12;
	t->random ^= t->random << 25;
	t->random ^= t->random >> 27;
	return (t->random * 0x2545f4914f6cdd1d >> 11) % below;
}

/* Up to about times hundred dollars of a token. */
static struct u256 some(struct traffic *t, u32 token, u64 times)
{
	struct u256 unit = u256_pow10(tokens[token].decimals);
	struct u256 count = u256_from_u64(tokens[token].hundredth * (1 + traffic_random(t, 100 * times)));
	struct u256 hundred = u256_from_u64(10000), out;

	if (u256_mul_div_down(&out, &unit, &count, &hundred))
		abort();
	return out;
}

static struct u256 word_address(const struct address *a)
{
	u8 word[32] = { 0 };

	memcpy(word + 12, a->bytes, sizeof a->bytes);
	return u256_from_be(word);
}

struct calldata {
	u8 bytes[4 + 32 * 5];
	size_t size;
};

static void begin(struct calldata *c, const char *signature)
{
	store_be32(c->bytes, selector_of(signature));
	c->size = 4;
}

static void word(struct calldata *c, struct u256 x)
{
	assert(c->size + 32 <= sizeof c->bytes);

	u256_to_be(c->bytes + c->size, &x);
	c->size += 32;
}

/* A call that is being put together: the token it is about and who makes it. */
struct plan {
	struct calldata *c;
	u32 token;
	struct address asset, debt, other;
	struct u256 me;
};

static void fill_token_transfer(struct traffic *t, struct plan *p)
{
	word(p->c, word_address(&p->other));
	word(p->c, some(t, p->token, 1));
}

static void fill_approve(struct traffic *t, struct plan *p)
{
	struct address pool = contract_address(CONTRACT_POOL, 0);

	(void)t;
	word(p->c, word_address(&pool));
	word(p->c, U256_MAX);
}

static void fill_supply(struct traffic *t, struct plan *p)
{
	word(p->c, word_address(&p->asset));
	word(p->c, some(t, p->token, 50));
	word(p->c, p->me);
	word(p->c, U256_ZERO);
}

static void fill_withdraw(struct traffic *t, struct plan *p)
{
	word(p->c, word_address(&p->asset));
	word(p->c, traffic_random(t, 20) ? some(t, p->token, 10) : U256_MAX);
	word(p->c, p->me);
}

static void fill_borrow(struct traffic *t, struct plan *p)
{
	word(p->c, word_address(&p->asset));
	word(p->c, some(t, p->token, 20));
	word(p->c, u256_from_u64(2));
	word(p->c, U256_ZERO);
	word(p->c, p->me);
}

static void fill_repay(struct traffic *t, struct plan *p)
{
	word(p->c, word_address(&p->asset));
	word(p->c, traffic_random(t, 4) ? some(t, p->token, 10) : U256_MAX);
	word(p->c, u256_from_u64(2));
	word(p->c, p->me);
}

static void fill_collateral(struct traffic *t, struct plan *p)
{
	word(p->c, word_address(&p->asset));
	word(p->c, u256_from_u64(traffic_random(t, 4) != 0));
}

static void fill_liquidate(struct traffic *t, struct plan *p)
{
	word(p->c, word_address(&p->asset));
	word(p->c, word_address(&p->debt));
	word(p->c, word_address(&p->other));
	word(p->c, U256_MAX);
	word(p->c, u256_from_u64(traffic_random(t, 3) == 0));
}

static void fill_price(struct traffic *t, struct plan *p)
{
	word(p->c, u256_from_u64(tokens[p->token].price / 100 * (60 + traffic_random(t, 60))));
}

static void fill_garbage(struct traffic *t, struct plan *p)
{
	p->c->size += traffic_random(t, 64);
	memset(p->c->bytes + 4, 0xa5, p->c->size - 4);
}

/* signature, contract (TOKEN and FEED: of the plan's token), what puts the arguments in */
static const struct {
	const char *signature;
	enum contract_kind to;
	void (*fill)(struct traffic *t, struct plan *p);
} calls[TRAFFIC_KINDS] = {
	[TRAFFIC_TOKEN_TRANSFER] = { "transfer(address,uint256)", CONTRACT_TOKEN, fill_token_transfer },
	[TRAFFIC_APPROVE] = { "approve(address,uint256)", CONTRACT_TOKEN, fill_approve },
	[TRAFFIC_SUPPLY] = { "supply(address,uint256,address,uint16)", CONTRACT_POOL, fill_supply },
	[TRAFFIC_WITHDRAW] = { "withdraw(address,uint256,address)", CONTRACT_POOL, fill_withdraw },
	[TRAFFIC_BORROW] = { "borrow(address,uint256,uint256,uint16,address)", CONTRACT_POOL, fill_borrow },
	[TRAFFIC_REPAY] = { "repay(address,uint256,uint256,address)", CONTRACT_POOL, fill_repay },
	[TRAFFIC_COLLATERAL] = { "setUserUseReserveAsCollateral(address,bool)", CONTRACT_POOL, fill_collateral },
	[TRAFFIC_LIQUIDATE] = { "liquidationCall(address,address,address,uint256,bool)", CONTRACT_POOL, fill_liquidate },
	[TRAFFIC_PRICE] = { "setAnswer(int256)", CONTRACT_FEED, fill_price },
	[TRAFFIC_GARBAGE] = { "supply(address,uint256,address,uint16)", CONTRACT_POOL, fill_garbage },
};

/* What the kind calls, and with what. */
static struct address compose(struct traffic *t, struct calldata *c, u32 actor, enum traffic_kind kind)
{
	struct plan plan = { .c = c, .token = (u32)traffic_random(t, TOKENS) };

	plan.other = t->actors[traffic_random(t, t->actor_count)];
	/* One token after another: after five approvals the actor can supply and repay all. */
	if (kind == TRAFFIC_APPROVE)
		plan.token = (u32)(t->nonces[actor] % TOKENS);
	plan.asset = contract_address(CONTRACT_TOKEN, (u16)plan.token);
	plan.debt = contract_address(CONTRACT_TOKEN, (u16)traffic_random(t, TOKENS));
	plan.me = word_address(&t->actors[actor]);
	c->size = 0;
	if (!calls[kind].fill)
		return plan.other;
	begin(c, calls[kind].signature);
	calls[kind].fill(t, &plan);
	return contract_address(calls[kind].to, calls[kind].to == CONTRACT_POOL ? 0 : (u16)plan.token);
}

struct bytes traffic_sign(struct traffic *t, u8 out[TRAFFIC_TX_MAX], u32 actor, enum traffic_kind kind)
{
	struct calldata calldata;
	struct bytes raw;
	struct tx tx = { .type = (enum tx_type)(traffic_random(t, 4) ? TX_DYNAMIC_FEE : TX_LEGACY) };

	tx.to = compose(t, &calldata, actor, kind);
	tx.chain_id = t->chain_id;
	tx.nonce = t->nonces[actor]++;
	tx.gas_limit = calldata.size ? 1500000 : TX_GAS_BASE;
	tx.max_fee = t->fee;
	tx.max_tip = tx.type == TX_LEGACY ? t->fee : u256_from_u64(1 + traffic_random(t, 1000));
	tx.value = calldata.size ? U256_ZERO : u256_from_u64(traffic_random(t, 1000000007));
	tx.data = (struct bytes){ calldata.bytes, calldata.size };
	if (tx_sign(&raw, &tx, t->keys[actor], out, TRAFFIC_TX_MAX))
		abort();
	return raw;
}

struct bytes traffic_any(struct traffic *t, u8 out[TRAFFIC_TX_MAX])
{
	static const u8 weight[TRAFFIC_KINDS] = { 8, 8, 4, 24, 10, 20, 12, 3, 6, 3, 2 };
	u32 actor = (u32)traffic_random(t, t->actor_count);
	u64 dice = traffic_random(t, 100);
	unsigned kind = 0;

	while (dice >= weight[kind])
		dice -= weight[kind++];
	if (t->nonces[actor] < TOKENS)
		kind = TRAFFIC_APPROVE;
	return traffic_sign(t, out, actor, (enum traffic_kind)kind);
}

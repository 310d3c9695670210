#include "tests/support/market.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "contracts-native/feeds/feed.h"
#include "tests/support/require.h"

/* -- reading ---------------------------------------------------------------------- */

json_t *json_read(const char *path)
{
	size_t capacity = (size_t)16 << 20, size = 0;
	gzFile file = gzopen(path, "rb"); /* reads plain files too */
	char *text;
	json_t *root;
	int got;

	if (!file)
		return NULL;
	text = malloc(capacity);
	require(text != NULL);
	while ((got = gzread(file, text + size, (unsigned)(capacity - size))) > 0)
		size += (size_t)got;
	gzclose(file);
	root = json_loadb(text, size, 0, NULL);
	free(text);
	return root;
}

static u64 number(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	require(json_is_integer(v));
	return (u64)json_integer_value(v);
}

static bool flag(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	require(json_is_boolean(v));
	return json_is_true(v);
}

static const char *text(const json_t *object, const char *key)
{
	const char *t = json_string_value(json_object_get(object, key));

	require(t != NULL);
	return t;
}

/* -- labels ------------------------------------------------------------------------- */

static void add_label(struct market *m, const char *prefix, const char *name, struct address a)
{
	struct market_label *l = &m->labels[m->label_count++];

	require(m->label_count <= MARKET_LABELS_MAX);
	require(strlen(prefix) + strlen(name) < sizeof l->text);
	strcpy(l->text, prefix);
	strcat(l->text, name);
	l->address = a;
}

struct address market_address(const struct market *m, const char *label)
{
	for (u32 i = 0; i < m->label_count; i++)
		if (strcmp(m->labels[i].text, label) == 0)
			return m->labels[i].address;
	abort();
}

const char *market_label(const struct market *m, const struct address *a)
{
	for (u32 i = 0; i < m->label_count; i++)
		if (address_cmp(&m->labels[i].address, a) == 0)
			return m->labels[i].text;
	return NULL;
}

static void add_labels(struct market *m, const json_t *actors)
{
	static const struct {
		const char *name;
		enum contract_kind kind;
	} singles[] = {
		{ "pool", CONTRACT_POOL },
		{ "configurator", CONTRACT_CONFIGURATOR },
		{ "oracle", CONTRACT_PRICE_ORACLE },
		{ "strategy", CONTRACT_RATE_STRATEGY },
		{ "dataProvider", CONTRACT_DATA_PROVIDER },
		{ "uiDataProvider", CONTRACT_UI_DATA_PROVIDER },
		{ "flashReceiver", CONTRACT_FLASH_RECEIVER },
		{ "provider", CONTRACT_ADDRESSES_PROVIDER },
		{ "acl", CONTRACT_ACL_MANAGER },
		{ "uiIncentives", CONTRACT_UI_INCENTIVES },
		{ "wallets", CONTRACT_WALLET_BALANCES },
	};
	size_t i;
	json_t *actor;

	add_label(m, "", "zero", (struct address){ { 0 } });
	add_label(m, "", "admin", world_account(1));
	add_label(m, "", "treasury", world_account(2));
	add_label(m, "", "umbrella", world_account(3));
	json_array_foreach(actors, i, actor)
		add_label(m, "", json_string_value(actor), world_account(100 + (u32)i));
	for (i = 0; i < ARRAY_COUNT(singles); i++)
		add_label(m, "", singles[i].name, contract_address(singles[i].kind, 0));
	for (u16 s = 0; s < m->symbol_count; s++) {
		add_label(m, "", m->symbols[s], contract_address(CONTRACT_TOKEN, s));
		add_label(m, "a", m->symbols[s], contract_address(CONTRACT_ATOKEN, s));
		add_label(m, "v", m->symbols[s], contract_address(CONTRACT_DEBT_TOKEN, s));
		add_label(m, "feed.", m->symbols[s], contract_address(CONTRACT_FEED, s));
	}
}

/* -- genesis -------------------------------------------------------------------------- */

struct parts {
	struct genesis genesis;
	struct genesis_token tokens[MARKET_SYMBOLS_MAX];
	struct genesis_feed feeds[MARKET_SYMBOLS_MAX];
	struct genesis_reserve reserves[MARKET_SYMBOLS_MAX];
	struct genesis_emode emodes[16];
};

static void add_asset(struct market *m, struct parts *p, const json_t *d)
{
	u16 i = (u16)m->symbol_count++;
	const json_t *rates = json_object_get(d, "rates");
	const char *symbol = text(d, "symbol"), *price = text(d, "price");
	struct genesis_token *t = &p->tokens[i];
	struct genesis_feed *f = &p->feeds[i];

	require(i < MARKET_SYMBOLS_MAX && strlen(symbol) <= 16);
	strcpy(m->symbols[i], symbol);
	snprintf(t->name, sizeof t->name, "Mock %s", symbol);
	strcpy(t->symbol, symbol);
	t->decimals = (u8)number(d, "decimals");
	t->drip = u256_pow10(t->decimals);
	snprintf(f->name, sizeof f->name, "%s/USD:test:1", symbol);
	snprintf(f->description, sizeof f->description, "%s / USD", symbol);
	f->max_age = 3600;
	f->venues_min = 1;
	require(u256_from_decimal(&f->answer, price, strlen(price)) == OK);
	p->reserves[i] = (struct genesis_reserve){
		.token = i,
		.feed = i,
		.ltv = (u16)number(d, "ltv"),
		.liquidation_threshold = (u16)number(d, "liquidationThreshold"),
		.liquidation_bonus = (u16)number(d, "liquidationBonus"),
		.reserve_factor = (u16)number(d, "reserveFactor"),
		.liquidation_protocol_fee = (u16)number(d, "liquidationProtocolFee"),
		.supply_cap = number(d, "supplyCap"),
		.borrow_cap = number(d, "borrowCap"),
		.debt_ceiling = number(d, "debtCeiling"),
		.borrowing = flag(d, "borrowingEnabled"),
		.flash_loans = flag(d, "flashLoanEnabled"),
		.borrowable_in_isolation = flag(d, "borrowableInIsolation"),
		.siloed = flag(d, "siloedBorrowing"),
		.optimal = (u32)number(rates, "optimal"),
		.base = (u32)number(rates, "base"),
		.slope1 = (u32)number(rates, "slope1"),
		.slope2 = (u32)number(rates, "slope2"),
	};
}

static struct u128le bitmap(const struct market *m, const json_t *symbols)
{
	struct u128le bits = { { 0, 0 } };
	size_t i;
	json_t *symbol;

	json_array_foreach(symbols, i, symbol) for (u32 s = 0; s < m->symbol_count; s++) if (strcmp(m->symbols[s], json_string_value(symbol)) == 0)
		bits.limb[s / 64] |= (u64)1 << s % 64;
	return bits;
}

static void add_emode(const struct market *m, struct parts *p, const json_t *d)
{
	struct genesis_emode *e = &p->emodes[p->genesis.emode_count++];

	require(p->genesis.emode_count <= ARRAY_COUNT(p->emodes));
	*e = (struct genesis_emode){
		.id = (u8)number(d, "id"),
		.ltv = (u16)number(d, "ltv"),
		.liquidation_threshold = (u16)number(d, "liquidationThreshold"),
		.liquidation_bonus = (u16)number(d, "liquidationBonus"),
		.collateral = bitmap(m, json_object_get(d, "collateral")),
		.borrowable = bitmap(m, json_object_get(d, "borrowable")),
		.ltvzero = bitmap(m, json_object_get(d, "ltvzero")),
	};
	snprintf(e->label, sizeof e->label, "%s", text(d, "label"));
}

static void gather(struct market *m, struct parts *p, const json_t *description)
{
	size_t i;
	json_t *d;

	json_array_foreach(json_object_get(description, "reserves"), i, d)
		add_asset(m, p, d);
	json_array_foreach(json_object_get(description, "eModes"), i, d)
		add_emode(m, p, d);
	p->genesis.chain_id = m->world.env.chain_id;
	p->genesis.time = number(description, "genesisTime");
	p->genesis.gas_limit = m->world.env.gas_limit;
	p->genesis.base_fee = m->world.env.base_fee;
	p->genesis.devnet = true;
	p->genesis.admin = world_account(1);
	p->genesis.treasury = world_account(2);
	p->genesis.umbrella = world_account(3);
	p->genesis.flash_premium = (u32)number(description, "flashLoanPremium");
	p->genesis.oracle_period = 1;
	p->genesis.tokens = p->tokens;
	p->genesis.feeds = p->feeds;
	p->genesis.reserves = p->reserves;
	p->genesis.emodes = p->emodes;
	p->genesis.token_count = p->genesis.feed_count = p->genesis.reserve_count = m->symbol_count;
}

void market_init(struct market *m, const json_t *description, const json_t *actors)
{
	struct parts p;
	const char *why = NULL;

	memset(m, 0, sizeof *m);
	memset(&p, 0, sizeof p);
	world_init(&m->world);
	gather(m, &p, description);
	require(genesis_check(&p.genesis, &why) == OK);
	require(genesis_apply(&m->world.state, &p.genesis) == OK);
	world_commit(&m->world);
	m->time = m->world.env.time = p.genesis.time;
	add_labels(m, actors);
}

void market_free(struct market *m)
{
	world_free(&m->world);
}

/* -- the usual one ------------------------------------------------------------------------ */

static const char SMALL[] =
	"{\"genesisTime\":1750000000,\"flashLoanPremium\":5,\"reserves\":["
	"{\"symbol\":\"WETH\",\"decimals\":18,\"price\":\"250000000000\",\"ltv\":8050,"
	"\"liquidationThreshold\":8300,\"liquidationBonus\":10500,\"reserveFactor\":1500,"
	"\"liquidationProtocolFee\":1000,\"supplyCap\":1800000,\"borrowCap\":1400000,\"debtCeiling\":0,"
	"\"borrowingEnabled\":true,\"flashLoanEnabled\":true,\"borrowableInIsolation\":false,"
	"\"siloedBorrowing\":false,\"rates\":{\"optimal\":9200,\"base\":0,\"slope1\":270,\"slope2\":8000}},"
	"{\"symbol\":\"USDC\",\"decimals\":6,\"price\":\"100000000\",\"ltv\":7500,"
	"\"liquidationThreshold\":7800,\"liquidationBonus\":10450,\"reserveFactor\":1000,"
	"\"liquidationProtocolFee\":1000,\"supplyCap\":2250000000,\"borrowCap\":2000000000,\"debtCeiling\":0,"
	"\"borrowingEnabled\":true,\"flashLoanEnabled\":true,\"borrowableInIsolation\":true,"
	"\"siloedBorrowing\":false,\"rates\":{\"optimal\":9200,\"base\":0,\"slope1\":550,\"slope2\":4000}}],"
	"\"eModes\":[]}";

void market_init_small(struct market *m)
{
	json_t *description = json_loads(SMALL, 0, NULL);
	json_t *actors = json_pack("[s,s,s]", "alice", "bob", "carol");

	market_init(m, description, actors);
	json_decref(description);
	json_decref(actors);
}

#include "tests/support/storm.h"

#include "contracts-native/lending/acl.h"

/* Which setting, and what its numbers mean: an asset, then 0 to 3 words below a limit. */
struct setter {
	enum op op;
	u32 weight;
	void (*rest)(struct storm *s); /* what follows the asset; NULL: a flag */
	u32 on_chance;                 /* of a flag, percent: what hurts is mostly switched off again */
};

static void put_below(struct storm *s, u64 limit)
{
	s->step.number = dice_below(&s->dice, limit);
	storm_put_u64(s, s->step.number);
}

static void put_cap(struct storm *s)
{
	if (dice_percent(&s->dice, 50))
		storm_put_u64(s, 0);
	else if (dice_percent(&s->dice, 10))
		storm_put_u64(s, 68719476734 + dice_below(&s->dice, 3));
	else
		put_below(s, 60000);
}

static void put_bps(struct storm *s)
{
	put_below(s, 10002);
}

static void put_ceiling(struct storm *s)
{
	if (dice_percent(&s->dice, 50))
		storm_put_u64(s, 0);
	else
		storm_put_u64(s, dice_below(&s->dice, 60000) * 1000);
}

/* bytes of four words */
static void put_curve(struct storm *s)
{
	storm_put_u64(s, 64);
	storm_put_u64(s, 128);
	storm_put_u64(s, dice_below(&s->dice, 10000));
	storm_put_u64(s, dice_below(&s->dice, 400));
	storm_put_u64(s, dice_below(&s->dice, 2000));
	storm_put_u64(s, dice_below(&s->dice, 20000));
}

static void put_pause(struct storm *s)
{
	s->step.on = dice_percent(&s->dice, 25);
	storm_put_u64(s, s->step.on);
	s->step.number = dice_percent(&s->dice, 50) ? 0 : dice_below(&s->dice, 14500);
	storm_put_u64(s, s->step.number);
}

static void put_collateral(struct storm *s)
{
	u64 threshold = 1000 + dice_below(&s->dice, 8500);
	u64 ltv = threshold - dice_below(&s->dice, 600);

	if (dice_percent(&s->dice, 10))
		ltv = threshold + dice_below(&s->dice, 3);
	if (dice_percent(&s->dice, 10))
		ltv = 0;
	storm_put_u64(s, ltv);
	storm_put_u64(s, threshold);
	storm_put_u64(s, 10000 + dice_below(&s->dice, 1200));
}

static u64 any_category(struct storm *s)
{
	static const u8 categories[] = { 0, 1, 1, 2, 3, 7, 9 };

	return categories[dice_below(&s->dice, ARRAY_COUNT(categories))];
}

static void put_member(struct storm *s)
{
	s->step.number = any_category(s);
	storm_put_u64(s, s->step.number);
	s->step.on = dice_percent(&s->dice, 70);
	storm_put_u64(s, s->step.on);
}

static void put_nothing(struct storm *s)
{
	(void)s;
}

static const struct setter setters[] = {
	{ OP_SUPPLY_CAP, 8, put_cap, 0 },
	{ OP_BORROW_CAP, 8, put_cap, 0 },
	{ OP_FEE, 4, put_bps, 0 },
	{ OP_FACTOR, 5, put_bps, 0 },
	{ OP_CEILING, 5, put_ceiling, 0 },
	{ OP_CURVE, 6, put_curve, 0 },
	{ OP_FREEZE, 8, NULL, 30 },
	{ OP_ACTIVE, 4, NULL, 60 },
	{ OP_BORROWING, 5, NULL, 75 },
	{ OP_FLASHING, 4, NULL, 75 },
	{ OP_SILOED, 4, NULL, 40 },
	{ OP_ISOLATION, 4, NULL, 70 },
	{ OP_LTVZERO, 6, NULL, 40 },
	{ OP_PAUSE, 10, put_pause, 0 },
	{ OP_GRACE_OFF, 4, put_nothing, 0 },
	{ OP_COLLATERAL, 5, put_collateral, 0 },
	{ OP_EMODE_COLLATERAL, 4, put_member, 0 },
	{ OP_EMODE_BORROWABLE, 4, put_member, 0 },
	{ OP_EMODE_LTVZERO, 4, put_member, 0 },
	{ OP_DROP, 2, put_nothing, 0 },
};

static void draw_category(struct storm *s)
{
	u64 threshold = 6000 + dice_below(&s->dice, 3700);

	storm_call(s, OP_CATEGORY, contract_address(CONTRACT_CONFIGURATOR, 0));
	s->step.number = any_category(s);
	storm_put_u64(s, s->step.number);
	storm_put_u64(s, threshold - dice_below(&s->dice, 500));
	storm_put_u64(s, threshold);
	storm_put_u64(s, 10000 + dice_below(&s->dice, 600));
	storm_put_u64(s, 160);
	storm_put_u64(s, 0);
}

static void draw_premium(struct storm *s)
{
	storm_call(s, OP_PREMIUM, contract_address(CONTRACT_CONFIGURATOR, 0));
	put_below(s, dice_percent(&s->dice, 80) ? 100 : 10002);
}

static void draw_pause_all(struct storm *s)
{
	storm_call(s, OP_PAUSE_ALL, contract_address(CONTRACT_CONFIGURATOR, 0));
	put_pause(s);
}

/* Roles go to actors; the admin keeps its own. */
static void draw_role(struct storm *s)
{
	static const enum role_name roles[] = { ROLE_POOL_ADMIN, ROLE_EMERGENCY, ROLE_RISK, ROLE_FLASH_BORROWER };
	enum role_name name = roles[dice_below(&s->dice, ARRAY_COUNT(roles))];
	struct hash id = role_id(name);
	struct u256 word = u256_from_be(id.bytes);

	s->step.number = name;
	s->step.subject = storm_any_actor(s);
	storm_call(s, dice_percent(&s->dice, 35) ? OP_GRANT : OP_REVOKE, contract_address(CONTRACT_ACL_MANAGER, 0));
	storm_put(s, &word);
	storm_put_address(s, storm_person(s, s->step.subject));
}

/* A token that some aToken got by mistake; from a random place on, as it comes if there is none. */
static void find_stray(struct storm *s, u32 *from, u32 *what)
{
	const struct ledger *l = &s->audit.now;
	u32 count = l->asset_count, start = (u32)dice_below(&s->dice, (u64)count * count);

	for (u32 k = 0; k < count * count; k++) {
		*from = (start + k) % (count * count) / count;
		*what = (start + k) % count;
		if (*from != *what && !u256_is_zero(&l->balances[*what][STORM_ATOKENS + *from]))
			return;
	}
}

/* Tokens or shares that were sent to an aToken; sometimes those that are the reserve's own. */
static void draw_rescue(struct storm *s)
{
	u32 from = storm_any_asset(s), what = from;
	struct address token;

	if (dice_percent(&s->dice, 80))
		find_stray(s, &from, &what);
	token = storm_asset(what);

	if (dice_percent(&s->dice, 40))
		token = contract_address(CONTRACT_ATOKEN, (u16)what);
	s->step.asset = what;
	s->step.subject = STORM_ATOKENS + from;
	s->step.receiver = storm_any_actor(s);
	s->step.amount = storm_amount(s, u256_to_double(&s->audit.now.balances[what][s->step.subject]));
	storm_call(s, OP_RESCUE, contract_address(CONTRACT_ATOKEN, (u16)from));
	storm_put_address(s, &token);
	storm_put_address(s, storm_person(s, s->step.receiver));
	storm_put(s, &s->step.amount);
}

static void draw_setter(struct storm *s, const struct setter *setter)
{
	struct address asset;

	s->step.asset = (u32)dice_below(&s->dice, s->audit.now.asset_count);
	asset = storm_asset(s->step.asset);
	storm_call(s, setter->op, contract_address(CONTRACT_CONFIGURATOR, 0));
	storm_put_address(s, &asset);
	if (setter->rest) {
		setter->rest(s);
		return;
	}
	s->step.on = dice_percent(&s->dice, setter->on_chance);
	storm_put_u64(s, s->step.on);
}

void storm_draw_governance(struct storm *s)
{
	u64 roll = dice_below(&s->dice, 122);

	s->step.caller = dice_percent(&s->dice, 85) ? STORM_ADMIN : (u32)dice_below(&s->dice, STORM_ACTORS);
	for (u32 i = 0; i < ARRAY_COUNT(setters); i++) {
		if (roll < setters[i].weight) {
			draw_setter(s, &setters[i]);
			return;
		}
		roll -= setters[i].weight;
	}
	if (roll < 3)
		draw_category(s);
	else if (roll < 5)
		draw_premium(s);
	else if (roll < 6)
		draw_pause_all(s);
	else if (roll < 13)
		draw_role(s);
	else
		draw_rescue(s);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/support/storm.h"

/* The auditor itself: a quiet market breaks nothing, and a damaged record is noticed by the
 * property that it damages.  That every property notices a fault in the contracts is
 * tests/lending/mutations.sh's business. */

static json_t *description;
static struct storm storm;

static int read_market(void **unused)
{
	(void)unused;
	description = json_read("tests/vectors/aave/markets/default.json");
	return description ? 0 : -1;
}

static int drop_market(void **unused)
{
	(void)unused;
	json_decref(description);
	return 0;
}

/* A market in which some things have happened. */
static int begin(void **unused)
{
	(void)unused;
	storm_begin(&storm, description, dice_seeded(11));
	while (storm.step_count < 800)
		storm_step(&storm);
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	storm_end(&storm);
	return 0;
}

static u128 bit_of(const char *name)
{
	u32 count;
	const struct invariant *rows = invariants_all(&count);

	for (u32 i = 0; i < count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return (u128)1 << i;
	fail_msg("no property %s", name);
	return 0;
}

/* -- the table --------------------------------------------------------------------------- */

static void every_property_has_a_name_of_its_own_and_a_sentence(void **unused)
{
	u32 count;
	const struct invariant *rows = invariants_all(&count);

	(void)unused;
	assert_in_range(count, 60, 128);
	for (u32 i = 0; i < count; i++) {
		assert_int_equal(rows[i].statement[strlen(rows[i].statement) - 1], '.');
		for (u32 j = 0; j < i; j++)
			assert_string_not_equal(rows[i].name, rows[j].name);
	}
}

/* -- a market that is well ------------------------------------------------------------------ */

static void a_storm_breaks_nothing(void **unused)
{
	(void)unused;
	for (u32 i = 0; i < 4000 && !storm.is_over; i++) {
		storm_step(&storm);
		if (i % 50 == 0)
			assert_true(invariants_probe(&storm.audit, dice_word(&storm.dice)));
	}
	assert_true(invariants_recount(&storm.audit));
	assert_true(storm.audit.broken == 0);
	assert_true(storm.audit.probe_count > 50);
}

static void mix(void *context, const struct state_change *record)
{
	u64 *sum = context, hash = 14695981039346656037ull;

	for (size_t i = 0; i < record->key.size; i++)
		hash = (hash ^ record->key.at[i]) * 1099511628211ull;
	for (size_t i = 0; i < record->value.size; i++)
		hash = (hash ^ record->value.at[i]) * 1099511628211ull;
	*sum += hash;
}

static void the_same_dice_make_the_same_market(void **unused)
{
	u64 first = 0, second = 0;

	(void)unused;
	world_each(&storm.market.world, mix, &first);
	end(NULL);
	begin(NULL);
	world_each(&storm.market.world, mix, &second);
	assert_true(first == second);
}

static void probes_leave_the_market_alone(void **unused)
{
	u64 before = 0, after = 0;

	(void)unused;
	world_each(&storm.market.world, mix, &before);
	for (u64 i = 0; i < 200; i++)
		assert_true(invariants_probe(&storm.audit, i * 7919));
	assert_int_equal(world_change_count(&storm.market.world), 0);
	world_each(&storm.market.world, mix, &after);
	assert_true(before == after);
}

/* -- a market that is not -------------------------------------------------------------------- */

/* A step in which somebody does nothing, and a record changes all the same. */
static struct state *tamper_begin(void)
{
	struct step step = { .op = OP_SHARE_APPROVE, .is_plain = true, .caller = 1, .time = storm.time };

	invariants_before(&storm.audit, &step);
	return &storm.market.world.state;
}

static void tamper_expect(const char *property)
{
	assert_false(invariants_after(&storm.audit, OK));
	if ((storm.audit.broken & bit_of(property)) == 0)
		fail_msg("%s was not noticed", property);
}

/* Somebody with a supply, or a debt, and in which reserve. */
static u32 find_position(u32 *who, bool debt)
{
	const struct ledger *l = &storm.audit.now;

	for (u32 i = 0; i < l->asset_count; i++)
		for (*who = 0; *who < STORM_ACTORS; ++*who)
			if (!u128_is_zero(debt ? l->positions[i][*who].scaled_debt : l->positions[i][*who].scaled_supply))
				return i;
	fail_msg("nobody has any");
	return 0;
}

static void tamper_reserve(void (*damage)(struct reserve *r), const char *property)
{
	struct state *s = tamper_begin();
	u32 who, asset = find_position(&who, true);
	struct reserve_key key = { (u16)asset };
	struct reserve r;

	assert_true(reserve_read(s, &key, &r));
	damage(&r);
	reserve_write(s, &key, &r);
	tamper_expect(property);
}

static void lower_index(struct reserve *r)
{
	r->liquidity_index.limb[0]--;
}

static void raise_index(struct reserve *r)
{
	r->borrow_index.limb[0]++;
}

static void raise_balance(struct reserve *r)
{
	r->virtual_balance.limb[1]++;
}

static void lower_balance(struct reserve *r)
{
	r->virtual_balance.limb[0]--;
}

static void raise_share(struct reserve *r)
{
	r->accrued_to_treasury.limb[0]++;
}

static void raise_deficit(struct reserve *r)
{
	r->deficit.limb[0]++;
}

static void touch_tomorrow(struct reserve *r)
{
	r->updated_at += 86400 * 3650;
}

static void raise_ltv(struct reserve *r)
{
	u256_set_field(&r->configuration, 0, 16, 9999);
}

static void raise_rate(struct reserve *r)
{
	r->borrow_rate.limb[1] = (u64)1 << 40;
}

static void a_damaged_reserve_is_noticed(void **unused)
{
	static const struct {
		void (*damage)(struct reserve *r);
		const char *property;
	} cases[] = {
		{ lower_index, "indexes_rise" },
		{ raise_index, "indexes_wait_for_the_clock" },
		{ raise_balance, "cash_backs_balance" },
		{ lower_balance, "cash_moves_with_balance" },
		{ raise_share, "actions_never_cost" },
		{ raise_deficit, "deficit_is_what_was_lost" },
		{ raise_deficit, "losses_need_empty_hands" },
		{ touch_tomorrow, "clock_runs_forward" },
		{ raise_ltv, "thresholds_are_sane" },
		{ raise_ltv, "only_roles_govern" },
		{ raise_rate, "rates_stay_on_the_curve" },
	};

	(void)unused;
	for (u32 i = 0; i < ARRAY_COUNT(cases); i++) {
		tamper_reserve(cases[i].damage, cases[i].property);
		end(NULL);
		begin(NULL);
	}
}

static void a_supply_out_of_nothing_is_noticed(void **unused)
{
	struct state *s = tamper_begin();
	u32 who, asset = find_position(&who, false);
	struct position_key key = { (u16)asset, *storm_person(&storm, who) };
	struct position p;

	(void)unused;
	position_read(s, &key, &p);
	p.scaled_supply.limb[0]++;
	position_write(s, &key, &p);
	tamper_expect("supplies_add_up");
}

static void a_debt_that_vanishes_is_noticed(void **unused)
{
	struct state *s = tamper_begin();
	u32 who, asset = find_position(&who, true);
	struct position_key key = { (u16)asset, *storm_person(&storm, who) };
	struct position p;

	(void)unused;
	position_read(s, &key, &p);
	p.scaled_debt = (struct u128le){ { 0, 0 } };
	position_write(s, &key, &p);
	assert_false(invariants_after(&storm.audit, OK));
	assert_true((storm.audit.broken & bit_of("debts_add_up")) != 0);
	assert_true((storm.audit.broken & bit_of("borrow_bit_means_debt")) != 0);
}

static void a_token_out_of_nothing_is_noticed(void **unused)
{
	struct state *s = tamper_begin();
	struct balance_key key = { 0, *storm_person(&storm, 1) };
	struct balance b;

	(void)unused;
	balance_read(s, &key, &b);
	b.amount.limb[0]++;
	balance_write(s, &key, &b);
	tamper_expect("tokens_add_up");
}

static void a_stolen_token_is_noticed(void **unused)
{
	struct state *s = tamper_begin();
	struct balance_key from = { 0, *storm_person(&storm, 2) }, to = { 0, *storm_person(&storm, 1) };
	struct balance a, b;

	(void)unused;
	balance_read(s, &from, &a);
	balance_read(s, &to, &b);
	a.amount.limb[0]--;
	b.amount.limb[0]++;
	balance_write(s, &from, &a);
	balance_write(s, &to, &b);
	tamper_expect("tokens_are_the_owners");
}

static void a_trace_of_a_refusal_is_noticed(void **unused)
{
	struct state *s = tamper_begin();
	struct permit_key key = { { CONTRACT_TOKEN, 0 }, *storm_person(&storm, 1) };

	(void)unused;
	permit_write(s, &key, &(struct permit){ 1000 });
	assert_false(invariants_after(&storm.audit, ERR_REVERT));
	assert_true(storm.audit.broken == bit_of("refusals_leave_no_trace"));
}

static void a_change_behind_the_auditors_back_is_noticed(void **unused)
{
	struct balance_key key = { 0, *storm_person(&storm, 1) };
	struct balance b;

	(void)unused;
	balance_read(&storm.market.world.state, &key, &b);
	b.amount.limb[0]++;
	balance_write(&storm.market.world.state, &key, &b);
	world_commit(&storm.market.world);
	assert_false(invariants_recount(&storm.audit));
	assert_true(storm.audit.broken == bit_of("records_match_the_book"));
}

#define STORM_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_property_has_a_name_of_its_own_and_a_sentence),
		STORM_TEST(a_storm_breaks_nothing),
		STORM_TEST(the_same_dice_make_the_same_market),
		STORM_TEST(probes_leave_the_market_alone),
		STORM_TEST(a_damaged_reserve_is_noticed),
		STORM_TEST(a_supply_out_of_nothing_is_noticed),
		STORM_TEST(a_debt_that_vanishes_is_noticed),
		STORM_TEST(a_token_out_of_nothing_is_noticed),
		STORM_TEST(a_stolen_token_is_noticed),
		STORM_TEST(a_trace_of_a_refusal_is_noticed),
		STORM_TEST(a_change_behind_the_auditors_back_is_noticed),
	};

	return cmocka_run_group_tests(tests, read_market, drop_market);
}

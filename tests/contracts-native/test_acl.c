#include "base/hash.h"
#include "contracts-native/lending/acl.h"
#include "tests/support/lending_fixture.h"

#define ACL(actor, fn, args, outcome) \
	DO("{'op':'call','to':'acl','from':'" actor "','fn':'" fn "','args':[" args "]}", outcome)
#define ASK(fn, args, answer) SEE("{'to':'acl','fn':'" fn "','args':[" args "]}", answer)

static void a_role_is_the_keccak_of_its_name(void **unused)
{
	static const char *const names[] = {
#define X(role, name, id) [ROLE_##role] = name,
		ROLES(X)
#undef X
	};

	(void)unused;
	for (u32 i = ROLE_DEFAULT_ADMIN + 1; i < ROLE_NAME_COUNT; i++) {
		struct hash id = role_id((enum role_name)i), expected;

		keccak256(&expected, (struct bytes){ (const u8 *)names[i], strlen(names[i]) });
		assert_int_equal(hash_cmp(&id, &expected), 0);
	}
	ASK("DEFAULT_ADMIN_ROLE", "", "DEFAULT_ADMIN");
	ASK("POOL_ADMIN_ROLE", "", "POOL_ADMIN");
	ASK("EMERGENCY_ADMIN_ROLE", "", "EMERGENCY");
	ASK("RISK_ADMIN_ROLE", "", "RISK");
	ASK("FLASH_BORROWER_ROLE", "", "FLASH_BORROWER");
	ASK("BRIDGE_ROLE", "", "BRIDGE");
	ASK("ASSET_LISTING_ADMIN_ROLE", "", "ASSET_LISTING");
}

static void genesis_makes_its_admin_default_admin_and_pool_admin(void **unused)
{
	(void)unused;
	ASK("hasRole", "'DEFAULT_ADMIN','admin'", "true");
	ASK("isPoolAdmin", "'admin'", "true");
	ASK("isRiskAdmin", "'admin'", "false");
	ASK("isEmergencyAdmin", "'admin'", "false");
	ASK("isFlashBorrower", "'admin'", "false");
	ASK("isBridge", "'admin'", "false");
	ASK("isAssetListingAdmin", "'admin'", "false");
	ASK("isPoolAdmin", "'alice'", "false");
	ASK("getRoleAdmin", "'RISK'", "DEFAULT_ADMIN");
	ASK("ADDRESSES_PROVIDER", "", "provider");
}

static void it_says_which_interfaces_it_has(void **unused)
{
	(void)unused;
	ASK("supportsInterface", "'0x01ffc9a7'", "true");
	ASK("supportsInterface", "'0x7965db0b'", "true");
	ASK("supportsInterface", "'0xffffffff'", "false");
}

static void the_default_admin_grants_and_revokes(void **unused)
{
	(void)unused;
	ACL("admin", "grantRole", "'RISK','alice'", "ok");
	assert_string_equal(market_event(&m, 0), "{'c':'acl','e':'RoleGranted','a':['RISK','alice','admin']}");
	ASK("isRiskAdmin", "'alice'", "true");
	ACL("admin", "grantRole", "'RISK','alice'", "ok"); /* again: nothing happens */
	assert_int_equal(market_event_count(&m), 0);
	ACL("admin", "revokeRole", "'RISK','alice'", "ok");
	assert_string_equal(market_event(&m, 0), "{'c':'acl','e':'RoleRevoked','a':['RISK','alice','admin']}");
	ASK("hasRole", "'RISK','alice'", "false");
	ACL("admin", "revokeRole", "'RISK','alice'", "ok");
	assert_int_equal(market_event_count(&m), 0);
}

static void every_named_role_has_its_own_methods(void **unused)
{
	static const char *const names[] = { "PoolAdmin", "EmergencyAdmin", "RiskAdmin", "FlashBorrower", "Bridge",
					     "AssetListingAdmin" };
	char step[160];

	(void)unused;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		snprintf(step, sizeof step, "{'op':'call','to':'acl','fn':'add%s','args':['bob']}", names[i]);
		DO(step, "ok");
		snprintf(step, sizeof step, "{'to':'acl','fn':'is%s','args':['bob']}", names[i]);
		SEE(step, "true");
		snprintf(step, sizeof step, "{'op':'call','to':'acl','fn':'remove%s','args':['bob']}", names[i]);
		DO(step, "ok");
		snprintf(step, sizeof step, "{'to':'acl','fn':'is%s','args':['bob']}", names[i]);
		SEE(step, "false");
	}
}

static void nobody_else_decides_on_roles(void **unused)
{
	struct hash before = world_fingerprint(&m.world), after;

	(void)unused;
	ACL("alice", "grantRole", "'POOL_ADMIN','alice'", "AccessControlUnauthorizedAccount(alice,DEFAULT_ADMIN)");
	ACL("alice", "revokeRole", "'POOL_ADMIN','admin'", "AccessControlUnauthorizedAccount(alice,DEFAULT_ADMIN)");
	ACL("alice", "addRiskAdmin", "'alice'", "AccessControlUnauthorizedAccount(alice,DEFAULT_ADMIN)");
	ACL("alice", "removePoolAdmin", "'admin'", "AccessControlUnauthorizedAccount(alice,DEFAULT_ADMIN)");
	ACL("alice", "setRoleAdmin", "'RISK','BRIDGE'", "AccessControlUnauthorizedAccount(alice,DEFAULT_ADMIN)");
	ACL("alice", "renounceRole", "'POOL_ADMIN','admin'", "AccessControlBadConfirmation");
	after = world_fingerprint(&m.world);
	assert_int_equal(hash_cmp(&before, &after), 0);
}

static void who_has_a_role_may_lay_it_down(void **unused)
{
	(void)unused;
	ACL("admin", "renounceRole", "'POOL_ADMIN','admin'", "ok");
	assert_string_equal(market_event(&m, 0), "{'c':'acl','e':'RoleRevoked','a':['POOL_ADMIN','admin','admin']}");
	ASK("isPoolAdmin", "'admin'", "false");
	DO("{'op':'admin','fn':'setSupplyCap','args':['WETH','1']}", "CallerNotRiskOrPoolAdmin");
	ACL("bob", "renounceRole", "'POOL_ADMIN','bob'", "ok");
	assert_int_equal(market_event_count(&m), 0);
}

static void a_role_can_be_given_another_admin(void **unused)
{
	(void)unused;
	ACL("admin", "setRoleAdmin", "'RISK','BRIDGE'", "ok");
	assert_string_equal(market_event(&m, 0),
			    "{'c':'acl','e':'RoleAdminChanged','a':['RISK','DEFAULT_ADMIN','BRIDGE']}");
	ASK("getRoleAdmin", "'RISK'", "BRIDGE");
	ACL("admin", "addRiskAdmin", "'alice'", "AccessControlUnauthorizedAccount(admin,BRIDGE)");
	ACL("admin", "addBridge", "'bob'", "ok");
	ACL("bob", "addRiskAdmin", "'alice'", "ok");
	ASK("isRiskAdmin", "'alice'", "true");
	ACL("bob", "addPoolAdmin", "'bob'", "AccessControlUnauthorizedAccount(bob,DEFAULT_ADMIN)");
}

static void a_role_may_be_any_32_bytes(void **unused)
{
	(void)unused;
	ACL("admin", "grantRole", "'keepers of the light','carol'", "ok");
	ASK("hasRole", "'keepers of the light','carol'", "true");
	ASK("hasRole", "'keepers of the lamp','carol'", "false");
}

/* -- what each role may do --------------------------------------------------------------- */

#define POOL      (1u << ROLE_POOL_ADMIN)
#define EMERGENCY (1u << ROLE_EMERGENCY)
#define RISK      (1u << ROLE_RISK)
#define LISTING   (1u << ROLE_ASSET_LISTING)

static const struct {
	const char *call; /* would succeed, or be refused for another reason, if the caller may */
	u32 roles;
	const char *refusal;
} rights[] = {
	{ "'fn':'setReserveActive','args':['WETH',true]", POOL, "CallerNotPoolAdmin" },
	{ "'fn':'updateFlashloanPremium','args':[7]", POOL, "CallerNotPoolAdmin" },
	{ "'fn':'dropReserve','args':['zero']", POOL, "CallerNotPoolAdmin" },
	{ "'fn':'updateAToken','args':[['WETH','n','s','zero','0x']]", POOL, "CallerNotPoolAdmin" },
	{ "'fn':'updateVariableDebtToken','args':[['WETH','n','s','zero','0x']]", POOL, "CallerNotPoolAdmin" },
	{ "'to':'pool','fn':'rescueTokens','args':['WETH','bob',0]", POOL, "CallerNotPoolAdmin" },
	{ "'to':'aWETH','fn':'rescueTokens','args':['USDC','bob',0]", POOL, "CallerNotPoolAdmin" },
	{ "'fn':'setReservePause','args':['WETH',false]", POOL | EMERGENCY, "CallerNotPoolOrEmergencyAdmin" },
	{ "'fn':'setReservePause','args':['WETH',false,1]", POOL | EMERGENCY, "CallerNotPoolOrEmergencyAdmin" },
	{ "'fn':'setPoolPause','args':[false]", POOL | EMERGENCY, "CallerNotPoolOrEmergencyAdmin" },
	{ "'fn':'setPoolPause','args':[false,1]", POOL | EMERGENCY, "CallerNotPoolOrEmergencyAdmin" },
	{ "'fn':'disableLiquidationGracePeriod','args':['WETH']", POOL | EMERGENCY, "CallerNotPoolOrEmergencyAdmin" },
	{ "'fn':'setReserveFreeze','args':['WETH',false]", POOL | EMERGENCY | RISK,
	  "CallerNotRiskOrPoolOrEmergencyAdmin" },
	{ "'fn':'setReserveLtvzero','args':['WETH',false]", POOL | EMERGENCY | RISK,
	  "CallerNotRiskOrPoolOrEmergencyAdmin" },
	{ "'fn':'setAssetLtvzeroInEMode','args':['WETH',1,true]", POOL | EMERGENCY | RISK,
	  "CallerNotRiskOrPoolOrEmergencyAdmin" },
	{ "'fn':'setReserveBorrowing','args':['WETH',true]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setReserveFlashLoaning','args':['WETH',true]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setBorrowableInIsolation','args':['WETH',true]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setSiloedBorrowing','args':['WETH',false]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setSupplyCap','args':['WETH',9]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setBorrowCap','args':['WETH',9]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setDebtCeiling','args':['WETH',0]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setLiquidationProtocolFee','args':['WETH',9]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setReserveFactor','args':['WETH',9]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setReserveInterestRateData','args':['WETH','0x']", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'configureReserveAsCollateral','args':['WETH',1,2,11000]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setEModeCategory','args':[1,1,2,11000,'x']", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setAssetCollateralInEMode','args':['WETH',1,true]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'setAssetBorrowableInEMode','args':['WETH',1,true]", POOL | RISK, "CallerNotRiskOrPoolAdmin" },
	{ "'fn':'initReserves','args':[[]]", POOL | LISTING, "CallerNotAssetListingOrPoolAdmin" },
	{ "'to':'oracle','fn':'setAssetSources','args':[[],[]]", POOL | LISTING, "CallerNotAssetListingOrPoolAdmin" },
	{ "'to':'oracle','fn':'setFallbackOracle','args':['bob']", POOL | LISTING, "CallerNotAssetListingOrPoolAdmin" },
};

static void every_setter_knows_the_roles_that_may_use_it(void **unused)
{
	struct address alice = market_address(&m, "alice");
	char step[256];

	(void)unused;
	for (u32 role = 0; role < ROLE_NAME_COUNT; role++) {
		acl_set(&m.world.state, (enum role_name)role, &alice, true);
		for (size_t i = 0; i < ARRAY_COUNT(rights); i++) {
			bool may = rights[i].roles >> role & 1, refused;

			snprintf(step, sizeof step, "{'op':'call','to':'configurator','from':'alice',%s}", rights[i].call);
			if (strncmp(rights[i].call, "'to'", 4) == 0)
				snprintf(step, sizeof step, "{'op':'call','from':'alice',%s}", rights[i].call);
			refused = strcmp(market_do(&m, step), rights[i].refusal) == 0;
			if (refused == may)
				fail_msg("role %u: %s", role, rights[i].call);
		}
		acl_set(&m.world.state, (enum role_name)role, &alice, false);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LENDING_TEST(a_role_is_the_keccak_of_its_name),
		LENDING_TEST(genesis_makes_its_admin_default_admin_and_pool_admin),
		LENDING_TEST(it_says_which_interfaces_it_has),
		LENDING_TEST(the_default_admin_grants_and_revokes),
		LENDING_TEST(every_named_role_has_its_own_methods),
		LENDING_TEST(nobody_else_decides_on_roles),
		LENDING_TEST(who_has_a_role_may_lay_it_down),
		LENDING_TEST(a_role_can_be_given_another_admin),
		LENDING_TEST(a_role_may_be_any_32_bytes),
		LENDING_TEST(every_setter_knows_the_roles_that_may_use_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

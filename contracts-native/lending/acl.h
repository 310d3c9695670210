#ifndef CONTRACTS_LENDING_ACL_H
#define CONTRACTS_LENDING_ACL_H

/* Who may govern the lending market: Aave's ACLManager over OpenZeppelin's AccessControl.
 *
 * A role is 32 bytes, the Keccak of its name; the default admin role is zero.  Whoever has
 * a role's admin role grants and revokes it, and that is the default admin role unless
 * setRoleAdmin said otherwise.  Genesis gives its admin the default admin and pool admin
 * roles; everything after that is up to whom it grants what. */

#include "contracts-native/dispatch/call.h"

/* role, name, id */
/* clang-format off */
#define NAMED_ROLES(X) \
	X(POOL_ADMIN,     "POOL_ADMIN",          "12ad05bde78c5ab75238ce885307f96ecd482bb402ef831f99e7018a0f169b7b") \
	X(EMERGENCY,      "EMERGENCY_ADMIN",     "5c91514091af31f62f596a314af7d5be40146b2f2355969392f055e12e0982fb") \
	X(RISK,           "RISK_ADMIN",          "8aa855a911518ecfbe5bc3088c8f3dda7badf130faaf8ace33fdc33828e18167") \
	X(ASSET_LISTING,  "ASSET_LISTING_ADMIN", "19c860a63258efbd0ecb7d55c626237bf5c2044c26c073390b74f0c13c857433") \
	X(FLASH_BORROWER, "FLASH_BORROWER",      "939b8dfb57ecef2aea54a93a15e86768b9d4089f1ba61c245e6ec980695f4ca4") \
	X(BRIDGE,         "BRIDGE",              "08fb31c3e81624356c3314088aa971b73bcc82d22bc3e3b184b4593077ae3278")
#define ROLES(X) \
	X(DEFAULT_ADMIN,  "",                    "0000000000000000000000000000000000000000000000000000000000000000") \
	NAMED_ROLES(X)
/* clang-format on */

enum role_name {
#define X(role, name, id) ROLE_##role,
	ROLES(X)
#undef X
		ROLE_NAME_COUNT,
};
struct hash role_id(enum role_name role);

bool acl_has(struct state *s, enum role_name role, const struct address *who);
/* Without a check and without an event: for genesis and tests. */
void acl_set(struct state *s, enum role_name role, const struct address *who, bool granted);

/* acl_require fails with refusal unless the caller has a role that its name allows:
 *
 *     CallerNotPoolAdmin                    pool admin
 *     CallerNotPoolOrEmergencyAdmin         pool or emergency admin
 *     CallerNotRiskOrPoolAdmin              risk or pool admin
 *     CallerNotRiskOrPoolOrEmergencyAdmin   risk, pool or emergency admin
 *     CallerNotAssetListingOrPoolAdmin      asset listing or pool admin */
MUST_CHECK enum err acl_require(struct call *c, enum revert_name refusal);

extern const struct contract ACL_MANAGER_CONTRACT;

#endif
